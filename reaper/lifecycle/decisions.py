"""The steps a tenant's life can call for, each a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.model import LetterKind, QuarantineCause


@dataclass(frozen=True)
class Keep:
    """Nothing to do until then; None means until something else happens to the tenant.

    `halts`: something that is due, or was begun, may not be done now.
    """

    until: datetime | None
    why: str
    halts: bool = False


@dataclass(frozen=True)
class Tell:
    """A letter without consequences is owed."""

    letter: LetterKind


@dataclass(frozen=True)
class Warn:
    """The most urgent warning that is due, with the deadline as it stands now."""

    before: timedelta
    deadline: datetime


@dataclass(frozen=True)
class Rearm:
    """What the people were told no longer holds: warnings start afresh before anything is done."""

    why: str


@dataclass(frozen=True)
class Unhold:
    """The review date of a hold has passed."""

    why: str


@dataclass(frozen=True)
class Suspend:
    """The lease is over and everybody was warned in time; or a suspension has begun and is not finished."""

    since: datetime


@dataclass(frozen=True)
class Restore:
    """Renewed from suspension: what was stopped must run again."""

    why: str = "the lease was renewed"


@dataclass(frozen=True)
class Reclaim:
    """The suspension is over too; or reclaiming has begun and is not finished."""

    since: datetime


@dataclass(frozen=True)
class Quarantine:
    """Reaper itself stops here: a person must look."""

    reason: str
    cause: QuarantineCause


Decision = Keep | Tell | Warn | Rearm | Unhold | Suspend | Restore | Reclaim | Quarantine
