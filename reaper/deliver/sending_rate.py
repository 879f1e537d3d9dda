"""How fast letters may go: so many a minute in all, and so many to each domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_ALL = ""


@dataclass
class SendingRate:
    """Gives each letter its turn; 0 is no limit. What it promised lives in memory: after a restart it begins anew.

    A minute's worth may go at once, then one after another at equal distances. A letter that is told a moment keeps it,
    so that a long queue is put back once and not at every pass.
    """

    per_minute: int = 0
    per_domain: int = 0
    _free_at: dict[str, datetime] = field(default_factory=dict)
    _promised: dict[str, datetime] = field(default_factory=dict)

    def turn_of(self, letter_id: str, addresses: Collection[str], now: datetime) -> datetime:
        """Say when a letter may go: now, or a later moment that is kept for it."""
        if letter_id in self._promised:
            turn = self._promised[letter_id]
        else:
            turn = max(
                (self._book(where, limit, many, now) for where, limit, many in self._limits(addresses)), default=now
            )
        if turn > now:
            self._promised[letter_id] = turn
            return turn
        self._promised.pop(letter_id, None)
        return now

    def forget(self, letter_ids: Iterable[str]) -> None:
        """Keep no moment for letters that have gone along with another."""
        for letter_id in letter_ids:
            self._promised.pop(letter_id, None)

    def _limits(self, addresses: Collection[str]) -> list[tuple[str, int, int]]:
        """Return what holds, for how many messages: each person gets one."""
        domains = Counter(address.rpartition("@")[2].casefold() for address in addresses)
        limits = [
            (_ALL, self.per_minute, len(addresses)),
            *((name, self.per_domain, domains[name]) for name in domains),
        ]
        return [(where, limit, many) for where, limit, many in limits if limit and many]

    def _book(self, domain: str, limit: int, many: int, now: datetime) -> datetime:
        """Take the next place, and those after it; places nobody took within the last minute are still to be had."""
        distance = _MINUTE / limit
        free = max(self._free_at.get(domain, now - _MINUTE), now - _MINUTE)
        self._free_at[domain] = free + distance * many
        return max(now, free + distance)
