"""When the next step may happen at the earliest: the promised end, anchored to the letters that were accepted."""

from __future__ import annotations

from datetime import datetime

from reaper.model import LetterKind, Notice, State, Tenant


def deadline(tenant: Tenant, now: datetime) -> datetime:
    """When the next step may happen at the earliest: the promised end, but never before `notice` after acceptance.

    Until the letter it hangs on has been accepted, it is what would hold if that letter were accepted at its time.
    """
    terms, lease = tenant.lease.terms, tenant.lease
    if tenant.state is State.ACTIVE:
        last, end = last_warning(tenant), lease.expires_at
        earliest = max(now, end - terms.last_warning) + terms.notice
    else:
        last = latest(tenant, LetterKind.SUSPENDED)
        end = (tenant.suspended_at or now) + terms.suspension_lasts
        earliest = now + terms.notice
    if last is None:
        return max(end, earliest)
    if last.accepted_at is not None:
        return max(end, last.accepted_at + terms.notice, last.told_at or end)
    stand_in = stand_in_for(tenant, last)
    waited = stand_in.accepted_at if stand_in is not None and stand_in.accepted_at is not None else now
    if last.undeliverable:
        return max(end, waited + max(terms.orphans_wait, terms.notice))
    return max(end, earliest)


def last_warning(tenant: Tenant) -> Notice | None:
    """The warning of this round after which no other comes, or None while it is not yet due."""
    at_most = tenant.lease.terms.last_warning
    given = [n for n in tenant.lease.notices if n.kind is LetterKind.WARNING and n.before is not None]
    return next((n for n in reversed(given) if n.before is not None and n.before <= at_most), None)


def is_orphan(tenant: Tenant) -> bool:
    """Whether the letter that counts, or the latest one, could be delivered to nobody."""
    active = tenant.state is State.ACTIVE
    newest = latest(tenant, LetterKind.WARNING if active else LetterKind.SUSPENDED)
    return any(n is not None and n.undeliverable for n in (newest, last_warning(tenant) if active else None))


def latest(tenant: Tenant, kind: LetterKind) -> Notice | None:
    """Return the last letter of this kind in the running round."""
    return next((n for n in reversed(tenant.lease.notices) if n.kind is kind), None)


def stand_in_for(tenant: Tenant, last: Notice) -> Notice | None:
    """Find the letter to the admins about this undeliverable one."""
    orphan = latest(tenant, LetterKind.ORPHAN)
    return orphan if orphan is not None and orphan.queued_at >= last.queued_at else None
