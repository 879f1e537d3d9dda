"""A tenant that has everything that is hard to take away, and the neighbours who must not notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.openstack.lab.seed import Account, connect, log_in, make_tenant

ROUTED = "10.99.{}.0/24"


@dataclass(frozen=True)
class Nasty:
    """Ids: the two projects, what must be left of the tenant, and what holds it."""

    name: str
    project: str
    neighbour: str
    shared_network: str
    shared_subnet: str
    sharing: str
    protected_image: str
    servers: tuple[str, ...]


def make_nasty(cloud: str, name: str) -> Nasty:
    """Make the tenant `name` beside `{name}`'s neighbour `production`, and entangle the two."""
    admin = connect(cloud)
    neighbour = make_tenant(cloud, "production", servers=1, users=1)
    tenant = make_tenant(cloud, name, servers=2, volumes=2, users=1)
    mine = log_in(admin, f"{name}-u0", tenant["project"])
    theirs = log_in(admin, "production-u0", neighbour["project"])
    make = partial(_make, mine)
    _several_networks(make, mine, tenant)
    tenant["servers"].append(_server_on_a_trunk(make, mine, tenant))
    _groups(make, tenant)
    _forwarding(make, mine, tenant)
    lent = _shared_networks(admin, mine, theirs, tenant, neighbour)
    image = _images(mine, tenant)
    _odd_servers(admin, tenant)
    return Nasty(name, tenant["project"], neighbour["project"], *lent, image, tuple(tenant["servers"]))


def _several_networks(make: Callable[..., str], mine: Account, tenant: dict[str, Any]) -> None:
    """Three more networks behind the router, and routes through two of them."""
    hops = []
    for number in range(3):
        network = make("network", name=f"more{number}")
        cidr = f"10.2{number}.0.0/24"
        subnet = make("subnet", network_id=network, ip_version=4, cidr=cidr)
        mine.put("network", f"/v2.0/routers/{tenant['router']}/add_router_interface", {"subnet_id": subnet})
        make("port", name=f"spare{number}", network_id=network)
        hops.append(cidr.replace(".0/24", ".77"))
    routes = [{"destination": ROUTED.format(number), "nexthop": hop} for number, hop in enumerate(hops[:2])]
    mine.put("network", f"/v2.0/routers/{tenant['router']}", {"router": {"routes": routes}})


def _server_on_a_trunk(make: Callable[..., str], mine: Account, tenant: dict[str, Any]) -> str:
    """A server on the parent port, so that the trunk is in use; two subports on another network."""
    network = make("network", name="tagged")
    make("subnet", network_id=network, ip_version=4, cidr="10.30.0.0/24")
    subports = []
    for tag in (101, 102):
        port = make("port", name=f"sub{tag}", network_id=network)
        subports.append({"port_id": port, "segmentation_type": "vlan", "segmentation_id": tag})
    parent = make("port", name="parent", network_id=tenant["network"])
    make("trunk", name="trunk", port_id=parent, sub_ports=subports)
    flavor = mine.get("compute", "/flavors")["flavors"][0]["id"]
    image = mine.get("image", "/v2/images?name=cirros")["images"][0]["id"]
    wish = {"name": "tagged", "flavorRef": flavor, "imageRef": image, "networks": [{"port": parent}]}
    server = str(mine.post("compute", "/servers", {"server": wish})["server"]["id"])
    while mine.get("compute", f"/servers/{server}")["server"]["status"] == "BUILD":
        pass  # each look is a request to the real cloud
    return server


def _groups(make: Callable[..., str], tenant: dict[str, Any]) -> None:
    """Two security groups that name each other, and one that names the group in use."""
    one, two = (make("security_group", name=f"cross{number}") for number in range(2))
    for group, remote in ((one, two), (two, one), (one, tenant["security_group"])):
        rule = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
        make("security_group_rule", security_group_id=group, remote_group_id=remote, **rule)


def _forwarding(make: Callable[..., str], mine: Account, tenant: dict[str, Any]) -> None:
    """A floating IP that forwards to a server's port."""
    outside = mine.get("network", "/v2.0/networks?name=public")["networks"][0]["id"]
    floating = make("floatingip", floating_network_id=outside)
    port = mine.get("network", f"/v2.0/ports/{tenant['ports'][1]}")["port"]
    wish = {
        "internal_port_id": port["id"],
        "internal_ip_address": port["fixed_ips"][0]["ip_address"],
        "internal_port": 22,
        "external_port": 2222,
        "protocol": "tcp",
    }
    mine.post("network", f"/v2.0/floatingips/{floating}/port_forwardings", {"port_forwarding": wish})


def _shared_networks(
    admin: Account, mine: Account, theirs: Account, tenant: dict[str, Any], neighbour: dict[str, Any]
) -> tuple[str, str, str]:
    """A network of the tenant with the neighbour's port on it, and one of the neighbour with the tenant's.

    The neighbour's port on the tenant's network also has a floating IP, which the tenant took.
    """
    lent = _make(mine, "network", name="lent")
    subnet = _make(mine, "subnet", network_id=lent, ip_version=4, cidr="10.40.0.0/24")
    sharing = _share(mine, lent, neighbour["project"])
    port = _make(theirs, "port", name="guest", network_id=lent)
    mine.put("network", f"/v2.0/routers/{tenant['router']}/add_router_interface", {"subnet_id": subnet})
    outside = mine.get("network", "/v2.0/networks?name=public")["networks"][0]["id"]
    _make(admin, "floatingip", floating_network_id=outside, port_id=port, project_id=tenant["project"])
    _share(theirs, neighbour["network"], tenant["project"])
    _make(mine, "port", name="visitor", network_id=neighbour["network"])
    return lent, subnet, sharing


def _share(owner: Account, network: str, target: str) -> str:
    wish = {"object_type": "network", "object_id": network, "target_tenant": target, "action": "access_as_shared"}
    return str(owner.post("network", "/v2.0/rbac-policies", {"rbac_policy": wish})["rbac_policy"]["id"])


def _images(mine: Account, tenant: dict[str, Any]) -> str:
    """A snapshot of a server, and an image that is protected."""
    mine.post("compute", f"/servers/{tenant['servers'][0]}/action", {"createImage": {"name": "kept-state"}})
    wish = {"name": "precious", "disk_format": "raw", "container_format": "bare", "protected": True}
    return str(mine.post("image", "/v2/images", wish)["id"])


def _odd_servers(admin: Account, tenant: dict[str, Any]) -> None:
    """One server locked by its user's admin, one in ERROR."""
    locked, broken, _ = tenant["servers"]
    admin.post("compute", f"/servers/{locked}/action", {"lock": None})
    admin.post("compute", f"/servers/{broken}/action", {"os-resetState": {"state": "error"}})


def _make(account: Account, kind: str, **body: Any) -> str:
    path = f"/v2.0/{kind.replace('_', '-')}s"
    return str(account.post("network", path, {kind: body})[kind]["id"])
