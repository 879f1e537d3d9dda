"""What the next look for idle things would do, and why: read afresh, judged as then, and nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from reaper.lifecycle import IdleStep, due_at, next_step, only_looked_at, promised_at
from reaper.model import IdleThing, Judged
from reaper.ports import CloudReader
from reaper.sweep.idle import to_be_told
from reaper.sweep.idle_look import IdleLook, Sight


@dataclass(frozen=True)
class IdleForeseen:
    """One thing that would be told of or given back. `at` is from when it may go; `withheld` says why nothing is."""

    tenant: Judged
    thing: IdleThing
    step: IdleStep
    at: datetime
    withheld: str | None = None


def foresee_idle(
    eyes: IdleLook, clouds: Mapping[str, CloudReader], now: datetime
) -> tuple[tuple[IdleForeseen, ...], tuple[str, ...]]:
    """Tell what is due of idle things, and what could not be listed; where no policy has rules nothing is asked."""
    if not eyes.any_rules:
        return (), ()
    sights = {name: eyes.look(cloud, now) for name, cloud in clouds.items()}
    due = tuple(one for sight in sights.values() for one in _due(sight, now))
    return due, tuple(f"{name}: {doubt}" for name, sight in sights.items() for doubt in sight.doubts)


def _due(sight: Sight, now: datetime) -> Iterator[IdleForeseen]:
    for subject in sight.subjects.values():
        tenant = subject.tenant
        things = [thing for thing in sight.stock.idle if thing.tenant_id == tenant.id]
        told = {(thing.key, thing.rule) for thing in to_be_told(tenant, things, now)}
        for thing in things:
            withheld, step = only_looked_at(tenant, thing.resource.kind), next_step(thing, now)
            if step is IdleStep.GIVE_BACK or (thing.key, thing.rule) in told or (withheld and step is IdleStep.WARN):
                at = due_at(thing) or promised_at(thing, now)
                yield IdleForeseen(
                    tenant, thing, IdleStep.GIVE_BACK if step is IdleStep.GIVE_BACK else IdleStep.WARN, at, withheld
                )
