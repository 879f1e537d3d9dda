"""Filling the simulated cloud by plain calls, past the wire: projects, people and single resources."""

from typing import Any

from reaper.simulator.compute.attachments import put_on
from reaper.simulator.compute.life import boot, change, new_server
from reaper.simulator.exchange import Record
from reaper.simulator.identity.assignments import role_named
from reaper.simulator.identity.people import new_group, new_user
from reaper.simulator.identity.projects import new_project
from reaper.simulator.identity.tokens import IMPLIED
from reaper.simulator.image.images import new_image
from reaper.simulator.image.members import add_member
from reaper.simulator.network.floating import associate, new_floating
from reaper.simulator.network.groups import default_group
from reaper.simulator.network.groups import new_group as new_security_group
from reaper.simulator.network.networks import new_network
from reaper.simulator.network.ports import new_port
from reaper.simulator.network.routers import connect, new_router
from reaper.simulator.network.subnets import new_subnet
from reaper.simulator.seed_tenant import SeedTenant, make_tenant
from reaper.simulator.state import Cloud, Region, dashed, plain
from reaper.simulator.volume.snapshots import new_snapshot
from reaper.simulator.volume.volumes import new_volume

FLAVORS = (("m1.nano", 1, 128, 1), ("m1.small", 1, 2048, 20), ("m1.medium", 2, 4096, 40))
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


def furnish(cloud: Cloud, password: str) -> None:
    """Make what every cloud has: domain Default, roles, the admin, flavors, an image and a public network per region."""
    cloud.identity["domains"]["default"] = {
        "id": "default",
        "name": "Default",
        "description": "The default domain",
        "enabled": True,
        "tags": [],
        "options": {},
    }
    for name in (*IMPLIED, "reader", "service"):
        role_named(cloud, name)["options"] = {"immutable": True}
    admin = new_project(cloud, {"name": "admin", "description": "Bootstrap project for initializing the cloud."})
    new_project(cloud, {"name": "service"})
    user = new_user(cloud, {"name": "admin", "password": password})
    cloud.assignments[role_named(cloud, "admin")["id"], "project", admin["id"], "user", user["id"]] = None
    for region in cloud.regions.values():
        for name, vcpus, ram, disk in FLAVORS:
            flavor: Record = {"id": dashed(), "name": name, "vcpus": vcpus, "ram": ram, "disk": disk}
            region["flavors"][flavor["id"]] = flavor
        new_image(region, admin["id"], "cirros", visibility="public", size=1048576)
        public = new_network(region, admin["id"], "public", external=True)
        new_subnet(region, public, "172.24.0.0/14", "public-subnet", dhcp=False)


class Seed:
    """Makers of things; each gives the new thing's id. `region` names another region than the first."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _region(self, name: str | None) -> Region:
        return self._cloud.regions[name] if name else self._cloud.home

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
        password: str = "pw",
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

    def network(
        self, project_id: str, name: str, *, shared: bool = False, external: bool = False, region: str | None = None
    ) -> str:
        """Make a network, without subnet."""
        with self._cloud.lock:
            return str(new_network(self._region(region), project_id, name, shared=shared, external=external)["id"])

    def subnet(
        self,
        network_id: str,
        cidr: str = "10.0.0.0/24",
        name: str = "",
        *,
        dhcp: bool = True,
        region: str | None = None,
    ) -> str:
        """Make a subnet on a network."""
        at = self._region(region)
        with self._cloud.lock:
            return str(new_subnet(at, at["networks"][network_id], cidr, name, dhcp=dhcp)["id"])

    def router(
        self,
        project_id: str,
        name: str,
        *,
        external: bool = True,
        interfaces: tuple[str, ...] | list[str] = (),
        routes: tuple[Record, ...] | list[Record] = (),
        region: str | None = None,
    ) -> str:
        """Make a router: with a gateway on the first external network, interfaces in these subnets, static routes."""
        at = self._region(region)
        with self._cloud.lock:
            gateway = self.public_network(region) if external else None
            router = new_router(at, project_id, name, gateway)
            for subnet_id in interfaces:
                connect(at, router, at["subnets"][subnet_id])
            router["routes"] = list(routes)
        return str(router["id"])

    def public_network(self, region: str | None = None) -> str:
        """Give the first external network."""
        return next(key for key, one in self._region(region)["networks"].items() if one["router:external"])

    def security_group(self, project_id: str, name: str, *, region: str | None = None) -> str:
        """Make a security group; a project gets its default one, too."""
        at = self._region(region)
        with self._cloud.lock:
            default_group(at, project_id)
            return str(new_security_group(at, project_id, name)["id"])

    def port(
        self,
        project_id: str,
        network_id: str,
        name: str = "",
        *,
        security_groups: tuple[str, ...] | list[str] = (),
        region: str | None = None,
        **given: Any,
    ) -> str:
        """Make a port; without groups named it gets the default one."""
        at = self._region(region)
        with self._cloud.lock:
            groups = list(security_groups) or [default_group(at, project_id)["id"]]
            return str(new_port(at, network_id, project_id, name=name, security_groups=groups, **given)["id"])

    def floating_ip(self, project_id: str, port_id: str | None = None, *, region: str | None = None) -> str:
        """Take a floating IP of the public network, attached to a port if one is named."""
        at = self._region(region)
        with self._cloud.lock:
            floating = new_floating(at, project_id, at["networks"][self.public_network(region)])
            if port_id is not None:
                associate(at, floating, at["ports"][port_id])
        return str(floating["id"])

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
