"""The simulator's clock: real time until somebody moves it."""

import threading
from datetime import UTC, datetime, timedelta


class SimClock:
    """A moment that goes on by itself (`SimClock()`) or stands still until moved (`SimClock(moment)`)."""

    def __init__(self, moment: datetime | None = None) -> None:
        self._moment = moment
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Tell the moment, aware and in UTC."""
        with self._lock:
            return self._moment if self._moment is not None else datetime.now(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move forward (or back, with a negative duration); a clock that has been moved stands still from then on."""
        with self._lock:
            self._moment = (self._moment if self._moment is not None else datetime.now(UTC)) + by
            return self._moment

    def set(self, moment: datetime) -> None:
        """Put the clock at a moment, which must be aware."""
        if moment.tzinfo is None:
            raise ValueError(f"a clock is set to an aware moment, not to {moment!r}")
        with self._lock:
            self._moment = moment.astimezone(UTC)


def seconds(moment: datetime) -> str:
    """Write a moment as Nova, Neutron and Glance do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def micros(moment: datetime) -> str:
    """Write a moment as Cinder does: no zone, microseconds always zero (MySQL keeps none)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000000")
