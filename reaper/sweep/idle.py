"""Carrying out idle rules: telling people in one letter, and giving back what is idle still when its time has come."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from reaper.errors import Overtaken, ReaperError, Withheld
from reaper.letters import readers, sane_addresses
from reaper.lifecycle import IdleStep, Stock, due_at, is_idle, next_step, only_looked_at, spared
from reaper.model import Event, EventKind, IdleThing, Judged, Tenant
from reaper.plan import sort_out
from reaper.ports import Clock, Cloud, IdleThings, Ledger
from reaper.sweep.idle_ask import IdleAsk, UsedAgain, read_beside, with_disks
from reaper.sweep.idle_look import RULES, IdleLook, Subject, named
from reaper.sweep.tally import Tally

#: So many things are told of in one letter; the others wait for the next look.
IN_ONE_LETTER = 200
#: So many tenants are told at one look, which must not hold up the sweep for long; the others at the next.
TOLD_AT_MOST = 500
#: When something has to be told, what would be told of soon is told at once: letters are counted in notices.
AHEAD = 2
#: The ledger's note of when a cloud was last looked at for idle things.
LOOKED = "idle things looked for on "


@dataclass(frozen=True)
class Idling:
    """Looks for idle things every so often, and does what is due. At most `at_most` things are given back at a look."""

    ledger: Ledger
    things: IdleThings
    clouds: Mapping[str, Cloud]
    eyes: IdleLook
    hand: IdleAsk
    clock: Clock
    tally: Tally
    at_most: int

    def tend(self, shut: Collection[str | None]) -> None:
        """Look at each cloud whose turn it is. Closed gates (`shut`, None: for all) keep things, and stop no letter.

        Without rules nothing is asked of anybody, once what earlier ones have left is settled.
        """
        if not self.eyes.any_rules and self.ledger.noted(RULES) is None:
            return
        for cloud in self.clouds.values():
            if not self.clock.stopped and self._turn_of(cloud.name):
                held = None in shut or cloud.name in shut
                self._guarded(cloud.name, partial(self._tend_one, cloud, held=held))
        if not self.eyes.any_rules and not any(self.things.open(cloud) for cloud in self.clouds):
            self.ledger.note(RULES, None)

    def _turn_of(self, cloud: str) -> bool:
        """Tell whether it is time to look again; a clock that was set back is no reason to wait."""
        now, last = self.clock.now(), _moment(self.ledger.noted(f"{LOOKED}{cloud}"))
        if last is not None and timedelta(0) <= now - last < self.eyes.every:
            return False
        self.ledger.note(f"{LOOKED}{cloud}", now.isoformat())
        return True

    def _tend_one(self, cloud: Cloud, *, held: bool) -> None:
        now = self.clock.now()
        begun = {name: at.isoformat() for name, at in self.eyes.begun(now).items()}
        self.ledger.note(RULES, json.dumps(begun))
        sight = self.eyes.look(cloud, now)
        for doubt in sight.doubts:
            self.tally.note("idle_failed", cloud.name, doubt)
        self.things.take_in(sight.stock, _farewells(sight.stock, now))
        seen, gone = _by_tenant(self.things.open(cloud.name)), _by_tenant(sight.stock.gone)
        due = []
        for subject in sight.subjects.values():
            tenant, things = subject.tenant, [thing for thing in seen[subject.tenant.id] if thing.seen_at >= now]
            self._guarded(tenant.full_name, partial(self._book, tenant, gone[tenant.id]))
            due += [(subject, chosen)] if (chosen := to_be_told(tenant, things, now)) else []
        for subject, chosen in due[:TOLD_AT_MOST]:
            self._guarded(subject.tenant.full_name, partial(self._warn, subject, cloud, chosen))
        if not held:
            every = [(s.tenant, t) for s in sight.subjects.values() for t in seen[s.tenant.id] if t.seen_at >= now]
            self._give_back(every)

    def _book(self, tenant: Tenant, gone: Sequence[IdleThing]) -> None:
        """Write down, and tell, what two complete listings no longer show after it was asked to go."""
        if gone:
            event = Event(self.clock.now(), EventKind.IDLE_GIVEN_BACK, f"verified gone: {named(gone)}")
            self.things.gone(self.ledger.tenant(tenant.id), gone, event)
            self.tally.add("idle_given_back", tenant, named(gone))

    def _warn(self, subject: Subject, cloud: Cloud, chosen: Sequence[IdleThing]) -> None:
        """Queue one letter about all that has to be told now, and soon; nobody is told of what cannot be read whole."""
        tenant, now = subject.tenant, self.clock.now()
        around = read_beside(cloud, self.hand.pools, tenant, chosen)
        mine = sort_out(tenant, around).mine
        fresh = [replace(thing, resource=mine[thing.key]) for thing in chosen if thing.key in mine]
        answers = [(thing, is_idle(subject.rules[thing.rule], thing.resource, around)) for thing in fresh]
        self._forget([thing for thing, answer in answers if answer is False])
        idle = [thing for thing, answer in answers if answer]
        current = self.ledger.tenant(tenant.id)
        if not idle or spared(self.eyes.standing(current), now):
            return
        event = Event(now, EventKind.IDLE_WARNING, f"a letter is queued about {named(idle)}")
        self.things.warn(current, with_disks(idle, around), event)
        self.tally.add("idle_warned", tenant, named(idle))

    def _give_back(self, seen: Sequence[tuple[Judged, IdleThing]]) -> None:
        """Ask for what is due to go, the longest overdue first, up to the limit."""
        now = self.clock.now()
        due = [(at, tenant, thing) for tenant, thing in seen if (at := _due(tenant, thing, now)) is not None]
        for _, tenant, thing in sorted(due, key=lambda one: (one[0], one[2].key))[: self.at_most]:
            if self.clock.stopped:
                return
            self._guarded(tenant.full_name, partial(self._ask, tenant, thing))

    def _ask(self, tenant: Tenant, thing: IdleThing) -> None:
        try:
            self.hand.give_back(tenant, thing)
        except UsedAgain:
            self._forget([thing])
            raise
        self.tally.add("idle_asked", tenant, str(thing.resource))

    def _forget(self, used: Sequence[IdleThing]) -> None:
        if used:
            stock = Stock(over=tuple(used))
            self.things.take_in(stock, _farewells(stock, self.clock.now()))

    def _guarded(self, name: str, step: Callable[[], None]) -> None:
        """Keep the trouble of one tenant, or of one cloud, from everything else: it stays, and is looked at again."""
        try:
            step()
        except Withheld as why:
            self.tally.note("idle_stays", name, str(why))
        except Overtaken:
            self.tally.note("idle_stays", name, "somebody else has changed it meanwhile")
        except ReaperError as error:
            self.tally.note("idle_failed", name, str(error))
        except Exception as error:  # noqa: BLE001 - the boundary: one thing's fault never stops the rest
            self.tally.note("idle_failed", name, f"{type(error).__name__}: {error}")


def to_be_told(tenant: Judged, things: Sequence[IdleThing], now: datetime) -> list[IdleThing]:
    """Choose what a letter that is due now is about, each thing once, by the rule that takes it first; none if none is.

    Nothing is told to nobody: of a tenant without people all stays.

    A thing that a letter was written about already, by whichever rule, is in no other letter as long as that counts.
    """
    telling = [thing for thing in things if only_looked_at(tenant, thing.resource.kind) is None]
    due = {thing.id for thing in telling if next_step(thing, now) is IdleStep.WARN}
    told = {thing.key for thing in telling if thing.told and thing.id not in due}
    if not any(thing.id in due and thing.key not in told for thing in telling) or not _reachable(tenant):
        return []
    soon = [t for t in telling if next_step(t, now, ahead=AHEAD) is IdleStep.WARN and t.key not in told]
    first: dict[tuple[str, str, str], IdleThing] = {}
    for thing in sorted(soon, key=lambda one: (one.since + one.lasts, one.key)):
        first.setdefault(thing.key, thing)
    return list(first.values())[:IN_ONE_LETTER]


def _due(tenant: Judged, thing: IdleThing, now: datetime) -> datetime | None:
    if only_looked_at(tenant, thing.resource.kind) or next_step(thing, now) is not IdleStep.GIVE_BACK:
        return None
    return due_at(thing)


def _reachable(tenant: Tenant) -> bool:
    return bool(sane_addresses(person.email for person in readers(tenant) if person.email))


def _by_tenant(things: Iterable[IdleThing]) -> defaultdict[str, list[IdleThing]]:
    found: defaultdict[str, list[IdleThing]] = defaultdict(list)
    for thing in things:
        found[thing.tenant_id].append(thing)
    return found


def _farewells(stock: Stock, now: datetime) -> dict[str, list[Event]]:
    """Say of what people were told, and what is idle no more, that it stays."""
    told = _by_tenant(thing for thing in stock.over if thing.told)
    return {
        tenant_id: [Event(now, EventKind.IDLE_OVER, f"no longer to be given back: {named(things)}")]
        for tenant_id, things in told.items()
    }


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
