"""Fills a cloud with tenants through its APIs, as their own users would: plain JSON over keystoneauth1.

Runs in the project's environment, not the lab's: python -m tests.openstack.lab.seed --tenants 3
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password
from openstack.config import OpenStackConfig

PASSWORD = "first-light"
FLAVOR, IMAGE, EXTERNAL_NETWORK = "m1.nano", "cirros", "public"


@dataclass(frozen=True)
class Account:
    """One account's view of the cloud."""

    session: session.Session
    region: str | None

    def get(self, service: str, path: str) -> Any:
        """Read; returns the decoded body."""
        return self._call("GET", service, path)

    def post(self, service: str, path: str, body: Any) -> Any:
        """Create; returns the decoded body."""
        return self._call("POST", service, path, body)

    def put(self, service: str, path: str, body: Any = None) -> Any:
        """Put a body or a bare fact; returns the decoded body."""
        return self._call("PUT", service, path, body)

    def _call(self, verb: str, service: str, path: str, body: Any = None) -> Any:
        where = {"service_type": service, "interface": "public", "region_name": self.region}
        answer = self.session.request(path, verb, json=body, endpoint_filter=where)
        return answer.json() if answer.content else None


def connect(cloud: str, region: str | None = None) -> Account:
    """Log in as the account of a clouds.yaml entry, for a region or else its first."""
    entry = OpenStackConfig().get_one(cloud=cloud, region_name=region)
    return Account(entry.get_session(), entry.get_region_name())


