"""Asking the judge in the middle of a run: what is known of a tenant, with what is known of one thing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from reaper.errors import InUse, ReaperError, Refused, Temporary, Withheld
from reaper.execute.pools import Pools, Task
from reaper.judge import About, Coverage, Evidence, Fact, Known, Permit, Refusal, Step, Unknown, may
from reaper.judge.steps import SEEN, SOON
from reaper.kinds import BY_NAME, MAKERS, Key, parent_of
from reaper.model import Archive, Resource, Tenant
from reaper.ports import Clock, Cloud

#: A volume to be deleted, and all that its tenant still has.
Leaving = tuple[Resource, Mapping[Key, Resource]]
#: Facts about the one thing: they stop what is asked about it, and not the tenant's run.
_OF_THE_THING = (About.OWNER, About.USERS, About.ARCHIVE)


class Facts(Protocol):
    """What is known of tenants: read again when that is asked for, and shared by all that is done meanwhile.

    Nothing is raised for what cannot be read: it is unknown then, and nothing is done.
    """

    def look(self, tenants: Sequence[Tenant]) -> None:
        """Read everything about these tenants afresh."""

    def refresh(self, tenants: Sequence[Tenant]) -> None:
        """Read the ledger afresh, and of Keystone what is older than a few seconds."""

    def of(self, tenant: Tenant) -> Evidence:
        """Return what was last read about a tenant, for whoever acts on this version of it."""


def allowed(step: Step, facts: Facts, tenant: Tenant, now: datetime) -> Permit:
    """Judge a step on a tenant as a whole by what was last read.

    Raises:
        Withheld: it is not to be taken; why.
    """
    answer = may(step, facts.of(tenant), now)
    if isinstance(answer, Refusal):
        raise Withheld(str(answer))
    return answer


def is_fresh(seen_at: datetime | None, now: datetime) -> bool:
    """Whether what a listing has shown serves still."""
    return seen_at is not None and now - SEEN <= seen_at <= now


def of_thing(cloud: Cloud, evidence: Evidence, thing: Resource, seen_at: datetime | None, now: datetime) -> Evidence:
    """Add whose a thing is: by the listing that showed it, or where that is too old by asking the thing itself.

    Raises:
        ReaperError: it cannot be asked.
    """
    known = evidence.of(thing, seen_at)
    if is_fresh(seen_at, now) or thing.project_id is None:
        return known
    owner = cloud.seen_again(thing)
    return known.with_owner(
        Known(owner, "the thing itself", now) if owner else Unknown("its service does not tell whose it is")
    )


@dataclass(frozen=True)
class ThingJudge:
    """Judges steps on single things, in the thread that asks for them: it looks at the thing where that is needed.

    `covered` says by project that is promised an archive which servers, by region and id, may go.
    """

    cloud: Cloud
    clock: Clock
    facts: Facts
    covered: Mapping[str, Collection[tuple[str, str]]] = field(default_factory=dict)

    def serves(self, tenant: Tenant, now: datetime) -> bool:
        """Whether what was last read about a tenant need not be read again yet."""
        read = self.facts.of(tenant).pause
        return isinstance(read, Known) and now - SOON / 2 <= read.at <= now

    def permit(
        self, step: Step, tenant: Tenant, thing: Resource, seen_at: datetime | None, own: Collection[tuple[str, str]]
    ) -> Permit:
        """Return the permit for a step on a thing that a listing asked for at `seen_at` has shown.

        Args:
            step: What is to be done with it.
            tenant: The tenant as whoever acts knows it.
            thing: It, as the listing has shown it.
            seen_at: When that listing was asked for; None: it was not listed to the end.
            own: By region and id what was seen to be the tenant's.

        Raises:
            Withheld: the tenant is not to be touched any more.
            InUse: something of another project uses the thing.
            Refused: it is not the tenant's, or would take a server without its image.
            Temporary: something that has to be known of it cannot be told.
            Gone: it does not exist.
        """
        now = self.clock.now()
        evidence = of_thing(self.cloud, self.facts.of(tenant), thing, seen_at, now)
        users, archive = self._users(thing, seen_at, own), self._coverage(evidence, thing, now)
        answer = may(step, evidence.used_by(users).archived(archive), self.clock.now())
        if isinstance(answer, Permit):
            return answer
        raise _as_error(answer, thing)

    def _users(
        self, thing: Resource, seen_at: datetime | None, own: Collection[tuple[str, str]]
    ) -> Fact[tuple[str, ...]]:
        """Tell who else uses it: nobody, where what it hangs on was seen to be the tenant's own."""
        now = self.clock.now()
        by = BY_NAME[thing.kind].held_by
        if not by:
            return Known((), "its service refuses what others use", now)
        if is_fresh(seen_at, now) and (not thing.facts.get(by) or (thing.region, str(thing.facts[by])) in own):
            return Known((), "the listing that showed it", seen_at or now)
        try:
            other = self.cloud.lent_to(thing)
        except ReaperError as error:
            return Unknown(str(error))
        return Known((other,) if other else (), "the service", now)

    def _coverage(self, evidence: Evidence, thing: Resource, now: datetime) -> Fact[Coverage]:
        """Tell which servers would go without the image that was promised of them."""
        current = evidence.ledger
        promised = isinstance(current, Known) and current.value.lease.terms.archive is not Archive.NONE
        may_go = self.covered.get(evidence.tenant.project_id)
        if may_go is None:
            return Unknown("its policy promises one since") if promised else Known(Coverage(), "its terms", now)
        if thing.kind == "server":
            return Known(_bare([thing], may_go), "the archives' record", now)
        if thing.kind not in MAKERS:
            return Known(Coverage(), "the archives' record", now)
        # It may have made servers since the images were asked for, and takes them all.
        listing = self.cloud.resources("server", thing.region, [evidence.tenant.project_id])
        if not listing.complete:
            return Unknown(f"its servers cannot be listed: {listing.why}")
        mine = [one for one in listing.resources if one.project_id == evidence.tenant.project_id]
        return Known(_bare(mine, may_go), "the archives' record", now)


