"""Subnets, and the DHCP port that comes with one."""

import ipaddress

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.networks import AUTOMATIC
from reaper.simulator.network.plain import SUBNET_POOL
from reaper.simulator.network.ports import new_port, remove_port
from reaper.simulator.network.records import (
    NETWORK,
    SUBNET,
    deny,
    find,
    keep,
    list_kind,
    owner_given,
    refuse_stubborn,
    show_one,
    touch,
)
from reaper.simulator.state import Region


def new_subnet(
    region: Region, network: Record, cidr: str, name: str = "", *, dhcp: bool = True, **given: object
) -> Record:
    """Make a subnet; with `dhcp` an agent puts its port on the network, as on a cloud that has agents."""
    block = ipaddress.ip_network(cidr)
    first, last = block.network_address + 2, block.broadcast_address - 1
    subnet = keep(
        region,
        SUBNET,
        str(given.pop("project_id", network["project_id"])),
        **(
            {
                "name": name,
                "network_id": network["id"],
                "ip_version": block.version,
                "cidr": cidr,
                "enable_dhcp": dhcp,
                "gateway_ip": str(block.network_address + 1),
                "allocation_pools": [{"start": str(first), "end": str(last)}],
                "host_routes": [],
                "dns_nameservers": [],
                "subnetpool_id": None,
                "ipv6_ra_mode": None,
                "ipv6_address_mode": None,
                "router:external": network["router:external"],
                "service_types": [],
                "segment_id": None,
            }
            | given
        ),
    )
    network["subnets"] = [*network["subnets"], subnet["id"]]
    if dhcp and region.cloud.dhcp_ports:
        new_port(
            region,
            network["id"],
            network["project_id"],
            device_owner="network:dhcp",
            subnet_id=subnet["id"],
            device_id=f"dhcp-{network['id']}",
            security_groups=[],
            status="ACTIVE",
        )
    return subnet


def list_subnets(ask: Request) -> ApiAnswer:
    """List subnets."""
    return list_kind(ask, SUBNET)


def create_subnet(ask: Request) -> ApiAnswer:
    """Make a subnet on a network the caller owns."""
    given = ask.wrapped("subnet")
    network = find(ask, NETWORK, str(given.get("network_id")), changing="create_subnet")
    if given.get("subnetpool_id"):
        given = given | {"cidr": _from_pool(ask.region, find(ask, SUBNET_POOL, given["subnetpool_id"]))}
    try:
        block = ipaddress.ip_network(str(given.get("cidr")))
    except ValueError:
        deny(400, "HTTPBadRequest", f"Invalid input for cidr. Reason: '{given.get('cidr')}' is not a valid IP subnet.")
    for other in ask.region.where("subnets", network_id=network["id"]):
        if ipaddress.ip_network(other["cidr"]).overlaps(block):
            message = (
                f"Invalid input for operation: Requested subnet with cidr: {block} for network: {network['id']} "
                "overlaps with another subnet."
            )
            deny(400, "InvalidInput", message)
    known = ("gateway_ip", "dns_nameservers", "host_routes", "description", "subnetpool_id")
    plain = {key: given[key] for key in known if key in given}
    dhcp = bool(given.get("enable_dhcp", True))
    made = new_subnet(
        ask.region, network, str(block), given.get("name", ""), dhcp=dhcp, project_id=owner_given(ask, given), **plain
    )
    return show_one(ask, SUBNET, made, 201)


def _from_pool(region: Region, pool: Record) -> str:
    taken = [ipaddress.ip_network(one["cidr"]) for one in region.where("subnets", subnetpool_id=pool["id"])]
    for prefix in pool["prefixes"]:
        for block in ipaddress.ip_network(prefix).subnets(new_prefix=int(pool["default_prefixlen"])):
            if not any(block.overlaps(other) for other in taken):
                return str(block)
    return deny(
        409, "SubnetAllocationError", "Failed to allocate subnet: Insufficient prefix space to allocate subnet."
    )


def show_subnet(ask: Request, subnet_id: str) -> ApiAnswer:
    """Show a subnet."""
    return show_one(ask, SUBNET, find(ask, SUBNET, subnet_id))


def update_subnet(ask: Request, subnet_id: str) -> ApiAnswer:
    """Change a subnet."""
    subnet = find(ask, SUBNET, subnet_id, changing="update_subnet")
    touch(ask.region, subnet, **ask.wrapped("subnet"))
    return show_one(ask, SUBNET, subnet)


def delete_subnet(ask: Request, subnet_id: str) -> ApiAnswer:
    """Delete a subnet; a port with an address from it is a refusal, DHCP ports are not."""
    subnet = find(ask, SUBNET, subnet_id, changing="delete_subnet")
    refuse_stubborn(ask, subnet_id)
    inside = [
        port
        for port in ask.region.where("ports", network_id=subnet["network_id"])
        if any(fixed["subnet_id"] == subnet_id for fixed in port["fixed_ips"])
    ]
    if any(port["device_owner"] not in AUTOMATIC for port in inside):
        message = (
            f"Unable to complete operation on subnet {subnet_id}: One or more ports have an IP allocation from this "
            "subnet."
        )
        deny(409, "SubnetInUse", message)
    for port in inside:
        remove_port(ask.region, port)
    network = ask.region["networks"][subnet["network_id"]]
    network["subnets"] = [one for one in network["subnets"] if one != subnet_id]
    del ask.region["subnets"][subnet_id]
    return ApiAnswer(204)


ROUTES = (
    Route("GET", SUBNET.path, list_subnets),
    Route("POST", SUBNET.path, create_subnet),
    Route("GET", SUBNET.path + "/{}", show_subnet),
    Route("PUT", SUBNET.path + "/{}", update_subnet),
    Route("DELETE", SUBNET.path + "/{}", delete_subnet),
)
