"""What is asked of the services while a reclaim goes on: each answer lets the next call go, none waits for another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, zip_longest
from queue import Empty, SimpleQueue

from reaper.errors import InUse, ReaperError, Refused, Withheld
from reaper.execute.cascade import with_snapshots
from reaper.execute.judged import ThingJudge, is_fresh
from reaper.execute.lending import leave_lent, leave_what_others_need, maybe_lent, see_again
from reaper.execute.pools import Pools, Task
from reaper.execute.survey import Place, share_out, take
from reaper.execute.work import Work, shown_in
from reaper.judge import Step
from reaper.kinds import BY_NAME, Key
from reaper.model import Resource
from reaper.plan import Verb
from reaper.ports import Clock, Cloud, Journal

#: So many calls or more of one kind in a region are worth a list where the one that showed their things is too old;
#: fewer ask about each thing.
WORTH_A_LIST = 4


@dataclass(frozen=True)
class Question:
    """One call about one resource of one tenant."""

    work: Work
    verb: Verb
    resource: Resource

    @property
    def service(self) -> str:
        """The service that it is asked of."""
        return BY_NAME[self.resource.kind].service


@dataclass
class Asking:
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
    _next: dict[str, deque[Question]] = field(default_factory=dict)
    _under_way: dict[Future[ReaperError | None], Question] = field(default_factory=dict)
    _done: SimpleQueue[Future[ReaperError | None]] = field(default_factory=SimpleQueue)

    @property
    def busy(self) -> bool:
        """Whether any answer is still to come."""
        return bool(self._under_way)

    @property
    def in_line(self) -> set[str]:
        """The tenants, by id, of whom something is to be asked as soon as there is room."""
        return {question.work.tenant.id for question in chain.from_iterable(self._next.values())}

    def ask(self, works: Sequence[Work]) -> None:
        """Begin to ask all that may be asked now, of the tenants in turn."""
        self._line_up(works)
        self._explain([work for work in works if not work.under_way])
        self._send()

    def hear(self, seconds: float) -> list[Work]:
        """Take in what is answered within so many seconds, ask what it frees; returns whose answers came."""
        answered = self._answered(seconds)
        said: dict[str, tuple[Work, dict[Key, str]]] = {}
        freed: list[Work] = []
        for future in answered:
            question = self._under_way.pop(future)
            work, key = question.work, question.resource.key
            work.course.now = self.clock.monotonic()
            answer = future.result()
            if isinstance(answer, (Withheld, InUse)):
                self._left_alone(work, question.resource, answer)
                continue
            free = work.heard(question.verb, question.resource, answer)
            self.heard_yes |= answer is None
            if question.verb is Verb.DELETE:
                said.setdefault(work.tenant.id, (work, {}))[1][key] = work.answers.get(key, "")
            # What waits, waits for all of a kind.
            if free and not any(other[:2] == key[:2] for other in work.under_way):
                freed.append(work)
        for work, answers in said.values():
            self.journal.asked(work.tenant, answers, self.clock.now())
        self._line_up(_once(work for work in freed if not work.over))
        touched = [work for work, _ in said.values()]
        self._explain([work for work in touched if not work.under_way and not work.over])
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

    def force_reset(self, works: Collection[Work]) -> None:
        """Try the way out for what has been promised to go and does not; what was tried stands in the journal."""
        stuck = [(work, resource) for work in works for resource in work.stuck_ones()]
        tasks: list[Task[str]] = [Task(BY_NAME[r.kind].service, partial(self._force, w, r)) for w, r in stuck]
        answers = self.pools.run(tasks)
        for (work, resource), answer in zip(stuck, answers, strict=True):
            work.reset.add(resource.key)
            if isinstance(answer, (Withheld, InUse)):
                self._left_alone(work, resource, answer)
                continue
            if not isinstance(answer, Refused):
                self.journal.asked(work.tenant, {resource.key: f"the way out was tried: {answer}"}, self.clock.now())

    def _force(self, work: Work, resource: Resource) -> str:
        permit = self.judge.permit(Step.FORCE, work.tenant, resource, work.seen(resource), work.own)
        return self.cloud.force_reset(resource, permit)

    def _left_alone(self, work: Work, resource: Resource, answer: Withheld | InUse) -> None:
        """Take in that the judge said no: to this thing, or to everything of the tenant."""
        work.under_way.discard(resource.key)
        if isinstance(answer, Withheld):
            work.stopped = work.stopped or str(answer)
        elif resource.key in work.remaining:
            leave_lent(work, resource, str(answer))
            self.journal.left(work.tenant, {resource.key: f"left alone: {answer}"})

    def look_for_lent(self, works: Sequence[Work]) -> None:
        """Ask about what is plugged into something that is not the tenant's own, before anything is asked to go."""
        asked = [(work, one) for work in works for one in maybe_lent(work)]
        tasks: list[Task[str | None]] = [
            Task(BY_NAME[one.kind].service, partial(self.cloud.lent_to, one)) for _, one in asked
        ]
        answers = self.pools.run(tasks)
        for (work, one), answer in zip(asked, answers, strict=True):
            if isinstance(answer, str) and one.key in work.remaining:
                self._left_alone(work, one, InUse(answer))

    def _line_up(self, works: Sequence[Work]) -> None:
        """Put what may be asked at the end of its service's line, one of each tenant after the other."""
        each = [[Question(w, c.verb, c.resource) for c in w.calls() if c.resource is not None] for w in works]
        fresh = [question for question in chain.from_iterable(zip_longest(*each)) if question is not None]
        deletes = ((one.resource, one.work.remaining) for one in fresh if one.verb is Verb.DELETE)
        volumes = with_snapshots(self.cloud, self.pools, deletes)
        for one in fresh:
            one.work.under_way.add(one.resource.key)
            resource = volumes.get(one.resource.key, one.resource)
            self._next.setdefault(one.service, deque()).append(Question(one.work, one.verb, resource))

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
            if question.work.over:
                question.work.under_way.discard(question.resource.key)
                continue
            busy[service] += 1
            future = self.pools.start(self._task(question))
            self._under_way[future] = question
            future.add_done_callback(self._done.put)

    def _look_again(self) -> None:
        """Read the facts about tenants in line once more where they are old, and list what many calls rely on."""
        waiting = _once(question.work for question in chain.from_iterable(self._next.values()))
        if not waiting:
            return
        now = self.clock.now()
        self.judge.facts.refresh([work.tenant for work in waiting if not self.judge.serves(work.tenant, now)])
        old: dict[Place, list[Work]] = {}
        for question in chain.from_iterable(self._next.values()):
            if not is_fresh(question.work.seen(question.resource), now):
                old.setdefault(shown_in(question.resource.key), []).append(question.work)
        wanted = {place: _once(works) for place, works in old.items() if len(works) >= WORTH_A_LIST}
        if not wanted:
            return
        ids = {place: [work.tenant.project_id for work in works] for place, works in wanted.items()}
        seen = share_out(take(self.cloud, self.pools, ids))
        for place, works in wanted.items():
            for work in works:
                self._dropped(work, see_again(work, place, seen(place, work.tenant.project_id), now))

    def _dropped(self, work: Work, gone: Collection[Key]) -> None:
        """Take what is not the tenant's any more out of the line."""
        for service, line in self._next.items():
            self._next[service] = deque(q for q in line if q.work is not work or q.resource.key not in gone)
        work.under_way -= set(gone)

    def _drop(self) -> None:
        for question in chain.from_iterable(self._next.values()):
            question.work.under_way.discard(question.resource.key)
        self._next.clear()

    def _answered(self, seconds: float) -> list[Future[ReaperError | None]]:
        answered = []
        try:
            answered.append(self._done.get(timeout=seconds))
            while True:
                answered.append(self._done.get_nowait())
        except Empty:
            return answered

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
            leave_what_others_need(work)

    def _task(self, question: Question) -> Task[None]:
        clears = question.verb is Verb.CLEAR_ROUTES
        step, ask = (Step.CLEAR_ROUTES, self.cloud.clear_routes) if clears else (Step.DELETE, self.cloud.delete)
        work, resource = question.work, question.resource
        seen_at = work.seen(resource)

        def judged() -> None:
            permit = self.judge.permit(step, work.tenant, resource, seen_at, work.own)
            ask(resource, permit)

        return Task(question.service, judged)


def _once(works: Iterable[Work]) -> list[Work]:
    return list({work.tenant.id: work for work in works}.values())
