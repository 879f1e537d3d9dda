"""When the next step may happen at the earliest: the promised end, anchored to the letters that were accepted."""

from __future__ import annotations

from datetime import datetime

from reaper.model import LetterKind, Notice, NoticeKind, State, Tenant


def deadline(tenant: Tenant, now: datetime) -> datetime:
    """When the next step may happen at the earliest: the promised end, but never before `notice` after acceptance.

    Until the letter it hangs on has been accepted, it is what would hold if that letter were accepted at its time. A
    warning that came back after the tenant was suspended moves the end of the suspension too.
    """
    terms, lease = tenant.lease.terms, tenant.lease
    if tenant.state is State.ACTIVE:
        end = lease.expires_at
        return _after(tenant, last_warning(tenant), end, max(now, end - terms.last_warning) + terms.notice, now)
    end = (tenant.suspended_at or now) + terms.suspension_lasts
    due = _after(tenant, latest(tenant, LetterKind.SUSPENDED), end, now + terms.notice, now)
    warning = last_warning(tenant)
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
    letters = (last_warning(tenant), latest(tenant, LetterKind.SUSPENDED))
    return next((n for n in letters if n is not None and n.undeliverable and not _told_instead(tenant, n)), None)


def _told_instead(tenant: Tenant, last: Notice) -> bool:
    stand_in = stand_in_for(tenant, last)
    return stand_in is not None and stand_in.accepted_at is not None


def last_warning(tenant: Tenant) -> Notice | None:
    """The warning of this round after which no other comes, or None while it is not yet due."""
    at_most = tenant.lease.terms.last_warning
    given = [n for n in tenant.lease.notices if n.kind is LetterKind.WARNING and n.before is not None]
    return next((n for n in reversed(given) if n.before is not None and n.before <= at_most), None)


def is_orphan(tenant: Tenant) -> bool:
    """Whether the letter that counts, or the latest one, could be delivered to nobody."""
    if unheard(tenant) is not None:
        return True
    active = tenant.state is State.ACTIVE
    newest = latest(tenant, LetterKind.WARNING if active else LetterKind.SUSPENDED)
    return any(n is not None and n.undeliverable for n in (newest, last_warning(tenant) if active else None))


def latest(tenant: Tenant, kind: NoticeKind) -> Notice | None:
    """Return the last letter of this kind in the running round."""
    return next((n for n in reversed(tenant.lease.notices) if n.kind is kind), None)


def stand_in_for(tenant: Tenant, last: Notice) -> Notice | None:
    """Find the letter to the admins about this undeliverable one."""
    orphan = latest(tenant, LetterKind.ORPHAN)
    return orphan if orphan is not None and orphan.queued_at >= last.queued_at else None
