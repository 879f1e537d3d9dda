"""Every change of a tenant but those of its lease, each a pure function to what is written: tenant, events, letters.

No other room writes a tenant's state. `next_states.NEXT` says which of these may follow which; `lease_changes` has the
renewals and all else that concerns the lease.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from reaper.errors import NoSuchTransition
from reaper.lifecycle.next_states import Transition, may_follow
from reaper.lifecycle.notice_round import rearm, resume_with_notice
from reaper.model import (
    Change,
    Enforce,
    Event,
    EventKind,
    Hold,
    Judged,
    LetterKind,
    QuarantineCause,
    Queued,
    State,
    Tenant,
    Unfinished,
)

T = TypeVar("T", bound=Tenant)


def tell(tenant: Tenant, event: Event, *letters: Queued) -> Change:
    """Add a line to the history, and perhaps letters; the tenant stays as it is."""
    return changed(Transition.TELL, tenant, tenant, (event,), letters)


def give_notice(tenant: Judged, text: str, letter: Queued, now: datetime) -> Change:
    """Queue a letter of the running round, and note under which stage of the policy the tenant is being told."""
    kind = EventKind.WARNING if letter.kind is LetterKind.WARNING else EventKind.LETTER
    told = replace(tenant, next_due_at=now, halted_at=None, decided_under=tenant.enforce or Enforce.OBSERVE)
    return changed(Transition.TELL, tenant, told, (Event(now, kind, text),), (letter,))


def wait(tenant: Tenant, until: datetime | None, under: Enforce, now: datetime, *, halts: bool) -> Change | None:
    """Sleep until then, None: until something happens to the tenant. Returns None where that is so already.

    `halts`: something that is due may not be done. A tenant that backs off is as halted as it was before.
    """
    backs_off = tenant.retry_at is not None and now < tenant.retry_at
    since = tenant.halted_at if backs_off else None
    asleep = replace(
        tenant, next_due_at=until, decided_under=under, halted_at=(tenant.halted_at or now) if halts else since
    )
    return None if asleep == tenant else changed(Transition.WAIT, tenant, asleep)


def halt(tenant: Tenant, now: datetime) -> Change | None:
    """Note that what is due, or was begun, may not be done now. None where that stands there already."""
    if tenant.halted_at is not None:
        return None
    return changed(Transition.HALT, tenant, replace(tenant, halted_at=now))


def begin_again(tenant: Judged, why: str, now: datetime) -> Change:
    """Begin the round of notices again: what the people were told no longer holds."""
    again = replace(rearm(tenant, tenant.enforce), next_due_at=now)
    return changed(Transition.REARM, tenant, again, (Event(now, EventKind.REARMED, why),))


def go_back(tenant: Tenant, why: str, now: datetime, under: Enforce | None = None) -> Change:
    """Begin again with fresh letters after a halt that was too long, in whatever state it came.

    What is being deleted is suspended once more; what was to be suspended is active again, and what has been stopped
    of it is started.
    """
    again = resume_with_notice(tenant, now, under)
    if tenant.unfinished is Unfinished.SUSPEND and not tenant.is_told_of_suspension:
        again = replace(again, state=State.ACTIVE, unfinished=Unfinished.RESTORE, suspended_at=None)
        again = replace(again, lease=replace(again.lease, given_back_at=None))
    return changed(Transition.REARM, tenant, again, (Event(now, EventKind.REARMED, why),))


def begin_reclaim(tenant: Tenant, now: datetime) -> Change:
    """Begin to take everything back, because the suspension is over."""
    event = Event(now, EventKind.RECLAIMING, "the suspension is over")
    return changed(Transition.BEGIN_RECLAIM, tenant, _reclaiming_since(tenant, now), (event,))


def reclaim_by_hand(tenant: Tenant, by: str, now: datetime) -> Change:
    """Begin to take everything back, because a person says so. To ask again is no new beginning: images may be made."""
    begun = tenant if tenant.state is State.RECLAIMING else _reclaiming_since(tenant, now)
    condemned = replace(begun, unfinished=None, retry_at=None, halted_at=None, next_due_at=now)
    event = Event(now, EventKind.RECLAIMING, "by hand", by)
    return changed(Transition.RECLAIM_BY_HAND, tenant, condemned, (event,))


def if_condemned(tenant: Judged, now: datetime) -> Judged:
    """Return a tenant as it would stand in a reclaim by hand, to ask what speaks against it; never recorded."""
    return replace(_reclaiming_since(tenant, tenant.reclaiming_at or now), unfinished=None)


def _reclaiming_since(tenant: T, now: datetime) -> T:
    begun = replace(tenant, state=State.RECLAIMING, reclaiming_at=now, unfinished=None, failures=0, retry_at=None)
    return replace(begun, archived_at=None, emptied_at=None, halted_at=None)


def archived(tenant: Tenant, text: str, now: datetime) -> Change:
    """Note that every server that is promised an image has one, or may go without."""
    whole = replace(tenant, blocker=None, retry_at=None, archived_at=now, halted_at=None)
    return changed(Transition.ARCHIVED, tenant, whole, (Event(now, EventKind.ARCHIVED, text),))


def emptied(tenant: Tenant, text: str, now: datetime) -> Change:
    """Note that everything was verified gone, before anything is done with the project itself."""
    event = Event(now, EventKind.EMPTIED, text)
    return changed(Transition.EMPTIED, tenant, replace(tenant, emptied_at=now), (event,))


def reclaimed(tenant: Tenant, text: str, now: datetime) -> Change:
    """Book a reclaim that is verified."""
    done = replace(untroubled(tenant), state=State.RECLAIMED, reclaimed_at=now, memory=(), next_due_at=None)
    event = Event(now, EventKind.RECLAIMED, text)
    return changed(Transition.RECLAIMED, tenant, done, (event,), (Queued(LetterKind.RECLAIMED),))


def postpone(
    tenant: Tenant, text: str, until: datetime, now: datetime, kind: EventKind, *, halts: bool = False
) -> Change:
    """Ask again soon, which counts as no failure; said once: what goes on for a day is no news each minute.

    `halts`: nothing could be done at all, because the services do not answer.
    """
    later = replace(tenant, retry_at=until, next_due_at=until, blocker=text)
    later = replace(later, halted_at=(tenant.halted_at or now) if halts else None)
    events = () if tenant.blocker == text else (Event(now, kind, text),)
    return changed(Transition.BACK_OFF, tenant, later, events)


def back_off(tenant: Tenant, text: str, until: datetime, now: datetime, of: int) -> Change:
    """Count one failure more, and ask again then; `of` is how many there may be."""
    failures = tenant.failures + 1
    later = replace(tenant, failures=failures, blocker=text, retry_at=until, next_due_at=until, halted_at=None)
    event = Event(now, EventKind.FAILED, f"attempt {failures} of {of}: {text}")
    return changed(Transition.BACK_OFF, tenant, later, (event,))


def retry_now(tenant: Tenant, now: datetime) -> Change:
    """Wait no longer after a failed attempt: a person has said that it is to go on now."""
    return changed(Transition.BACK_OFF, tenant, replace(tenant, retry_at=None, next_due_at=now))


def quarantine(tenant: Tenant, cause: QuarantineCause, reason: str, now: datetime) -> Change:
    """Stop here until a person has looked, and tell the admins."""
    failed = cause is QuarantineCause.FAILED
    stopped = replace(
        tenant,
        state=State.QUARANTINED,
        quarantined_from=tenant.state,
        quarantine_cause=cause,
        quarantine_reason=reason,
        failures=tenant.failures + failed,
        blocker=reason if failed else tenant.blocker,
        next_due_at=None,
        retry_at=None,
    )
    event = Event(now, EventKind.QUARANTINED, reason)
    return changed(Transition.QUARANTINE, tenant, stopped, (event,), (Queued(LetterKind.QUARANTINED),))


def consent(tenant: Tenant, text: str, by: str, now: datetime) -> Change:
    """Let a reclaim go on that a person has looked at, without what its archive could not keep.

    Raises:
        NoSuchTransition: it does not wait for such a word.
    """
    if tenant.quarantine_cause is not QuarantineCause.ARCHIVE:
        raise NoSuchTransition(f"{tenant.full_name} does not wait for a consent")
    goes_on = replace(_out_of_quarantine(untroubled(tenant)), state=State.RECLAIMING, next_due_at=now)
    return changed(Transition.CONSENT, tenant, goes_on, (Event(now, EventKind.CONSENTED, text, by),))


def hold(tenant: Tenant, word: Hold, text: str, now: datetime) -> Change:
    """Let nothing happen to a tenant until the hold's review date, because a person says so."""
    held = replace(tenant, hold=word, next_due_at=word.until)
    return changed(Transition.HOLD, tenant, held, (Event(now, EventKind.HELD, text, word.by),))


