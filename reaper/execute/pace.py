"""When to look again: when what was asked to go will be gone, as far as its pace so far tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Seconds between looks: short at first, longer while nothing moves.
SHORTEST, LONGEST, GROWTH = 0.5, 5.0, 1.5


@dataclass
class Pace:
    """How fast things go in this run."""

    pause: float = SHORTEST

    def next(self, awaited: Sequence[int], gone: int, seconds: float, *, moved: bool) -> float:
        """Return how many seconds after the last look the next one is worth it.

        Of what is `awaited`, tenant by tenant, so many are `gone` since the look before, which was `seconds` ago. One
        tenant goes on when all of its are gone; of several, those that are the first to be ready are not held up.
        """
        if not moved:
            self.pause = min(LONGEST, self.pause * GROWTH)
        elif not gone:
            self.pause = SHORTEST
        else:
            rest = seconds / gone * sum(awaited)
            self.pause = min(LONGEST, max(SHORTEST, rest if len(awaited) == 1 else rest / 2))
        return self.pause
