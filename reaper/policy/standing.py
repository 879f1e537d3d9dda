"""What today's policies say about a tenant whose lease is older than they are."""

from __future__ import annotations

from dataclasses import fields, replace

from reaper.model import Archive, Judged, NotKnown, Tenant, Terms
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy, ReclaimRules

_KEPT = tuple(field.name for field in fields(Tenant))


def standing(tenant: Tenant, policies: Policies, protected: str | None = None) -> Judged:
    """Judge how far its policy goes today, whether it is exempt, and what is left alone.

    `enforce` is None when the lease's policy no longer exists. Where another policy covers the tenant by now, that one
    says how far to go, while the terms stay those of the lease: to be moved must not make a tenant immortal. What
    either the lease or today's policy keeps or archives is kept.

    Args:
        tenant: As the ledger has it.
        policies: Those of today.
        protected: Why its project is protected, where that was just asked of Keystone.
    """
    known = {name: getattr(tenant, name) for name in _KEPT}
    spared = f"protected: {protected}" if protected else tenant.protection
    policy = policies.named(tenant.lease.terms.policy)
    if policy is None:
        return Judged(**known, enforce=None, exempt=spared or _unreadable(tenant))
    today = policies.first(tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags)
    known["lease"] = replace(tenant.lease, terms=_keeping_more(tenant.lease.terms, (today or policy).reclaim))
    exempt = spared or _unreadable(tenant) or _exemption(tenant, policy, today)
    return Judged(**known, enforce=(today or policy).enforce, exempt=exempt)


def _unreadable(tenant: Tenant) -> NotKnown | None:
    """Tell that by a record which cannot be read nobody can say what spares a tenant: by name, domain or tags."""
    return NotKnown(f"its record cannot be read: {tenant.damaged}") if tenant.damaged else None


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
