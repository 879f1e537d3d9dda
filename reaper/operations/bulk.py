"""What admins decide for many at once: today's terms for running leases, and a closure in which nothing comes due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reaper.errors import Overtaken, Unusable
from reaper.lifecycle import amnesty, earliest_end, sit_out
from reaper.model import Change, Judged, State, Tenant
from reaper.policy import Policies, Policy
from reaper.policy.drift import TermChange, covering_now, drift
from reaper.ports import Ledger


@dataclass(frozen=True)
class Hit:
    """A tenant whose lease was given other terms than its policy has today."""

    tenant: Tenant
    policy: Policy
    changes: tuple[TermChange, ...]


@dataclass(frozen=True)
class Decreed:
    """Whom a decree has reached, and who was left alone: somebody else changed them, or nothing fits them."""

    reached: tuple[Tenant, ...]
    passed_over: tuple[Tenant, ...]


def hits(tenants: Iterable[Tenant], policies: Policies, name: str | None = None) -> list[Hit]:
    """Find the living tenants whose terms are not today's; of one policy, or of all."""
    found = []
    for tenant in tenants:
        policy = covering_now(tenant, policies)
        if policy is None or tenant.state is State.RECLAIMED or name not in {None, policy.name}:
            continue
        changes = drift(tenant, policy)
        if changes:
            found.append(Hit(tenant, policy, changes))
    return found


def apply_terms(ledger: Ledger, found: Sequence[Hit], until: datetime, by: str, now: datetime) -> Decreed:
    """Give running leases today's terms. None ends before `until`; everybody gets a letter and all warnings afresh.

    Raises:
        Unusable: `until` leaves no room for all warnings and the notice; nothing was written.
    """
    soonest = max((earliest_end(hit.policy.terms(), now) for hit in found), default=now)
    if until < soonest:
        text = f"an amnesty until {until:%Y-%m-%d %H:%M} UTC leaves no room for every warning and the notice after it"
        raise Unusable(f"{text}; the earliest that does is {soonest:%Y-%m-%d %H:%M} UTC")
    reached: list[Tenant] = []
    passed: list[Tenant] = []
    for hit in found:
        changed = amnesty(hit.tenant, hit.policy.terms(), until, now, by)
        if changed is None:
            passed.append(hit.tenant)
        else:
            _record(ledger, changed, reached, passed)
    return Decreed(tuple(reached), tuple(passed))


def close_for(
    ledger: Ledger,
    tenants: Iterable[Tenant],
    standing: Callable[[Tenant], Judged],
    closure: tuple[datetime, datetime],
    reason: str,
    by: str,
    now: datetime,
) -> Decreed:
    """Hold everybody whose next step would come while the cloud's people are away; each gets a letter.

    Raises:
        Unusable: the closure ends before it begins, or is over.
    """
    start, end = closure
    if end <= max(start, now):
        raise Unusable(
            f"a closure from {_day(start)} to {_day(end)} is none: it must end after it begins, and after now"
        )
    reached: list[Tenant] = []
    passed: list[Tenant] = []
    for tenant in tenants:
        held = sit_out(standing(tenant), start, end, reason, by, now)
        if held is not None:
            _record(ledger, held, reached, passed)
    return Decreed(tuple(reached), tuple(passed))


def _record(ledger: Ledger, change: Change, reached: list[Tenant], passed: list[Tenant]) -> None:
    try:
        reached.append(ledger.record(change))
    except Overtaken:
        passed.append(change.tenant)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
