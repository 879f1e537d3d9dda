"""When a tenant in a reclaim was looked at, when anything changed, and when the next look is worth it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reaper.execute.tenant_reclaim import TenantReclaim

#: Seconds between looks: short at first, longer while nothing moves.
SHORTEST, LONGEST, GROWTH = 0.5, 5.0, 1.5
#: Seconds after which a delete that was accepted and does not show is asked again; seconds without any change after
#: which the way out of a stuck state is tried, once in a run.
ASK_AGAIN, RESET_AFTER = 10.0, 30.0
#: The last looks at a tenant cost as much as those at all: it waits for others so much of the time it took, at most.
FOR_OTHERS, FOR_OTHERS_AT_MOST = 1.0, timedelta(seconds=60)


@dataclass
class Timing:
    """Moments of one run, in seconds on the clock's monotonic scale."""

    started: float = 0.0
    now: float = 0.0  # the last look or answer
    changed: float = 0.0
    next_look: float = 0.0
    longest: float = 0.0  # seconds that the run may take

    @classmethod
    def beginning(cls, moment: float, longest: float) -> Timing:
        """Everything begins, and the first look is due."""
        return cls(moment, moment, moment, moment, longest)

    @property
    def idle(self) -> float:
        """Seconds without any change, up to the last look or answer."""
        return self.now - self.changed

    @property
    def taken(self) -> float:
        """Seconds of this run, up to the last look or answer."""
        return self.now - self.started

    @property
    def rests(self) -> bool:
        """Whether nothing has changed for so long that what was accepted is asked again."""
        return self.idle > ASK_AGAIN

    @property
    def stands_still(self) -> bool:
        """Whether nothing has changed for so long that the ways out of stuck states are tried."""
        return self.idle > RESET_AFTER

    def at(self, moment: float) -> None:
        """Note the moment of a look or an answer."""
        self.now = moment

    def look_at(self, moment: float) -> None:
        """Set when the next look is due."""
        self.next_look = moment

    def moved(self) -> None:
        """Note a change."""
        self.changed = self.now


@dataclass
class Pace:
    """How fast things go in this run."""

    pause: float = SHORTEST
    kinds: frozenset[str] = frozenset()  # those that were awaited; what others take says nothing of these

    def after(self, turn: Sequence[TenantReclaim], gone: int, seconds: float, *, moved: bool) -> float:
        """Return how many seconds after this look the next one is worth it."""
        kinds = frozenset(kind for reclaim in turn for kind in reclaim.awaited_kinds)
        return self.next([reclaim.awaited for reclaim in turn if reclaim.awaited], gone, seconds, moved=moved, of=kinds)

    def next(
        self, awaited: Sequence[int], gone: int, seconds: float, *, moved: bool, of: frozenset[str] = frozenset()
    ) -> float:
        """Return how many seconds after the last look the next one is worth it.

        Of what is `awaited`, tenant by tenant, so many are `gone` since the look before, which was `seconds` ago; all
        is `of` some kinds. One tenant goes on when all of its are gone; of several, those that are the first to be
        ready are not held up.
        """
        known, self.kinds = of == self.kinds, of
        if not moved:
            self.pause = min(LONGEST, self.pause * GROWTH)
        elif not gone or not known:
            self.pause = SHORTEST
        else:
            rest = seconds / gone * sum(awaited)
            self.pause = min(LONGEST, max(SHORTEST, rest if len(awaited) == 1 else rest / 2))
        return self.pause
