"""What today's policies say about a tenant whose lease is older than they are."""

from __future__ import annotations

from dataclasses import replace

from reaper.model import Tenant
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy


def standing(tenant: Tenant, policies: Policies) -> Tenant:
    """Fill in how far its policy goes today, whether it is exempt, and what is left alone.

    `enforce` is None when the lease's policy no longer exists. What either the lease or today's policy keeps is kept.
    An exemption that somebody else has found already stays.
    """
    policy = policies.named(tenant.lease.terms.policy)
    if policy is None:
        return replace(tenant, enforce=None)
    terms = replace(tenant.lease.terms, keep=tenant.lease.terms.keep.union(policy.reclaim.keep))
    exempt = tenant.exempt or _exemption(tenant, policy, policies)
    return replace(tenant, enforce=policy.enforce, exempt=exempt, lease=replace(tenant.lease, terms=terms))


def _exemption(tenant: Tenant, policy: Policy, policies: Policies) -> str | None:
    """Say why its policy no longer covers it: by a tag, at all, or because another policy is asked first."""
    tag = policy.match.tags.spare(tenant.tags)
    if tag is not None:
        return f"its policy {policy.name!r} spares projects with the tag {tag!r}"
    today = policies.first(tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags)
    if today is policy:
        return None
    if policy.match.covers(tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags) and today:
        return f"its policy {policy.name!r} no longer covers it: {today.name!r} is asked first and does"
    return f"its policy {policy.name!r} no longer covers it"
