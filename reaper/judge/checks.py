"""What each fact must say. Every check takes a value that is known and fresh, and says what is wrong with it, or None.

A value of another type than the fact has is malformed: never read as no, none or absent.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from reaper.judge.evidence import Absent, Coverage, Evidence, in_words
from reaper.lifecycle import Decision, Reclaim, Restore, Suspend, decide, spared
from reaper.model import CensusMark, Enforce, Judged, Project, State, Tenant

T = TypeVar("T")
#: In these states of its tenant an image is not needed for a reclaim that goes on, or waits for a person.
RESTING = (State.ACTIVE, State.SUSPENDED, State.RECLAIMED)


class Malformed(TypeError):  # noqa: N818 - it is the value that is malformed
    """The value of a fact is not what it should be."""


def _as(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise Malformed(f"it should be a {kind.__name__}, and is {value!r:.60}")
    return value


def not_paused(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The pause switch is off."""
    paused = _as(str, value)
    return f"paused: {paused}" if paused else None


def gates_open(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """No gate is closed for the tenant's cloud, or for all."""
    closed = _as(tuple, value)
    return f"a gate is closed: {in_words([str(gate) for gate in closed])}" if closed else None


def census_complete(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The last listing of the cloud's projects came to its end."""
    mark = _as(CensusMark, value)
    if mark.cloud != evidence.tenant.cloud:
        return f"the census is one of cloud {mark.cloud}"
    return None if mark.complete is True else f"the last listing of projects was not complete: {mark.why}"


def _tenant(evidence: Evidence, value: object) -> Judged:
    tenant = _as(Judged, value)
    if (tenant.id, tenant.cloud, tenant.project_id) != _identity(evidence.tenant):
        raise Malformed(f"it is about another tenant, {tenant.full_name}")
    return tenant


def _identity(tenant: Tenant) -> tuple[str, str, str]:
    return (tenant.id, tenant.cloud, tenant.project_id)


def unchanged(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The ledger holds the version that whoever acts knows."""
    same = _tenant(evidence, value).version == evidence.tenant.version
    return None if same else "somebody else changed the tenant"


def not_held(evidence: Evidence, value: object, now: datetime) -> str | None:
    """No person said "do not touch", or the review date has passed."""
    hold = _tenant(evidence, value).hold
    return f"on hold: {hold.reason}" if hold is not None and now < hold.until else None


def not_exempt(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """No tag, name, domain or protection takes it out of its policy."""
    exempt = _tenant(evidence, value).exempt
    return f"exempt: {exempt}" if exempt else None


def not_kept(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """Today's policy keeps nothing of this kind, and no more than whoever acts has planned by: it may go along."""
    keep, thing = _tenant(evidence, value).lease.terms.keep, evidence.thing
    if more := keep - evidence.tenant.lease.terms.keep:
        return f"its policy keeps {', '.join(sorted(more))} now"
    kept = thing is not None and not keep.isdisjoint({thing.kind, str(thing.facts.get("object_kind"))})
    return f"its policy keeps {thing}" if kept else None


def stage_suspend(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """Its policy says suspend or reclaim today."""
    return _stage(_tenant(evidence, value), Enforce.SUSPEND)


def stage_reclaim(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """Its policy says reclaim today."""
    return _stage(_tenant(evidence, value), Enforce.RECLAIM)


def _stage(tenant: Judged, stage: Enforce) -> str | None:
    if tenant.enforce is None:
        return f"its policy {tenant.lease.terms.policy!r} no longer exists"
    return None if tenant.enforce.reaches(stage) else f"its policy says enforce: {tenant.enforce}"


def suspend_due(evidence: Evidence, value: object, now: datetime) -> str | None:
    """Decided once more, a suspension is what its age calls for."""
    return _decided(_tenant(evidence, value), (Suspend,), now)


def reclaim_due(evidence: Evidence, value: object, now: datetime) -> str | None:
    """Decided once more, a reclaim is what its age calls for."""
    return _decided(_tenant(evidence, value), (Reclaim,), now)


def suspend_or_reclaim_due(evidence: Evidence, value: object, now: datetime) -> str | None:
    """Decided once more, one of both is what its age calls for."""
    return _decided(_tenant(evidence, value), (Suspend, Reclaim), now)


def restore_due(evidence: Evidence, value: object, now: datetime) -> str | None:
    """Decided once more, a restoration is owed."""
    return _decided(_tenant(evidence, value), (Restore,), now)


def _decided(tenant: Judged, wanted: tuple[type[Decision], ...], now: datetime) -> str | None:
    decision = decide(tenant, now)
    return None if isinstance(decision, wanted) else f"no longer due: {decision}"


def idle_rules_concern_it(evidence: Evidence, value: object, now: datetime) -> str | None:
    """Its lease runs, and it is a tenant whose single things may be given back."""
    return spared(_tenant(evidence, value), now)


def at_rest(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """No reclaim that may need its archive is under way, and its rows can be read."""
    tenant = _tenant(evidence, value)
    if tenant.damaged:
        return f"its rows are damaged: {tenant.damaged}"
    return None if tenant.vanished_at is not None or tenant.state in RESTING else f"it is {tenant.state}"


def _project(evidence: Evidence, value: object) -> Project | Absent:
    if isinstance(value, Absent):
        return value
    project = _as(Project, value)
    if project.id != evidence.tenant.project_id:
        raise Malformed(f"it is about another project, {project.id}")
    return project


def touchable(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The project exists, and neither Keystone nor the operator's list protects it."""
    project = _project(evidence, value)
    if isinstance(project, Absent):
        return "its project is no longer in Keystone"
    if project.protected or project.immutable is not False:
        return f"its project is protected: {project.protected or 'it is immutable'}"
    return None


def closed(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The project is disabled, as Reaper left it."""
    project = _project(evidence, value)
    still = isinstance(project, Project) and project.enabled is False
    return None if still else "its project was opened by somebody else while it was suspended"


def open_or_begun(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The project is enabled, unless our own suspension has begun and closed it."""
    project = _project(evidence, value)
    still = isinstance(project, Project) and (project.enabled is True or evidence.tenant.unfinished is not None)
    return None if still else "its project was disabled by somebody else"


def still_open(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The project is enabled: a person who closed it has something in mind."""
    project = _project(evidence, value)
    still = isinstance(project, Project) and project.enabled is True
    return None if still else "its project was disabled by somebody else"


def owned(evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The service names the tenant's own project as the owner of the thing."""
    owner, thing = _as(str, value), evidence.thing
    if thing is None or not thing.id:
        return "it is not said which thing"
    return None if owner == evidence.tenant.project_id else f"it belongs to project {owner}"


def unused(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """Nothing of another project uses the thing."""
    users = _as(tuple, value)
    return in_words([str(one) for one in users]) if users else None


def covered(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """No server goes without the image that its policy promises."""
    bare = _as(Coverage, value).bare
    return f"{', '.join(bare)} has no image yet, which its policy promises" if bare else None


def is_empty(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """Every kind in every region was read empty."""
    return None if _as(bool, value) else "it is not verified empty"


def is_due(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The thing's own time is over, and its people were told."""
    return None if _as(bool, value) else "it is no longer due"


def is_idle(_evidence: Evidence, value: object, _now: datetime) -> str | None:
    """The thing is idle still."""
    return None if _as(bool, value) else "it is idle no longer"
