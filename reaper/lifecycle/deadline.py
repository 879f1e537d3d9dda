"""When the next step may happen at the earliest: the promised end, anchored to the letters that were accepted."""

from __future__ import annotations

from datetime import datetime

from reaper.model import Lease, LetterKind, Notice, NoticeKind, State, Tenant


def deadline(tenant: Tenant, now: datetime) -> datetime:
    """When the next step may happen at the earliest: the promised end, but never before `notice` after acceptance.

    Until the letter it hangs on has been accepted, it is what would hold if that letter were accepted at its time. It
    is never earlier than any warning of the round has said. A warning that came back after the tenant was suspended
    moves the end of the suspension too.
    """
    terms, lease = tenant.lease.terms, tenant.lease
    if tenant.state is State.ACTIVE:
        earliest = max(now, lease.expires_at - terms.required_warning) + terms.notice
        return _after(tenant, required_warning(tenant), _promised(lease), earliest, now)
    end = (tenant.suspended_at or now) + terms.suspension_lasts
    due = _after(tenant, latest(tenant, LetterKind.SUSPENDED), end, now + terms.notice, now)
    warning = required_warning(tenant)
    came_back = warning is not None and warning.undeliverable
    return max(due, _after(tenant, warning, end, end, now)) if came_back else due


def _after(tenant: Tenant, last: Notice | None, end: datetime, earliest: datetime, now: datetime) -> datetime:
    """Anchor an end to the letter it hangs on; `earliest` holds while nothing is known of that letter."""
    terms = tenant.lease.terms
    if last is None:
        return max(end, earliest)
    if last.accepted_at is not None:
        return max(end, last.accepted_at + terms.notice, last.told_at or end)
    if last.undeliverable:
        stand_in = stand_in_for(tenant, last)
        waited = stand_in.accepted_at if stand_in is not None and stand_in.accepted_at is not None else now
        return max(end, waited + max(terms.orphans_wait, terms.notice))
    return max(end, earliest)


def unheard(tenant: Tenant) -> Notice | None:
    """Return a letter that counts and reached nobody, and in whose stead the admins have not been told either."""
    letters = (required_warning(tenant), latest(tenant, LetterKind.SUSPENDED))
    return next((n for n in letters if n is not None and n.undeliverable and not _told_instead(tenant, n)), None)


def _told_instead(tenant: Tenant, last: Notice) -> bool:
    stand_in = stand_in_for(tenant, last)
    return stand_in is not None and stand_in.accepted_at is not None


def required_warning(tenant: Tenant) -> Notice | None:
    """The warning of this round on which the deadline hangs, or None while it is not yet due.

    That is the required one, or a reminder after it which was accepted while the required one was not. Of one that was
    sent again the last copy counts.
    """
    at_most = tenant.lease.terms.required_warning
    copies = {n.before: n for n in _warnings(tenant.lease) if n.before is not None and n.before <= at_most}
    counting = sorted(copies.values(), key=lambda n: n.before or at_most, reverse=True)
    return next((n for n in counting if n.accepted_at is not None), counting[0] if counting else None)


def _warnings(lease: Lease) -> list[Notice]:
    return [n for n in lease.notices if n.kind is LetterKind.WARNING]


def _promised(lease: Lease) -> datetime:
    """Return the end of the lease, or what a warning of the round has named if that is later."""
    told = (n.told_at for n in _warnings(lease) if n.accepted_at is not None and n.told_at is not None)
    return max((lease.expires_at, *told))


def is_orphan(tenant: Tenant) -> bool:
    """Whether the letter that counts, or the latest one, could be delivered to nobody."""
    if unheard(tenant) is not None:
        return True
    active = tenant.state is State.ACTIVE
    newest = latest(tenant, LetterKind.WARNING if active else LetterKind.SUSPENDED)
    return any(n is not None and n.undeliverable for n in (newest, required_warning(tenant) if active else None))


def latest(tenant: Tenant, kind: NoticeKind) -> Notice | None:
    """Return the last letter of this kind in the running round."""
    return next((n for n in reversed(tenant.lease.notices) if n.kind is kind), None)


def stand_in_for(tenant: Tenant, last: Notice) -> Notice | None:
    """Find the letter to the admins about this undeliverable one."""
    orphan = latest(tenant, LetterKind.ORPHAN)
    return orphan if orphan is not None and orphan.queued_at >= last.queued_at else None
