"""Which single things of a tenant its people were told of, and when each goes, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reaper.lifecycle import foreseen_at, only_looked_at, spared
from reaper.model import IdleThing, Judged


@dataclass(frozen=True)
class Going:
    """A thing that goes at `at` at the earliest, because it is idle; `begun`: it was asked to go already."""

    thing: IdleThing
    at: datetime
    begun: bool


def going(tenant: Judged, things: Iterable[IdleThing], now: datetime) -> tuple[Going, ...]:
    """Choose what a letter tells of that is still true, the first to go first; each thing once."""
    if spared(tenant, now) is not None:
        return ()
    told = [Going(thing, foreseen_at(thing, now), _begun(thing)) for thing in things if _is_to_go(tenant, thing)]
    first: dict[tuple[str, str, str], Going] = {}
    for one in sorted(told, key=lambda each: (each.at, each.thing.key)):
        first.setdefault(one.thing.key, one)
    return tuple(first.values())


def _is_to_go(tenant: Judged, thing: IdleThing) -> bool:
    there = thing.told and thing.gone_at is None and not thing.damaged
    return there and thing.tenant_id == tenant.id and only_looked_at(tenant, thing.resource.kind) is None


def _begun(thing: IdleThing) -> bool:
    return thing.asked_at is not None and not thing.answer
