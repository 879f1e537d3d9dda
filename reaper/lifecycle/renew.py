"""What a renewal gives, or which rule stands against it: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from reaper.lifecycle.sanity import absurdity
from reaper.model import State, Tenant, Unfinished


@dataclass(frozen=True)
class Renewed:
    """The tenant with its later end, to be recorded."""

    tenant: Tenant
    expires_at: datetime
    left: int
    restores: bool


@dataclass(frozen=True)
class NotRenewed:
    """Which rule stands against it; `opens_at` when waiting helps, else a person has to lift it."""

    rule: str
    opens_at: datetime | None = None


def renew(tenant: Tenant, now: datetime) -> Renewed | NotRenewed:
    """Give the lease a later end if its terms allow one. It never moves a date earlier."""
    lease, terms = tenant.lease, tenant.lease.terms
    refusal = _refusal(tenant, now)
    if refusal is not None:
        return refusal
    cap = lease.started_at + max(terms.at_most, terms.lasts)
    until = min(max(lease.expires_at, now) + terms.renew_by, cap)
    if until <= max(lease.expires_at, now):
        return NotRenewed("at_most")
    renewed = replace(
        lease,
        expires_at=until,
        renewals=lease.renewals + 1,
        arming=lease.arming + 1,
        notices=(),
        given_back_at=None,
    )
    later = live_again(replace(tenant, lease=renewed), now)
    return Renewed(later, until, terms.renew_times - renewed.renewals, later.unfinished is Unfinished.RESTORE)


def live_again(tenant: Tenant, now: datetime) -> Tenant:
    """Make a tenant active; what a suspension has stopped is started again by the next sweep."""
    # Asked twice before the first restoration is done, it must not be forgotten.
    restores = tenant.state is State.SUSPENDED or tenant.unfinished is Unfinished.RESTORE
    return replace(
        tenant,
        state=State.ACTIVE,
        unfinished=Unfinished.RESTORE if restores else None,
        suspended_at=None,
        failures=0,
        blocker=None,
        retry_at=None,
        next_due_at=now,
    )


def beyond_people(tenant: Tenant, now: datetime) -> str | None:
    """Say which rule keeps the tenant's people from deciding anything about it, or None."""
    if tenant.state in (State.RECLAIMING, State.RECLAIMED) or tenant.vanished_at is not None:
        return "too_late"
    return "quarantined" if tenant.state is State.QUARANTINED or absurdity(tenant, now) else None


def _refusal(tenant: Tenant, now: datetime) -> NotRenewed | None:
    lease, terms = tenant.lease, tenant.lease.terms
    rule = beyond_people(tenant, now)
    if rule is not None:
        return NotRenewed(rule)
    if lease.renewals >= terms.renew_times:
        return NotRenewed("times")
    opens_at = lease.expires_at - terms.opens_before
    if tenant.state is State.ACTIVE and now < opens_at:
        return NotRenewed("opens_before", opens_at)
    return None


def rearm(tenant: Tenant) -> Tenant:
    """Start a new round of warnings: nothing said before counts any more."""
    lease = replace(tenant.lease, arming=tenant.lease.arming + 1, notices=())
    return replace(tenant, lease=lease, decided_under=tenant.enforce or tenant.decided_under)


def afresh(tenant: Tenant, now: datetime) -> Tenant:
    """Let a tenant go on after somebody has held it: with a full new notice, also where its reclaim had begun."""
    again = replace(rearm(tenant), failures=0, blocker=None, retry_at=None, next_due_at=now)
    if tenant.state is State.ACTIVE:  # what was given back before it was held has to be given back anew
        return replace(again, lease=replace(again.lease, given_back_at=None))
    if tenant.state is State.RECLAIMING:
        return replace(again, state=State.SUSPENDED, suspended_at=now, reclaiming_at=None)
    return again
