"""What is asked of the services while a reclaim goes on: each answer lets the next call go, none waits for another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain, zip_longest
from queue import Empty, SimpleQueue

from reaper.errors import InUse, ReaperError, Refused, Withheld
from reaper.execute.judgement import ThingJudge, is_fresh, with_snapshots, without_what_was_seen
from reaper.execute.left_alone import leave_lent, leave_what_others_need, maybe_lent
from reaper.execute.listing_pass import Place, share_out, shown_in, take
from reaper.execute.pools import Pools, Task
from reaper.execute.tenant_reclaim import TenantReclaim
from reaper.judge import Step
from reaper.kinds import BY_NAME, Key, may_be_stuck
from reaper.model import Resource
from reaper.plan import Verb
from reaper.ports import Clock, Cloud, Journal

#: So many calls or more of one kind in a region are worth a list where the one that showed their things is too old;
#: fewer ask about each thing.
WORTH_A_LIST = 4


@dataclass(frozen=True)
class QueuedCall:
    """One call about one resource of one tenant."""

    reclaim: TenantReclaim
    verb: Verb
    resource: Resource
    at: datetime  # when it was put in line, and what hangs on it was looked at

    @property
    def service(self) -> str:
        """The service that it is asked of."""
        return BY_NAME[self.resource.kind].service


@dataclass
class DeleteQueue:
    """The calls under way and those that are next; everything of a tenant's is decided in the thread that uses this.

    Not more are under way than there are threads, so that a look at what is left never waits behind a long queue of
    deletes, and of each service not more than it bears.
    """

    cloud: Cloud
    pools: Pools
    journal: Journal
    clock: Clock
    judge: ThingJudge
    heard_yes: bool = False  # whether a service has said yes to anything since this was last set to False
    _next: dict[str, deque[QueuedCall]] = field(default_factory=dict)
    _under_way: dict[Future[ReaperError | None], QueuedCall] = field(default_factory=dict)
    _done: SimpleQueue[Future[ReaperError | None]] = field(default_factory=SimpleQueue)

    @property
    def busy(self) -> bool:
        """Whether any answer is still to come."""
        return bool(self._under_way)

    @property
    def in_line(self) -> set[str]:
        """The tenants, by id, of whom something is to be asked as soon as there is room."""
        return {question.reclaim.tenant.id for question in chain.from_iterable(self._next.values())}

    def ask(self, reclaims: Sequence[TenantReclaim]) -> None:
        """Begin to ask all that may be asked now, of the tenants in turn."""
        self._line_up(reclaims)
        self._explain([reclaim for reclaim in reclaims if not reclaim.under_way])
        self._send()

    def hear(self, seconds: float) -> list[TenantReclaim]:
        """Take in what is answered within so many seconds, ask what it frees; returns whose answers came."""
        answered = self._answered(seconds)
        said: dict[str, tuple[TenantReclaim, dict[Key, str]]] = {}
        freed: list[TenantReclaim] = []
        for future in answered:
            question = self._under_way.pop(future)
            reclaim, key = question.reclaim, question.resource.key
            reclaim.timing.at(self.clock.monotonic())
            answer = future.result()
            if isinstance(answer, (Withheld, InUse)):
                self._left_alone(reclaim, question.resource, answer)
                continue
            free = reclaim.heard(question.verb, question.resource, answer)
            self.heard_yes |= answer is None
            if question.verb is Verb.DELETE:
                said.setdefault(reclaim.tenant.id, (reclaim, {}))[1][key] = reclaim.answers.get(key, "")
            # What waits, waits for all of a kind.
            if free and not any(other[:2] == key[:2] for other in reclaim.under_way):
                freed.append(reclaim)
        for reclaim, answers in said.values():
            self.journal.asked(reclaim.tenant, answers, self.clock.now())
        self._line_up(_once(reclaim for reclaim in freed if not reclaim.over))
        touched = [reclaim for reclaim, _ in said.values()]
        self._explain([reclaim for reclaim in touched if not reclaim.under_way and not reclaim.over])
        self._send()
        return touched

    def finish(self) -> None:
        """Ask nothing more, and take in what is still to come."""
        self._drop()
        while self._under_way:
            self.hear(1.0)

    def abandon(self) -> None:
        """Ask nothing more and wait until nothing is under way, whatever the answers are."""
        self._drop()
        wait(self._under_way)

    def force_reset(self, reclaims: Collection[TenantReclaim]) -> None:
        """Try the way out for what has been promised to go and does not; what was tried stands in the journal."""
        stuck = [(reclaim, resource) for reclaim in reclaims for resource in _stuck_ones(reclaim)]
        tasks: list[Task[str]] = [Task(BY_NAME[r.kind].service, partial(self._force, w, r)) for w, r in stuck]
        answers = self.pools.run(tasks)
        for (reclaim, resource), answer in zip(stuck, answers, strict=True):
            reclaim.reset_tried(resource.key)
            if isinstance(answer, (Withheld, InUse)):
                self._left_alone(reclaim, resource, answer)
                continue
            if not isinstance(answer, Refused):
                self.journal.asked(reclaim.tenant, {resource.key: f"the way out was tried: {answer}"}, self.clock.now())

    def _force(self, reclaim: TenantReclaim, resource: Resource) -> str:
        permit = self.judge.permit(Step.FORCE, reclaim.tenant, resource, reclaim.seen(resource), reclaim.own)
        return self.cloud.force_reset(resource, permit)

    def _left_alone(self, reclaim: TenantReclaim, resource: Resource, answer: Withheld | InUse) -> None:
        """Take in that the judge said no: to this thing, or to everything of the tenant."""
        reclaim.out_of_line(resource.key)
        if isinstance(answer, Withheld):
            reclaim.stop(str(answer))
        elif resource.key in reclaim.remaining:
            leave_lent(reclaim, resource, str(answer))
            self.journal.left(reclaim.tenant, {resource.key: f"left alone: {answer}"})

    def look_for_lent(self, reclaims: Sequence[TenantReclaim]) -> None:
        """Ask about what is plugged into something that is not the tenant's own, before anything is asked to go."""
        asked = [(reclaim, one) for reclaim in reclaims for one in maybe_lent(reclaim)]
        tasks: list[Task[str | None]] = [
            Task(BY_NAME[one.kind].service, partial(self.cloud.lent_to, one)) for _, one in asked
        ]
        answers = self.pools.run(tasks)
        for (reclaim, one), answer in zip(asked, answers, strict=True):
            if isinstance(answer, str) and one.key in reclaim.remaining:
                self._left_alone(reclaim, one, InUse(answer))

    def _line_up(self, reclaims: Sequence[TenantReclaim]) -> None:
        """Put what may be asked at the end of its service's line, one of each tenant after the other."""
        now = self.clock.now()
        each = [[QueuedCall(w, c.verb, c.resource, now) for c in w.calls() if c.resource is not None] for w in reclaims]
        fresh = [question for question in chain.from_iterable(zip_longest(*each)) if question is not None]
        deletes = ((one.resource, one.reclaim.remaining) for one in fresh if one.verb is Verb.DELETE)
        volumes = with_snapshots(self.cloud, self.pools, deletes)
        for one in fresh:
            one.reclaim.lined_up(one.resource.key)
            resource = volumes.get(one.resource.key, one.resource)
            self._next.setdefault(one.service, deque()).append(replace(one, resource=resource))

    def _send(self) -> None:
        """Send as many as there is room for; the service with the fewest under way comes first."""
        if self.clock.stopped:
            self._drop()
        self._look_again()
        busy = Counter(question.service for question in self._under_way.values())
        while len(self._under_way) < self.pools.workers:
            open_lines = [one for one, line in self._next.items() if line and busy[one] < self.pools.limit(one)]
            if not open_lines:
                return
            service = min(open_lines, key=busy.__getitem__)
            question = self._next[service].popleft()
            if question.reclaim.over:
                question.reclaim.out_of_line(question.resource.key)
                continue
            busy[service] += 1
            future = self.pools.start(self._task(question))
            self._under_way[future] = question
            future.add_done_callback(self._done.put)

    def _look_again(self) -> None:
        """Read the facts about tenants in line once more where they are old, and list what many calls rely on."""
        waiting = _once(question.reclaim for question in chain.from_iterable(self._next.values()))
        if not waiting:
            return
        now = self.clock.now()
        self.judge.facts.refresh([reclaim.tenant for reclaim in waiting if not self.judge.serves(reclaim.tenant, now)])
        old: dict[Place, list[TenantReclaim]] = {}
        for question in chain.from_iterable(self._next.values()):
            if not is_fresh(question.reclaim.seen(question.resource), now):
                old.setdefault(shown_in(question.resource.key), []).append(question.reclaim)
        wanted = {place: _once(reclaims) for place, reclaims in old.items() if len(reclaims) >= WORTH_A_LIST}
        if not wanted:
            return
        ids = {place: [reclaim.tenant.project_id for reclaim in reclaims] for place, reclaims in wanted.items()}
        seen = share_out(take(self.cloud, self.pools, ids))
        for place, reclaims in wanted.items():
            for reclaim in reclaims:
                listing = seen(place, reclaim.tenant.project_id)
                if listing.complete:
                    mine = {one.key: one for one in listing.resources if one.project_id == reclaim.tenant.project_id}
                    self._dropped(reclaim, reclaim.seen_again(place, mine, now))

    def _dropped(self, reclaim: TenantReclaim, gone: Collection[Key]) -> None:
        """Take what is not the tenant's any more out of the line."""
        for service, line in self._next.items():
            self._next[service] = deque(q for q in line if q.reclaim is not reclaim or q.resource.key not in gone)
        reclaim.out_of_line(*gone)

    def _drop(self) -> None:
        for question in chain.from_iterable(self._next.values()):
            question.reclaim.out_of_line(question.resource.key)
        self._next.clear()

    def _answered(self, seconds: float) -> list[Future[ReaperError | None]]:
        answered = []
        try:
            answered.append(self._done.get(timeout=seconds))
            while True:
                answered.append(self._done.get_nowait())
        except Empty:
            return answered

    def _explain(self, reclaims: Sequence[TenantReclaim]) -> None:
        """Look into refusals: what is held by somebody else is a finding for a person, not something to wait for."""
        refused = [(reclaim, key, said) for reclaim in reclaims for key, said in reclaim.to_be_explained().items()]
        tasks: list[Task[str | None]] = [
            Task(BY_NAME[key[1]].service, partial(self.cloud.explain, reclaim.remaining[key]))
            for reclaim, key, said in refused
        ]
        answers = self.pools.run(tasks)
        for (reclaim, key, said), answer in zip(refused, answers, strict=True):
            if isinstance(answer, str):
                reclaim.excuse(reclaim.remaining[key], answer)
                self.journal.asked(reclaim.tenant, {key: f"left alone: {answer}"}, self.clock.now())
            elif answer is None:
                reclaim.looked_into(key, said)
        for reclaim in reclaims:
            leave_what_others_need(reclaim)

    def _task(self, question: QueuedCall) -> Task[None]:
        clears = question.verb is Verb.CLEAR_ROUTES
        step, ask = (Step.CLEAR_ROUTES, self.cloud.clear_routes) if clears else (Step.DELETE, self.cloud.delete)
        reclaim, resource = question.reclaim, question.resource
        seen_at = reclaim.seen(resource)

        def judged() -> None:
            permit = self.judge.permit(step, reclaim.tenant, resource, seen_at, reclaim.own)
            fresh = is_fresh(question.at, self.clock.now())
            ask(resource if fresh else without_what_was_seen(resource), permit)

        return Task(question.service, judged)


def _once(reclaims: Iterable[TenantReclaim]) -> list[TenantReclaim]:
    return list({reclaim.tenant.id: reclaim for reclaim in reclaims}.values())


def _stuck_ones(reclaim: TenantReclaim) -> list[Resource]:
    """Return what was asked to go and is still there long after, promised or refused: each once in a run."""
    if not reclaim.timing.stands_still:
        return []
    return [
        resource
        for key, resource in reclaim.remaining.items()
        if key not in reclaim.reset and key not in reclaim.unheard and _may_be_stuck(reclaim, resource)
    ]


def _may_be_stuck(reclaim: TenantReclaim, resource: Resource) -> bool:
    said = reclaim.answers.get(resource.key)
    if said is None or resource.key in reclaim.under_way:
        return False
    return may_be_stuck(resource.kind) if said else not BY_NAME[resource.kind].at_once
