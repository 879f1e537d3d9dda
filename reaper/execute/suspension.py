"""Carrying out a suspension or a restoration, and looking until it is true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import Gone, Permanent, ReaperError, Temporary, Withheld
from reaper.execute.judgement import Facts, allowed, of_thing
from reaper.execute.listing_pass import survey
from reaper.execute.pools import Pools, Task
from reaper.judge import Evidence, Permit, Refusal, Step, may
from reaper.lifecycle import Decision, Restore, Suspend
from reaper.model import Resource, StoppedServer, Tenant
from reaper.plan import BRING_TO_REST, LET_RUN, Call, Plan, Verb, draw_up
from reaper.ports import Clock, Cloud

#: Keeps what was learned about the servers in the ledger.
Remember = Callable[[Tenant, tuple[StoppedServer, ...]], Tenant]
#: How long one pass looks whether servers have stopped or started; what takes longer is looked at by the next one.
PATIENCE, PAUSE = 60.0, 1.0


@dataclass(frozen=True)
class Carried:
    """How it went: `done` only when a fresh look found nothing left to do.

    `tenant` is the one this work knows of: if somebody has changed it since, its version no longer fits the ledger's.
    """

    done: bool
    tenant: Tenant
    plan: Plan
    errors: tuple[str, ...] = ()
    temporary: bool = False  # the cloud does not answer as it should: not the tenant's fault
    stopped: str | None = None  # it is not to go on: why
    running: tuple[Resource, ...] = ()  # servers that this look did not find standing still


def servers_of(cloud: Cloud, pools: Pools, tenant: Tenant) -> list[Resource]:
    """List a tenant's servers in all regions.

    Raises:
        Temporary: a region's list could not be read to its end; acting on half of it would forget the rest.
    """
    seen = survey(cloud, pools, [tenant.project_id], ["server"])
    if seen.doubts:
        raise Temporary("; ".join(seen.doubts))
    return seen.owned_by(tenant.project_id)


def carry_out(
    decision: Suspend | Restore,
    tenant: Tenant,
    cloud: Cloud,
    pools: Pools,
    clock: Clock,
    remember: Remember,
    facts: Facts,
) -> Carried:
    """Ask what the plan says and look again, until the plan is empty or patience ends.

    The project is closed before the first look and opened last, so that its users cannot interfere in between.
    `remember` is called with what a look found before anything is asked because of it, and returns the tenant that
    knows it. The judge is asked before every look, every wave and every call, from `facts`: a pause, a hold or a
    renewal ends the work there.
    """
    asking = _Asking(decision, cloud, pools, clock, facts)
    waited = 0.0
    errors: list[ReaperError] = []
    while True:
        try:
            asking.go_on(tenant)
            if isinstance(decision, Suspend):
                asking.close(tenant)
            seen_at, servers = clock.now(), servers_of(cloud, pools, tenant)
            restoring = isinstance(decision, Restore)
            doubt_missing(tenant, servers, cloud, pools, facts, clock, restoring=restoring)
            plan = draw_up(decision, tenant, servers)
            if plan.memory != tenant.memory:
                tenant = remember(tenant, plan.memory)
                plan = replace(plan, tenant=tenant)
            errors = asking.ask(plan, seen_at)
        except Withheld as no:
            return Carried(done=False, tenant=tenant, plan=Plan(tenant), stopped=str(no))
        except (Temporary, Permanent) as error:
            temporary = isinstance(error, Temporary)
            return Carried(done=False, tenant=tenant, plan=Plan(tenant), errors=(str(error),), temporary=temporary)
        if not errors and _settled(plan, decision):
            return Carried(done=True, tenant=tenant, plan=plan)
        if clock.stopped:
            return _stopping(tenant, plan)
        lasting = [e for e in errors if isinstance(e, Permanent)]
        if lasting or waited >= PATIENCE:
            if isinstance(decision, Restore):
                errors += asking.let_in(plan)
            return _given_up(decision, tenant, plan, errors)
        clock.wait(PAUSE)
        waited += PAUSE


def _stopping(tenant: Tenant, plan: Plan) -> Carried:
    text = "Reaper is stopping; the next pass goes on"
    return Carried(done=False, tenant=tenant, plan=plan, errors=(text,), temporary=True)


def _given_up(decision: Decision, tenant: Tenant, plan: Plan, errors: Sequence[ReaperError]) -> Carried:
    texts = tuple(str(error) for error in errors) or (_unsettled(plan, decision),)
    temporary = {type(error) for error in errors} == {Temporary}
    running = tuple(call.resource for call in plan.calls if call.verb in BRING_TO_REST and call.resource is not None)
    return Carried(
        done=False, tenant=tenant, plan=plan, errors=texts, temporary=temporary, running=(*running, *plan.busy)
    )


def doubt_missing(
    tenant: Tenant,
    servers: Sequence[Resource],
    cloud: Cloud,
    pools: Pools,
    facts: Facts,
    clock: Clock,
    *,
    restoring: bool = False,
) -> None:
    """Ask after remembered servers that a list does not show: a list that is wrongly empty must not be believed.

    The question is the lock that the server has by us, or its removal, once more: Nova does not mind, and it answers
    404 only when there is no such server.

    Raises:
        Temporary: one of them is there all the same, or nobody can tell.
        Withheld: the tenant is not to be touched any more.
    """
    listed = {(server.region, server.id) for server in servers}
    questions = [
        Call(
            Verb.UNLOCK if restoring and not known.was_locked else Verb.LOCK,
            Resource("server", known.region, known.id, known.name, tenant.project_id),
        )
        for known in tenant.memory
        if (known.region, known.id) not in listed
    ]
    evidence = facts.of(tenant)
    answers = pools.run([_task(q, cloud, clock, evidence, Step.LOCK_AGAIN) for q in questions])
    for answer in answers:
        if isinstance(answer, Withheld):
            raise answer
    there = [str(q.resource) for q, answer in zip(questions, answers, strict=True) if not isinstance(answer, Gone)]
    if there:
        raise Temporary(f"the list of servers does not show {', '.join(there)}, which cannot be told to be gone")


@dataclass(frozen=True)
class _Asking:
    """What is asked for one suspension or restoration, each call with the judge's word for it."""

    decision: Suspend | Restore
    cloud: Cloud
    pools: Pools
    clock: Clock
    facts: Facts

    def go_on(self, tenant: Tenant) -> None:
        """Raise Withheld unless the work may go on, seen afresh."""
        self.facts.refresh([tenant])
        step = Step.RESTORE if isinstance(self.decision, Restore) else Step.CLOSE_PROJECT
        allowed(step, self.facts, tenant, self.clock.now())

    def close(self, tenant: Tenant) -> None:
        """Close the project; what its users made until then is seen by the look that follows."""
        for error in self._wave(Plan(tenant), [Call(Verb.CLOSE)], None):
            raise error

    def ask(self, plan: Plan, seen_at: datetime) -> list[ReaperError]:
        """Ask in waves: what one wave asks is answered before the next begins."""
        errors: list[ReaperError] = []
        suspends = isinstance(self.decision, Suspend)
        waves: tuple[frozenset[Verb], ...] = (frozenset({Verb.LOCK}), BRING_TO_REST)
        for verbs in waves if suspends else (LET_RUN, frozenset({Verb.UNLOCK})):
            calls = [call for call in plan.calls if call.verb in verbs]
            if calls:
                self.go_on(plan.tenant)
            errors += self._wave(plan, calls, seen_at)
            if errors and not suspends:  # one server that cannot be stopped must not let the others run
                return errors
        if isinstance(self.decision, Restore) and _settled(plan, self.decision):
            self.go_on(plan.tenant)
            errors += self._wave(plan, [Call(Verb.OPEN)], None)
        return errors

    def let_in(self, plan: Plan) -> list[ReaperError]:
        """Open the project all the same when a server will not start: its people have a valid lease and can look."""
        self.facts.refresh([plan.tenant])
        unlocks = [call for call in plan.calls if call.verb is Verb.UNLOCK]
        return [*self._wave(plan, unlocks, None), *self._wave(plan, [Call(Verb.OPEN)], None)]

    def _wave(self, plan: Plan, calls: Sequence[Call], seen_at: datetime | None) -> list[ReaperError]:
        evidence = self.facts.of(plan.tenant)
        tasks = [_task(call, self.cloud, self.clock, evidence, seen_at=seen_at) for call in calls]
        answers = self.pools.run(tasks)
        for answer in answers:
            if isinstance(answer, Withheld):
                raise answer
        return [a for a in answers if isinstance(a, ReaperError) and not isinstance(a, Gone)]


