"""A cloud that can be written to; every call compares the owner first and sends nothing when it does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reaper.cloud import archives
from reaper.cloud.dialect.keystones import keystone_of
from reaper.cloud.dialect.rows import row_of
from reaper.cloud.reader import Reader
from reaper.cloud.wire import WritingWire
from reaper.errors import Refused
from reaper.model import Resource, ServerArchive

REASON = "reaper: the lease of this project has ended"
SHOWS_LOCKS, TAKES_REASON = (2, 9), (2, 73)


class Writer(Reader):
    """The client that executes plans. See ports.Cloud."""

    def __init__(self, wire: WritingWire, protect: Sequence[str], contacts_properties: Sequence[str]) -> None:
        super().__init__(wire, protect, contacts_properties)
        self._writing = wire

    def close_project(self, project_id: str) -> None:
        """Disable the project; nothing is sent when it is disabled already or protected."""
        self._switch(project_id, enabled=False)

    def open_project(self, project_id: str) -> None:
        """Enable the project; nothing is sent when it is enabled already or protected."""
        self._switch(project_id, enabled=True)

    def delete_project(self, project_id: str) -> None:
        """Delete the project itself; its resources are nobody's business here."""
        self._check_project(project_id)
        keystone_of(self._wire).delete_project(self._writing, project_id)

    def lock(self, server: Resource, project_id: str) -> None:
        """Lock it; Nova takes a second lock as well."""
        says_why = (self._wire.microversion(server.region) or (0, 0)) >= TAKES_REASON
        self._set_lock(server, project_id, {"lock": {"locked_reason": REASON} if says_why else None})

    def unlock(self, server: Resource, project_id: str) -> None:
        """Take the lock off; Nova does not mind when there is none."""
        self._set_lock(server, project_id, {"unlock": None})

    def stop(self, server: Resource, project_id: str) -> None:
        """Ask it to stop; one that is stopped, or about to be, is fine."""
        self._turn(server, project_id, "os-stop", done="SHUTOFF", on_the_way="powering-off")

    def start(self, server: Resource, project_id: str) -> None:
        """Ask it to start; one that runs, or is about to, is fine."""
        self._turn(server, project_id, "os-start", done="ACTIVE", on_the_way="powering-on")

    def clear_routes(self, router: Resource, project_id: str) -> None:
        """Take the router's static routes away."""
        self._check_owner(router, project_id)
        self._writing.put("network", router.region, f"/routers/{router.id}", {"router": {"routes": []}})

    def delete(self, resource: Resource, project_id: str) -> None:
        """Ask for one resource to be deleted. See ports.Cloud.delete."""
        self._check_owner(resource, project_id)
        row = row_of(self._wire, resource.kind, resource.region)
        row.remove(self._writing, resource, row.path.removesuffix("/detail"))

    def delete_alone(self, resource: Resource, project_id: str) -> None:
        """Ask for one resource to be deleted, and nothing that hangs on it. See ports.Cloud.delete_alone."""
        self._check_owner(resource, project_id)
        row = row_of(self._wire, resource.kind, resource.region)
        if row.remove_alone is None:
            raise Refused(f"a {resource.kind} is not deleted by itself")
        row.remove_alone(self._writing, resource, row.path.removesuffix("/detail"))

    def force_reset(self, resource: Resource, project_id: str) -> str:
        """Try the way out of a stuck state. See ports.Cloud.force_reset."""
        self._check_owner(resource, project_id)
        return row_of(self._wire, resource.kind, resource.region).force_reset(self._writing, resource)

    def make_archive(self, server: Resource, archive: ServerArchive, name: str) -> str:
        """Ask for an image of a server. See ports.ArchiveKeeper."""
        self._check_owner(server, archive.project_id)
        return archives.make(self._writing, server, archive, name)

    def prolong_archive(self, archive: ServerArchive) -> None:
        """Write into the image until when it is kept."""
        archives.prolong(self._writing, archive)

    def delete_archive(self, archive: ServerArchive, now: datetime) -> None:
        """Delete the image of an archive whose time is over. See ports.ArchiveKeeper."""
        archives.delete(self._writing, archive, now)

    def _set_lock(self, server: Resource, project_id: str, action: Mapping[str, object]) -> None:
        """Lock or unlock; where Nova does not show locks, only look whether the server is there (see `plan`)."""
        if (self._wire.microversion(server.region) or (0, 0)) >= SHOWS_LOCKS:
            self._act(server, project_id, action)
            return
        self._check_owner(server, project_id)
        self._wire.get("compute", server.region, f"/servers/{server.id}")

    def _act(self, server: Resource, project_id: str, action: Mapping[str, object]) -> None:
        self._check_owner(server, project_id)
        self._writing.post("compute", server.region, f"/servers/{server.id}/action", action)

    def _turn(self, server: Resource, project_id: str, action: str, *, done: str, on_the_way: str) -> None:
        """Stop or start; after a refusal look whether what was asked is the case already."""
        self._check_owner(server, project_id)
        try:
            self._act(server, project_id, {action: None})
        except Refused:
            now = self._wire.get("compute", server.region, f"/servers/{server.id}").get("server") or {}
            if now.get("status") != done and now.get("OS-EXT-STS:task_state") != on_the_way:
                raise

    def _switch(self, project_id: str, *, enabled: bool) -> None:
        if self._check_project(project_id) is enabled:
            return
        keystone_of(self._wire).switch_project(self._writing, project_id, enabled=enabled)

    def _check_project(self, project_id: str) -> bool:
        """Read the project once more, so that a protection that came yesterday holds; tells whether it is enabled."""
        project = self.project(project_id)
        if project.protected:
            raise Refused(f"project {project.name} is not touched: {project.protected}")
        return project.enabled

    def _check_owner(self, resource: Resource, project_id: str) -> None:
        if resource.project_id is None:
            raise Refused(f"{resource} is not touched: its owner is unknown")
        if resource.project_id != project_id:
            raise Refused(f"{resource} is not touched: it belongs to project {resource.project_id}")
        if reason := self._protection.of_id(project_id):
            raise Refused(f"{resource} is not touched: its project is protected: {reason}")
