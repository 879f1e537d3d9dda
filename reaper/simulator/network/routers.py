"""Routers: interfaces, gateway, static routes, and what forbids taking them away."""

import ipaddress
from typing import Any

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.ports import SERVICE_OWNERS, new_port, remove_port
from reaper.simulator.network.records import (
    NETWORK,
    PORT,
    ROUTER,
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

INTERFACES = tuple(owner for owner in SERVICE_OWNERS if "interface" in owner and "ha_interface" not in owner)


def new_router(region: Region, project_id: str, name: str, network_id: str | None = None, **given: object) -> Record:
    """Make a router, with a gateway on an external network when one is named."""
    router = keep(
        region,
        ROUTER,
        project_id,
        name=name,
        admin_state_up=True,
        status="ACTIVE",
        external_gateway_info=None,
        availability_zones=[],
        availability_zone_hints=[],
        distributed=False,
        ha=False,
        routes=[],
        flavor_id=None,
        **given,
    )
    if network_id:
        set_gateway(region, router, network_id)
    return router


def set_gateway(region: Region, router: Record, network_id: str) -> None:
    """Put a router's gateway port, which belongs to no project, on an external network."""
    port = new_port(
        region,
        network_id,
        "",
        device_id=router["id"],
        device_owner="network:router_gateway",
        security_groups=[],
        port_security_enabled=False,
    )
    told = {"network_id": network_id, "external_fixed_ips": port["fixed_ips"], "enable_snat": True}
    touch(region, router, external_gateway_info=told)


def clear_gateway(region: Region, router: Record) -> None:
    """Remove a router's gateway port."""
    for port in list(region.where("ports", device_id=router["id"], device_owner="network:router_gateway")):
        remove_port(region, port)
    touch(region, router, external_gateway_info=None)


def interfaces(region: Region, router_id: str) -> list[Record]:
    """List the ports by which a router stands in tenant networks."""
    return [port for port in region.where("ports", device_id=router_id) if port["device_owner"] in INTERFACES]


def connect(region: Region, router: Record, subnet: Record) -> Record:
    """Give a router an interface at a subnet's gateway address."""
    return new_port(
        region,
        subnet["network_id"],
        router["project_id"],
        subnet_id=subnet["id"],
        address=subnet["gateway_ip"],
        device_id=router["id"],
        device_owner="network:router_interface",
        security_groups=[],
        port_security_enabled=False,
    )


def list_routers(ask: Request) -> ApiAnswer:
    """List routers."""
    return list_kind(ask, ROUTER)


def create_router(ask: Request) -> ApiAnswer:
    """Make a router."""
    given = ask.wrapped("router")
    gateway = given.get("external_gateway_info") or {}
    network = find(ask, NETWORK, gateway["network_id"]) if gateway else None
    if network is not None and not network["router:external"]:
        deny(400, "BadRequest", f"Bad router request: Network {network['id']} is not an external network.")
    router = new_router(ask.region, owner_given(ask, given), given.get("name", ""), network["id"] if network else None)
    return show_one(ask, ROUTER, router, 201)


def show_router(ask: Request, router_id: str) -> ApiAnswer:
    """Show a router."""
    return show_one(ask, ROUTER, find(ask, ROUTER, router_id))


def update_router(ask: Request, router_id: str) -> ApiAnswer:
    """Change a router's name, state, routes or gateway."""
    router = find(ask, ROUTER, router_id, changing="update_router")
    given = ask.wrapped("router")
    if "routes" in given:
        touch(ask.region, router, routes=_checked_routes(ask.region, router_id, given["routes"] or []))
    if "external_gateway_info" in given:
        _change_gateway(ask, router, given["external_gateway_info"] or {})
    plain = {key: given[key] for key in ("name", "admin_state_up", "description") if key in given}
    if plain:
        touch(ask.region, router, **plain)
    return show_one(ask, ROUTER, router)


def _checked_routes(region: Region, router_id: str, routes: list[Record]) -> list[Record]:
    blocks = [
        ipaddress.ip_network(region["subnets"][fixed["subnet_id"]]["cidr"])
        for port in region.where("ports", device_id=router_id)
        for fixed in port["fixed_ips"]
        if fixed["subnet_id"] in region["subnets"]
    ]
    for route in routes:
        if not any(ipaddress.ip_address(route["nexthop"]) in block for block in blocks):
            message = f"Invalid format for routes: {routes}, the nexthop is not connected with router"
            deny(400, "InvalidRoutes", message)
    return routes


def _change_gateway(ask: Request, router: Record, wanted: Record) -> None:
    old = (router["external_gateway_info"] or {}).get("network_id")
    new = wanted.get("network_id")
    if old == new:
        return
    if old and any(True for _ in ask.region.where("floatingips", router_id=router["id"])):
        message = (
            f"Gateway cannot be updated for router {router['id']}, since a gateway to external network {old} is "
            "required by one or more floating IPs."
        )
        deny(409, "RouterExternalGatewayInUseByFloatingIp", message)
    if old:
        clear_gateway(ask.region, router)
    if new:
        set_gateway(ask.region, router, find(ask, NETWORK, new)["id"])


def delete_router(ask: Request, router_id: str) -> ApiAnswer:
    """Delete a router with its gateway port; interfaces are a refusal that names them."""
    router = find(ask, ROUTER, router_id, changing="delete_router")
    refuse_stubborn(ask, router_id)
    left = sorted(port["id"] for port in interfaces(ask.region, router_id))
    if left:
        deny(409, "RouterInUse", f"Router {router_id} has ports still attached: {', '.join(left)}")
    for port in list(ask.region.where("ports", device_id=router_id)):
        remove_port(ask.region, port)
    del ask.region["routers"][router["id"]]
    return ApiAnswer(204)


def _told(router: Record, port: Record, subnet_id: str) -> ApiAnswer:
    return ApiAnswer(
        200,
        {
            "id": router["id"],
            "project_id": router["project_id"],
            "port_id": port["id"],
            "network_id": port["network_id"],
            "subnet_id": subnet_id,
            "subnet_ids": [subnet_id],
        },
    )


def _bad(message: str) -> None:
    deny(400, "BadRequest", f"Bad router request: {message}")


def add_interface(ask: Request, router_id: str) -> ApiAnswer:
    """Connect a router to a subnet, or make a free port its interface."""
    router = find(ask, ROUTER, router_id, changing="add_router_interface")
    given: Any = ask.document()
    if "port_id" in given:
        port = find(ask, PORT, given["port_id"])
        if port["device_id"]:
            message = (
                f"Unable to complete operation on port {port['id']} for network {port['network_id']}. Port already has "
                f"an attached device {port['device_id']}."
            )
            deny(409, "PortInUse", message)
        touch(ask.region, port, device_id=router_id, device_owner="network:router_interface")
        return _told(router, port, port["fixed_ips"][0]["subnet_id"])
    if "subnet_id" not in given:
        _bad("Either subnet_id or port_id must be specified.")
    subnet = find(ask, SUBNET, given["subnet_id"])
    if any(_stands_in(port, subnet["id"]) for port in interfaces(ask.region, router_id)):
        _bad(f"Router already has a port on subnet {subnet['id']}.")
    return _told(router, connect(ask.region, router, subnet), subnet["id"])


def _stands_in(port: Record, subnet_id: str) -> bool:
    return any(fixed["subnet_id"] == subnet_id for fixed in port["fixed_ips"])


def _interface_asked(ask: Request, router_id: str, given: Record) -> tuple[Record, str]:
    own = interfaces(ask.region, router_id)
    if given.get("port_id"):
        port = next((one for one in own if one["id"] == given["port_id"]), None)
        if port is None:
            message = f"Router {router_id} does not have an interface with id {given['port_id']}"
            deny(404, "RouterInterfaceNotFound", message)
        subnet_id = next((str(fixed["subnet_id"]) for fixed in port["fixed_ips"]), "")
        return port, subnet_id
    if not given.get("subnet_id"):
        _bad("Either subnet_id or port_id must be specified.")
    subnet = find(ask, SUBNET, given["subnet_id"])
    port = next((one for one in own if _stands_in(one, subnet["id"])), None)
    if port is None:
        message = f"Router {router_id} has no interface on subnet {subnet['id']}"
        deny(404, "RouterInterfaceNotFoundForSubnet", message)
    return port, str(subnet["id"])


def _refuse_needed(region: Region, router: Record, subnet_id: str) -> None:
    words = (
        f"Router interface for subnet {subnet_id} on router {router['id']} cannot be deleted, as it is required by one "
        "or more "
    )
    for floating in region.where("floatingips", router_id=router["id"]):
        behind = [region["ports"].get(floating["port_id"] or "")]
        behind += [
            region["ports"].get(one["internal_port_id"])
            for one in region.where("port_forwardings", _fip=floating["id"])
        ]
        if any(port is not None and _stands_in(port, subnet_id) for port in behind):
            deny(409, "RouterInterfaceInUseByFloatingIP", words + "floating IPs.")
    subnet = region["subnets"].get(subnet_id)
    block = ipaddress.ip_network(subnet["cidr"]) if subnet else None
    if block and any(ipaddress.ip_address(route["nexthop"]) in block for route in router["routes"]):
        deny(409, "RouterInterfaceInUseByRoute", words + "routes.")


def remove_interface(ask: Request, router_id: str) -> ApiAnswer:
    """Take an interface away by `subnet_id` or `port_id`; floating IPs and routes that need it are refusals."""
    router = find(ask, ROUTER, router_id, changing="remove_router_interface")
    port, subnet_id = _interface_asked(ask, router_id, ask.document())
    _refuse_needed(ask.region, router, subnet_id)
    remove_port(ask.region, port)
    return _told(router, port, subnet_id)


ROUTES = (
    Route("GET", ROUTER.path, list_routers),
    Route("POST", ROUTER.path, create_router),
    Route("GET", ROUTER.path + "/{}", show_router),
    Route("PUT", ROUTER.path + "/{}", update_router),
    Route("DELETE", ROUTER.path + "/{}", delete_router),
    Route("PUT", ROUTER.path + "/{}/add_router_interface", add_interface),
    Route("PUT", ROUTER.path + "/{}/remove_router_interface", remove_interface),
)
