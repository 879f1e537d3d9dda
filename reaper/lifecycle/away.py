"""What "I am away until" gives, once per lease, or which rule stands against it: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reaper.lifecycle.lease_changes import wait_for_people
from reaper.lifecycle.renew import beyond_people
from reaper.model import Change, Judged, State, Tenant


@dataclass(frozen=True)
class Away:
    """The lease now waits for its people: to be recorded."""

    change: Change
    expires_at: datetime

    @property
    def tenant(self) -> Tenant:
        """The tenant whose lease waits."""
        return self.change.tenant


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


def go_away(tenant: Judged, until: datetime, now: datetime, by: str = "reaper") -> Away | NotAway:
    """Let the lease end when its people are back. It never moves a date earlier, and all warnings come once more."""
    latest = furthest_away(tenant, now)
    if isinstance(latest, NotAway):
        return latest
    if until <= max(tenant.lease.expires_at, now):
        return NotAway("not_needed")
    if until > latest:
        return NotAway("too_far", latest)
    return Away(wait_for_people(tenant, until, by, now), until)


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
