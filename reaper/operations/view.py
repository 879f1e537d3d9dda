"""What a tenant stands before, as its page shows it: a pure function of tenant, now and what it owns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reaper.lifecycle import (
    NotAway,
    NotNow,
    NotRenewed,
    Renewed,
    deadline,
    furthest_away,
    give_back,
    inconsistency,
    is_given_back,
    renew,
)
from reaper.model import Enforce, IdleThing, Judged, Resource, State, Tenant, Unfinished
from reaper.operations.scheduled_idle import Going, going


class Situation(StrEnum):
    """Where a lease stands, in the eyes of its people."""

    RUNNING = "running"
    ENDING = "ending"  # the time of its first warning has come
    STOPPING = "stopping"  # given back by its people, and not yet suspended
    SUSPENDED = "suspended"
    RESTORING = "restoring"  # renewed from suspension; its servers are being started again
    RECLAIMING = "reclaiming"
    RECLAIMED = "reclaimed"
    VANISHED = "vanished"  # the project is no longer in Keystone
    QUARANTINED = "quarantined"


class Spared(StrEnum):
    """Why the next step does not follow although its date comes."""

    EXEMPT = "exempt"
    HOLD = "hold"
    OBSERVE = "observe"  # the policy only watches
    NOTIFY = "notify"  # the policy only writes letters
    HALTED = "halted"  # the policy was taken back to a stage before the next step, or is gone


@dataclass(frozen=True)
class View:
    """All that a tenant's page shows; every number and date comes from the lease.

    `ends_at` is when the running state ends at the earliest: the lease while it is active, the suspension while it is
    suspended, and the plain end of the lease when nothing follows it. `reclaim_at` is None when reclaiming is not
    foreseen. `losses` is what the tenant owns; None means that it could not be read.
    """

    tenant: Judged
    at: datetime
    situation: Situation
    ends_at: datetime
    reclaim_at: datetime | None
    spared: Spared | None
    offer: Renewed | NotRenewed
    left: int
    last_end: datetime  # no renewal leads beyond it
    losses: tuple[Resource, ...] | None
    away_until: datetime | NotAway  # how far a stay away could move the end now
    giving_back: NotNow | None  # what stands against giving it back now
    idle: tuple[Going, ...]  # single things that go while the lease runs

    @property
    def given_back(self) -> bool:
        """Whether its people gave it back, which they can still undo."""
        undoable = self.situation in (Situation.STOPPING, Situation.SUSPENDED)
        return undoable and self.tenant.lease.given_back_at is not None


def owns_something(tenant: Tenant) -> bool:
    """Whether there can be anything of it in the cloud."""
    return tenant.state is not State.RECLAIMED and tenant.vanished_at is None


def view_of(tenant: Judged, now: datetime, losses: tuple[Resource, ...] | None, record: Iterable[IdleThing]) -> View:
    """Draw up what the page says; `record` is that of idle things.

    Of an impossible lease nothing is concluded: its page has no dates.
    """
    lease = tenant.lease
    situation = _situation(tenant, now)
    spared = _spared(tenant, now)
    quiet = spared is not None and tenant.state is State.ACTIVE
    settled = situation in (Situation.QUARANTINED, Situation.VANISHED)
    return View(
        tenant=tenant,
        at=now,
        situation=situation,
        ends_at=_ends_at(tenant, now, situation, plainly=settled or quiet),
        reclaim_at=None if settled or spared is not None else _reclaim_at(tenant, now),
        spared=spared,
        offer=renew(tenant, now),
        left=max(0, lease.terms.renew_times - lease.renewals),
        last_end=lease.started_at + max(lease.terms.at_most, lease.terms.lasts),
        losses=losses,
        away_until=furthest_away(tenant, now),
        giving_back=answer if isinstance(answer := give_back(tenant, now), NotNow) else None,
        idle=going(tenant, record, now),
    )


def _ends_at(tenant: Judged, now: datetime, situation: Situation, *, plainly: bool) -> datetime:
    if situation is Situation.STOPPING:
        return tenant.lease.given_back_at or now
    return tenant.lease.expires_at if plainly else deadline(tenant, now)


def _situation(tenant: Judged, now: datetime) -> Situation:
    if tenant.vanished_at is not None:
        return Situation.VANISHED
    if tenant.state is State.QUARANTINED or inconsistency(tenant, now):
        return Situation.QUARANTINED
    if tenant.state is not State.ACTIVE:
        return Situation(tenant.state.value.lower())
    if is_given_back(tenant, now):
        return Situation.STOPPING
    if tenant.unfinished is Unfinished.RESTORE:
        return Situation.RESTORING
    first = tenant.lease.expires_at - max(tenant.lease.terms.warn_before)
    return Situation.ENDING if now >= first else Situation.RUNNING


def _spared(tenant: Judged, now: datetime) -> Spared | None:
    if tenant.exempt:
        return Spared.EXEMPT
    if tenant.hold is not None and now < tenant.hold.until:
        return Spared.HOLD
    if tenant.state is State.ACTIVE and tenant.enforce in (Enforce.OBSERVE, Enforce.NOTIFY):
        return Spared(tenant.enforce.value)
    next_step = Enforce.SUSPEND if tenant.state is State.ACTIVE else Enforce.RECLAIM
    return None if tenant.enforce is not None and tenant.enforce.reaches(next_step) else Spared.HALTED


def _reclaim_at(tenant: Judged, now: datetime) -> datetime | None:
    """When reclaiming would begin at the earliest, if nobody renews and the letters arrive."""
    if tenant.enforce is None or not tenant.enforce.reaches(Enforce.RECLAIM):
        return None
    if tenant.state in (State.RECLAIMING, State.RECLAIMED):
        return tenant.reclaiming_at
    if tenant.state is not State.ACTIVE:
        return deadline(tenant, now)
    terms = tenant.lease.terms
    if is_given_back(tenant, now):
        return now + max(terms.suspension_lasts, terms.notice)
    return deadline(tenant, now) + max(terms.suspension_lasts, terms.notice)
