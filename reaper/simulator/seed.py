"""Filling the simulated cloud by plain calls, past the wire: projects, people and single resources."""

from typing import Any

from reaper.simulator.compute.attachments import put_on
from reaper.simulator.compute.life import boot, change, new_server
from reaper.simulator.exchange import Record
from reaper.simulator.identity.assignments import role_named
from reaper.simulator.identity.people import new_group, new_user
from reaper.simulator.identity.projects import new_project
from reaper.simulator.image.images import new_image
from reaper.simulator.image.members import add_member
from reaper.simulator.seed_further import FurtherSeed
from reaper.simulator.seed_tenant import SeedTenant, make_tenant
from reaper.simulator.state import plain
from reaper.simulator.volume.backups import new_backup, new_transfer
from reaper.simulator.volume.extras import new_attachment
from reaper.simulator.volume.groups import new_group as new_volume_group
from reaper.simulator.volume.groups import new_group_snapshot
from reaper.simulator.volume.snapshots import new_snapshot
from reaper.simulator.volume.volumes import new_volume

VM_STATES = {
    "ACTIVE": "active",
    "SHUTOFF": "stopped",
    "ERROR": "error",
    "BUILD": "building",
    "PAUSED": "paused",
    "SUSPENDED": "suspended",
    "SOFT_DELETED": "soft-delete",
    "SHELVED_OFFLOADED": "shelved_offloaded",
}