def end_hold(tenant: Judged, why: str, now: datetime) -> Change:
    """Go on after a hold whose review date has passed."""
    return _released(tenant, Event(now, EventKind.RELEASED, f"{why}; warnings start afresh"), tenant.enforce)


def release(tenant: Tenant, by: str, now: datetime) -> Change:
    """End a hold or a quarantine because a person says so: the tenant goes on where it was, after a full new notice."""
    return _released(tenant, Event(now, EventKind.RELEASED, "by hand; warnings start afresh", by))


def _released(tenant: Tenant, event: Event, under: Enforce | None = None) -> Change:
    stands = tenant
    if tenant.state is State.QUARANTINED:
        stands = _out_of_quarantine(replace(tenant, state=tenant.quarantined_from or State.ACTIVE))
    free = replace(resume_with_notice(stands, event.at, under), hold=None)
    return changed(Transition.RELEASE, tenant, free, (event,))


def protect(tenant: Tenant, why: str, now: datetime) -> Change:
    """Note that the machine has found the project protected. A person's hold is another thing, and stays."""
    event = Event(now, EventKind.PROTECTED, why)
    return changed(Transition.PROTECT, tenant, replace(tenant, protection=why, next_due_at=now), (event,))


def unprotect(tenant: Tenant, now: datetime) -> Change:
    """Note that the project is protected no longer; warnings that were given before do not count any more."""
    bare = replace(tenant, protection=None, next_due_at=now)
    told = tenant.state in (State.ACTIVE, State.SUSPENDED) and tenant.unfinished is None
    event = Event(now, EventKind.UNPROTECTED, "it is no longer protected; warnings start afresh")
    return changed(Transition.UNPROTECT, tenant, resume_with_notice(bare, now) if told else bare, (event,))


