"""A tenant made through the API for one test, and taken away after it, in the order that never conflicts."""

import contextlib
import uuid
from typing import Any

from tests.contract.cloud import Face, Target, done, wait_until

Record = dict[str, Any]
SECRET = "silly-81549300"


class Tenant:
    """A project with one member; what is made for it is remembered by kind."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.admin = target.admin
        self.name = f"ct-{uuid.uuid4().hex[:8]}"
        self.made: set[str] = set()
        project = {"name": self.name, "domain_id": "default", "tags": ["ct"], "contact_email": "owner@ct.example"}
        self.project_id = done(self.admin.identity.post("/projects", json={"project": project}))["project"]["id"]
        self.user_id = self.new_user(f"{self.name}-u", email=f"{self.name}@ct.example")
        self.users = [self.user_id]
        self.give_role(self.user_id, "member")
        self._member: Face | None = None

    @property
    def member(self) -> Face:
        if self._member is None:
            self._member = self.target.face_of(self.user_id, SECRET, self.project_id)
        return self._member

    # ---- people
    def new_user(self, name: str, **extra: Any) -> str:
        given = {"name": name, "password": SECRET, "domain_id": "default"} | extra
        return str(done(self.admin.identity.post("/users", json={"user": given}))["user"]["id"])

    def role(self, name: str) -> str:
        roles = done(self.admin.identity.get(f"/roles?name={name}"))["roles"]
        return str(roles[0]["id"])

    def give_role(self, user_id: str, role: str) -> str:
        path = f"/projects/{self.project_id}/users/{user_id}/roles/{self.role(role)}"
        done(self.admin.identity.put(path), 204)
        return path

    def close(self) -> None:
        self.set_enabled(False)

    def set_enabled(self, value: bool) -> Record:  # noqa: FBT001 - Keystone's own word
        body = {"project": {"enabled": value}}
        return done(self.admin.identity.patch(f"/projects/{self.project_id}", json=body))["project"]

    # ---- network
    def _new(self, many: str, one: str, given: Record, face: Face | None = None) -> Record:
        self.made.add(many)
        path = "/" + many.replace("_", "-")
        return done((face or self.member).network.post(path, json={one: given}), 201)[one]

    def network(self, **given: Any) -> Record:
        return self._new("networks", "network", {"name": f"{self.name}-net"} | given)

    def subnet(self, network: Record, cidr: str = "10.11.0.0/24") -> Record:
        given = {"network_id": network["id"], "ip_version": 4, "cidr": cidr, "name": f"{self.name}-sub"}
        return self._new("subnets", "subnet", given)

    def port(self, network: Record, **given: Any) -> Record:
        return self._new("ports", "port", {"network_id": network["id"], "name": f"{self.name}-port"} | given)

    def public(self) -> str:
        found = done(self.admin.network.get("/networks?router:external=true"))["networks"]
        return str(found[0]["id"])

    def router(self, *subnets: Record, gateway: bool = True) -> Record:
        info = {"external_gateway_info": {"network_id": self.public()}} if gateway else {}
        router = self._new("routers", "router", {"name": f"{self.name}-router"} | info)
        for subnet in subnets:
            done(self.connect(router, subnet))
        return router

    def connect(self, router: Record, subnet: Record) -> Any:
        return self.member.network.put(
            f"/routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]}
        )

    def disconnect(self, router: Record, **which: str) -> Any:
        return self.admin.network.put(f"/routers/{router['id']}/remove_router_interface", json=which)

    def floating_ip(self, port: Record | None = None) -> Record:
        given = {"floating_network_id": self.public()} | ({"port_id": port["id"]} if port else {})
        return self._new("floatingips", "floatingip", given)

    def security_group(self, name: str = "") -> Record:
        return self._new("security_groups", "security_group", {"name": name or f"{self.name}-sg"})

    def site(self) -> tuple[Record, Record, Record]:
        """Make a network with a subnet behind a router with a gateway."""
        network = self.network()
        subnet = self.subnet(network)
        return network, subnet, self.router(subnet)

    def listed(self, many: str, query: str = "") -> list[Record]:
        path = f"/{many.replace('_', '-')}?tenant_id={self.project_id}{query}"
        return done(self.admin.network.get(path))[many]

    # ---- servers
    def server(self, network: Record | None = None, port: Record | None = None, *, wait: bool = True) -> Record:
        self.made.add("servers")
        where = {"port": port["id"]} if port else {"uuid": (network or {})["id"]}
        flavors = done(self.admin.compute.get("/flavors/detail"))["flavors"]
        images = done(self.admin.image.get("/images?visibility=public&status=active"))["images"]
        flavor = min(flavors, key=lambda one: one["ram"])["id"]
        given = {"name": f"{self.name}-vm", "flavorRef": flavor, "imageRef": images[0]["id"], "networks": [where]}
        server = done(self.member.compute.post("/servers", json={"server": given}), 202)["server"]
        return self.server_in(server, "ACTIVE") if wait else server

    def server_now(self, server: Record, microversion: str | None = None) -> Record | None:
        answer = self.admin.compute.get(f"/servers/{server['id']}", microversion=microversion)
        return None if answer.status_code == 404 else done(answer)["server"]

    def server_in(self, server: Record, status: str) -> Record:
        def there() -> Record | None:
            now = self.server_now(server)
            settled = now is not None and now["status"] == status and now["OS-EXT-STS:task_state"] is None
            return now if settled else None

        return wait_until(there, f"server {server['id']} is {status}")

    def server_gone(self, server: Record) -> None:
        wait_until(lambda: self.server_now(server) is None, f"server {server['id']} is gone")

    def act(self, server: Record, action: Record, face: Face | None = None, microversion: str | None = None) -> Any:
        adapter = (face or self.admin).compute
        return adapter.post(f"/servers/{server['id']}/action", json=action, microversion=microversion)

    # ---- volumes
    def volume(self, status: str = "available") -> Record:
        self.made.add("volumes")
        given = {"size": 1, "name": f"{self.name}-vol"}
        volume = done(self.member.volume.post("/volumes", json={"volume": given}), 202)["volume"]
        return self.volume_in(volume, status)

    def volume_now(self, volume: Record) -> Record | None:
        answer = self.admin.volume.get(f"/volumes/{volume['id']}")
        return None if answer.status_code == 404 else done(answer)["volume"]

    def volume_in(self, volume: Record, status: str) -> Record:
        def there() -> Record | None:
            now = self.volume_now(volume)
            return now if now and now["status"] == status else None

        return wait_until(there, f"volume {volume['id']} is {status}")

    def volume_gone(self, volume: Record) -> None:
        wait_until(lambda: self.volume_now(volume) is None, f"volume {volume['id']} is gone")

    def attach(self, server: Record, volume: Record) -> None:
        body = {"volumeAttachment": {"volumeId": volume["id"]}}
        done(self.member.compute.post(f"/servers/{server['id']}/os-volume_attachments", json=body))
        self.volume_in(volume, "in-use")

    def snapshot(self, volume: Record, *, force: bool = False) -> Record:
        self.made.add("snapshots")
        given = {"volume_id": volume["id"], "name": f"{self.name}-snap", "force": force}
        snapshot = done(self.member.volume.post("/snapshots", json={"snapshot": given}), 202)["snapshot"]

        def there() -> bool:
            now = done(self.admin.volume.get(f"/snapshots/{snapshot['id']}"))["snapshot"]
            return bool(now["status"] == "available")

        wait_until(there, f"snapshot {snapshot['id']} is available")
        return snapshot

    def snapshot_gone(self, snapshot: Record) -> None:
        path = f"/snapshots/{snapshot['id']}"
        wait_until(lambda: self.admin.volume.get(path).status_code == 404, f"snapshot {snapshot['id']} is gone")

    # ---- images
    def image(self, **given: Any) -> Record:
        self.made.add("images")
        standard = {"name": f"{self.name}-image", "disk_format": "raw", "container_format": "bare"}
        return done(self.member.image.post("/images", json=standard | given), 201)

    # ---- the end
    def remove(self) -> None:
        """Take away all that was made, whatever state the test left it in, then people and project."""
        from tests.contract.clearing import clear  # noqa: PLC0415 - it needs this class's name

        with contextlib.suppress(AssertionError):
            self.set_enabled(True)
        clear(self)
        for user_id in self.users:
            self.admin.identity.delete(f"/users/{user_id}")
        done(self.admin.identity.delete(f"/projects/{self.project_id}"), 204)
