"""From a decision and what a tenant owns to the calls that carry it out: pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from reaper.kinds import BY_NAME, Key, leaves_surely, parent_of, stands_on
from reaper.lifecycle import Decision, Reclaim, Restore, Suspend
from reaper.model import Resource, StoppedServer, Tenant
from reaper.server_states import Rest, is_going, rest_of


class Verb(StrEnum):
    """What can be asked of a cloud."""

    CLOSE = "close"
    OPEN = "open"
    LOCK = "lock"
    UNLOCK = "unlock"
    STOP = "stop"
    UNRESCUE = "end the rescue of"
    CONFIRM_RESIZE = "confirm the resize of"
    START = "start"
    RESCUE = "rescue"
    CLEAR_ROUTES = "clear routes of"
    DELETE = "delete"


@dataclass(frozen=True)
class Call:
    """One request. The project itself is meant where `resource` is None."""

    verb: Verb
    resource: Resource | None = None

    def __str__(self) -> str:
        """Render as a person would say it."""
        return f"{self.verb} {self.resource or 'the project'}"


@dataclass(frozen=True)
class Finding:
    """Something of the tenant's that is left alone, and why: a person may decide otherwise."""

    resource: Resource
    why: str

    def __str__(self) -> str:
        """Render as a person would say it."""
        return f"{self.resource}: {self.why}"


