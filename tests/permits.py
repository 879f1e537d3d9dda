"""Permits for tests of the writing client: the judge gives them, from facts that are made up to speak for the step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.engine import tenant_of
from reaper.judge import Coverage, Evidence, Known, Permit, Step, may
from reaper.model import CensusMark, Enforce, Judged, Notice, Project, Resource, State, Unfinished
from reaper.model.words import LetterKind, LetterState
from tests.unit.lifecycle.cases import judged

DAY = timedelta(days=1)


def evidence_for(step: Step, cloud: str, project_id: str, now: datetime, thing: Resource | None = None) -> Evidence:
    """Make everything known, fresh, and in favour of a step."""
    tenant = tenant_for(step, cloud, project_id, now)
    opened = step in (Step.DELETE_IDLE, Step.SUSPEND, Step.RESTRICT)
    project = Project(cloud, project_id, tenant.name, "default", "Default", enabled=opened)
    return Evidence(
        tenant,
        ledger=Known(tenant, "a test", now),
        pause=Known("", "a test", now),
        gates=Known((), "a test", now),
        census=Known(CensusMark(cloud, now, complete=True, why="", projects=7), "a test", now),
        project=Known(project, "a test", now),
        thing=thing,
        owner=Known(project_id, "a test", now),
        users=Known((), "a test", now),
        archive=Known(Coverage(), "a test", now),
        empty=Known(True, "a test", now),  # noqa: FBT003 - the value of a fact
        due=Known(True, "a test", now),  # noqa: FBT003
        idle=Known(True, "a test", now),  # noqa: FBT003
    )


def tenant_for(step: Step, cloud: str, project_id: str, now: datetime) -> Judged:
    """Make a tenant for whom a step is due."""
    made = judged(tenant_of(cloud, project_id, "trial-permitted"))
    lease = replace(made.lease, started_at=now - 5 * DAY, expires_at=now - 2 * DAY)
    tenant = replace(made, lease=lease, suspended_at=now - DAY, reclaiming_at=now)
    if step in (Step.CLOSE_PROJECT, Step.LOCK, Step.STOP):
        return replace(tenant, state=State.SUSPENDED, unfinished=Unfinished.SUSPEND, reclaiming_at=None)
    active = replace(tenant, state=State.ACTIVE, suspended_at=None, reclaiming_at=None)
    if step in (Step.SUSPEND, Step.RESTRICT):
        told = Notice(
            LetterKind.WARNING, LetterState.ACCEPTED, now - 4 * DAY, DAY, now - 4 * DAY, told_at=lease.expires_at
        )
        return replace(active, lease=replace(lease, notices=(told,)), decided_under=Enforce.RECLAIM)
    if step is Step.RESTORE:
        return replace(active, unfinished=Unfinished.RESTORE)
    if step in (Step.DELETE_IDLE, Step.DELETE_ARCHIVE):
        return replace(active, lease=replace(lease, expires_at=now + DAY))
    return tenant


def granted(
    step: Step, cloud: str, project_id: str, thing: Resource | None = None, now: datetime | None = None
) -> Permit:
    """Return the judge's permit for a step."""
    moment = now or datetime.now(UTC)  # noqa: TID251 - what the client's own clock says
    answer = may(step, evidence_for(step, cloud, project_id, moment, thing), moment)
    assert isinstance(answer, Permit), answer
    return answer


class Permitted:
    """A writing client that is handed the permit for whatever a test asks of it, for the project that it names."""

    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.writer, name)

    def _thing(self, step: Step, ask: str, thing: Resource, project_id: str) -> Any:
        return getattr(self.writer, ask)(thing, granted(step, self.writer.name, project_id, thing))

    def _project(self, step: Step, ask: str, project_id: str) -> Any:
        return getattr(self.writer, ask)(granted(step, self.writer.name, project_id))

    def delete(self, thing: Resource, project_id: str) -> None:
        self._thing(Step.DELETE, "delete", thing, project_id)

    def delete_alone(self, thing: Resource, project_id: str) -> None:
        self._thing(Step.DELETE_IDLE, "delete_alone", thing, project_id)

    def force_reset(self, thing: Resource, project_id: str) -> str:
        return self._thing(Step.FORCE, "force_reset", thing, project_id)

    def clear_routes(self, thing: Resource, project_id: str) -> None:
        self._thing(Step.CLEAR_ROUTES, "clear_routes", thing, project_id)

    def lock(self, thing: Resource, project_id: str) -> None:
        self._thing(Step.LOCK, "lock", thing, project_id)

    def stop(self, thing: Resource, project_id: str) -> None:
        self._thing(Step.STOP, "stop", thing, project_id)

    def close_project(self, project_id: str) -> None:
        self._project(Step.CLOSE_PROJECT, "close_project", project_id)

    def open_project(self, project_id: str) -> None:
        self._project(Step.RESTORE, "open_project", project_id)

    def delete_project(self, project_id: str) -> None:
        self._project(Step.DELETE_PROJECT, "delete_project", project_id)

    def delete_archive(self, archive: Any, now: datetime) -> None:
        """Delete an archive's image at a moment of the test's."""
        self.writer._now = lambda: now
        image = Resource("image", archive.region, archive.image_id or "", archive.server_name, None)
        permit = granted(Step.DELETE_ARCHIVE, self.writer.name, archive.project_id, image, now)
        self.writer.delete_archive(archive, permit)
