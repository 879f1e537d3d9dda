"""What the API asks of a cloud: who holds a token."""

from __future__ import annotations

from typing import Protocol

from reaper.model import Caller


class Callers(Protocol):
    """A cloud that vouches for its users."""

    def caller(self, token: str) -> Caller | None:
        """Tell who holds a token, None when it is good for nothing.

        Raises:
            Temporary: Keystone does not answer: then nobody is let in.
        """
