"""How many wrong links one address may try."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta


class Throttle:
    """Counts failures by address within a window; remembers a bounded number of addresses, the latest ones."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        allowed: int = 20,
        window: timedelta = timedelta(minutes=10),
        addresses: int = 10_000,
    ) -> None:
        self._now = now
        self._allowed = allowed
        self._window = window
        self._addresses = addresses
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[datetime, int]] = OrderedDict()  # since when, how many

    def is_blocked(self, address: str) -> bool:
        """Return whether the address has had too many; counts nothing."""
        now = self._now()
        with self._lock:
            since, count = self._failures.get(address, (now, 0))
            return timedelta(0) <= now - since < self._window and count >= self._allowed

    def failed(self, address: str) -> bool:
        """Count one more failure; return whether the address has now had too many."""
        now = self._now()
        with self._lock:
            since, count = self._failures.pop(address, (now, 0))
            if not timedelta(0) <= now - since < self._window:
                since, count = now, 0
            self._failures[address] = (since, count + 1)
            if len(self._failures) > self._addresses:
                self._failures.popitem(last=False)
            return count + 1 > self._allowed
