"""Ports: addresses, bindings, and those that only their router or floating IP may remove."""

import ipaddress

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.groups import default_group
from reaper.simulator.network.records import (
    NETWORK,
    PORT,
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

UNBOUND = {
    "binding:host_id": "",
    "binding:vif_type": "unbound",
    "binding:vif_details": {},
    "device_id": "",
    "device_owner": "",
    "status": "DOWN",
}
# device_owner -> the table in which the owner is looked for: while it is there the port stays.
SERVICE_OWNERS = {
    "network:router_interface": "routers",
    "network:router_interface_distributed": "routers",
    "network:ha_router_replicated_interface": "routers",
    "network:router_gateway": "routers",
    "network:router_centralized_snat": "routers",
    "network:router_ha_interface": "routers",
    "network:floatingip": "floatingips",
}


def _address(region: Region, subnet: Record, wanted: str | None) -> str:
    kept = region["_addresses"].setdefault(subnet["id"], {"used": set(), "next": 2})
    if wanted in kept["used"]:
        deny(409, "IpAddressAlreadyAllocated", f"IP address {wanted} already allocated in subnet {subnet['id']}")
    address = wanted or _free_address(subnet, kept)
    kept["used"].add(address)
    return address


def _free_address(subnet: Record, kept: Record) -> str:
    block = ipaddress.ip_network(subnet["cidr"])
    for _ in range(block.num_addresses):
        step = kept["next"]
        kept["next"] = step + 1 if step + 1 < block.num_addresses - 1 else 2
        address = str(block.network_address + step)
        if address not in kept["used"] and address != subnet["gateway_ip"]:
            return address
    return deny(409, "IpAddressGenerationFailure", f"No more IP addresses available on network {subnet['network_id']}.")


def new_port(
    region: Region,
    network_id: str,
    project_id: str,
    *,
    subnet_id: str = "",
    address: str | None = None,
    **given: object,
) -> Record:
    """Make a port with an address of the network's first subnet, or of the one named."""
    network = region["networks"][network_id]
    wanted = subnet_id or next(iter(network["subnets"]), "")
    subnet = region["subnets"].get(wanted)
    fixed = [] if subnet is None else [{"subnet_id": subnet["id"], "ip_address": _address(region, subnet, address)}]
    mac = "fa:16:3e:" + ":".join(f"{region.cloud.luck.randrange(256):02x}" for _ in range(3))
    return keep(
        region,
        PORT,
        project_id,
        **(
            {
                "network_id": network_id,
                "mac_address": mac,
                "admin_state_up": True,
                "fixed_ips": fixed,
                "allowed_address_pairs": [],
                "extra_dhcp_opts": [],
                "security_groups": [],
                "binding:vnic_type": "normal",
                "binding:profile": {},
                "port_security_enabled": True,
                "qos_policy_id": None,
                "qos_network_policy_id": None,
                "ip_allocation": "immediate",
                "resource_request": None,
            }
            | UNBOUND
            | given
        ),
    )


def bind_port(region: Region, port: Record, server_id: str, host: str) -> None:
    """Plug a port into a server."""
    touch(
        region,
        port,
        **{
            "device_id": server_id,
            "device_owner": "compute:nova",
            "status": "ACTIVE",
            "binding:host_id": host,
            "binding:vif_type": "ovs",
        },
    )


def unbind_port(region: Region, port: Record) -> None:
    """Unplug a port and keep it, as Nova does with ports it did not make."""
    touch(region, port, **UNBOUND)


def remove_port(region: Region, port: Record) -> None:
    """Take a port away, with what hangs on it: forwardings go, floating IPs are set loose."""
    region["ports"].pop(port["id"], None)
    for fixed in port["fixed_ips"]:
        if fixed["subnet_id"] in region["_addresses"]:
            region["_addresses"][fixed["subnet_id"]]["used"].discard(fixed["ip_address"])
    for forwarding in list(region.where("port_forwardings", internal_port_id=port["id"])):
        drop_forwarding(region, forwarding)
    for floating in list(region.where("floatingips", port_id=port["id"])):
        touch(region, floating, port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")


def drop_forwarding(region: Region, forwarding: Record) -> None:
    """Take a port forwarding off its floating IP."""
    del region["port_forwardings"][forwarding["id"]]
    floating = region["floatingips"].get(forwarding["_fip"])
    if floating is None:
        return
    floating["port_forwardings"] = [one for one in floating["port_forwardings"] if one["id"] != forwarding["id"]]
    if not floating["port_forwardings"] and not floating["port_id"]:
        touch(region, floating, router_id=None)


def list_ports(ask: Request) -> ApiAnswer:
    """List ports."""
    wanted = {value for key, value in ask.query if key == "device_id"}
    found = [port for device in wanted for port in ask.region.where("ports", device_id=device)]
    return list_kind(ask, PORT, found if wanted else None)


def create_port(ask: Request) -> ApiAnswer:
    """Make a port on a network the caller sees."""
    given = ask.wrapped("port")
    network = find(ask, NETWORK, str(given.get("network_id")))
    owner = owner_given(ask, given)
    groups = given.get("security_groups")
    if groups is None:
        groups = [default_group(ask.region, owner)["id"]]
    for group_id in groups:
        if group_id not in ask.region["security_groups"]:
            deny(404, "SecurityGroupNotFound", f"Security group {group_id} does not exist")
    fixed: Record = next(iter(given.get("fixed_ips", ())), {})
    plain = {
        key: given[key]
        for key in ("name", "description", "device_id", "device_owner", "admin_state_up")
        if key in given
    }
    port = new_port(
        ask.region,
        network["id"],
        owner,
        subnet_id=fixed.get("subnet_id", ""),
        address=fixed.get("ip_address"),
        security_groups=groups,
        **plain,
    )
    return show_one(ask, PORT, port, 201)


def show_port(ask: Request, port_id: str) -> ApiAnswer:
    """Show a port."""
    return show_one(ask, PORT, find(ask, PORT, port_id))


def update_port(ask: Request, port_id: str) -> ApiAnswer:
    """Change a port."""
    port = find(ask, PORT, port_id, changing="update_port")
    touch(ask.region, port, **ask.wrapped("port"))
    return show_one(ask, PORT, port)


def _refuse_trunk(ask: Request, port_id: str) -> None:
    for trunk in ask.region["trunks"].values():
        if trunk["port_id"] == port_id:
            deny(409, "PortInUseAsTrunkParent", f"Port {port_id} is currently a parent port for trunk {trunk['id']}.")
        if any(sub["port_id"] == port_id for sub in trunk["sub_ports"]):
            deny(409, "PortInUseAsSubPort", f"Port {port_id} is currently a subport for trunk {trunk['id']}.")


def delete_port(ask: Request, port_id: str) -> ApiAnswer:
    """Delete a port; one of a running server goes without a word, one of a router or floating IP does not."""
    port = find(ask, PORT, port_id, changing="delete_port")
    refuse_stubborn(ask, port_id)
    table = SERVICE_OWNERS.get(port["device_owner"])
    if table is not None and port["device_id"] in ask.region[table]:
        message = (
            f"Port {port_id} cannot be deleted directly via the port API: has device owner {port['device_owner']}."
        )
        deny(409, "ServicePortInUse", message)
    _refuse_trunk(ask, port_id)
    remove_port(ask.region, port)
    return ApiAnswer(204)


ROUTES = (
    Route("GET", PORT.path, list_ports),
    Route("POST", PORT.path, create_port),
    Route("GET", PORT.path + "/{}", show_port),
    Route("PUT", PORT.path + "/{}", update_port),
    Route("DELETE", PORT.path + "/{}", delete_port),
)