def has_something(server: Resource) -> bool:
    """Whether there is anything of a server to be kept: not of one its people deleted, nor of one that never ran."""
    if server.status in ("DELETED", "SOFT_DELETED") or server.facts.get("task_state") == "deleting":
        return False
    return not (server.status == "ERROR" and server.facts.get("launched_at", "") is None)


def _bare(servers: Sequence[Resource], may_go: Collection[tuple[str, str]]) -> Coverage:
    return Coverage(tuple(str(s) for s in servers if has_something(s) and (s.region, s.id) not in may_go))


def _as_error(refusal: Refusal, thing: Resource) -> ReaperError:
    if refusal.need.about not in _OF_THE_THING:
        return Withheld(str(refusal))
    if refusal.doubtful:
        return Temporary(f"{thing} is not touched: {refusal}")
    if refusal.need.about is About.USERS:
        return InUse(str(refusal))
    return Refused(f"{thing} is not touched: {refusal}")


def with_snapshots(cloud: Cloud, pools: Pools, leaving: Iterable[Leaving]) -> dict[Key, Resource]:
    """Tell volumes how many snapshots of them were seen: they are asked to go another way then.

    Whether others have snapshots of them, too, is asked for all at once where there are several; the fact `alone` says
    that nobody has. Without it each is asked by itself.
    """
    counted = {one.key: _counted(one, remaining) for one, remaining in leaving if one.kind == "volume"}
    with_some = [one for one in counted.values() if one.facts.get("snapshots")]
    for region in sorted({one.region for one in with_some}):
        here = [one for one in with_some if one.region == region]
        if len(here) > 1:
            ask = Task(BY_NAME["volume"].service, partial(cloud.without_foreign_snapshots, region, here))
            (answer,) = pools.run([ask])
            alone = frozenset() if isinstance(answer, ReaperError) else answer
            counted |= {o.key: replace(o, facts={**o.facts, "alone": True}) for o in here if o.id in alone}
    return counted


def _counted(volume: Resource, remaining: Mapping[Key, Resource]) -> Resource:
    number = sum(parent_of(other) == volume.key for other in remaining.values())
    return replace(volume, facts={**volume.facts, "snapshots": number}) if number else volume


def without_what_was_seen(volume: Resource) -> Resource:
    """Forget that nobody else has snapshots of a volume: that was seen too long ago, and is asked for once more."""
    return replace(volume, facts={fact: value for fact, value in volume.facts.items() if fact != "alone"})
