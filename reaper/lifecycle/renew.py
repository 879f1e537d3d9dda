"""What a renewal gives, or which rule stands against it: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from reaper.lifecycle.lease_changes import extend
from reaper.lifecycle.sanity import inconsistency
from reaper.model import Change, State, Tenant, Terms, Unfinished


@dataclass(frozen=True)
class Renewed:
    """The later end, to be recorded."""

    change: Change
    expires_at: datetime
    left: int

    @property
    def tenant(self) -> Tenant:
        """The tenant with its later end."""
        return self.change.tenant

    @property
    def restores(self) -> bool:
        """Whether servers are started again because of it."""
        return self.tenant.unfinished is Unfinished.RESTORE


@dataclass(frozen=True)
class NotRenewed:
    """Which rule stands against it; `opens_at` when waiting helps, else a person has to lift it."""

    rule: str
    opens_at: datetime | None = None


def renew(tenant: Tenant, now: datetime, by: str = "reaper") -> Renewed | NotRenewed:
    """Give the lease a later end if its terms allow one. It never moves a date earlier."""
    return renew_under(tenant, tenant.lease.terms, tenant.lease.terms, by, now)


def renew_under(tenant: Tenant, rules: Terms, keeps: Terms, by: str, now: datetime) -> Renewed | NotRenewed:
    """Renew by these rules instead of the lease's own; `keeps` are the terms that the lease has afterwards."""
    lease = tenant.lease
    refusal = _refusal(tenant, rules, now)
    if refusal is not None:
        return refusal
    cap = lease.started_at + max(rules.at_most, rules.lasts)
    until = min(max(lease.expires_at, now) + rules.renew_by, cap)
    if until <= max(lease.expires_at, now):
        return NotRenewed("at_most")
    return Renewed(extend(tenant, until, keeps, by, now), until, rules.renew_times - lease.renewals - 1)


def beyond_people(tenant: Tenant, now: datetime) -> str | None:
    """Say which rule keeps the tenant's people from deciding anything about it, or None."""
    if tenant.vanished_at is not None:
        return "too_late"
    match tenant.state:
        case State.RECLAIMING | State.RECLAIMED:
            return "too_late"
        case State.QUARANTINED:
            return "quarantined"
        case State.ACTIVE | State.SUSPENDED:
            return "quarantined" if inconsistency(tenant, now) else None
        case _:
            assert_never(tenant.state)


def _refusal(tenant: Tenant, rules: Terms, now: datetime) -> NotRenewed | None:
    lease = tenant.lease
    rule = beyond_people(tenant, now)
    if rule is not None:
        return NotRenewed(rule)
    if lease.renewals >= rules.renew_times:
        return NotRenewed("times")
    opens_at = lease.expires_at - rules.opens_before
    if tenant.state is State.ACTIVE and now < opens_at:
        return NotRenewed("opens_before", opens_at)
    return None