class Seed(FurtherSeed):
    """Makers of things; each gives the new thing's id. `region` names another region than the first."""

    def domain(self, name: str) -> str:
        """Make a domain."""
        domain: Record = {"id": plain(), "name": name, "description": "", "enabled": True, "tags": [], "options": {}}
        with self._cloud.lock:
            self._cloud.identity["domains"][domain["id"]] = domain
        return str(domain["id"])

    def project(
        self,
        name: str,
        *,
        domain: str = "default",
        tags: tuple[str, ...] = (),
        enabled: bool = True,
        description: str = "",
        options: dict[str, object] | None = None,
        **extra: object,
    ) -> str:
        """Make a project; further keywords become extra attributes."""
        given = {
            "name": name,
            "domain_id": domain,
            "tags": list(tags),
            "enabled": enabled,
            "description": description,
            "options": dict(options or {}),
            **extra,
        }
        with self._cloud.lock:
            return str(new_project(self._cloud, given)["id"])

    def user(
        self,
        name: str,
        email: str | None = None,
        *,
        enabled: bool = True,
        language: str | None = None,
        password: str = "pw",  # noqa: S107 - a throw-away cloud's
        domain: str = "default",
        **extra: object,
    ) -> str:
        """Make a user whose password is `pw`; an address and a language only when given."""
        given: Record = {"name": name, "enabled": enabled, "password": password, "domain_id": domain, **extra}
        if email is not None:
            given["email"] = email
        if language is not None:
            given["language"] = language
        with self._cloud.lock:
            return str(new_user(self._cloud, given)["id"])

    def group(self, name: str, users: tuple[str, ...] | list[str] = ()) -> str:
        """Make a group of users."""
        with self._cloud.lock:
            group = new_group(self._cloud, {"name": name})
            self._cloud.members[group["id"]].update(users)
        return str(group["id"])

    def assign(self, role: str, project_id: str, user_id: str | None = None, group_id: str | None = None) -> None:
        """Give a user or a group a role, by the role's name, on a project."""
        actor, actor_id = ("user", user_id) if user_id else ("group", group_id)
        if actor_id is None:
            raise ValueError("a role is assigned to a user or to a group: name one of them")
        with self._cloud.lock:
            self._cloud.assignments[role_named(self._cloud, role)["id"], "project", project_id, actor, actor_id] = None

    def assign_below(
        self, role: str, *, user_id: str | None = None, group_id: str | None = None, **target: str
    ) -> None:
        """Give a role on all projects below `project` or of `domain` (an id)."""
        ((kind, target_id),) = target.items()
        actor, actor_id = ("user", user_id) if user_id else ("group", group_id)
        if actor_id is None or kind not in {"project", "domain"}:
            raise ValueError("a role is inherited from a project or a domain, by a user or a group: name one of each")
        with self._cloud.lock:
            self._cloud.inherited[role_named(self._cloud, role)["id"], kind, target_id, actor, actor_id] = None

    def server(
        self,
        project_id: str,
        name: str,
        *,
        network_id: str | None = None,
        ports: tuple[str, ...] | list[str] = (),
        status: str = "ACTIVE",
        locked: bool = False,
        user_id: str = "",
        region: str | None = None,
    ) -> str:
        """Make a server on pre-created ports, or on a network where Nova makes its port."""
        at = self._region(region)
        with self._cloud.lock:
            image = next(iter(at["images"]), "")
            server = new_server(
                at,
                project_id,
                name,
                ports=list(ports),
                networks=[network_id] if network_id else [],
                user_id=user_id,
                image=image,
            )
            boot(at, server)
            change(at, server, vm_state=VM_STATES[status], locked="admin" if locked else None)
        return str(server["id"])

    def volume(
        self,
        project_id: str,
        size: int = 1,
        server_id: str | None = None,
        *,
        name: str = "",
        status: str = "available",
        region: str | None = None,
    ) -> str:
        """Make a volume, attached if a server is named."""
        at = self._region(region)
        with self._cloud.lock:
            volume = new_volume(at, project_id, size, name, status=status)
            if server_id is not None:
                put_on(at, at["servers"][server_id], volume)
        return str(volume["id"])

    def snapshot(self, volume_id: str, name: str = "", *, region: str | None = None) -> str:
        """Make a snapshot of a volume."""
        at = self._region(region)
        with self._cloud.lock:
            return str(new_snapshot(at, at["volumes"][volume_id], name)["id"])

    def backup(self, volume_id: str, name: str = "", *, parent: str | None = None, region: str | None = None) -> str:
        """Make a backup of a volume, incremental when a parent is named."""
        at = self._region(region)
        with self._cloud.lock:
            return str(new_backup(at, at["volumes"][volume_id], name, parent)["id"])

    def volume_transfer(self, volume_id: str, *, region: str | None = None) -> str:
        """Offer a volume to another project."""
        at = self._region(region)
        with self._cloud.lock:
            return str(new_transfer(at, at["volumes"][volume_id])["id"])

    def volume_group(self, project_id: str, name: str, volumes: list[str], *, region: str | None = None) -> str:
        """Put volumes into a group."""
        with self._cloud.lock:
            return str(new_volume_group(self._region(region), project_id, name, volumes)["id"])

    def group_snapshot(self, group_id: str, *, region: str | None = None) -> str:
        """Make a snapshot of each volume of a group."""
        with self._cloud.lock:
            at = self._region(region)
            return str(new_group_snapshot(at, at["volume_groups"][group_id])["id"])

    def attachment(self, volume_id: str, status: str, server_id: str | None = None, *, connected: bool = False) -> str:
        """Keep a record of a use that the volume itself does not show."""
        with self._cloud.lock:
            at = self._region(None)
            told = {"driver_volume_type": "null"} if connected else {}
            return str(new_attachment(at, at["volumes"][volume_id], status, server_id, **told)["id"])

    def image(
        self,
        project_id: str,
        name: str = "",
        *,
        visibility: str = "private",
        protected: bool = False,
        members: tuple[str, ...] | list[str] = (),
        hidden: bool = False,
        region: str | None = None,
    ) -> str:
        """Make an image; with members it is `shared`, whatever `visibility` says."""
        at = self._region(region)
        with self._cloud.lock:
            image = new_image(
                at,
                project_id,
                name,
                visibility="shared" if members else visibility,
                protected=protected,
                os_hidden=hidden,
                size=1048576,
            )
            for member in members:
                add_member(at, image["id"], member, "accepted")
        return str(image["id"])

    def tenant(self, name: str, **wishes: Any) -> SeedTenant:
        """Make a small typical tenant; for the wishes see `make_tenant`."""
        return make_tenant(self, name, **wishes)
