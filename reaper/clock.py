"""The time: the system's, and one moved by hand. The only module that asks the machine for either."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock; after `stop` nobody waits any more."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring how long something took."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so much time pass; returns at once when stopped."""
        self._stopped.wait(max(0.0, seconds))

    def stop(self) -> None:
        """Wake up everybody who waits, now and later."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopped.is_set()


class HandClock:
    """A clock that stands still until somebody moves it; waiting moves it. For tests and the demo."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware moment, such as datetime(2031, 5, 1, tzinfo=UTC)")
        self._lock = threading.Lock()
        self._now = start.astimezone(UTC)
        self._passed = timedelta()
        self._stopped = threading.Event()

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Return the seconds it was moved forward in all."""
        with self._lock:
            return self._passed.total_seconds()

    def advance(self, span: timedelta) -> datetime:
        """Move it, back too (as a machine's clock can jump), and return the new moment."""
        with self._lock:
            self._now += span
            self._passed += max(span, timedelta())
            return self._now

    def wait(self, seconds: float) -> None:
        """Move by so much, as if it had been waited for; not at all when stopped."""
        if not self.stopped:
            self.advance(timedelta(seconds=max(0.0, seconds)))

    def stop(self) -> None:
        """Let later waits pass no time."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopped.is_set()
