"""Networks: shared, external, and deletable only without foreign ports."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.groups import default_group
from reaper.simulator.network.ports import remove_port
from reaper.simulator.network.records import (
    NETWORK,
    deny,
    find,
    keep,
    list_kind,
    owner_given,
    refuse_stubborn,
    show_one,
    touch,
)
from reaper.simulator.network.sharing import share
from reaper.simulator.state import Region

# Neutron removes these ports itself with their network (AUTO_DELETE_PORT_OWNERS).
AUTOMATIC = frozenset({"network:dhcp", "network:distributed", "network:floatingip_agent_gateway"})


def new_network(region: Region, project_id: str, name: str, *, shared: bool = False, external: bool = False) -> Record:
    """Make a network."""
    segment = {
        "provider:network_type": "flat" if external else "vxlan",
        "provider:physical_network": "public" if external else None,
        "provider:segmentation_id": None if external else next(region.segments),
    }
    network = keep(
        region,
        NETWORK,
        project_id,
        name=name,
        admin_state_up=True,
        mtu=1500 if external else 1450,
        status="ACTIVE",
        subnets=[],
        shared=shared,
        availability_zone_hints=[],
        availability_zones=[],
        ipv4_address_scope=None,
        ipv6_address_scope=None,
        port_security_enabled=True,
        qos_policy_id=None,
        l2_adjacency=True,
        **{"router:external": external},
        **segment,
    )
    for action, wanted in (("access_as_shared", shared), ("access_as_external", external)):
        if wanted:
            share(region, network, "*", action)
    return network


def list_networks(ask: Request) -> ApiAnswer:
    """List networks."""
    return list_kind(ask, NETWORK)


def create_network(ask: Request) -> ApiAnswer:
    """Make a network; only admins make shared and external ones."""
    given = ask.wrapped("network")
    owner = owner_given(ask, given)
    shared, external = bool(given.get("shared")), bool(given.get("router:external"))
    if (shared or external) and not ask.admin:
        deny(403, "PolicyNotAuthorized", "rule:create_network is disallowed by policy")
    default_group(ask.region, owner)
    return show_one(
        ask, NETWORK, new_network(ask.region, owner, given.get("name", ""), shared=shared, external=external), 201
    )


def show_network(ask: Request, network_id: str) -> ApiAnswer:
    """Show a network."""
    return show_one(ask, NETWORK, find(ask, NETWORK, network_id))


def update_network(ask: Request, network_id: str) -> ApiAnswer:
    """Change a network."""
    network = find(ask, NETWORK, network_id, changing="update_network")
    touch(ask.region, network, **ask.wrapped("network"))
    return show_one(ask, NETWORK, network)


def delete_network(ask: Request, network_id: str) -> ApiAnswer:
    """Delete a network with its subnets and DHCP ports; any other port on it is a refusal that names it."""
    find(ask, NETWORK, network_id, changing="delete_network")
    refuse_stubborn(ask, network_id)
    on_it = list(ask.region.where("ports", network_id=network_id))
    others = sorted(port["id"] for port in on_it if port["device_owner"] not in AUTOMATIC)
    if others:
        message = (
            f"Unable to complete operation on network {network_id}. There are one or more ports still in use on the "
            f"network, id for these ports is: {','.join(others)}."
        )
        deny(409, "NetworkInUse", message)
    for port in on_it:
        remove_port(ask.region, port)
    for subnet in list(ask.region.where("subnets", network_id=network_id)):
        del ask.region["subnets"][subnet["id"]]
    for policy in list(ask.region.where("rbac_policies", object_id=network_id)):
        del ask.region["rbac_policies"][policy["id"]]
    del ask.region["networks"][network_id]
    return ApiAnswer(204)


ROUTES = (
    Route("GET", NETWORK.path, list_networks),
    Route("POST", NETWORK.path, create_network),
    Route("GET", NETWORK.path + "/{}", show_network),
    Route("PUT", NETWORK.path + "/{}", update_network),
    Route("DELETE", NETWORK.path + "/{}", delete_network),
)
