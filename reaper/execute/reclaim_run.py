"""Reclaiming many tenants in rounds: list, ask what may go, list again, until each is empty twice over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reaper.errors import Temporary, Withheld
from reaper.execute.delete_queue import DeleteQueue
from reaper.execute.judgement import Facts, ThingJudge
from reaper.execute.listing_pass import Place, share_out, take, wanted, wanted_too
from reaper.execute.outcome import Outcome
from reaper.execute.pools import Pools
from reaper.execute.suspension import doubt_missing
from reaper.execute.tenant_reclaim import TenantReclaim
from reaper.execute.timing import SHORTEST, Pace, Timing
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
        reclaims = [self._begin(tenant, longest) for tenant in tenants]
        judge = ThingJudge(self.cloud, self.clock, self.facts, self.covered)
        queue = DeleteQueue(self.cloud, self.pools, self.journal, self.clock, judge)
        told: set[str] = set()
        try:
            for reclaim in self._go_round(reclaims, queue):
                if reclaim.tenant.id not in told:
                    told.add(reclaim.tenant.id)
                    yield Outcome.of(reclaim, self.clock.now())
            queue.finish()
        finally:
            queue.abandon()
        yield from (Outcome.of(reclaim, self.clock.now()) for reclaim in reclaims if reclaim.tenant.id not in told)

    def _go_round(self, reclaims: Sequence[TenantReclaim], queue: DeleteQueue) -> Iterator[TenantReclaim]:
        """Go on until each is over; gives those that are verified empty as soon as they are, and again."""
        pace, before = Pace(), self.clock.monotonic()
        while open_reclaims := [reclaim for reclaim in reclaims if not reclaim.over]:
            turn = self._whose_turn(open_reclaims, queue.in_line)
            if turn:
                gone = self._look(turn, open_reclaims)
                now = self.clock.monotonic()
                moved, queue.heard_yes = bool(gone) or queue.heard_yes, False
                pause = pace.after(turn, gone, now - before, moved=moved)
                for reclaim in turn:
                    reclaim.looked(pause)
                self._ask(turn, queue)
                before = now
            yield from (reclaim for reclaim in reclaims if reclaim.empty)
            self._wait(open_reclaims, queue)
            self._end_when_stopped(open_reclaims)

    def _whose_turn(self, reclaims: Sequence[TenantReclaim], in_line: Collection[str]) -> list[TenantReclaim]:
        """Return who is looked at now; who looks empty may wait for others, and comes with the next of them.

        To stand in line behind other tenants' calls is no standstill.
        """
        now, moment = self.clock.now(), self.clock.monotonic()
        soon = moment + SHORTEST  # one list serves them all
        due = [w for w in reclaims if w.waits or (w.timing.next_look <= soon and not w.before_a_look)]
        for reclaim in (one for one in reclaims if one.tenant.id in in_line):
            reclaim.timing.at(moment)
            reclaim.timing.moved()
        return [reclaim for reclaim in due if reclaim.turn(moment, reclaims, now)]

    def _begin(self, tenant: Tenant, longest: float) -> TenantReclaim:
        timing = Timing.beginning(self.clock.monotonic(), longest)
        return TenantReclaim.begin(tenant, self.journal.steps(tenant), self.clock.now(), timing)

    def _wait(self, reclaims: Sequence[TenantReclaim], queue: DeleteQueue) -> None:
        """Hear what is answered, and ask what it frees, until the next look at a tenant is due."""
        while reclaims := [reclaim for reclaim in reclaims if not reclaim.over]:
            due = [reclaim.timing.next_look for reclaim in reclaims if not reclaim.waits and not reclaim.before_a_look]
            left = min(due, default=self.clock.monotonic() + LISTENS) - self.clock.monotonic()
            if left <= 0:
                break
            if not queue.busy:
                self.clock.wait(left)
                break
            for reclaim in queue.hear(min(left, LISTENS)):
                reclaim.timing.look_at(self._sooner(reclaim))

    def _sooner(self, reclaim: TenantReclaim) -> float:
        """When to look after an answer: at once when nothing seems to be left, else when something may have gone."""
        moment = self.clock.monotonic()
        if reclaim.wary:
            return reclaim.timing.next_look
        if not reclaim.remaining:
            return moment
        return max(reclaim.timing.next_look, moment + SHORTEST) if reclaim.awaited else reclaim.timing.next_look

    def _end_when_stopped(self, reclaims: Sequence[TenantReclaim]) -> None:
        if self.clock.stopped:
            for reclaim in reclaims:
                reclaim.stop(STOPPING)

    def _look(self, reclaims: Sequence[TenantReclaim], everybody: Sequence[TenantReclaim]) -> int:
        """List what each tenant waits for, and at once what may have left with it; returns how much is gone."""
        every = {(kind.name, region) for kind in LISTED for region in self.cloud.regions}
        before = {reclaim.tenant.id: dict(reclaim.remaining) for reclaim in reclaims}
        listed = {reclaim.tenant.id: set[Place]() for reclaim in reclaims}
        wants = {reclaim.tenant.id: wanted(reclaim, every) for reclaim in reclaims}
        looking = list(reclaims)
        while looking:
            at = self.clock.now()
            seen = share_out(take(self.cloud, self.pools, _gather(looking, wants)))
            for reclaim in looking:
                listed[reclaim.tenant.id] |= wants[reclaim.tenant.id]
                mine = {place: seen(place, reclaim.tenant.project_id) for place in wants[reclaim.tenant.id]}
                reclaim.see(mine, at, everything=listed[reclaim.tenant.id] >= every)
            now = self.clock.now()
            looking = [reclaim for reclaim in looking if not reclaim.waits_for(everybody, now)]
            wants = {w.tenant.id: wanted_too(w, before[w.tenant.id], every) - listed[w.tenant.id] for w in looking}
            looking = [reclaim for reclaim in looking if wants[reclaim.tenant.id]]
        return sum(self._take_stock(reclaim, before[reclaim.tenant.id]) for reclaim in reclaims)

    def _take_stock(self, reclaim: TenantReclaim, before: Collection[Key]) -> int:
        """Journal what is new and what is gone; returns how much is."""
        if not reclaim.known:
            self._doubt(reclaim)
        reclaim.looked_at_whole()
        self._plan(reclaim)
        gone = [key for key in before if key in reclaim.gone]
        self._changed(reclaim, gone)
        return len(gone)

    def _ask(self, reclaims: Sequence[TenantReclaim], queue: DeleteQueue) -> None:
        """Ask what may be asked now."""
        left = [reclaim for reclaim in reclaims if reclaim.remaining and not reclaim.stopped]
        self.facts.look([reclaim.tenant for reclaim in left])
        queue.look_for_lent(left)
        going_on = [reclaim for reclaim in reclaims if self._may_go_on(reclaim) and reclaim.remaining]
        queue.force_reset(going_on)
        for reclaim in going_on:
            reclaim.forget_answers()
        queue.ask(going_on)

    def _doubt(self, reclaim: TenantReclaim) -> None:
        """Begin nothing on a list of servers that leaves out what the suspension remembers and Nova still knows."""
        try:
            servers = [resource for resource in reclaim.remaining.values() if resource.kind == "server"]
            # A list that failed is in doubt by itself, and holds up its own region only.
            listed = tuple(one for one in reclaim.tenant.memory if ("server", one.region) not in reclaim.doubts)
            tenant = replace(reclaim.tenant, memory=listed)
            if any((one.region, one.id) not in reclaim.own for one in listed):
                self.facts.look([tenant])
            doubt_missing(tenant, servers, self.cloud, self.pools, self.facts, self.clock)
        except (Temporary, Withheld) as doubt:
            reclaim.stop(str(doubt))

    def _plan(self, reclaim: TenantReclaim) -> None:
        """Write down what is seen for the first time before anything of it is asked to go."""
        fresh = [r for key, r in reclaim.remaining.items() if key not in reclaim.planned]
        if fresh:
            self.journal.plan(reclaim.tenant, fresh, self.clock.now())
            reclaim.written_down(fresh)

    def _changed(self, reclaim: TenantReclaim, gone: Collection[Key]) -> None:
        if gone:
            self.journal.gone(reclaim.tenant, gone, self.clock.now())
            reclaim.timing.moved()
        if self.progress is not None:
            self.progress(reclaim.tenant, len(reclaim.remaining), len(reclaim.gone))

    def _may_go_on(self, reclaim: TenantReclaim) -> bool:
        if reclaim.stopped:
            return False
        if self.clock.stopped:
            reclaim.stop(STOPPING)
        elif reclaim.remaining:
            answer = may(Step.RECLAIM, self.facts.of(reclaim.tenant), self.clock.now())
            if isinstance(answer, Refusal):
                reclaim.stop(str(answer))
        reclaim.give_up(self.patience)
        return not reclaim.over


def _gather(reclaims: Sequence[TenantReclaim], wants: dict[str, set[Place]]) -> dict[Place, list[str]]:
    """Turn what each tenant wants into one request per place for all who want it."""
    gathered: dict[Place, list[str]] = {}
    for reclaim in reclaims:
        for place in sorted(wants[reclaim.tenant.id]):
            gathered.setdefault(place, []).append(reclaim.tenant.project_id)
    return gathered
