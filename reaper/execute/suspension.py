"""Carrying out a suspension or a restoration, and looking until it is true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reaper.errors import Gone, Permanent, ReaperError, Temporary
from reaper.execute.pools import Pools, Task
from reaper.execute.survey import survey
from reaper.lifecycle import Decision, Restore, Suspend
from reaper.model import Resource, StoppedServer, Tenant
from reaper.plan import Call, Plan, Verb, draw_up
from reaper.ports import Clock, Cloud

#: Keeps what was learned about the servers in the ledger.
Remember = Callable[[Tenant, tuple[StoppedServer, ...]], Tenant]
#: Asked before each step for one tenant: a reason to stop, or None.
Permit = Callable[[Tenant], str | None]
#: How long one pass looks whether servers have stopped or started; what takes longer is looked at by the next one.
PATIENCE, PAUSE = 60.0, 1.0


class Forbidden(Exception):  # noqa: N818 - no error: asked again, the answer was no
    """The permit was taken back; why."""


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
    stopped: str | None = None  # the permit was taken back: why


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
    permit: Permit,
) -> Carried:
    """Ask what the plan says and look again, until the plan is empty or patience ends.

    The project is closed before the first look and opened last, so that its users cannot interfere in between.
    `remember` is called with what a look found before anything is asked because of it, and returns the tenant that
    knows it. `permit` is asked before every look and every wave: a pause, a hold or a renewal ends the work there.
    """
    waited = 0.0
    errors: list[ReaperError] = []
    while True:
        try:
            _allowed(permit, tenant)
            if isinstance(decision, Suspend):
                _close(tenant, cloud, pools)
            servers = servers_of(cloud, pools, tenant)
            doubt_missing(tenant, servers, cloud, pools, restoring=isinstance(decision, Restore))
            plan = draw_up(decision, tenant, servers)
            if plan.memory != tenant.memory:
                tenant = remember(tenant, plan.memory)
                plan = replace(plan, tenant=tenant)
            errors = _ask(plan, decision, cloud, pools, permit)
        except Forbidden as no:
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
                errors += _let_in(plan, cloud, pools)
            return _given_up(decision, tenant, plan, errors)
        clock.wait(PAUSE)
        waited += PAUSE


def _stopping(tenant: Tenant, plan: Plan) -> Carried:
    text = "Reaper is stopping; the next pass goes on"
    return Carried(done=False, tenant=tenant, plan=plan, errors=(text,), temporary=True)


def _given_up(decision: Decision, tenant: Tenant, plan: Plan, errors: Sequence[ReaperError]) -> Carried:
    texts = tuple(str(error) for error in errors) or (_unsettled(plan, decision),)
    temporary = {type(error) for error in errors} == {Temporary}
    return Carried(done=False, tenant=tenant, plan=plan, errors=texts, temporary=temporary)


def _close(tenant: Tenant, cloud: Cloud, pools: Pools) -> None:
    """Close the project; what its users made until then is seen by the look that follows."""
    for error in _wave(Plan(tenant), [Call(Verb.CLOSE)], cloud, pools):
        raise error


def doubt_missing(
    tenant: Tenant, servers: Sequence[Resource], cloud: Cloud, pools: Pools, *, restoring: bool = False
) -> None:
    """Ask after remembered servers that a list does not show: a list that is wrongly empty must not be believed.

    The question is the lock that the server has by us, or its removal, once more: Nova does not mind, and it answers
    404 only when there is no such server.

    Raises:
        Temporary: one of them is there all the same, or nobody can tell.
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
    answers = pools.run([_task(question, tenant, cloud) for question in questions])
    there = [str(q.resource) for q, answer in zip(questions, answers, strict=True) if not isinstance(answer, Gone)]
    if there:
        raise Temporary(f"the list of servers does not show {', '.join(there)}, which cannot be told to be gone")


def _allowed(permit: Permit, tenant: Tenant) -> None:
    why = permit(tenant)
    if why is not None:
        raise Forbidden(why)


def _ask(plan: Plan, decision: Decision, cloud: Cloud, pools: Pools, permit: Permit) -> list[ReaperError]:
    """Ask in waves: what one wave asks is answered before the next begins."""
    errors: list[ReaperError] = []
    for verb in (Verb.LOCK, Verb.STOP, Verb.START, Verb.UNLOCK):
        calls = [call for call in plan.calls if call.verb is verb]
        if calls:
            _allowed(permit, plan.tenant)
        errors += _wave(plan, calls, cloud, pools)
        if errors:
            return errors
    if isinstance(decision, Restore) and _settled(plan, decision):
        errors += _wave(plan, [Call(Verb.OPEN)], cloud, pools)
    return errors


def _let_in(plan: Plan, cloud: Cloud, pools: Pools) -> list[ReaperError]:
    """Open the project all the same when a server will not start: its people have a valid lease and can look."""
    unlocks = [call for call in plan.calls if call.verb is Verb.UNLOCK]
    return [*_wave(plan, unlocks, cloud, pools), *_wave(plan, [Call(Verb.OPEN)], cloud, pools)]


def _wave(plan: Plan, calls: Sequence[Call], cloud: Cloud, pools: Pools) -> list[ReaperError]:
    tasks = [_task(call, plan.tenant, cloud) for call in calls]
    return [a for a in pools.run(tasks) if isinstance(a, ReaperError) and not isinstance(a, Gone)]


def _task(call: Call, tenant: Tenant, cloud: Cloud) -> Task[None]:
    project_id, server = tenant.project_id, call.resource
    if server is None:
        switch = cloud.close_project if call.verb is Verb.CLOSE else cloud.open_project
        return Task("identity", lambda: switch(project_id))
    ask = {Verb.LOCK: cloud.lock, Verb.UNLOCK: cloud.unlock, Verb.STOP: cloud.stop, Verb.START: cloud.start}[call.verb]
    return Task("compute", lambda: ask(server, project_id))


def _settled(plan: Plan, decision: Decision) -> bool:
    """Whether the look that made this plan already found every server as it should be.

    A server that is still busy with something (Nova's task_state) is not settled: it may yet start, or yet stop.
    """
    verbs = (Verb.LOCK, Verb.STOP) if isinstance(decision, Suspend) else (Verb.START, Verb.UNLOCK)
    return not plan.busy and not any(call.verb in verbs for call in plan.calls)


def _unsettled(plan: Plan, decision: Decision) -> str:
    """Name what has not come to rest."""
    verbs = (Verb.LOCK, Verb.STOP) if isinstance(decision, Suspend) else (Verb.START, Verb.UNLOCK)
    names = [str(call.resource) for call in plan.calls if call.verb in verbs] or [str(r) for r in plan.busy]
    return f"not settled after {PATIENCE:.0f} s: {', '.join(names)}"
