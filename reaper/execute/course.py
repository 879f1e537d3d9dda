"""When a tenant in work was looked at, when anything changed, and when it is looked at next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Course:
    """Moments of one run, in seconds on the clock's monotonic scale."""

    started: float = 0.0
    now: float = 0.0  # the last look or answer
    changed: float = 0.0
    next_look: float = 0.0
    longest: float = 0.0  # seconds that the run may take

    @classmethod
    def beginning(cls, moment: float, longest: float) -> Course:
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

    def moved(self) -> None:
        """Note a change."""
        self.changed = self.now
