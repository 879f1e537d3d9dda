"""Reclaiming many tenants in rounds: list, ask what may go, list again, until it is empty twice over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from reaper.errors import Refused, Temporary
from reaper.execute.cascade import with_snapshots
from reaper.execute.outcome import Outcome
from reaper.execute.pace import Pace, waits_for_others
from reaper.execute.pools import Pools, Task
from reaper.execute.survey import Place, share_out, take
from reaper.execute.suspension import doubt_missing
from reaper.execute.work import WARY_PAUSE, Work
from reaper.kinds import BY_NAME, LISTED
from reaper.model import Resource, Tenant
from reaper.plan import Call, Key, Verb
from reaper.ports import Clock, Cloud, Journal

#: Asked for each tenant before each of its rounds: a reason to stop, or None.
Permit = Callable[[Tenant], str | None]
#: Told after each round what each tenant has left: (tenant, left, gone).
Progress = Callable[[Tenant, int, int], None]


@dataclass(frozen=True)
class Reclaimer:
    """What reclaiming needs of the world.

    `patience` is how many seconds a tenant may show no change at all; `longest` how many one run may take, since
    something that makes resources anew as fast as they go would keep it busy for ever.
    """

    cloud: Cloud
    journal: Journal
    pools: Pools
    clock: Clock
    permit: Permit
    patience: float = 120.0
    progress: Progress | None = None
    longest: float = 900.0

    def reclaim(self, tenants: Sequence[Tenant]) -> list[Outcome]:
        """Work on all of them at once, each at its own pace; none waits for a slower one."""
        works = [self._begin(tenant) for tenant in tenants]
        pace, before = Pace(), None
        while open_works := [work for work in works if not work.over]:
            now = self.clock.now()
            turn = [w for w in open_works if w.rests <= 0 and not waits_for_others(w, open_works, now)]
            gone = self._look(turn, open_works, first=before is None)
            looked_at = self.clock.now()
            yes = self._act(turn)
            since = (looked_at - before).total_seconds() if before else 0.0
            awaited = [work.awaited for work in turn if work.awaited]
            pause = pace.next(awaited, gone, since, moved=bool(gone) or yes)
            self._pass_time([work for work in open_works if not work.over], pause, looked_at)
            before = looked_at
        return [work.outcome() for work in works]

    def _begin(self, tenant: Tenant) -> Work:
        """Go on from the journal: what an earlier run knew of must show up, or its absence is no matter of course."""
        work = Work(tenant, wary=tenant.blocker is not None, began=self.clock.now())
        for step in self.journal.steps(tenant):
            if step.gone_at is None:
                work.expected.add(step.resource.key)
                if step.asked_at is not None and not step.answer:
                    work.accepted[step.resource.key] = 0.0
        return work

    def _pass_time(self, works: Sequence[Work], pause: float, looked_at: datetime) -> None:
        """Wait until the next round of whoever comes first; who looks at a wary pace holds up nobody else.

        What was asked since the last look is on its way meanwhile: the time that the asking took is not waited again.
        """
        if not works:
            return
        for work in works:
            if work.rests <= 0:
                work.rests = max(pause, WARY_PAUSE) if work.wary and work.emptiness.looks else pause
        span = min(work.rests for work in works)
        spent = max(0.0, (self.clock.now() - looked_at).total_seconds())
        self.clock.wait(max(0.0, span - spent))
        for work in works:
            work.rests -= span
            work.idle += span
            work.taken += span

    def _look(self, works: Sequence[Work], everybody: Sequence[Work], *, first: bool) -> int:
        """List what each tenant waits for, and at once what may have left with it; returns how much is gone."""
        every = {(kind.name, region) for kind in LISTED for region in self.cloud.regions}
        before = {work.tenant.id: dict(work.remaining) for work in works}
        listed = {work.tenant.id: set[Place]() for work in works}
        wants = {work.tenant.id: every if first else work.wants(every) for work in works}
        looking = list(works)
        while looking:
            seen = share_out(take(self.cloud, self.pools, _gather(looking, wants)))
            for work in looking:
                listed[work.tenant.id] |= wants[work.tenant.id]
                mine = {place: seen(place, work.tenant.project_id) for place in wants[work.tenant.id]}
                work.see(mine, everything=listed[work.tenant.id] >= every)
            now = self.clock.now()
            looking = [work for work in looking if not waits_for_others(work, everybody, now)]
            wants = {w.tenant.id: w.wants_too(before[w.tenant.id], every) - listed[w.tenant.id] for w in looking}
            looking = [work for work in looking if wants[work.tenant.id]]
        return sum(self._take_stock(work, before[work.tenant.id], first=first) for work in works)

    def _take_stock(self, work: Work, before: Collection[Key], *, first: bool) -> int:
        """Journal what is new and what is gone; returns how much is."""
        if first:
            self._doubt(work)
        self._plan(work)
        gone = [key for key in before if key in work.gone]
        self._changed(work, gone)
        return len(gone)

    def _act(self, works: Sequence[Work]) -> bool:
        """Ask what may be asked now; returns whether a service said yes to anything."""
        asking = [work for work in works if self._may_go_on(work) and work.remaining]
        self._rescue(asking)
        return self._ask(asking)

    def _doubt(self, work: Work) -> None:
        """Begin nothing on a list of servers that leaves out what the suspension remembers and Nova still knows."""
        try:
            servers = [resource for resource in work.remaining.values() if resource.kind == "server"]
            # A list that failed is in doubt by itself, and holds up its own region only.
            listed = tuple(one for one in work.tenant.memory if ("server", one.region) not in work.doubts)
            doubt_missing(replace(work.tenant, memory=listed), servers, self.cloud, self.pools)
        except Temporary as doubt:
            work.stopped = str(doubt)

    def _plan(self, work: Work) -> None:
        """Write down what is seen for the first time before anything of it is asked to go."""
        fresh = [r for key, r in work.remaining.items() if key not in work.planned]
        if fresh:
            self.journal.plan(work.tenant, fresh, self.clock.now())
            work.planned |= {r.key for r in fresh}

    def _changed(self, work: Work, gone: Collection[Key]) -> None:
        if gone:
            self.journal.gone(work.tenant, gone, self.clock.now())
            work.idle = 0.0
        if self.progress is not None:
            self.progress(work.tenant, len(work.remaining), len(work.gone))

    def _may_go_on(self, work: Work) -> bool:
        if work.stopped:
            return False
        if self.clock.stopped:
            work.stopped = "Reaper is stopping; the next pass goes on"
        elif work.remaining:
            work.stopped = self.permit(work.tenant)
        if not work.over and work.idle > self.patience:
            work.stuck = f"nothing has changed for {work.idle:.0f} s"
        elif not work.over and work.taken > self.longest:
            work.stuck = f"it was not empty after {work.taken:.0f} s: something makes resources anew"
        return not work.over

    def _ask(self, works: Sequence[Work]) -> bool:
        """Ask wave after wave: what is absent by the service's own word lets the next kind go in the same round."""
        for work in works:
            work.forget_answers()
        asked = False
        while batch := [(work, call) for work in works for call in work.calls()]:
            deletes = ((c.resource, w.remaining) for w, c in batch if c.resource and c.verb is Verb.DELETE)
            volumes = with_snapshots(self.cloud, self.pools, deletes)
            answers = self.pools.run([self._task(work, call, volumes) for work, call in batch])
            freed = [work.heard(call, answer) for (work, call), answer in zip(batch, answers, strict=True)]
            asked |= any(answer is None for answer in answers)
            self._note(batch)
            if not any(freed):
                break
        self._explain(works)
        return asked

    def _explain(self, works: Sequence[Work]) -> None:
        """Look into refusals: what is held by somebody else is a finding for a person, not something to wait for."""
        refused = [(work, key, said) for work in works for key, said in work.to_be_explained().items()]
        tasks: list[Task[str | None]] = [
            Task(BY_NAME[key[1]].service, partial(self.cloud.explain, work.remaining[key]))
            for work, key, said in refused
        ]
        answers = self.pools.run(tasks)
        for (work, key, said), answer in zip(refused, answers, strict=True):
            if isinstance(answer, str):
                work.excuse(work.remaining[key], answer)
                self.journal.asked(work.tenant, {key: f"left alone: {answer}"}, self.clock.now())
            elif answer is None:
                work.explained[key] = said
        for work in works:
            work.leave_what_others_need()

    def _rescue(self, works: Sequence[Work]) -> None:
        """Try the way out for what has been promised to go and does not; what was tried stands in the journal."""
        stuck = [(work, resource) for work in works for resource in work.stuck_ones()]
        tasks: list[Task[str]] = [
            Task(BY_NAME[r.kind].service, partial(self.cloud.rescue, r, w.tenant.project_id)) for w, r in stuck
        ]
        answers = self.pools.run(tasks)
        for (work, resource), answer in zip(stuck, answers, strict=True):
            work.rescued.add(resource.key)
            if not isinstance(answer, Refused):
                self.journal.asked(work.tenant, {resource.key: f"the way out was tried: {answer}"}, self.clock.now())

    def _note(self, batch: Sequence[tuple[Work, Call]]) -> None:
        """Journal a wave: one transaction per tenant."""
        said: dict[str, tuple[Work, dict[tuple[str, str, str], str]]] = {}
        for work, call in batch:
            if call.resource is not None and call.verb is Verb.DELETE:
                key = call.resource.key
                said.setdefault(work.tenant.id, (work, {}))[1][key] = work.answers.get(key, "")
        for work, answers in said.values():
            self.journal.asked(work.tenant, answers, self.clock.now())

    def _task(self, work: Work, call: Call, volumes: Mapping[Key, Resource]) -> Task[None]:
        resource, project_id = call.resource, work.tenant.project_id
        if resource is None:
            raise AssertionError("reclaiming asks only for resources")
        ask = self.cloud.clear_routes if call.verb is Verb.CLEAR_ROUTES else self.cloud.delete
        return Task(BY_NAME[resource.kind].service, partial(ask, volumes.get(resource.key, resource), project_id))


def _gather(works: Sequence[Work], wants: dict[str, set[Place]]) -> dict[Place, list[str]]:
    """Turn what each tenant wants into one request per place for all who want it."""
    gathered: dict[Place, list[str]] = {}
    for work in works:
        for place in sorted(wants[work.tenant.id]):
            gathered.setdefault(place, []).append(work.tenant.project_id)
    return gathered
