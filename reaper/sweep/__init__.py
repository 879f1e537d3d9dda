"""Sweeping: decide for every tenant that is due, and carry out what the gates let through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reaper.errors import Overtaken
from reaper.execute import Pools, Progress
from reaper.gates import Limits, closed_gates, is_back
from reaper.lifecycle import Quarantine, Reclaim, Restore, Suspend, Warn, outlasted
from reaper.lifecycle.transitions import go_back, halt
from reaper.model import Change, GateInputs, Judged, Project, Tenant
from reaper.model.cloud import AGGREGATE, REGION
from reaper.policy import Policies, standing
from reaper.ports import Archives, Clock, Cloud, IdleThings, Journal, Ledger
from reaper.sweep.admission import beginning, begins, consent_to, limit_on
from reaper.sweep.archive_expiry import ArchiveExpiry
from reaper.sweep.forecast import Forecast, Foreseen, foresee
from reaper.sweep.idle import Idling
from reaper.sweep.idle_ask import IdleAsk
from reaper.sweep.idle_forecast import foresee_idle
from reaper.sweep.idle_look import eyes_on
from reaper.sweep.ledger_steps import settle
from reaper.sweep.reclaiming import Reclaiming
from reaper.sweep.step_context import StepContext
from reaper.sweep.suspending import Suspending
from reaper.sweep.tally import Tally
from reaper.sweep.tenant_facts import TenantFacts

Deed = tuple[Judged, Suspend | Restore | Reclaim]
#: How many due tenants one pass looks at; beyond it the next pass goes on.
AT_MOST = 10_000

__all__ = [
    "AT_MOST",
    "Forecast",
    "Foreseen",
    "Sweeper",
    "Tally",
    "beginning",
    "consent_to",
    "eyes_on",
    "foresee",
    "foresee_idle",
    "limit_on",
]


@dataclass(frozen=True)
class Sweeper:
    """One pass over the tenants that are due. Everything it needs of the world comes from outside."""

    ledger: Ledger
    journal: Journal
    clouds: Mapping[str, Cloud]
    policies: Callable[[], Policies]
    clock: Clock
    limits: Limits
    pools: Pools
    progress: Progress | None = None
    patience: float = 120.0
    archives: Archives | None = None
    idle: IdleThings | None = None
    idle_every: timedelta = timedelta(minutes=15)

    def sweep(self) -> Tally:
        """Gather, decide, apply, record; one tenant's trouble never stops the others."""
        now, tally = self.clock.now(), Tally()
        gate_inputs = self.ledger.gate_inputs(now)
        if is_back(gate_inputs, now, self.limits):
            self.ledger.restart_warnings(now, gate_inputs.beat_at)
        deeds = self._decide_all(now, tally)
        suspending, reclaiming = self._hands(tally)
        suspending.settle_all([(t, decision) for t, decision in deeds if isinstance(decision, Restore)])
        allowed = self._let_through([d for d in deeds if not isinstance(d[1], Restore)], gate_inputs, now, tally)
        suspending.settle_all([(t, decision) for t, decision in allowed if isinstance(decision, Suspend)])
        reclaiming.reclaim_all([tenant for tenant, decision in allowed if isinstance(decision, Reclaim)])
        self._let_archives_go(gate_inputs, now, tally)
        self._tend_idle_things(gate_inputs, now, tally)
        self.ledger.beat(self.clock.now())
        return tally

    def _let_archives_go(self, gate_inputs: GateInputs, now: datetime, tally: Tally) -> None:
        """Delete the images of archives whose time is over, where no gate is closed."""
        if self.archives is not None:
            shut = self._shut(gate_inputs, now)
            ArchiveExpiry(self.ledger, self.archives, self.clouds, self._facts(), self.clock, tally).let_go(shut)

    def _tend_idle_things(self, gate_inputs: GateInputs, now: datetime, tally: Tally) -> None:
        """Carry out idle rules; where a gate is closed only letters about them go."""
        if self.idle is None:
            return
        eyes = eyes_on(self.ledger, self.idle, self.policies, self.pools, self.limits, self.idle_every)
        hand = IdleAsk(self.ledger, self.idle, self.clouds, self._facts(), eyes.rules_for, self.clock, self.pools)
        most = self.limits.idle_per_look
        Idling(self.ledger, self.idle, self.clouds, eyes, hand, self.clock, tally, most).tend(
            self._shut(gate_inputs, now)
        )

    def _shut(self, gate_inputs: GateInputs, now: datetime) -> set[str | None]:
        """Name the clouds where a gate is closed; None: everywhere."""
        return {gate.cloud for gate in closed_gates(gate_inputs, tuple(self.clouds), now, self.limits)}

    def reclaim(self, tenant: Tenant, by: str) -> Tally:
        """Reclaim one tenant now because a person says so; holds, exemptions, its policy and the pause switch count."""
        tally = Tally()
        self._hands(tally)[1].reclaim_by_hand(tenant, by)
        return tally

    def _facts(self) -> TenantFacts:
        return TenantFacts(self.ledger, self.clouds, self._standing, self._standing_of, self.clock, self.limits)

    def _hands(self, tally: Tally) -> tuple[Suspending, Reclaiming]:
        context = StepContext(self.ledger, self.clouds, self._standing, self._facts(), self.clock, tally)
        suspending = Suspending(context, self.pools)
        return suspending, Reclaiming(context, suspending, self.journal, self.progress, self.patience, self.archives)

    def _decide_all(self, now: datetime, tally: Tally) -> list[Deed]:
        deeds: list[Deed] = []
        for tenant in self.ledger.due(now, AT_MOST):
            try:
                deed, mild = settle(tenant, self._standing, self.ledger, now)
            except Overtaken:
                tally.add("held", tenant, "somebody else changed the tenant")
                continue
            except Exception as error:  # noqa: BLE001 - the boundary: one tenant's fault never stops the rest
                tally.add("failed", tenant, f"{type(error).__name__}: {error}")
                continue
            for decision in mild:
                if isinstance(decision, (Warn, Quarantine)):
                    _count(decision, tenant, tally)
            if deed is not None and isinstance(deed[1], (Suspend, Restore, Reclaim)):
                deeds.append((deed[0], deed[1]))
        return deeds

    def _let_through(self, deeds: list[Deed], gate_inputs: GateInputs, now: datetime, tally: Tally) -> list[Deed]:
        """Hold back what a closed gate concerns: what goes on already is held by all gates but the limits."""
        gates = closed_gates(gate_inputs, tuple(self.clouds), now, self.limits)
        shut = {gate.cloud for gate in gates}
        open_deeds = [d for d in deeds if None not in shut and d[0].cloud not in shut and d[0].cloud in self.clouds]
        starting = [deed[0] for deed in open_deeds if begins(*deed)]
        limit = limit_on(starting, self.ledger, gate_inputs, now, self.limits)
        tally.gates += [*gates, *([limit] if limit else [])]
        allowed = [deed for deed in open_deeds if limit is None or not begins(*deed)]
        for tenant, _ in deeds:
            if not any(tenant is kept for kept, _ in allowed):
                tally.add("held", tenant, "a gate is closed")
                self._write(halt(tenant, now), tally)
        return [deed for deed in allowed if not self._goes_back(deed[0], gate_inputs, now, tally)]

    def _goes_back(self, tenant: Judged, gate_inputs: GateInputs, now: datetime, tally: Tally) -> bool:
        """Begin again with fresh letters where a halt was longer than the notice; says whether it was."""
        why = outlasted(tenant, now, gate_inputs.beat_at)
        if why is not None:
            tally.add("held", tenant, why)
            self._write(go_back(tenant, why, now, tenant.enforce), tally)
        return why is not None

    def _write(self, change: Change | None, tally: Tally) -> None:
        """Write what follows from the gates alone; whoever was first changes what the next sweep finds."""
        if change is not None:
            try:
                self.ledger.record(change)
            except Overtaken:
                tally.add("held", change.tenant, "somebody else changed the tenant")

    def _standing(self, tenant: Tenant) -> Judged:
        return standing(tenant, self.policies())

    def _standing_of(self, tenant: Tenant, project: Project) -> Judged:
        """Judge a tenant by its project as it is now: its name, tags and protection may have changed."""
        # What is set apart for whom is read with the census only.
        apart = {tag for tag in tenant.tags if tag.startswith((AGGREGATE, REGION))}
        current = replace(tenant, name=project.name, domain=project.domain, tags=project.tags | apart)
        return standing(current, self.policies(), project.protected)


def _count(decision: Warn | Quarantine, tenant: Tenant, tally: Tally) -> None:
    if isinstance(decision, Warn):
        tally.add("warned", tenant, f"the deadline is {decision.deadline:%Y-%m-%d %H:%M:%S} UTC")
    else:
        tally.add("quarantined", tenant, decision.reason)
