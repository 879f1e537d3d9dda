"""Giving one idle thing back: everything is asked again at that moment, written down, and only then deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import Gone, Temporary, Withheld
from reaper.execute import Facts, Pools, of_thing
from reaper.execute.listing_pass import take
from reaper.judge import About, Known, Permit, Step, may
from reaper.kinds import BY_NAME
from reaper.lifecycle import IdleStep as Due
from reaper.lifecycle import goes_along, is_idle, next_step, only_looked_at, spared
from reaper.model import Disk, Event, EventKind, IdleThing, Judged, Resource, Tenant
from reaper.plan import sort_out
from reaper.policy import IdleRule
from reaper.ports import Clock, Cloud, CloudReader, IdleThings, Ledger

#: Facts about the one thing, in whose refusal it is named.
OF_THE_THING = (About.OWNER, About.USERS, About.DUE, About.IDLE)


class UsedAgain(Withheld):
    """It is idle no longer, seen afresh: its time begins anew."""


@dataclass(frozen=True)
class IdleAsk:
    """Asks for idle things to be deleted, one by one."""

    ledger: Ledger
    things: IdleThings
    clouds: Mapping[str, Cloud]
    facts: Facts
    rules_for: Callable[[Tenant], Mapping[str, IdleRule]]
    clock: Clock
    pools: Pools

    def give_back(self, tenant: Tenant, thing: IdleThing) -> None:
        """Delete one thing, if ledger, policies, Keystone and a fresh listing all still say so.

        Raises:
            Withheld: asked again, it stays; UsedAgain where it is idle no longer.
            Overtaken: somebody else has changed the tenant, or the letter did not arrive after all.
            ReaperError: the cloud refused it or does not answer.
        """
        self.facts.look([tenant])
        current, rule = self._rule(tenant, thing)
        fresh = next((t for t in self.things.of(tenant.id) if t.id == thing.id), None)
        if fresh is None:
            raise Withheld(f"{thing.resource}: it is no longer due")
        seen_at = self.clock.now()
        seen = self._still_idle(current, fresh, rule)
        self._judge(current, fresh, seen, seen_at)
        text = f"{seen} is given back: {thing.when} since {thing.since:%Y-%m-%d %H:%M} UTC"
        event = Event(self.clock.now(), EventKind.IDLE_ASKED, text + _along_in_words(fresh.along))
        unjudged = self.ledger.tenant(tenant.id)
        if unjudged.version != current.version:
            raise Withheld("somebody else changed the tenant")
        asked = self.things.ask(unjudged, fresh, event)
        self.facts.refresh([tenant])
        permit = self._judge(replace(current, version=asked.version), thing, seen, seen_at)
        self._delete(permit, fresh, seen)

    def _judge(self, tenant: Tenant, thing: IdleThing, seen: Resource, seen_at: datetime) -> Permit:
        """Judge the delete from what was just read.

        Raises:
            Withheld: it stays.
            ReaperError: something that has to be known for it cannot be told.
        """
        now, cloud = self.clock.now(), self.clouds[tenant.cloud]
        other = cloud.lent_to(seen)
        known = of_thing(cloud, self.facts.of(tenant), seen, seen_at, now)
        evidence = replace(
            known.used_by(Known((other,) if other else (), "the service", now)),
            due=Known(next_step(thing, now) is Due.GIVE_BACK, "the ledger", now),
            idle=Known(True, "the listing that showed it", seen_at),  # noqa: FBT003 - the value of a fact
        )
        answer = may(Step.DELETE_IDLE, evidence, now)
        if isinstance(answer, Permit):
            return answer
        if answer.doubtful:
            raise Temporary(f"{seen} stays: {answer}")
        raise Withheld(f"{seen}: {answer}" if answer.need.about in OF_THE_THING else str(answer))

    def _delete(self, permit: Permit, thing: IdleThing, seen: Resource) -> None:
        try:
            self.clouds[permit.cloud].delete_alone(seen, permit)
        except (Gone, Temporary):
            return  # whether it is there any more is told by the next listings; then it is asked again
        except Exception as refusal:
            self.things.answered(thing, str(refusal) or type(refusal).__name__)
            raise

    def _rule(self, tenant: Tenant, thing: IdleThing) -> tuple[Judged, IdleRule]:
        """Return the tenant as it is now, and the rule that holds for the thing."""
        known = self.facts.of(tenant)
        if not isinstance(known.ledger, Known):
            raise Temporary(f"{tenant.full_name} stays: {known.ledger.why}")
        current = known.ledger.value
        why = spared(current, self.clock.now()) or only_looked_at(current, thing.resource.kind)
        rule = self.rules_for(current).get(thing.rule)
        if why or rule is None:
            raise Withheld(why or "no rule speaks of it any more")
        return current, rule

    def _still_idle(self, tenant: Tenant, thing: IdleThing, rule: IdleRule) -> Resource:
        """Read the thing once more, with what belongs to it: the same owner, idle by the same facts."""
        around = read_beside(self.clouds[tenant.cloud], self.pools, tenant, [thing])
        seen = sort_out(tenant, around).mine.get(thing.key)
        idle = is_idle(rule, seen, around) if seen is not None else None
        if idle is False:
            raise UsedAgain(f"{thing.resource}: it is idle no longer")
        if seen is None or idle is None or seen.project_id != tenant.project_id:
            raise Withheld(f"{thing.resource}: whether it is idle cannot be told just now")
        along = goes_along(seen)
        if along is None or along - {disk.id for disk in thing.along}:
            raise Withheld(f"{thing.resource}: more would go along than its people were told")
        return seen


def read_beside(cloud: CloudReader, pools: Pools, tenant: Tenant, things: Collection[IdleThing]) -> list[Resource]:
    """List just these things' kinds of one tenant, with what would hold one of them or go along.

    Raises:
        Temporary: something of it cannot be listed to the end.
    """
    places = {
        (kind, thing.resource.region): [tenant.project_id]
        for thing in things
        for kind in (thing.resource.kind, *BY_NAME[thing.resource.kind].beside)
    }
    seen = take(cloud, pools, places)
    if seen.doubts:
        raise Temporary("; ".join(seen.doubts))
    return [one for listing in seen.listings.values() for one in listing.resources]


def with_disks(things: Sequence[IdleThing], around: Collection[Resource]) -> list[IdleThing]:
    """Say of each thing which volumes go along with it; one that is not listed is told by its id."""
    volumes = {(one.region, one.id): one for one in around if one.kind == "volume"}
    return [replace(thing, along=_disks(thing, volumes)) for thing in things]


def _disks(thing: IdleThing, volumes: Mapping[tuple[str, str], Resource]) -> tuple[Disk, ...]:
    region = thing.resource.region
    return tuple(_disk(one, volumes.get((region, one))) for one in sorted(goes_along(thing.resource) or ()))


def _disk(volume_id: str, volume: Resource | None) -> Disk:
    size = volume.facts.get("size") if volume is not None else None
    return Disk(volume_id, volume.name if volume is not None else "", size if isinstance(size, int) else None)


def _along_in_words(disks: Sequence[Disk]) -> str:
    return f"; with it {', '.join(disk.name or disk.id for disk in disks)}" if disks else ""
