"""Today's terms for a running lease, and what a closure of the cloud holds back: pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reaper.lifecycle.deadline import deadline
from reaper.lifecycle.giving_back import is_given_back
from reaper.lifecycle.lease_changes import put_under, sit_out_until
from reaper.lifecycle.sanity import inconsistency
from reaper.model import Change, Hold, Judged, State, Tenant, Terms


def amnesty(tenant: Tenant, terms: Terms, until: datetime, now: datetime, by: str = "reaper") -> Change | None:
    """Put a running lease under other terms: it ends by them, but not before `until`, and all warnings come afresh.

    None where nothing is running or to be concluded: what is given back, suspended, held back or impossible keeps what
    it has.
    """
    lease = tenant.lease
    if tenant.state is not State.ACTIVE or tenant.unfinished or tenant.vanished_at or inconsistency(tenant, now):
        return None
    if is_given_back(tenant, now):  # it is suspended next: a letter that names a later day would not be true
        return None
    # A renewal that was confirmed holds; what nobody has renewed ends by the new terms.
    end = max(until, lease.expires_at if lease.renewals else lease.started_at + terms.lasts)
    room = replace(terms, at_most=max(terms.at_most, end - lease.started_at))  # a lease beyond its own terms is absurd
    return put_under(tenant, room, end, by, now)


def earliest_end(terms: Terms, now: datetime) -> datetime:
    """Return the earliest end that leaves room for all warnings and the notice after the last."""
    return now + max(*terms.warn_before, terms.notice)


def sit_out(tenant: Judged, start: datetime, end: datetime, reason: str, by: str, now: datetime) -> Change | None:
    """Hold a tenant that would be suspended or deleted between two moments, when its people cannot be expected to read.

    The hold ends with the closure and comes back through the full notice. None: nothing would come in that time.
    """
    if tenant.state not in (State.ACTIVE, State.SUSPENDED) or tenant.vanished_at or inconsistency(tenant, now):
        return None
    if tenant.hold is not None:
        longer = replace(tenant.hold, until=end)
        return sit_out_until(tenant, longer, reason, by, now) if start <= tenant.hold.until < end else None
    if not any(start - _first_word(tenant) <= step < end for step in _steps(tenant, now)):
        return None
    return sit_out_until(tenant, Hold(end, reason, by), reason, by, now) if now < end else None


def _steps(tenant: Tenant, now: datetime) -> tuple[datetime, ...]:
    """When it comes to something: who is suspended before a closure may be deleted in it."""
    due = deadline(tenant, now)
    return (due, due + tenant.lease.terms.suspension_lasts) if tenant.state is State.ACTIVE else (due,)


def _first_word(tenant: Tenant) -> timedelta:
    """How long before its deadline people have to be there to do something about it: the notice."""
    return tenant.lease.terms.notice
