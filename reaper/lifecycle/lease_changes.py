"""What changes a tenant's lease, each a pure function to what is written; the rules of each stand beside its verb."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reaper.lifecycle.next_states import Transition, may_follow
from reaper.lifecycle.notice_round import rearm
from reaper.model import (
    Change,
    Event,
    EventKind,
    Hold,
    Judged,
    Lease,
    LetterKind,
    Queued,
    State,
    Tenant,
    Terms,
    Unfinished,
)


def extend(tenant: Tenant, until: datetime, terms: Terms, by: str, now: datetime) -> Change:
    """Renew: the lease ends later, and a new round of notices begins. `terms` are those it has from now on."""
    lease = tenant.lease
    renewed = replace(lease, terms=terms, expires_at=until, renewals=lease.renewals + 1, given_back_at=None)
    later = _live_again(_new_round(tenant, renewed), now)
    left = terms.renew_times - renewed.renewals
    text = f"renewed until {_moment(until)}, {left} left{_started(later)}"
    return _changed(Transition.RENEW, tenant, later, Event(now, EventKind.RENEWED, text, by), LetterKind.RENEWED)


def wait_for_people(tenant: Judged, until: datetime, by: str, now: datetime) -> Change:
    """Let the lease end when its people are back."""
    away = replace(tenant.lease, expires_at=until, away_until=until)
    later = replace(rearm(replace(tenant, lease=away), tenant.enforce), next_due_at=now)
    event = Event(now, EventKind.AWAY, f"its people are away; the lease ends on {_moment(until)}", by)
    return _changed(Transition.AWAY, tenant, later, event, LetterKind.AWAY)


def end_early(tenant: Judged, by: str, now: datetime) -> Change:
    """Note that its people are done with it: it is suspended by the next sweep."""
    given = rearm(replace(tenant, lease=replace(tenant.lease, given_back_at=now)), tenant.enforce)
    event = Event(now, EventKind.GIVEN_BACK, "its people are done with it: suspended now", by)
    return _changed(Transition.GIVE_BACK, tenant, replace(given, retry_at=None, next_due_at=now), event)


def keep_on(tenant: Judged, by: str, now: datetime) -> Change:
    """Undo what giving back has done."""
    still = replace(tenant, lease=replace(tenant.lease, given_back_at=None))
    kept = _live_again(rearm(still, tenant.enforce), now)
    text = f"kept after all until {_moment(kept.lease.expires_at)}{_started(kept)}"
    return _changed(Transition.KEEP, tenant, kept, Event(now, EventKind.KEPT, text, by))


def put_under(tenant: Tenant, terms: Terms, end: datetime, by: str, now: datetime) -> Change:
    """Give a running lease other terms and another end."""
    renewals = min(tenant.lease.renewals, terms.renew_times)
    lease = replace(tenant.lease, terms=terms, expires_at=end, renewals=renewals)
    text = f"today's terms of policy {terms.policy}; the lease ends on {end:%Y-%m-%d %H:%M} UTC"
    again = replace(rearm(replace(tenant, lease=lease)), next_due_at=now)
    event = Event(now, EventKind.AMNESTY, text, by)
    return _changed(Transition.AMNESTY, tenant, again, event, LetterKind.AMNESTY)


def sit_out_until(tenant: Judged, word: Hold, why: str, by: str, now: datetime) -> Change:
    """Hold a tenant over a closure of the cloud, or its present hold for longer; its people get a letter."""
    longer = tenant if tenant.hold is not None else rearm(tenant, tenant.enforce)
    held = replace(longer, hold=word, next_due_at=word.until)
    event = Event(now, EventKind.HELD, f"{why}, until {word.until:%Y-%m-%d %H:%M} UTC", by)
    return _changed(Transition.HOLD, tenant, held, event, LetterKind.CLOSURE)


def _live_again(tenant: Tenant, now: datetime) -> Tenant:
    """Make a tenant active; what a suspension has stopped is started again by the next sweep."""
    # Asked twice before the first restoration is done, it must not be forgotten.
    restores = tenant.state is State.SUSPENDED or tenant.unfinished is Unfinished.RESTORE
    return replace(
        tenant,
        state=State.ACTIVE,
        unfinished=Unfinished.RESTORE if restores else None,
        suspended_at=None,
        failures=0,
        blocker=None,
        retry_at=None,
        next_due_at=now,
    )


def _new_round(tenant: Tenant, lease: Lease) -> Tenant:
    """Begin a new round under the same stage: a renewal says nothing about what its people were told."""
    return replace(tenant, lease=replace(lease, arming=lease.arming + 1, notices=()), halted_at=None)


def _started(tenant: Tenant) -> str:
    return ", servers are being started again" if tenant.unfinished is Unfinished.RESTORE else ""


def _changed(by: Transition, before: Tenant, after: Tenant, event: Event, letter: LetterKind | None = None) -> Change:
    may_follow(before, by, after.state)
    return Change(after, (event,), (Queued(letter),) if letter else ())


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
