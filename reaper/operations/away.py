"""The days that people may name when they are away, in the zone in which they are told the time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from reaper.lifecycle import NotAway
from reaper.operations.view import View


def days_away(view: View, zone: tzinfo) -> tuple[date, date] | None:
    """Return the first and the last day that may be named now, None where none may."""
    if isinstance(view.away_until, NotAway):
        return None
    end = max(view.tenant.lease.expires_at, view.at)
    first, last = (at.astimezone(zone).date() for at in (end, view.away_until))
    if first < last and end_of_day(first, zone) <= end:
        first += timedelta(days=1)
    return first, last


def end_of_day(day: date, zone: tzinfo, latest: datetime | None = None) -> datetime:
    """Return the last second of a day, or the latest moment that is possible where that lies within it."""
    end = datetime.combine(day, time(23, 59, 59), zone)
    if latest is not None and latest.astimezone(zone).date() == day:
        return min(end, latest)
    return end
