"""The decisions that the ledger alone carries out: letters, new rounds of notices, quarantine, or simply waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

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
    decide,
)
from reaper.lifecycle.transitions import begin_again, end_hold, give_notice, quarantine, wait
from reaper.model import Change, Enforce, Judged, LetterKind, Queued, Tenant
from reaper.ports import Ledger

#: More steps than this in a row would mean that decisions chase each other.
STEPS = 8

Standing = Callable[[Tenant], Judged]
Deed = tuple[Judged, Decision]


def settle(tenant: Tenant, standing: Standing, ledger: Ledger, now: datetime) -> tuple[Deed | None, list[Decision]]:
    """Record what the ledger alone carries out until the tenant waits, or needs something of the cloud (returned).

    Raises:
        Overtaken: somebody else changed the tenant meanwhile; what was recorded before stands.
    """
    done: list[Decision] = []
    for _ in range(STEPS):
        judged = standing(tenant)
        decision = decide(judged, now)
        if isinstance(decision, (Suspend, Reclaim, Restore)):
            return (judged, decision), done
        record(judged, decision, ledger, now)
        done.append(decision)
        if isinstance(decision, Keep):
            return None, done
        tenant = ledger.tenant(tenant.id)
    return None, done


def record(tenant: Judged, decision: Decision, ledger: Ledger, now: datetime) -> None:
    """Write what a decision changes that the ledger alone has to carry out, with its event and its letter."""
    change = change_of(tenant, decision, now)
    if change is not None:
        ledger.record(change)


def change_of(tenant: Judged, decision: Decision, now: datetime) -> Change | None:  # noqa: PLR0911 - one each
    """Return the change that a decision asks for, None where it is none, or needs something done in the cloud first."""
    match decision:
        case Keep():
            return wait(tenant, decision.until, _under(tenant), now, halts=decision.halts)
        case Warn():
            text = f"a warning is queued; the deadline is {decision.deadline:%Y-%m-%d %H:%M} UTC"
            return give_notice(tenant, text, Queued(LetterKind.WARNING, decision.before), now)
        case Tell():
            return give_notice(tenant, f"the {decision.letter} letter is queued", Queued(decision.letter), now)
        case Rearm():
            return begin_again(tenant, decision.why, now)
        case Unhold():
            return end_hold(tenant, decision.why, now)
        case Quarantine():
            return quarantine(tenant, decision.cause, decision.reason, now)
        case Suspend() | Reclaim() | Restore():
            return None
        case _:
            assert_never(decision)


def _under(tenant: Judged) -> Enforce:
    """Say under which stage a waiting tenant was told what it was told.

    A policy that became milder, or spares the tenant altogether, is noted: stricter again, it must warn again.
    """
    under = Enforce.OBSERVE if tenant.exempt or tenant.protection else tenant.decided_under
    milder = tenant.enforce is not None and not tenant.enforce.reaches(under)
    return tenant.enforce if milder and tenant.enforce is not None else under
