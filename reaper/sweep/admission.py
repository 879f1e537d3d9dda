"""Which tenants a sweep would begin with, and whether those are too many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reaper.gates import CONSENT, Consent, Gate, Limits, over_the_limit, read_consent
from reaper.lifecycle import Decision, Reclaim, Suspend, decide
from reaper.model import GateInputs, State, Tenant
from reaper.policy import Policies, standing
from reaper.ports import Ledger


def begins(tenant: Tenant, decision: Decision) -> bool:
    """Whether this would begin something of Reaper's own accord, instead of going on with it.

    What people give back themselves counts for no limit: many at once are no sign of a mistake, and stop nothing.
    """
    if isinstance(decision, Suspend):
        given_at = tenant.lease.given_back_at
        return tenant.unfinished is None and (given_at is None or decision.since != given_at)
    return isinstance(decision, Reclaim) and tenant.state is State.SUSPENDED


def beginning(ledger: Ledger, policies: Policies, now: datetime, limit: int) -> list[Tenant]:
    """Return the due tenants with whom the next sweep would begin, most overdue first; O(due)."""
    judged = [standing(tenant, policies) for tenant in ledger.due(now, limit)]
    return [tenant for tenant in judged if begins(tenant, decide(tenant, now))]


def limit_on(
    tenants: Sequence[Tenant], ledger: Ledger, gate_inputs: GateInputs, now: datetime, limits: Limits
) -> Gate | None:
    """Return the gate that these tenants close by being too many, as far as nobody has consented."""
    return over_the_limit(tenants, gate_inputs, now, limits, read_consent(ledger.noted(CONSENT)))


def consent_to(tenants: Sequence[Tenant], ledger: Ledger, now: datetime) -> None:
    """Keep that a person has looked at just these and lets them go, within a day."""
    ledger.note(CONSENT, str(Consent.to(tenants, now)))
