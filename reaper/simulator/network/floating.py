"""Floating IPs: taken, attached, given back."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.ports import new_port, remove_port
from reaper.simulator.network.records import (
    FLOATING,
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
from reaper.simulator.network.routers import INTERFACES
from reaper.simulator.state import Region


def new_floating(region: Region, project_id: str, network: Record) -> Record:
    """Take a floating IP; its own port on the external network belongs to no project."""
    port = new_port(
        region,
        network["id"],
        "",
        device_owner="network:floatingip",
        security_groups=[],
        status="N/A",
        port_security_enabled=False,
    )
    floating = keep(
        region,
        FLOATING,
        project_id,
        floating_ip_address=port["fixed_ips"][0]["ip_address"],
        floating_network_id=network["id"],
        router_id=None,
        port_id=None,
        fixed_ip_address=None,
        status="DOWN",
        qos_policy_id=None,
        port_details=None,
        port_forwardings=[],
    )
    del floating["name"]
    touch(region, port, device_id=floating["id"])
    return floating


def router_to(region: Region, port: Record, network_id: str) -> str | None:
    """Find the router by which a port's subnet reaches an external network."""
    subnets = {fixed["subnet_id"] for fixed in port["fixed_ips"]}
    for beside in region.where("ports", network_id=port["network_id"]):
        router = region["routers"].get(beside["device_id"]) if beside["device_owner"] in INTERFACES else None
        if router is None or not subnets & {fixed["subnet_id"] for fixed in beside["fixed_ips"]}:
            continue
        if (router["external_gateway_info"] or {}).get("network_id") == network_id:
            return str(router["id"])
    return None


def associate(region: Region, floating: Record, port: Record) -> None:
    """Attach a floating IP to a port that a router connects to its network; refuse otherwise."""
    router_id = router_to(region, port, floating["floating_network_id"])
    if router_id is None:
        subnet = port["fixed_ips"][0]["subnet_id"] if port["fixed_ips"] else ""
        message = (
            f"External network {floating['floating_network_id']} is not reachable from subnet {subnet}.  Therefore, "
            f"cannot associate Port {port['id']} with a Floating IP."
        )
        deny(404, "ExternalGatewayForFloatingIPNotFound", message)
    details = {
        key: port[key]
        for key in ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")
    }
    touch(
        region,
        floating,
        port_id=port["id"],
        router_id=router_id,
        fixed_ip_address=port["fixed_ips"][0]["ip_address"],
        status="ACTIVE",
        port_details=details,
    )


def _refuse_taken(region: Region, floating: Record, port: Record) -> None:
    for other in region.where("floatingips", port_id=port["id"], floating_network_id=floating["floating_network_id"]):
        if other["id"] != floating["id"]:
            message = (
                f"Cannot associate floating IP {floating['floating_ip_address']} ({floating['id']}) with port "
                f"{port['id']} using fixed IP {other['fixed_ip_address']}, as that fixed IP already has a floating IP "
                f"on external network {floating['floating_network_id']}."
            )
            deny(409, "FloatingIPPortAlreadyAssociated", message)


def list_floating(ask: Request) -> ApiAnswer:
    """List floating IPs."""
    return list_kind(ask, FLOATING)


def create_floating(ask: Request) -> ApiAnswer:
    """Take a floating IP, attached at once when a port is named."""
    given = ask.wrapped("floatingip")
    network = find(ask, NETWORK, str(given.get("floating_network_id")))
    if not network["router:external"]:
        deny(400, "BadRequest", f"Bad floatingip request: Network {network['id']} is not a valid external network.")
    port = find(ask, PORT, given["port_id"]) if given.get("port_id") else None
    floating = new_floating(ask.region, owner_given(ask, given), network)
    floating["description"] = given.get("description", "")
    if port is not None:
        _attach_or_drop(ask, floating, port)
    return show_one(ask, FLOATING, floating, 201)


def _attach_or_drop(ask: Request, floating: Record, port: Record) -> None:
    try:
        _refuse_taken(ask.region, floating, port)
        associate(ask.region, floating, port)
    except BaseException:
        remove_floating(ask.region, floating)
        raise


def show_floating(ask: Request, floating_id: str) -> ApiAnswer:
    """Show a floating IP."""
    return show_one(ask, FLOATING, find(ask, FLOATING, floating_id))


def update_floating(ask: Request, floating_id: str) -> ApiAnswer:
    """Attach a floating IP to another port, or to none."""
    floating = find(ask, FLOATING, floating_id, changing="update_floatingip")
    given = ask.wrapped("floatingip")
    if given.get("port_id"):
        port = find(ask, PORT, given["port_id"])
        _refuse_taken(ask.region, floating, port)
        associate(ask.region, floating, port)
    elif "port_id" in given:
        touch(
            ask.region, floating, port_id=None, router_id=None, fixed_ip_address=None, status="DOWN", port_details=None
        )
    if "description" in given:
        floating["description"] = given["description"]
    return show_one(ask, FLOATING, floating)


def remove_floating(region: Region, floating: Record) -> None:
    """Give a floating IP back with its port."""
    region["floatingips"].pop(floating["id"], None)
    for port in list(region.where("ports", device_id=floating["id"])):
        remove_port(region, port)


def delete_floating(ask: Request, floating_id: str) -> ApiAnswer:
    """Give a floating IP back, attached or not; port forwardings are a refusal."""
    floating = find(ask, FLOATING, floating_id, changing="delete_floatingip")
    refuse_stubborn(ask, floating_id)
    if any(True for _ in ask.region.where("port_forwardings", _fip=floating_id)):
        deny(409, "FipInUseByPortForwarding", f"Floating IP {floating_id} in use by Port Forwarding resources.")
    remove_floating(ask.region, floating)
    return ApiAnswer(204)


ROUTES = (
    Route("GET", FLOATING.path, list_floating),
    Route("POST", FLOATING.path, create_floating),
    Route("GET", FLOATING.path + "/{}", show_floating),
    Route("PUT", FLOATING.path + "/{}", update_floating),
    Route("DELETE", FLOATING.path + "/{}", delete_floating),
)
