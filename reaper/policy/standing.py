"""What today's policies say about a tenant whose lease is older than they are."""

from __future__ import annotations

from dataclasses import replace

from reaper.model import Archive, Tenant, Terms
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy, ReclaimRules


def standing(tenant: Tenant, policies: Policies) -> Tenant:
    """Fill in how far its policy goes today, whether it is exempt, and what is left alone.

    `enforce` is None when the lease's policy no longer exists. Where another policy covers the tenant by now, that one
    says how far to go, while the terms stay those of the lease: to be moved must not make a tenant immortal. What
    either the lease or today's policy keeps or archives is kept. An exemption that somebody else has found stays.
    """
    policy = policies.named(tenant.lease.terms.policy)
    if policy is None:
        return replace(tenant, enforce=None)
    today = policies.first(tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags)
    terms = _keeping_more(tenant.lease.terms, (today or policy).reclaim)
    exempt = tenant.exempt or tenant.protection or _exemption(tenant, policy, today)
    return replace(tenant, enforce=(today or policy).enforce, exempt=exempt, lease=replace(tenant.lease, terms=terms))


def _keeping_more(terms: Terms, rules: ReclaimRules) -> Terms:
    """Keep what either the lease or today's policy keeps, and archive if either says so."""
    more = replace(terms, keep=terms.keep.union(rules.keep))
    if terms.archive is not Archive.NONE or rules.archive is Archive.NONE:
        return more
    return replace(more, archive=rules.archive, archive_kept=rules.archive_kept)


def _exemption(tenant: Tenant, policy: Policy, today: Policy | None) -> str | None:
    """Say why nobody may touch it: by a tag of its policy, or because no policy covers it any more."""
    tag = policy.match.tags.spare(tenant.tags)
    if tag is not None:
        return f"its policy {policy.name!r} spares projects with the tag {tag!r}"
    return None if today is not None else f"its policy {policy.name!r} no longer covers it"
