"""The decisions that ask nothing of the cloud: letters, new rounds of warnings, quarantine, or simply waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from reaper.lifecycle import (
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
    afresh,
    decide,
    rearm,
)
from reaper.model import Enforce, Event, LetterKind, State, Tenant
from reaper.ports import Ledger, Queued

#: More steps than this in a row would mean that decisions chase each other.
STEPS = 8

Standing = Callable[[Tenant], Tenant]
Deed = tuple[Tenant, Decision]


def settle(tenant: Tenant, standing: Standing, ledger: Ledger, now: datetime) -> tuple[Deed | None, list[Decision]]:
    """Record every mild decision until the tenant waits, or needs something done in the cloud (which is returned).

    Raises:
        Overtaken: somebody else changed the tenant meanwhile; what was recorded before stands.
    """
    done: list[Decision] = []
    for _ in range(STEPS):
        tenant = standing(tenant)
        decision = decide(tenant, now)
        if isinstance(decision, (Suspend, Reclaim, Restore)):
            return (tenant, decision), done
        record(tenant, decision, ledger, now)
        done.append(decision)
        if isinstance(decision, Keep):
            return None, done
        tenant = ledger.tenant(tenant.id)
    return None, done


def record(tenant: Tenant, decision: Decision, ledger: Ledger, now: datetime) -> None:
    """Write what a mild decision changes, with its event and its letter, in one transaction."""
    if isinstance(decision, Keep):
        _wait(tenant, decision, ledger)
    elif isinstance(decision, Warn):
        event = Event(now, "warning", f"a warning is queued; the deadline is {decision.deadline:%Y-%m-%d %H:%M} UTC")
        ledger.record(_under(tenant, now), [event], [Queued(LetterKind.WARNING, decision.before)])
    elif isinstance(decision, Tell):
        event = Event(now, "letter", f"the {decision.letter} letter is queued")
        ledger.record(_under(tenant, now), [event], [Queued(decision.letter)])
    elif isinstance(decision, Rearm):
        ledger.record(replace(rearm(tenant), next_due_at=now), [Event(now, "rearmed", decision.why)])
    elif isinstance(decision, Unhold):
        event = Event(now, "released", f"{decision.why}; warnings start afresh")
        ledger.record(replace(afresh(tenant, now), hold=None), [event])
    elif isinstance(decision, Quarantine):
        quarantine(tenant, decision.reason, ledger, now)


def quarantine(tenant: Tenant, reason: str, ledger: Ledger, now: datetime) -> Tenant:
    """Stop here until a person has looked, and tell the admins."""
    stopped = replace(
        tenant,
        state=State.QUARANTINED,
        quarantined_from=tenant.state,
        quarantine_reason=reason,
        next_due_at=None,
        retry_at=None,
    )
    return ledger.record(stopped, [Event(now, "quarantined", reason)], [Queued(LetterKind.QUARANTINED)])


def _wait(tenant: Tenant, decision: Keep, ledger: Ledger) -> None:
    """Sleep until the decision's moment.

    A policy that became milder, or spares the tenant altogether, is noted: stricter again, it must warn again.
    """
    under = Enforce.OBSERVE if tenant.exempt else tenant.decided_under
    if tenant.enforce is not None and not tenant.enforce.reaches(under):
        under = tenant.enforce
    if (tenant.next_due_at, tenant.decided_under) != (decision.until, under):
        ledger.record(replace(tenant, next_due_at=decision.until, decided_under=under))


def _under(tenant: Tenant, now: datetime) -> Tenant:
    """Note under which stage of its policy the tenant is being told."""
    return replace(tenant, next_due_at=now, decided_under=tenant.enforce or Enforce.OBSERVE)
