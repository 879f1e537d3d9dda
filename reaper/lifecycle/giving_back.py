"""What "take it back now" and the second thoughts about it give: pure functions of tenant and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reaper.lifecycle.lease_changes import end_early, keep_on
from reaper.lifecycle.renew import beyond_people
from reaper.lifecycle.sanity import STALE_AFTER
from reaper.model import Change, Enforce, Judged, State, Tenant, Unfinished


@dataclass(frozen=True)
class GivenBack:
    """Its people have given it back, to be recorded; it is suspended by the next sweep."""

    change: Change

    @property
    def tenant(self) -> Tenant:
        """The tenant as its people have given it back."""
        return self.change.tenant


@dataclass(frozen=True)
class Kept:
    """It is kept after all: to be recorded."""

    change: Change

    @property
    def tenant(self) -> Tenant:
        """The tenant that is kept."""
        return self.change.tenant

    @property
    def restores(self) -> bool:
        """Whether what was stopped is started again."""
        return self.tenant.unfinished is Unfinished.RESTORE


@dataclass(frozen=True)
class NotNow:
    """Which rule stands against it."""

    rule: str


def give_back(tenant: Judged, now: datetime, by: str = "reaper") -> GivenBack | NotNow:
    """End a lease early because its people say so. It only suspends: what follows needs its letter and its time."""
    refusal = _impossible(tenant, now) or _not_to_be_given(tenant, now)
    if refusal is not None:
        return refusal
    return GivenBack(end_early(tenant, by, now))


def keep_after_all(tenant: Judged, now: datetime, by: str = "reaper") -> Kept | NotNow:
    """Undo what giving back has done. The lease ends when it would have ended, after a full new notice at least."""
    refusal = _impossible(tenant, now)
    if refusal is not None:
        return refusal
    if tenant.lease.given_back_at is None:
        return NotNow("not_given")
    return Kept(keep_on(tenant, by, now))


def is_given_back(tenant: Tenant, now: datetime) -> bool:
    """Whether its people's word still counts: one that was not acted upon for long is taken for withdrawn."""
    given_at = tenant.lease.given_back_at
    return given_at is not None and (tenant.state is not State.ACTIVE or now - given_at <= STALE_AFTER)


def _impossible(tenant: Tenant, now: datetime) -> NotNow | None:
    rule = beyond_people(tenant, now)
    return None if rule is None else NotNow(rule)


def _not_to_be_given(tenant: Judged, now: datetime) -> NotNow | None:
    if tenant.state is State.SUSPENDED or is_given_back(tenant, now):
        return NotNow("already")
    if tenant.unfinished is not None:
        return NotNow("unfinished")
    held = tenant.hold is not None or tenant.exempt
    if held or tenant.enforce is None or not tenant.enforce.reaches(Enforce.SUSPEND):
        return NotNow("spared")
    # Else giving back and keeping by turns would carry a lease on beyond its end.
    return NotNow("ended") if now >= tenant.lease.expires_at else None