def make_tenant(
    cloud: str,
    name: str,
    *,
    servers: int = 2,
    fips: int = 1,
    volumes: int = 1,
    users: int = 2,
    tags: Sequence[str] = (),
    patience: float = 300.0,
    region: str | None = None,
    owner: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make a tenant with a private network behind a router, servers on it, and volumes.

    Its users, {name}-u0@example.org and so on, have the role `member`; the first of them makes everything else. The
    volumes are attached to the servers in turn and have a snapshot each; one more port hangs on nothing.
    `owner` is an earlier answer of this function: its project and users then get the same in another region.

    Returns:
        name, and the ids: one each of project, network, subnet, router, security_group, spare_port; lists of users,
        ports, servers, floating_ips, volumes, snapshots.

    Raises:
        keystoneauth1.exceptions.HttpError: a service refused a call.
        TimeoutError: a server or volume was not ready after `patience` seconds.
        RuntimeError: a server or volume went to an error state.
    """
    admin = connect(cloud, region)
    people = {key: owner[key] for key in ("project", "users")} if owner else _make_project(admin, name, users, tags)
    made: dict[str, Any] = {"name": name, **people}
    member = log_in(admin, f"{name}-u0", made["project"])
    outside = _only(member.get("network", f"/v2.0/networks?name={EXTERNAL_NETWORK}")["networks"])
    made |= _make_network(member, name, outside)
    made |= _make_security_group(member, name)
    plug = partial(_make_port, member, made["network"], made["security_group"])
    made["ports"] = [plug(f"{name}-port{number}") for number in range(servers)]
    made["spare_port"] = plug(f"{name}-spare")
    made["servers"] = _make_servers(member, name, made["ports"])
    made["floating_ips"] = [_make_floating_ip(member, outside, port) for port in made["ports"][:fips]]
    made["volumes"] = [_make_volume(member, f"{name}-vol{number}") for number in range(volumes)]
    _finish(member, made, patience)
    return made


def _make_project(admin: Account, name: str, users: int, tags: Sequence[str]) -> dict[str, Any]:
    if users < 1:
        raise ValueError(f"users is {users}: at least 1 would be right, as the first one makes what the tenant has")
    project = {"name": name, "domain_id": "default", "description": "A tenant of the lab", "tags": list(tags)}
    made = admin.post("identity", "/projects", {"project": project})["project"]["id"]
    role = _only(admin.get("identity", "/roles?name=member")["roles"])
    return {"project": made, "users": [_make_user(admin, f"{name}-u{number}", made, role) for number in range(users)]}


def _make_user(admin: Account, name: str, project: str, role: str) -> str:
    user = {
        "name": name,
        "domain_id": "default",
        "default_project_id": project,
        "email": f"{name}@example.org",
        "password": PASSWORD,
    }
    made = str(admin.post("identity", "/users", {"user": user})["user"]["id"])
    admin.put("identity", f"/projects/{project}/users/{made}/roles/{role}")
    return made


def log_in(admin: Account, user: str, project: str) -> Account:
    """Log in as a user that `make_tenant` made."""
    keystone = admin.session.get_endpoint(service_type="identity", interface="public", region_name=admin.region)
    auth = Password(
        auth_url=str(keystone),
        username=user,
        password=PASSWORD,
        user_domain_id="default",
        project_id=project,
    )
    return Account(session.Session(auth=auth, verify=admin.session.verify), admin.region)


def _make_network(member: Account, name: str, outside: str) -> dict[str, str]:
    network = _make(member, "network", {"name": f"{name}-net"})
    subnet = _make(member, "subnet", {"name": name, "network_id": network, "ip_version": 4, "cidr": "10.11.0.0/22"})
    router = _make(member, "router", {"name": f"{name}-router", "external_gateway_info": {"network_id": outside}})
    member.put("network", f"/v2.0/routers/{router}/add_router_interface", {"subnet_id": subnet})
    return {"network": network, "subnet": subnet, "router": router}


def _make_security_group(member: Account, name: str) -> dict[str, str]:
    group = _make(member, "security_group", {"name": f"{name}-sg"})
    for port in (22, 443):
        rule = {"security_group_id": group, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
        _make(member, "security_group_rule", {**rule, "port_range_min": port, "port_range_max": port})
    return {"security_group": group}


def _make_port(member: Account, network: str, security_group: str, name: str) -> str:
    return _make(member, "port", {"name": name, "network_id": network, "security_groups": [security_group]})


def _make_floating_ip(member: Account, outside: str, port: str) -> str:
    return _make(member, "floatingip", {"floating_network_id": outside, "port_id": port})


def _make(member: Account, kind: str, body: dict[str, Any]) -> str:
    path = f"/v2.0/{kind.replace('_', '-')}s"
    return str(member.post("network", path, {kind: body})[kind]["id"])


def _make_servers(member: Account, name: str, ports: Sequence[str]) -> list[str]:
    if not ports:
        return []
    flavors = member.get("compute", "/flavors")["flavors"]
    flavor = next(found["id"] for found in flavors if found["name"] == FLAVOR)
    image = _only(member.get("image", f"/v2/images?name={IMAGE}")["images"])
    made = []
    for place, port in enumerate(ports):
        wish = {"name": f"{name}-vm{place}", "flavorRef": flavor, "imageRef": image, "networks": [{"port": port}]}
        made.append(member.post("compute", "/servers", {"server": wish})["server"]["id"])
    return made


def _make_volume(member: Account, name: str) -> str:
    return str(member.post("block-storage", "/volumes", {"volume": {"name": name, "size": 1}})["volume"]["id"])


def _finish(member: Account, made: dict[str, Any], patience: float) -> None:
    """Wait for the servers; attach the volumes and take their snapshots."""
    for server in made["servers"]:
        _await(member, "compute", f"/servers/{server}", "ACTIVE", patience)
    made["snapshots"] = []
    for place, volume in enumerate(made["volumes"]):
        path = f"/volumes/{volume}"
        _await(member, "block-storage", path, "available", patience)
        if made["servers"]:
            server = made["servers"][place % len(made["servers"])]
            wish = {"volumeAttachment": {"volumeId": volume}}
            member.post("compute", f"/servers/{server}/os-volume_attachments", wish)
            _await(member, "block-storage", path, "in-use", patience)
        snapshot = {"name": f"{made['name']}-snap{place}", "volume_id": volume, "force": True}
        made["snapshots"].append(member.post("block-storage", "/snapshots", {"snapshot": snapshot})["snapshot"]["id"])
    for snapshot in made["snapshots"]:
        _await(member, "block-storage", f"/snapshots/{snapshot}", "available", patience)


def _await(member: Account, service: str, path: str, wanted: str, patience: float) -> None:
    give_up = time.monotonic() + patience
    while (status := _status(member.get(service, path))) != wanted:
        if status.lower().startswith("error"):
            raise RuntimeError(f"{path} of {service} is in status {status}")
        if time.monotonic() > give_up:
            raise TimeoutError(f"{path} of {service} is still {status} after {patience:.0f} s and not {wanted}")
        time.sleep(0.2)


def _status(body: dict[str, Any]) -> str:
    (thing,) = body.values()
    return str(thing["status"])


def _only(found: Sequence[dict[str, Any]]) -> str:
    (thing,) = found
    return str(thing["id"])


def main() -> None:
    """Make tenants named {prefix}000 and so on; print one line of JSON for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.openstack.lab.seed", description=__doc__)
    parser.add_argument("--cloud", default=os.environ.get("OS_CLOUD", "lab"), help="entry of clouds.yaml")
    parser.add_argument("--prefix", default="t")
    parser.add_argument("--tenants", type=int, default=1)
    for name, number in (("servers", 2), ("fips", 1), ("volumes", 1), ("users", 2)):
        parser.add_argument(f"--{name}", type=int, default=number, help="of each tenant")
    parser.add_argument("--tag", action="append", default=[], dest="tags")
    given = vars(parser.parse_args())
    cloud, prefix, tenants = given.pop("cloud"), given.pop("prefix"), given.pop("tenants")
    make: Callable[[str], dict[str, Any]] = partial(make_tenant, cloud, **given)
    with ThreadPoolExecutor(3) as pool:
        for made in pool.map(make, (f"{prefix}{number:03}" for number in range(tenants))):
            print(json.dumps(made), flush=True)


if __name__ == "__main__":
    main()
