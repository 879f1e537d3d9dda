"""A cloud that can be written to: what takes something away is sent only with the judge's permit for just that.

Every call compares the owner, too, and sends nothing when it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from reaper.cloud import archives
from reaper.cloud.client import WritingClient
from reaper.cloud.dialect.keystone_api import keystone_of
from reaper.cloud.dialect.old_releases import row_of
from reaper.cloud.ownership import owner_now
from reaper.cloud.reader import Reader
from reaper.errors import Permanent, Refused, Temporary
from reaper.judge import Permit, Step, objection
from reaper.kinds import BY_NAME
from reaper.model import Resource, ServerArchive

REASON = "reaper: the lease of this project has ended"
SHOWS_LOCKS, TAKES_REASON = (2, 9), (2, 73)


class Writer(Reader):
    """The client that executes plans. See ports.Cloud."""

    def __init__(
        self,
        client: WritingClient,
        protect: Sequence[str],
        contacts_properties: Sequence[str],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(client, protect, contacts_properties)
        self._writing_client, self._now = client, now

    def close_project(self, permit: Permit) -> None:
        """Disable the project; nothing is sent when it is disabled already or protected."""
        self._permitted(permit, Step.CLOSE_PROJECT, Step.RESTRICT)
        self._switch(permit.project_id, enabled=False)

    def open_project(self, permit: Permit) -> None:
        """Enable the project; nothing is sent when it is enabled already or protected."""
        self._permitted(permit, Step.RESTORE, Step.REOPEN_PROJECT)
        self._switch(permit.project_id, enabled=True)

    def delete_project(self, permit: Permit) -> None:
        """Delete the project itself, if it is closed still; its resources are nobody's business here."""
        self._permitted(permit, Step.DELETE_PROJECT)
        if self._check_project(permit.project_id):
            raise Refused(f"project {permit.project_id} is not deleted: it is open")
        keystone_of(self._client).delete_project(self._writing_client, permit.project_id)

    def lock(self, server: Resource, permit: Permit) -> None:
        """Lock it; Nova takes a second lock as well."""
        self._permitted(permit, Step.LOCK, Step.LOCK_AGAIN, thing=server)
        says_why = (self._client.microversion(server.region) or (0, 0)) >= TAKES_REASON
        self._set_lock(server, permit.project_id, {"lock": {"locked_reason": REASON} if says_why else None})

    def unlock(self, server: Resource, project_id: str) -> None:
        """Take the lock off; Nova does not mind when there is none."""
        self._set_lock(server, project_id, {"unlock": None})

    def stop(self, server: Resource, permit: Permit) -> None:
        """Ask it to stop; one that is stopped, or about to be, is fine."""
        self._permitted(permit, Step.STOP, thing=server)
        self._turn(server, permit.project_id, "os-stop", done="SHUTOFF", on_the_way="powering-off")

    def unrescue(self, server: Resource, permit: Permit) -> None:
        """End its rescue. See ports.Cloud.unrescue."""
        self._permitted(permit, Step.STOP, thing=server)
        self._turn(server, permit.project_id, "unrescue", done="ACTIVE", on_the_way="unrescuing")

    def confirm_resize(self, server: Resource, permit: Permit) -> None:
        """Confirm its resize. See ports.Cloud.confirm_resize."""
        self._permitted(permit, Step.STOP, thing=server)
        self._turn(server, permit.project_id, "confirmResize", done="ACTIVE", on_the_way="")

    def rescue(self, server: Resource, project_id: str) -> None:
        """Rescue it again; where Nova does not (an image that is gone, a disk that is a volume), start it at least."""
        try:
            self._turn(server, project_id, "rescue", done="RESCUE", on_the_way="rescuing")
        except (Refused, Permanent):
            self.start(server, project_id)

    def start(self, server: Resource, project_id: str) -> None:
        """Ask it to start; one that runs, or is about to, is fine."""
        self._turn(server, project_id, "os-start", done="ACTIVE", on_the_way="powering-on")

    def clear_routes(self, router: Resource, permit: Permit) -> None:
        """Take the router's static routes away."""
        self._permitted(permit, Step.CLEAR_ROUTES, thing=router)
        self._writing_client.put("network", router.region, f"/routers/{router.id}", {"router": {"routes": []}})

    def delete(self, resource: Resource, permit: Permit) -> None:
        """Ask for one resource to be deleted. See ports.Cloud.delete."""
        self._permitted(permit, Step.DELETE, thing=resource)
        self._check_hands(resource)
        row = row_of(self._client, resource.kind, resource.region)
        row.remove(self._writing_client, resource, row.path.removesuffix("/detail"))

    def delete_alone(self, resource: Resource, permit: Permit) -> None:
        """Ask for one resource to be deleted, and nothing that hangs on it. See ports.Cloud.delete_alone."""
        self._permitted(permit, Step.DELETE_IDLE, thing=resource)
        self._check_hands(resource)
        row = row_of(self._client, resource.kind, resource.region)
        if row.remove_alone is None:
            raise Refused(f"a {resource.kind} is not deleted by itself")
        row.remove_alone(self._writing_client, resource, row.path.removesuffix("/detail"))

    def force_reset(self, resource: Resource, permit: Permit) -> str:
        """Try the way out of a stuck state. See ports.Cloud.force_reset."""
        self._permitted(permit, Step.FORCE, thing=resource)
        self._check_hands(resource)
        return row_of(self._client, resource.kind, resource.region).force_reset(self._writing_client, resource)

    def make_archive(self, server: Resource, archive: ServerArchive, name: str) -> str:
        """Ask for an image of a server. See ports.ArchiveKeeper."""
        self._check_owner(server, archive.project_id)
        return archives.make(self._writing_client, server, archive, name)

    def prolong_archive(self, archive: ServerArchive) -> None:
        """Write into the image until when it is kept."""
        archives.prolong(self._writing_client, archive)

    def delete_archive(self, archive: ServerArchive, permit: Permit) -> None:
        """Delete the image of an archive whose time is over. See ports.ArchiveKeeper."""
        image = Resource(
            "image", archive.region, archive.image_id or "", archive.server_name, self._client.own_project()
        )
        self._covers(permit, (Step.DELETE_ARCHIVE,), image)
        if permit.project_id != archive.project_id:
            raise Refused(f"{image} is not touched: its permit is for another project's archive")
        archives.delete(self._writing_client, archive, self._now())

    def _permitted(self, permit: Permit, *steps: Step, thing: Resource | None = None) -> None:
        """Send nothing without a permit for just this, and for a thing of just that project.

        Raises:
            Temporary: it is over: the call came too late, and has to be judged once more.
            Refused: there is none, or it covers something else.
        """
        self._covers(permit, steps, thing)
        if thing is not None:
            self._check_owner(thing, permit.project_id)

    def _covers(self, permit: Permit, steps: tuple[Step, ...], thing: Resource | None) -> None:
        now = self._now()
        why = objection(permit, steps, self.name, thing.key if thing is not None else None, now)
        if why is not None:
            late = isinstance(permit, Permit) and now > permit.until
            raise (Temporary if late else Refused)(f"{thing or 'the project'} is not touched: {why}")

    def _check_hands(self, resource: Resource) -> None:
        """Ask once more whose it is, where people can hand it to another project: a list may be seconds old."""
        if BY_NAME[resource.kind].transferable:
            owner = owner_now(self._client, resource)
            if owner != resource.project_id:
                whose = f"it belongs to project {owner}" if owner else "its owner is unknown"
                raise Refused(f"{resource} is not touched: {whose} now")

    def _set_lock(self, server: Resource, project_id: str, action: Mapping[str, object]) -> None:
        """Lock or unlock; where Nova does not show locks, only look whether the server is there (see `plan`)."""
        if (self._client.microversion(server.region) or (0, 0)) >= SHOWS_LOCKS:
            self._act(server, project_id, action)
            return
        self._check_owner(server, project_id)
        self._client.get("compute", server.region, f"/servers/{server.id}")

    def _act(self, server: Resource, project_id: str, action: Mapping[str, object]) -> None:
        self._check_owner(server, project_id)
        self._writing_client.post("compute", server.region, f"/servers/{server.id}/action", action)

    def _turn(self, server: Resource, project_id: str, action: str, *, done: str, on_the_way: str) -> None:
        """Stop or start; after a refusal look whether what was asked is the case already."""
        self._check_owner(server, project_id)
        try:
            self._act(server, project_id, {action: None})
        except Refused:
            now = self._client.get("compute", server.region, f"/servers/{server.id}").get("server") or {}
            if now.get("status") != done and now.get("OS-EXT-STS:task_state") != on_the_way:
                raise

    def _switch(self, project_id: str, *, enabled: bool) -> None:
        if self._check_project(project_id) is enabled:
            return
        keystone_of(self._client).switch_project(self._writing_client, project_id, enabled=enabled)

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
