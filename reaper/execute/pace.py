"""When to look again: when what was asked to go will be gone, as far as its pace so far tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.execute.work import Work

#: Seconds between looks: short at first, longer while nothing moves.
SHORTEST, LONGEST, GROWTH = 0.5, 5.0, 1.5
#: The last looks at a tenant cost as much as those at all: it waits for others so much of the time it took, at most.
FOR_OTHERS, FOR_OTHERS_AT_MOST = 1.0, timedelta(seconds=60)


def waits_for_others(work: Work, everybody: Sequence[Work], now: datetime) -> bool:
    """Whether a tenant that looks empty is looked at later, together with those that soon will; a while, not longer."""
    if work.remaining:
        work.emptied = None
    if work.remaining or work.doubts or work.wary or not any(one.remaining for one in everybody):
        return False
    work.emptied = work.emptied or now
    took = work.emptied - (work.began or work.emptied)
    waits = now - work.emptied < min(FOR_OTHERS_AT_MOST, took * FOR_OTHERS)
    if waits:
        work.course.moved()  # it is not its own standstill
    return waits


@dataclass
class Pace:
    """How fast things go in this run."""

    pause: float = SHORTEST
    kinds: frozenset[str] = frozenset()  # those that were awaited; what others take says nothing of these

    def after(self, turn: Sequence[Work], gone: int, seconds: float, *, moved: bool) -> float:
        """Return how many seconds after this look the next one is worth it."""
        kinds = frozenset(kind for work in turn for kind in work.awaited_kinds)
        return self.next([work.awaited for work in turn if work.awaited], gone, seconds, moved=moved, of=kinds)

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
