"""How often each kind was read as empty, and what counts as such a reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reaper.execute import timing
from reaper.execute.listing_pass import Place
from reaper.kinds import BY_NAME, WITNESSES, Key, may_have_left
from reaper.model import Listing

if TYPE_CHECKING:
    from reaper.execute.tenant_reclaim import TenantReclaim

#: Emptiness is believed when every kind in every region was read empty so often; when it came as a surprise, when
#: everything was read so often in a row.
READINGS, WARY_LOOKS = 2, 4


@dataclass
class Verification:
    """What one tenant's looks have shown so far.

    A reading counts when nothing of the tenant's was left at all, or when a witness vouches for the service: its lists
    may be empty for no better reason than that they came too early, as often as they are read then. A witness is what
    is always there, or, of services of which nothing is, whatever the same look shows.
    """

    looks: int = 0  # at everything, with nothing found since
    readings: dict[Place, int] = field(default_factory=dict)

    def note(
        self, listings: Mapping[Place, Listing], occupied: Collection[Place], *, calm: bool, everything: bool
    ) -> None:
        """Take in a look: `occupied` still show something to be removed, `calm` is whether nothing does anywhere."""
        vouched = {(BY_NAME[kind].service, region) for (kind, region), one in listings.items() if _vouches(kind, one)}
        for place, listing in listings.items():
            kind, region = place
            counts = listing.complete and place not in occupied
            if counts and (calm or (BY_NAME[kind].service, region) in vouched):
                self.readings[place] = self.readings.get(place, 0) + 1
            else:
                self.readings[place] = 0
        if not calm:
            self.looks = 0
        elif everything:
            self.looks += 1

    def taken_at_its_word(self, place: Place) -> None:
        """Take in that a service has said of all it had shown of a kind that it is gone, which is as good as a look."""
        self.readings[place] = 1

    def believed(self, *, wary: bool) -> bool:
        """Whether it was read often enough, and everything at least once after the last thing had gone."""
        if wary:
            return self.looks >= WARY_LOOKS
        return self.looks > 0 and all(number >= READINGS for number in self.readings.values())

    def lacking(self, every: AbstractSet[Place]) -> set[Place]:
        """Return what has to be read once more; everything, as long as not all was looked at since the last find."""
        if not self.looks:
            return set(every)
        return {place for place in every if self.readings.get(place, 0) < READINGS}


@dataclass
class Standstill:
    """When everything is looked at because nothing changes: after so many seconds, then more and more seldom."""

    after: float = field(default_factory=lambda: timing.RESET_AFTER)
    _next: float = 0.0

    def lasts(self, idle: float) -> bool:
        """Whether it is time for such a look, nothing having changed for `idle` seconds."""
        due = idle > max(self.after, self._next)
        if due or idle <= self.after:
            self._next = 1.5 * idle if due else 0.0
        return due


def _vouches(kind: str, listing: Listing) -> bool:
    """Where something is always there, it has to show; of other services whatever shows is good enough."""
    witness = WITNESSES.get(BY_NAME[kind].service)
    shows = kind == witness and not listing.absent if witness else bool(listing.resources)
    return listing.complete and shows


def surprising(reclaim: TenantReclaim, vanished: set[Key], *, everything: bool) -> bool:
    """Whether this look is one of a cloud that may not tell the truth.

    That is so when something is gone that no service agreed to remove, when what the journal knows never showed up,
    when nothing was there from the beginning, and when a service did not answer: it may lie as it comes back.
    """
    missing = reclaim.expected - reclaim.remaining.keys() - reclaim.left_alone.keys if everything else frozenset[Key]()
    asked = reclaim.accepted.keys() | reclaim.under_way
    unasked = any(not may_have_left(key, asked) for key in (*vanished, *missing))
    nothing = everything and not reclaim.planned and not reclaim.remaining
    return unasked or nothing or bool(reclaim.doubts or reclaim.unheard)
