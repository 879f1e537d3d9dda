"""How far the terms that leases were given are from what today's policies say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta

from reaper.model import Tenant, Terms
from reaper.policy.durations import written
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy

#: The key of a policy that each term comes from.
KEYS = {
    "policy": "policy",
    "lasts": "lease.lasts",
    "warn_before": "lease.warn_before",
    "notice": "lease.notice",
    "renew_by": "renewal.by",
    "renew_times": "renewal.times",
    "at_most": "renewal.at_most",
    "opens_before": "renewal.opens_before",
    "away": "renewal.away",
    "suspension_lasts": "suspension.lasts",
    "orphans_wait": "orphans.wait",
    "keep": "reclaim.keep",
    "archive": "reclaim.archive",
    "archive_kept": "reclaim.archive_kept",
    "afterwards": "reclaim.project",
    "language": "language",
    "contacts": "contacts",
}


@dataclass(frozen=True)
class TermChange:
    """One term of a lease that today's policy says otherwise, both as a policy would spell it."""

    key: str
    has: str
    would_have: str


def covering_now(tenant: Tenant, policies: Policies) -> Policy | None:
    """Find the policy that covers a tenant today."""
    return policies.first(tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags)


def drift(tenant: Tenant, policy: Policy) -> tuple[TermChange, ...]:
    """Say what a tenant's lease would have otherwise if it were given today."""
    has, would = tenant.lease.terms, policy.terms()
    # An amnesty makes room for a lease that is longer than its policy's longest life.
    roomy = has.at_most == tenant.lease.expires_at - tenant.lease.started_at and has.at_most > would.at_most
    return tuple(change for change in _changes(has, would) if not (roomy and change.key == KEYS["at_most"]))


def _changes(has: Terms, would: Terms) -> Iterator[TermChange]:
    for field in fields(Terms):
        old, new = getattr(has, field.name), getattr(would, field.name)
        if old != new:
            yield TermChange(KEYS[field.name], _spelled(old), _spelled(new))


def _spelled(value: object) -> str:
    if isinstance(value, timedelta):
        return written(value) if value else "none"
    if isinstance(value, (tuple, frozenset)):
        each = value if isinstance(value, tuple) else sorted(value)
        return f"[{', '.join(map(_spelled, each))}]"
    return str(value)
