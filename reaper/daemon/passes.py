"""What became of the passes of each verb, by a clock that nobody can set: the facts behind health and watchdog."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

#: A pass may take longer than its interval; it is late when the last good one ended this long before the interval.
GRACE = timedelta(minutes=15)
#: So many threads of one verb that hang at once are no accident: only a new process helps.
MOST_LEFT_BEHIND = 3


@dataclass(frozen=True)
class Past:
    """One verb. Moments are seconds of the monotonic clock; `since` is when its record began."""

    every: timedelta
    since: float
    ended: float | None = None
    good: float | None = None
    left_behind: int = 0  # in all
    hanging: int = 0  # of these, those that hang still
    watched: bool = True  # whether health depends on it


class Passes:
    """The record of one process; safe for threads."""

    def __init__(self, verbs: dict[str, timedelta], longest: timedelta, monotonic: Callable[[], float]) -> None:
        """Begin the record of each verb, given with its interval; `longest` is how long one pass may take."""
        self.longest = longest
        self._monotonic = monotonic
        self._lock = threading.Lock()
        now = monotonic()
        self._past = {verb: Past(every, now) for verb, every in verbs.items()}

    @contextlib.contextmanager
    def under_way(self, verb: str) -> Iterator[None]:
        """Note the end of a pass, and whether it was a good one: one that raised nothing."""
        good = False
        try:
            yield
            good = True
        finally:
            now = self._monotonic()
            with self._lock:
                past = self._past[verb]
                self._past[verb] = replace(past, ended=now, good=now if good else past.good)

    def left_behind(self, verb: str) -> None:
        """Count a pass that has hung for longer than any may take."""
        self._count(verb, 1, 1)

    def came_back(self, verb: str) -> None:
        """Count one of them out again: it has ended after all."""
        self._count(verb, 0, -1)

    def past(self) -> dict[str, Past]:
        """Return the record by verb."""
        with self._lock:
            return dict(self._past)

    def _watched(self) -> dict[str, Past]:
        return {verb: past for verb, past in self.past().items() if past.watched}

    def ages(self) -> dict[str, float]:
        """Return how many seconds ago the last good pass of each verb ended; for none yet, since the beginning."""
        now = self._monotonic()
        return {verb: now - (past.since if past.good is None else past.good) for verb, past in self._watched().items()}

    def late(self) -> list[str]:
        """Say of which verbs no good pass has ended within its time: its interval and fifteen minutes, or thrice."""
        said = []
        for verb, past in self._watched().items():
            if past.good is None:
                said.append(f"{verb}: no pass has ended well yet")
                continue
            age = timedelta(seconds=self._monotonic() - past.good)
            if age > max(past.every + GRACE, 3 * past.every):
                said.append(f"{verb}: the last good pass ended {_told(age)} ago; one is due every {past.every}")
        return said

    def standing_still(self) -> str | None:
        """Say which verb does nothing any more, so that the process had better be started again; None for none."""
        now = self._monotonic()
        for verb, past in self._watched().items():
            if past.hanging >= MOST_LEFT_BEHIND:
                return f"{verb}: {past.hanging} passes hang in their threads"
            idle = timedelta(seconds=now - (past.since if past.ended is None else past.ended))
            if idle > past.every + (MOST_LEFT_BEHIND + 1) * self.longest:
                return f"{verb}: no pass has ended for {_told(idle)}"
        return None

    def _count(self, verb: str, more: int, hanging: int) -> None:
        with self._lock:
            past = self._past.get(verb) or Past(timedelta.max, self._monotonic(), watched=False)
            self._past[verb] = replace(past, left_behind=past.left_behind + more, hanging=past.hanging + hanging)


def _told(span: timedelta) -> str:
    return str(timedelta(seconds=int(span.total_seconds())))