def vanish(tenant: Tenant, now: datetime) -> Change:
    """Note that the project is no longer in Keystone."""
    event = Event(now, EventKind.VANISHED, "its project is no longer in Keystone; nothing more is done")
    return changed(Transition.VANISH, tenant, replace(tenant, vanished_at=now, next_due_at=None), (event,))


def reappear(tenant: Tenant, now: datetime) -> Change:
    """Go on with a tenant that was taken for vanished: what did not show it was wrong."""
    event = Event(now, EventKind.RETURNED, "its project is in Keystone again")
    halted_at = tenant.halted_at or tenant.vanished_at
    back = replace(tenant, vanished_at=None, halted_at=halted_at, next_due_at=now)
    return changed(Transition.REAPPEAR, tenant, back, (event,))


def lease_again(tenant: Tenant, fresh: Tenant, now: datetime) -> Change:
    """Give a project that was reclaimed and has been opened again the lease that `fresh` has, as a newcomer's."""
    again = replace(fresh, id=tenant.id, version=tenant.version, people=tenant.people, hold=tenant.hold)
    event = Event(now, EventKind.RETURNED, "the project was opened again: a new lease")
    may_follow(tenant, Transition.NEW_LEASE, again.state)
    return Change(again, (event,), new_lease=True)


def untroubled(tenant: Tenant) -> Tenant:
    """Return it without what past failures have left: their count, what stood in the way, the wait."""
    return replace(tenant, failures=0, blocker=None, retry_at=None, halted_at=None)


def _out_of_quarantine(tenant: Tenant) -> Tenant:
    return replace(tenant, quarantined_from=None, quarantine_cause=None, quarantine_reason=None)


def changed(
    by: Transition,
    before: Tenant,
    after: Tenant,
    events: tuple[Event, ...] = (),
    letters: tuple[Queued, ...] = (),
) -> Change:
    """Make the change, if the table allows it."""
    may_follow(before, by, after.state)
    return Change(after, events, letters)
