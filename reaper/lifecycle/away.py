"""What "I am away until" gives, once per lease, or which rule stands against it: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from reaper.lifecycle.renew import beyond_people, rearm
from reaper.model import State, Tenant


@dataclass(frozen=True)
class Away:
    """The tenant whose lease now waits for its people, to be recorded."""

    tenant: Tenant
    expires_at: datetime


@dataclass(frozen=True)
class NotAway:
    """Which rule stands against it; `latest` where an earlier day would do, `expires_at` where none is needed."""

    rule: str
    latest: datetime | None = None


def furthest_away(tenant: Tenant, now: datetime) -> datetime | NotAway:
    """Tell how far a stay away could move the end of the lease now, or why it cannot."""
    lease, terms = tenant.lease, tenant.lease.terms
    refusal = _refusal(tenant, now)
    if refusal is not None:
        return refusal
    end = max(lease.expires_at, now)
    latest = min(end + terms.away, lease.started_at + max(terms.at_most, terms.lasts))
    return latest if latest > end else NotAway("at_most")


def go_away(tenant: Tenant, until: datetime, now: datetime) -> Away | NotAway:
    """Let the lease end when its people are back. It never moves a date earlier, and all warnings come once more."""
    latest = furthest_away(tenant, now)
    if isinstance(latest, NotAway):
        return latest
    if until <= max(tenant.lease.expires_at, now):
        return NotAway("not_needed")
    if until > latest:
        return NotAway("too_far", latest)
    lease = replace(tenant.lease, expires_at=until, away_until=until)
    return Away(replace(rearm(replace(tenant, lease=lease)), next_due_at=now), until)


def _refusal(tenant: Tenant, now: datetime) -> NotAway | None:
    lease = tenant.lease
    rule = beyond_people(tenant, now)
    if rule is not None:
        return NotAway(rule)
    if tenant.state is State.SUSPENDED or lease.given_back_at is not None:
        return NotAway("suspended")
    if not lease.terms.away:
        return NotAway("never")
    return NotAway("once") if lease.away_until is not None else None
