"""What a tenant's age calls for: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from reaper.lifecycle.deadline import deadline, latest, required_warning, stand_in_for, unheard
from reaper.lifecycle.decisions import (
    Decision,
    Keep,
    Quarantine,
    Rearm,
    Reclaim,
    Restore,
    Suspend,
    Tell,
    Unhold,
    Warn,
)
from reaper.lifecycle.giving_back import is_given_back
from reaper.lifecycle.sanity import STALE_AFTER, inconsistency
from reaper.model import (
    Enforce,
    Judged,
    LetterKind,
    LetterState,
    Notice,
    NoticeKind,
    QuarantineCause,
    State,
    Tenant,
    Unfinished,
)

#: Admins whom no letter reached are written to again: an orphan must not become immortal in silence.
TELL_ADMINS_AGAIN = timedelta(days=1)


def decide(tenant: Judged, now: datetime) -> Decision:
    """Say what is to be done with a tenant now. It never says more than one step, and never skips one."""
    return _impossible(tenant, now) or _spared(tenant, now) or _under_its_policy(tenant, now)


def _impossible(tenant: Tenant, now: datetime) -> Decision | None:
    """Answer for tenants about which nothing is to be concluded, and carry through what was promised already."""
    if tenant.state is State.QUARANTINED:
        return Keep(None, f"quarantined: {tenant.quarantine_reason}")
    if tenant.vanished_at is not None:
        return Keep(None, "the project is no longer in Keystone", halts=True)
    wrong = inconsistency(tenant, now)
    if wrong:
        return Quarantine(wrong, QuarantineCause.IMPOSSIBLE)
    match tenant.unfinished:
        case Unfinished.RESTORE:
            return _not_before(tenant.retry_at, now) or Restore()
        case Unfinished.SUSPEND | None:
            return None
        case _:
            assert_never(tenant.unfinished)


def _spared(tenant: Judged, now: datetime) -> Decision | None:
    """Answer for tenants that people or policies want left alone."""
    if tenant.protection:
        return Keep(None, tenant.protection, halts=True)
    if tenant.exempt:
        return Keep(None, f"exempt: {tenant.exempt}", halts=True)
    if tenant.hold is None:
        return None
    if now < tenant.hold.until:
        return Keep(tenant.hold.until, f"on hold: {tenant.hold.reason}", halts=True)
    return Unhold(f"the hold of {tenant.hold.by} ended on its review date")


def _under_its_policy(tenant: Judged, now: datetime) -> Decision:
    if tenant.state is State.RECLAIMED:
        return Keep(None, "reclaimed")
    if tenant.enforce is None:
        why = f"its policy {tenant.lease.terms.policy!r} no longer exists"
        return Quarantine(why, QuarantineCause.POLICY_GONE)
    if _stage_was_raised(tenant):
        return Rearm(f"its policy now says enforce: {tenant.enforce}")
    return _by_state(tenant, tenant.enforce, now)


def _by_state(tenant: Judged, enforce: Enforce, now: datetime) -> Decision:
    match tenant.state:
        case State.ACTIVE:
            return _active(tenant, enforce, now)
        case State.SUSPENDED:
            return _suspended(tenant, enforce, now)
        case State.RECLAIMING:
            return _reclaiming(tenant, enforce, now)
        case State.RECLAIMED | State.QUARANTINED:
            return Keep(None, str(tenant.state).lower())
        case _:
            assert_never(tenant.state)


def _reclaiming(tenant: Judged, enforce: Enforce, now: datetime) -> Decision:
    if not enforce.reaches(Enforce.RECLAIM):
        return Keep(None, f"reclaiming is halted: its policy says enforce: {enforce}", halts=True)
    never_told = unheard(tenant)
    if never_told is not None:
        why = f"the {never_told.kind} letter came back when deletion had begun: nobody was told"
        return Quarantine(why, QuarantineCause.NOBODY_TOLD)
    return _not_before(tenant.retry_at, now) or Reclaim(tenant.reclaiming_at or now)


def _active(tenant: Judged, enforce: Enforce, now: datetime) -> Decision:
    lease = tenant.lease
    if not enforce.reaches(Enforce.NOTIFY):
        return Keep(None, "observed only")
    if lease.arming == 0 and not lease.notices and now < lease.expires_at - max(lease.terms.warn_before):
        return Tell(LetterKind.WELCOME)
    if is_given_back(tenant, now) and enforce.reaches(Enforce.SUSPEND):
        return _not_before(tenant.retry_at, now) or Suspend(tenant.lease.given_back_at or now)
    warning = _warning_due(tenant, now)
    if warning is not None:
        return Warn(warning, deadline(tenant, now))
    last = required_warning(tenant)
    step = max((w for w in lease.terms.warn_before if lease.expires_at - w > now), default=None)
    if last is None and step is not None:
        return Keep(lease.expires_at - step, f"the next warning goes {_days(step)} before the end")
    then = last and _anchored(tenant, last, now)
    then = then or _due(tenant, now, Enforce.SUSPEND, Suspend(deadline(tenant, now)))
    return then if step is None else _kept_at_most(then, lease.expires_at - step)


def _suspended(tenant: Judged, enforce: Enforce, now: datetime) -> Decision:
    if tenant.unfinished is not None and not tenant.is_told_of_suspension:
        # Unfinished.SUSPEND: a restoration belongs to an active tenant.
        if not enforce.reaches(Enforce.SUSPEND):
            return Keep(None, f"suspending is halted: its policy says enforce: {enforce}", halts=True)
        return _not_before(tenant.retry_at, now) or Suspend(tenant.suspended_at or now)
    last = latest(tenant, LetterKind.SUSPENDED)
    if last is None:
        return Tell(LetterKind.SUSPENDED) if enforce.reaches(Enforce.NOTIFY) else Keep(None, "observed only")
    warning = required_warning(tenant)
    if warning is not None and warning.undeliverable:  # perhaps it came back only after the suspension had begun
        waiting = _anchored(tenant, warning, now)
        if waiting is not None:
            return waiting
    then = _anchored(tenant, last, now) or _due(tenant, now, Enforce.RECLAIM, Reclaim(deadline(tenant, now)))
    return _still_to_be_stopped(tenant, enforce, then, now) if tenant.unfinished is not None else then


def _still_to_be_stopped(tenant: Judged, enforce: Enforce, then: Decision, now: datetime) -> Decision:
    """Try again, while its people wait for the end of the suspension, to stop what could not be stopped."""
    if not isinstance(then, Keep) or not enforce.reaches(Enforce.SUSPEND):
        return then
    if tenant.retry_at is None or now >= tenant.retry_at:
        return Suspend(tenant.suspended_at or now)
    return _kept_at_most(then, tenant.retry_at)


def _kept_at_most(decision: Decision, until: datetime) -> Decision:
    """Look again when the next reminder goes, whatever is waited for."""
    if not isinstance(decision, Keep):
        return decision
    return replace(decision, until=until if decision.until is None else min(decision.until, until))


def _anchored(tenant: Tenant, last: Notice, now: datetime) -> Decision | None:
    """Wait for the letter on which the deadline hangs, or for the admins in its stead; None once it has arrived."""
    if last.state is LetterState.ACCEPTED:
        return None
    if not last.undeliverable:
        return Keep(None, f"waiting until the mail server accepts the {last.kind} letter")
    stand_in = stand_in_for(tenant, last)
    if stand_in is None:
        return Tell(LetterKind.ORPHAN)
    if stand_in.state is LetterState.ACCEPTED:
        return None
    why = "an orphan: nobody could be reached, and the admins could not be told yet"
    if stand_in.undeliverable:
        again_at = stand_in.queued_at + TELL_ADMINS_AGAIN
        return Tell(LetterKind.ORPHAN) if now >= again_at else Keep(again_at, why)
    return Keep(None, why)


def _due(tenant: Judged, now: datetime, stage: Enforce, then: Decision) -> Decision:
    due = deadline(tenant, now)
    if now < due:
        return Keep(due, f"the deadline is {due:%Y-%m-%d %H:%M:%S} UTC")
    if tenant.enforce is None or not tenant.enforce.reaches(stage):
        return Keep(None, f"its time is over; its policy says enforce: {tenant.enforce}", halts=True)
    if now - due > max(tenant.lease.terms.notice, STALE_AFTER):
        return Rearm(f"the deadline of {due:%Y-%m-%d %H:%M} UTC passed long ago and nothing was done")
    return then


def _warning_due(tenant: Tenant, now: datetime) -> timedelta | None:
    """Return the most urgent step whose time has come, unless it or a more urgent one was already given."""
    steps = [w for w in tenant.lease.terms.warn_before if now >= tenant.lease.expires_at - w]
    if not steps:
        return None
    given = [n.before for n in tenant.lease.notices if n.kind is LetterKind.WARNING and n.before is not None]
    return min(steps) if not given or min(steps) < min(given) else None


def _stage_was_raised(tenant: Judged) -> bool:
    """A stricter stage begins with a fresh notice: what people were told under a milder one was less."""
    if tenant.enforce is None or tenant.decided_under.reaches(tenant.enforce) or tenant.state is State.RECLAIMING:
        return False
    return any(_tells_of_a_step(notice.kind) for notice in tenant.lease.notices)


def _tells_of_a_step(kind: NoticeKind) -> bool:
    """Whether people learn from it what is to be taken from them and when."""
    match kind:
        case LetterKind.WARNING | LetterKind.SUSPENDED:
            return True
        case LetterKind.WELCOME | LetterKind.ORPHAN:
            return False
        case _:
            assert_never(kind)


def _not_before(retry_at: datetime | None, now: datetime) -> Keep | None:
    return Keep(retry_at, "backing off after a failed attempt") if retry_at is not None and now < retry_at else None


def _days(span: timedelta) -> str:
    return f"{span.days} days" if span.days else f"{span.total_seconds():.0f} seconds"
