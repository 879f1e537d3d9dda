"""Reclaiming many tenants in rounds: list, ask what may go, list again, until each is empty twice over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reaper.errors import Temporary, Withheld
from reaper.execute.asking import Asking
from reaper.execute.course import Course
from reaper.execute.judged import Facts, ThingJudge
from reaper.execute.outcome import Outcome
from reaper.execute.pace import SHORTEST, Pace, waits_for_others
from reaper.execute.pools import Pools
from reaper.execute.survey import Place, share_out, take
from reaper.execute.suspension import doubt_missing
from reaper.execute.work import Work
from reaper.judge import Refusal, Step, may
from reaper.kinds import LISTED, Key
from reaper.model import Tenant
from reaper.ports import Clock, Cloud, Journal

#: Told after each round what each tenant has left: (tenant, left, gone).
Progress = Callable[[Tenant, int, int], None]
#: Seconds after which whoever waits for answers sees whether anything else has become due.
LISTENS = 0.5
#: Seconds that each tenant adds to the time which a run of many may take: OpenStack answers them one after the other.
SHARE = 30.0
STOPPING = "Reaper is stopping; the next pass goes on"


@dataclass(frozen=True)
class Reclaimer:
    """What reclaiming needs of the world.

    `patience` is how many seconds a tenant may show no change at all; `longest` how many one run may take, if it is
    not one of many tenants, since something that makes resources anew as fast as they go would keep it busy for ever.
    `facts` are what the judge goes by; `covered` says, by project that is promised an archive, which servers may go.
    """

    cloud: Cloud
    journal: Journal
    pools: Pools
    clock: Clock
    facts: Facts
    patience: float = 120.0
    progress: Progress | None = None
    longest: float = 900.0
    covered: Mapping[str, Collection[tuple[str, str]]] = field(default_factory=dict)

    def reclaim(self, tenants: Sequence[Tenant]) -> list[Outcome]:
        """Work on all of them at once, each at its own pace; none waits for a slower one."""
        return list(self.outcomes(tenants))

    def outcomes(self, tenants: Sequence[Tenant]) -> Iterator[Outcome]:
        """Do the same, and give each outcome as soon as it is known."""
        longest = max(self.longest, SHARE * len(tenants))
        works = [self._begin(tenant, longest) for tenant in tenants]
        judge = ThingJudge(self.cloud, self.clock, self.facts, self.covered)
        asking = Asking(self.cloud, self.pools, self.journal, self.clock, judge)
        told: set[str] = set()
        try:
            for work in self._go_round(works, asking):
                if work.tenant.id not in told:
                    told.add(work.tenant.id)
                    yield Outcome.of(work, self.clock.now())
            asking.finish()
        finally:
            asking.abandon()
        yield from (Outcome.of(work, self.clock.now()) for work in works if work.tenant.id not in told)

    def _go_round(self, works: Sequence[Work], asking: Asking) -> Iterator[Work]:
        """Go on until each is over; gives those that are verified empty as soon as they are, and again."""
        pace, before = Pace(), self.clock.monotonic()
        while open_works := [work for work in works if not work.over]:
            turn = self._whose_turn(open_works, asking.in_line)
            if turn:
                gone = self._look(turn, open_works)
                now = self.clock.monotonic()
                moved, asking.heard_yes = bool(gone) or asking.heard_yes, False
                pause = pace.after(turn, gone, now - before, moved=moved)
                for work in turn:
                    work.looked(pause)
                self._ask(turn, asking)
                before = now
            yield from (work for work in works if work.empty)
            self._wait(open_works, asking)
            self._end_when_stopped(open_works)

    def _whose_turn(self, works: Sequence[Work], in_line: Collection[str]) -> list[Work]:
        """Return who is looked at now; who looks empty may wait for others, and comes with the next of them.

        To stand in line behind other tenants' calls is no standstill.
        """
        now, moment = self.clock.now(), self.clock.monotonic()
        soon = moment + SHORTEST  # one list serves them all
        due = [w for w in works if w.waits or (w.course.next_look <= soon and not w.before_a_look)]
        for work in (one for one in works if one.tenant.id in in_line):
            work.course.now = moment
            work.course.moved()
        for work in due:
            work.course.now = moment
            work.waits = waits_for_others(work, works, now)
        return [work for work in due if not work.waits]

    def _begin(self, tenant: Tenant, longest: float) -> Work:
        """Go on from the journal: what an earlier run knew of must show up, or its absence is no matter of course."""
        course = Course.beginning(self.clock.monotonic(), longest)
        work = Work(tenant, wary=tenant.blocker is not None, began=self.clock.now(), course=course)
        for step in self.journal.steps(tenant):
            if step.gone_at is None:
                work.expected.add(step.resource.key)
                if step.asked_at is not None and not step.answer:
                    work.accepted[step.resource.key] = 0.0
        return work

    def _wait(self, works: Sequence[Work], asking: Asking) -> None:
        """Hear what is answered, and ask what it frees, until the next look at a tenant is due."""
        while works := [work for work in works if not work.over]:
            due = [work.course.next_look for work in works if not work.waits and not work.before_a_look]
            left = min(due, default=self.clock.monotonic() + LISTENS) - self.clock.monotonic()
            if left <= 0:
                break
            if not asking.busy:
                self.clock.wait(left)
                break
            for work in asking.hear(min(left, LISTENS)):
                work.course.next_look = self._sooner(work)

    def _sooner(self, work: Work) -> float:
        """When to look after an answer: at once when nothing seems to be left, else when something may have gone."""
        moment = self.clock.monotonic()
        if work.wary:
            return work.course.next_look
        if not work.remaining:
            return moment
        return max(work.course.next_look, moment + SHORTEST) if work.awaited else work.course.next_look

    def _end_when_stopped(self, works: Sequence[Work]) -> None:
        if self.clock.stopped:
            for work in works:
                work.stopped = work.stopped or STOPPING

    def _look(self, works: Sequence[Work], everybody: Sequence[Work]) -> int:
        """List what each tenant waits for, and at once what may have left with it; returns how much is gone."""
        every = {(kind.name, region) for kind in LISTED for region in self.cloud.regions}
        before = {work.tenant.id: dict(work.remaining) for work in works}
        listed = {work.tenant.id: set[Place]() for work in works}
        wants = {work.tenant.id: work.wants(every) for work in works}
        looking = list(works)
        while looking:
            at = self.clock.now()
            seen = share_out(take(self.cloud, self.pools, _gather(looking, wants)))
            for work in looking:
                listed[work.tenant.id] |= wants[work.tenant.id]
                mine = {place: seen(place, work.tenant.project_id) for place in wants[work.tenant.id]}
                work.see(mine, at, everything=listed[work.tenant.id] >= every)
            now = self.clock.now()
            looking = [work for work in looking if not waits_for_others(work, everybody, now)]
            wants = {w.tenant.id: w.wants_too(before[w.tenant.id], every) - listed[w.tenant.id] for w in looking}
            looking = [work for work in looking if wants[work.tenant.id]]
        return sum(self._take_stock(work, before[work.tenant.id]) for work in works)

    def _take_stock(self, work: Work, before: Collection[Key]) -> int:
        """Journal what is new and what is gone; returns how much is."""
        if not work.known:
            self._doubt(work)
        work.known = True
        self._plan(work)
        gone = [key for key in before if key in work.gone]
        self._changed(work, gone)
        return len(gone)

    def _ask(self, works: Sequence[Work], asking: Asking) -> None:
        """Ask what may be asked now."""
        left = [work for work in works if work.remaining and not work.stopped]
        self.facts.look([work.tenant for work in left])
        asking.look_for_lent(left)
        going_on = [work for work in works if self._may_go_on(work) and work.remaining]
        asking.force_reset(going_on)
        for work in going_on:
            work.forget_answers()
        asking.ask(going_on)

    def _doubt(self, work: Work) -> None:
        """Begin nothing on a list of servers that leaves out what the suspension remembers and Nova still knows."""
        try:
            servers = [resource for resource in work.remaining.values() if resource.kind == "server"]
            # A list that failed is in doubt by itself, and holds up its own region only.
            listed = tuple(one for one in work.tenant.memory if ("server", one.region) not in work.doubts)
            tenant = replace(work.tenant, memory=listed)
            if any((one.region, one.id) not in work.own for one in listed):
                self.facts.look([tenant])
            doubt_missing(tenant, servers, self.cloud, self.pools, self.facts, self.clock)
        except (Temporary, Withheld) as doubt:
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
            work.course.moved()
        if self.progress is not None:
            self.progress(work.tenant, len(work.remaining), len(work.gone))

    def _may_go_on(self, work: Work) -> bool:
        if work.stopped:
            return False
        if self.clock.stopped:
            work.stopped = STOPPING
        elif work.remaining:
            answer = may(Step.RECLAIM, self.facts.of(work.tenant), self.clock.now())
            work.stopped = str(answer) if isinstance(answer, Refusal) else None
        if not work.over and work.course.idle > self.patience:
            work.stuck = f"nothing has changed for {work.course.idle:.0f} s"
        elif not work.over and work.course.taken > work.course.longest:
            work.stuck = f"it was not empty after {work.course.taken:.0f} s: something makes resources anew"
        return not work.over


def _gather(works: Sequence[Work], wants: dict[str, set[Place]]) -> dict[Place, list[str]]:
    """Turn what each tenant wants into one request per place for all who want it."""
    gathered: dict[Place, list[str]] = {}
    for work in works:
        for place in sorted(wants[work.tenant.id]):
            gathered.setdefault(place, []).append(work.tenant.project_id)
    return gathered