def _task(
    call: Call,
    cloud: Cloud,
    clock: Clock,
    evidence: Evidence,
    lock: Step = Step.LOCK,
    seen_at: datetime | None = None,
) -> Task[None]:
    """Make the request of a call, which asks the judge in the moment in which it is sent."""
    project_id, server = evidence.tenant.project_id, call.resource

    def permit(step: Step) -> Permit:
        known = evidence
        if server is not None:
            unseen = step is Step.LOCK_AGAIN  # there is no listing that shows it
            known = evidence.of(server, None) if unseen else of_thing(cloud, evidence, server, seen_at, clock.now())
        answer = may(step, known, clock.now())
        if isinstance(answer, Refusal):
            raise Temporary(str(answer)) if answer.doubtful else Withheld(str(answer))
        return answer

    if server is None and call.verb is Verb.CLOSE:
        return Task("identity", lambda: cloud.close_project(permit(Step.CLOSE_PROJECT)))
    if server is None:
        return Task("identity", lambda: cloud.open_project(permit(Step.RESTORE)))
    if call.verb is Verb.LOCK:
        return Task("compute", lambda: cloud.lock(server, permit(lock)))
    if call.verb in BRING_TO_REST:
        take = {Verb.STOP: cloud.stop, Verb.UNRESCUE: cloud.unrescue, Verb.CONFIRM_RESIZE: cloud.confirm_resize}
        return Task("compute", lambda: take[call.verb](server, permit(Step.STOP)))
    give = {Verb.UNLOCK: cloud.unlock, Verb.START: cloud.start, Verb.RESCUE: cloud.rescue}
    return Task("compute", lambda: give[call.verb](server, project_id))


def _settled(plan: Plan, decision: Decision) -> bool:
    """Whether the look that made this plan already found every server as it should be.

    A server that is still busy with something (Nova's task_state) is not settled: it may yet start, or yet stop.
    """
    return not plan.busy and not any(call.verb in _waited_for(decision) for call in plan.calls)


def _waited_for(decision: Decision) -> frozenset[Verb]:
    return BRING_TO_REST | {Verb.LOCK} if isinstance(decision, Suspend) else LET_RUN | {Verb.UNLOCK}


def _unsettled(plan: Plan, decision: Decision) -> str:
    """Name what has not come to rest."""
    asked = [str(call.resource) for call in plan.calls if call.verb in _waited_for(decision)]
    names = asked or [str(resource) for resource in plan.busy]
    return f"not settled after {PATIENCE:.0f} s: {', '.join(names)}"
