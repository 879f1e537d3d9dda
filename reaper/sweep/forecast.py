"""What the next sweep would do, and why: the same decisions and plans, and then nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import ReaperError
from reaper.execute import Pools, survey
from reaper.gates import Gate, Limits, closed_gates
from reaper.lifecycle import Decision, Keep, Reclaim, Restore, Suspend, step_after_halt
from reaper.model import Project, Tenant, UninspectableService
from reaper.plan import Plan, draw_up
from reaper.policy import Policies, Policy, standing
from reaper.policy.coverage import coverings, with_tags
from reaper.ports import CloudReader, Ledger
from reaper.sweep.admission import begins, limit_on
from reaper.sweep.idle_forecast import IdleForeseen
from reaper.uninspectable import unseen_in


@dataclass(frozen=True)
class Foreseen:
    """One tenant's next step, the calls it would take, what stands in the way, and what a reclaim cannot look into."""

    tenant: Tenant
    decision: Decision
    plan: Plan | None = None
    trouble: str | None = None
    unseen: tuple[UninspectableService, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """All that the next sweep would do. `newcomers` would get a first lease under the policy named."""

    steps: tuple[Foreseen, ...]
    newcomers: tuple[tuple[Project, Policy], ...]
    gates: tuple[Gate, ...]
    troubles: tuple[str, ...] = ()
    idle: tuple[IdleForeseen, ...] = ()


def foresee(
    ledger: Ledger,
    clouds: Mapping[str, CloudReader],
    policies: Policies,
    now: datetime,
    limits: Limits,
    pools: Pools,
) -> Forecast:
    """Draw up everything that is due now, from fresh listings; asks of ledger and clouds nothing but to be read."""
    steps, gate_inputs = [], ledger.gate_inputs(now)
    edited = ledger.noted("policies") != policies.fingerprint()  # then the next look wakes everybody
    for tenant in ledger.tenants() if edited else ledger.due(now, 10_000):
        judged = standing(tenant, policies)
        decision = step_after_halt(judged, now, gate_inputs.beat_at)
        if not isinstance(decision, Keep):
            unseen = unseen_in(judged.cloud, ledger.noted) if isinstance(decision, Reclaim) else ()
            steps.append(replace(_planned(judged, decision, clouds, pools), unseen=unseen))
    newcomers, troubles = _newcomers(ledger, clouds, policies)
    starting = [step.tenant for step in steps if begins(step.tenant, step.decision)]
    limit = limit_on(starting, ledger, gate_inputs, now, limits)
    gates = (*closed_gates(gate_inputs, tuple(clouds), now, limits), *([limit] if limit else []))
    return Forecast(tuple(steps), tuple(newcomers), gates, tuple(troubles))


def _planned(tenant: Tenant, decision: Decision, clouds: Mapping[str, CloudReader], pools: Pools) -> Foreseen:
    if not isinstance(decision, (Suspend, Restore, Reclaim)):
        return Foreseen(tenant, decision)
    if tenant.cloud not in clouds:
        return Foreseen(tenant, decision, trouble=f"no cloud {tenant.cloud} in the settings")
    kinds = None if isinstance(decision, Reclaim) else ["server"]
    seen = survey(clouds[tenant.cloud], pools, [tenant.project_id], kinds)
    plan = draw_up(decision, tenant, seen.owned_by(tenant.project_id))
    return Foreseen(tenant, decision, plan, "; ".join(seen.doubts) or None)


def _newcomers(
    ledger: Ledger, clouds: Mapping[str, CloudReader], policies: Policies
) -> tuple[list[tuple[Project, Policy]], list[str]]:
    found: list[tuple[Project, Policy]] = []
    troubles: list[str] = []
    for name, cloud in clouds.items():
        try:
            census, known = cloud.census(), ledger.known(name)
            if policies.ask_what_is_set_apart:
                census = with_tags(census, cloud.dedicated())
        except ReaperError as error:
            troubles.append(f"{name}: {error}")
            continue
        if not census.complete:
            troubles.append(f"{name}: {census.why}")
        found += [(p, policy) for p, policy in coverings(census, policies) if p.id not in known and p.enabled]
    return found, troubles