@dataclass(frozen=True)
class Sorted:
    """A tenant's resources: those that may go, those its policy keeps, and those that are left alone for a reason."""

    mine: Mapping[Key, Resource]
    kept: tuple[Resource, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Plan:
    """What is to be asked for one tenant, in an order that would do, with what stays."""

    tenant: Tenant
    calls: tuple[Call, ...] = ()
    kept: tuple[Resource, ...] = ()
    findings: tuple[Finding, ...] = ()
    memory: tuple[StoppedServer, ...] = ()
    busy: tuple[Resource, ...] = ()  # servers in the middle of something: to be looked at again


def draw_up(decision: Decision, tenant: Tenant, resources: Iterable[Resource]) -> Plan:
    """Make the plan for a decision. Decisions that ask nothing of the cloud give an empty one."""
    if isinstance(decision, Suspend):
        return suspension(tenant, resources)
    if isinstance(decision, Restore):
        return restoration(tenant, resources)
    if isinstance(decision, Reclaim):
        ours = sort_out(tenant, resources)
        return Plan(tenant, in_order(ours.mine.values()), ours.kept, ours.findings)
    return Plan(tenant)


def suspension(tenant: Tenant, resources: Iterable[Resource]) -> Plan:
    """Close the project, then lock and stop its servers; remember how each one was.

    What an earlier look remembered stands, also of a server that this one does not show: one that was stopped did run.
    """
    servers = _servers(tenant, resources)
    rests = {(s.region, s.id): rest_of(s) for s in servers}
    running = {key for key, rest in rests.items() if rest in _STILL_BY}
    rescued = {key for key, rest in rests.items() if rest is Rest.UNRESCUE}
    known = {(s.region, s.id) for s in tenant.memory}
    fresh = (
        StoppedServer(s.region, s.id, s.name, was_running=False, was_locked=_lock(s) is not False)
        for s in servers
        if (s.region, s.id) not in known
    )
    # Whatever is found running at any look did run: also a server that was still being built at the first one.
    memory = tuple(
        replace(
            m,
            was_running=m.was_running or (m.region, m.id) in running,
            was_rescued=m.was_rescued or (m.region, m.id) in rescued,
            still_runs=None if rests.get((m.region, m.id), Rest.STANDS) is Rest.STANDS else m.still_runs,
        )
        for m in (*tenant.memory, *fresh)
    )
    locks = (Call(Verb.LOCK, s) for s in servers if _lock(s) is False)
    stops = (Call(_STILL_BY[rests[s.region, s.id]], s) for s in servers if rests[s.region, s.id] in _STILL_BY)
    return Plan(tenant, (Call(Verb.CLOSE), *locks, *stops), memory=memory, busy=_busy(servers))


#: What is asked of Nova to bring a server nearer to a standstill.
_STILL_BY = {Rest.STOP: Verb.STOP, Rest.UNRESCUE: Verb.UNRESCUE, Rest.CONFIRM: Verb.CONFIRM_RESIZE}
#: The verbs after which a server stands still, or nearer to it; those that let it run again.
BRING_TO_REST = frozenset(_STILL_BY.values())
LET_RUN = frozenset({Verb.START, Verb.RESCUE})


def restoration(tenant: Tenant, resources: Iterable[Resource]) -> Plan:
    """Reverse exactly what was remembered: start what ran, unlock what was not locked, open the project."""
    servers = {(s.region, s.id): s for s in _servers(tenant, resources)}
    known = [(m, servers[m.region, m.id]) for m in tenant.memory if (m.region, m.id) in servers]
    # Nova starts what is SHUTOFF and nothing else; what somebody has brought into another state since is theirs.
    down = [(m, s) for m, s in known if m.was_running and s.status == "SHUTOFF" and rest_of(s) is Rest.STANDS]
    starts = (Call(Verb.RESCUE if m.was_rescued else Verb.START, s) for m, s in down)
    unlocks = (Call(Verb.UNLOCK, s) for m, s in known if not m.was_locked and _lock(s))
    # What did not run is not waited for: a build that Nova has lost would keep the others' people out.
    busy = _busy(s for m, s in known if m.was_running and not is_going(s))
    return Plan(tenant, (*starts, *unlocks, Call(Verb.OPEN)), memory=tenant.memory, busy=busy)


def _lock(server: Resource) -> bool | None:
    """Tell whether it is locked; None where Nova does not show it (before 2.9).

    Such a lock is left as it is: nobody could tell a user's from ours when it is to be taken off again.
    """
    locked = server.facts.get("locked")
    return None if locked is None else bool(locked)


def _busy(servers: Iterable[Resource]) -> tuple[Resource, ...]:
    """Return servers in the middle of something."""
    return tuple(s for s in servers if rest_of(s) is Rest.WAIT)


def sort_out(tenant: Tenant, resources: Iterable[Resource]) -> Sorted:
    """Tell what may go from what stays. Objects of other projects are not even mentioned: they are not the tenant's."""
    mine: dict[Key, Resource] = {}
    kept, findings = [], []
    for resource in resources:
        if resource.project_id is None:
            findings.append(Finding(resource, "its owner is unknown"))
            continue
        if resource.project_id != tenant.project_id:
            continue
        why = _hands_off(resource)
        if not {resource.kind, resource.facts.get("object_kind")}.isdisjoint(tenant.lease.terms.keep):
            kept.append(resource)
        elif why:
            findings.append(Finding(resource, why))
        else:
            mine[resource.key] = resource
    for key, why in holding(kept, mine).items():
        findings.append(Finding(mine.pop(key), why))
    return Sorted(mine, tuple(kept), tuple(findings))


def holding(kept: Iterable[Resource], mine: Mapping[Key, Resource]) -> dict[Key, str]:
    """Return what cannot go without taking along something that the policy keeps, and the sentence that says so."""
    holders = {parent_of(resource): resource for resource in kept}
    return {key: f"it would take {holders[key]} along, which its policy keeps" for key in mine if key in holders}


def _hands_off(resource: Resource) -> str | None:
    """Say why something of the tenant's own is nevertheless not ours to delete."""
    facts = resource.facts
    if facts.get("shared") or (resource.kind == "rbac_policy" and facts.get("target") == "*"):
        return "it is shared with other projects"
    if resource.kind == "network" and facts.get("external"):
        return "it is an external network"
    if resource.kind == "image":
        if facts.get("protected"):
            return "it is protected"
        if facts.get("visibility") in ("public", "community") or facts.get("members"):
            return "other projects may use it"
    return None


def next_calls(
    remaining: Mapping[Key, Resource], doubtful: Collection[tuple[str, str]] = (), refused: Collection[Key] = ()
) -> list[Call]:
    """Return what may be asked now, given everything that is left: nothing whose predecessors may still be there.

    `doubtful` names (region, kind) whose last listing cannot be believed: what must come after such a kind waits.
    `refused` are those that the service did not take: what would go along with one is asked by itself, as it may be
    what holds it.
    """
    # What a stack made has to go by itself once Heat has failed at it.
    present = {(one.region, one.kind) for one in remaining.values() if not one.facts.get("failed")}.union(doubtful)
    calls = []
    for resource in remaining.values():
        if resource.kind == "router" and resource.facts.get("routes"):
            calls.append(Call(Verb.CLEAR_ROUTES, resource))
            continue
        waits = any((resource.region, kind) in present for kind in BY_NAME[resource.kind].after)
        if not waits and not _accompanies(resource, remaining, refused):
            calls.append(Call(Verb.DELETE, resource))
    return calls


def _accompanies(resource: Resource, remaining: Mapping[Key, Resource], refused: Collection[Key]) -> bool:
    """Whether it leaves together with, or only after, another one of the tenant's that is still there."""
    above = parent_of(resource)
    if above in remaining and (above not in refused or BY_NAME[resource.kind].part_of_parent):
        return True
    if resource.kind == "backup":
        return any(stands_on(other, resource) for other in remaining.values())
    if resource.kind == "router_interface":
        # Neutron refuses to detach a subnet that a static route of its router needs (RouterInterfaceInUseByRoute).
        router = remaining.get((resource.region, "router", str(resource.facts.get("router_id"))))
        return router is not None and bool(router.facts.get("routes"))
    return False


def in_order(resources: Iterable[Resource]) -> tuple[Call, ...]:
    """Return the deletes of a whole tenant in an order that would do, for people to read."""
    left = {resource.key: resource for resource in resources}
    calls: list[Call] = []
    while left:
        now = next_calls(left)
        if not now:
            break
        calls += now
        for call in now:
            if call.resource is None:
                continue
            if call.verb is Verb.CLEAR_ROUTES:
                left[call.resource.key] = without_routes(call.resource)
            else:
                del left[call.resource.key]
                for part in [one for one in left.values() if leaves_surely(one, call.resource)]:
                    del left[part.key]
    return tuple(calls)


def without_routes(router: Resource) -> Resource:
    """Return the router as it is once its routes are cleared."""
    return Resource(
        router.kind,
        router.region,
        router.id,
        router.name,
        router.project_id,
        router.status,
        {**router.facts, "routes": False},
    )


def _servers(tenant: Tenant, resources: Iterable[Resource]) -> list[Resource]:
    return [r for r in resources if r.kind == "server" and r.project_id == tenant.project_id]
