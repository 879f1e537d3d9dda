"""Giving one idle thing back: everything is asked again at that moment, written down, and only then deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from reaper.errors import Gone, Temporary
from reaper.execute import Pools
from reaper.execute.survey import take
from reaper.kinds import BY_NAME
from reaper.lifecycle import Step, goes_along, is_idle, next_step, only_looked_at, spared
from reaper.model import Disk, Event, EventKind, IdleThing, Judged, Project, Resource, Tenant
from reaper.plan import sort_out
from reaper.policy import IdleRule
from reaper.ports import Clock, Cloud, CloudReader, IdleThings, Ledger
from reaper.sweep.step_context import Withheld


class UsedAgain(Withheld):
    """It is idle no longer, seen afresh: its time begins anew."""


@dataclass(frozen=True)
class IdleAsk:
    """Asks for idle things to be deleted, one by one."""

    ledger: Ledger
    things: IdleThings
    clouds: Mapping[str, Cloud]
    protected: Callable[[Tenant, Project], Judged]
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
        current, rule = self._permitted(tenant, thing)
        fresh = next((t for t in self.things.of(tenant.id) if t.id == thing.id), None)
        if fresh is None or next_step(fresh, self.clock.now()) is not Step.GIVE_BACK:
            raise Withheld(f"{thing.resource}: it is no longer due")
        seen = self._still_idle(current, fresh, rule)
        text = f"{seen} is given back: {thing.when} since {thing.since:%Y-%m-%d %H:%M} UTC"
        event = Event(self.clock.now(), EventKind.IDLE_ASKED, text + _along_in_words(fresh.along))
        unjudged = self.ledger.tenant(tenant.id)
        if unjudged.version != current.version:
            raise Withheld("somebody else changed the tenant")
        self._unless_paused()
        self.things.ask(unjudged, fresh, event)
        self._delete(current, fresh, seen)

    def _delete(self, tenant: Tenant, thing: IdleThing, seen: Resource) -> None:
        try:
            self.clouds[tenant.cloud].delete_alone(seen, tenant.project_id)
        except (Gone, Temporary):
            return  # whether it is there any more is told by the next listings; then it is asked again
        except Exception as refusal:
            self.things.answered(thing, str(refusal) or type(refusal).__name__)
            raise

    def _permitted(self, tenant: Tenant, thing: IdleThing) -> tuple[Judged, IdleRule]:
        """Judge the tenant once more by ledger, policies and Keystone; tells the rule that holds for the thing."""
        self._unless_paused()
        try:
            project = self.clouds[tenant.cloud].project(tenant.project_id)
        except Gone:
            raise Withheld("its project is gone") from None
        current = self.protected(self.ledger.tenant(tenant.id), project)
        why = spared(current, self.clock.now()) or only_looked_at(current, thing.resource.kind)
        if not project.enabled:
            why = why or "its project was disabled by somebody else"
        rule = self.rules_for(current).get(thing.rule)
        if why or rule is None:
            raise Withheld(why or "no rule speaks of it any more")
        return current, rule

    def _unless_paused(self) -> None:
        paused = self.ledger.paused()
        if paused:
            raise Withheld(f"paused: {paused}")

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
