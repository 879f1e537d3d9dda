"""How long, and how many, connections may stand open without asking anything to its end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from typing import Any

#: Connections that may be open at all; beyond so many the oldest that waits for its client is closed.
MOST = 400
#: Connections of one address that may wait for their client at once; a trusted proxy stands for many and has no bound.
MOST_OF_ONE = 60
#: Seconds between two looks.
EVERY = 0.2


class Connections:
    """Closes connections that hold a place and do not ask: half a request, a byte now and then, or nothing at all.

    waitress counts a connection as alive as long as it says anything, and takes no more than its limit: without this a
    hundred clients that drip a byte every few seconds keep everybody else from the page.
    """

    def __init__(self, patience: float, trusted: Collection[str | None] = ()) -> None:
        """Give each connection `patience` seconds for one request; `trusted` are addresses of proxies."""
        self._patience = patience
        self._trusted = frozenset(trusted)
        self._since: dict[int, float] = {}
        self._next = 0.0

    def tend(self, channels: Collection[Any]) -> None:
        """Close what has waited too long or is too much. Only the thread of waitress's own loop may call this."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        waiting = [channel for channel in channels if not _is_served(channel)]
        self._since = {id(channel): self._since.get(id(channel), now) for channel in waiting}
        oldest_first = sorted(waiting, key=lambda channel: self._since[id(channel)])
        surplus = max(0, len(channels) - MOST)
        of_one = Counter(_address(channel) for channel in waiting)
        for channel in oldest_first:
            address = _address(channel)
            crowded = of_one[address] > MOST_OF_ONE and address not in self._trusted
            if now - self._since[id(channel)] > self._patience or crowded or surplus > 0:
                of_one[address] -= 1
                surplus -= 1
                channel.handle_close()


def _is_served(channel: Any) -> bool:
    """Whether a whole request is being answered, or its answer is on the way."""
    return bool(channel.requests or channel.total_outbufs_len)


def _address(channel: Any) -> str:
    address = channel.addr
    return str(address[0]) if isinstance(address, tuple) else str(address)
