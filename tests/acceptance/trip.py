"""A wire stretched across every call of a port: at the n-th one something happens, such as a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Crash(BaseException):
    """The end of the process at this very point: nothing between here and the kernel may catch it."""


class Tripwire:
    """Counts passages before or after one call of a port, and does something once when the count is reached."""

    def __init__(self) -> None:
        self._where = ""
        self._left = 0
        self._deed: Callable[[], None] | None = None

    def set(self, where: str, count: int, deed: Callable[[], None]) -> None:
        """Let the deed happen at the n-th passage there ("before cloud.lock") from now."""
        self._where, self._left, self._deed = where, count, deed

    @property
    def stretched(self) -> bool:
        """Whether nothing has happened yet."""
        return self._deed is not None

    def clear(self) -> None:
        """Let nothing happen any more."""
        self._deed = None

    def passed(self, where: str) -> None:
        """Count one passage."""
        if self._deed is None or where != self._where:
            return
        self._left -= 1
        if self._left <= 0:
            deed, self._deed = self._deed, None
            deed()


def crash() -> None:
    """End everything here."""
    raise Crash


class Wired:
    """Any port object, with the wire before and after each of its calls."""

    def __init__(self, inner: object, wire: Tripwire, name: str) -> None:
        self._inner, self._client, self._name = inner, wire, name

    def __enter__(self) -> Wired:  # noqa: PYI034 - only ever this class
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing is kept open."""

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._inner, attribute)
        if not callable(found) or attribute.startswith("_"):
            return found

        def call(*args: Any, **named: Any) -> Any:
            self._client.passed(f"before {self._name}.{attribute}")
            answer = found(*args, **named)
            self._client.passed(f"after {self._name}.{attribute}")
            return answer

        return call
