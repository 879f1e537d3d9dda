"""Port forwardings of floating IPs."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.floating import router_to
from reaper.simulator.network.ports import drop_forwarding
from reaper.simulator.network.records import FLOATING, PORT, deny, find, touch
from reaper.simulator.state import Region, dashed

PATH = FLOATING.path + "/{}/port_forwardings"
IN_FLOATING = ("id", "protocol", "internal_ip_address", "internal_port_id", "internal_port", "external_port")
HIDDEN = frozenset({"_fip", "project_id"})


def forward(
    region: Region, floating: Record, port: Record, internal: int, external: int, protocol: str = "tcp"
) -> Record:
    """Forward a port of a floating IP to a port behind a router."""
    forwarding: Record = {
        "id": dashed(),
        "protocol": protocol,
        "internal_ip_address": port["fixed_ips"][0]["ip_address"],
        "internal_port_id": port["id"],
        "internal_port": internal,
        "internal_port_range": f"{internal}:{internal}",
        "external_port": external,
        "external_port_range": f"{external}:{external}",
        "description": "",
        "project_id": floating["project_id"],
        "_fip": floating["id"],
    }
    region["port_forwardings"][forwarding["id"]] = forwarding
    brief = {key: forwarding[key] for key in IN_FLOATING}
    router_id = router_to(region, port, floating["floating_network_id"])
    touch(region, floating, router_id=router_id, port_forwardings=[*floating["port_forwardings"], brief])
    return forwarding


def _shown(forwarding: Record) -> Record:
    return {key: value for key, value in forwarding.items() if key not in HIDDEN}


def _find(ask: Request, floating_id: str, forwarding_id: str) -> Record:
    find(ask, FLOATING, floating_id)
    forwarding = ask.region["port_forwardings"].get(forwarding_id)
    if forwarding is None or forwarding["_fip"] != floating_id:
        deny(404, "PortForwardingNotFound", f"Port Forwarding {forwarding_id} could not be found.")
    return forwarding


def list_forwardings(ask: Request, floating_id: str) -> ApiAnswer:
    """List the forwardings of a floating IP."""
    find(ask, FLOATING, floating_id)
    return ApiAnswer(
        200, {"port_forwardings": [_shown(one) for one in ask.region.where("port_forwardings", _fip=floating_id)]}
    )


def create_forwarding(ask: Request, floating_id: str) -> ApiAnswer:
    """Make a forwarding; a floating IP that is attached as a whole has none."""
    floating = find(ask, FLOATING, floating_id, changing="create_floatingip_port_forwarding")
    given = ask.wrapped("port_forwarding")
    port = find(ask, PORT, str(given.get("internal_port_id")))
    if floating["port_id"]:
        message = (
            f"Cannot create port forwarding to floating IP {floating['floating_ip_address']} ({floating_id}) with port "
            f"{floating['port_id']} using fixed IP {floating['fixed_ip_address']}, as that port already has a binding "
            "floating IP."
        )
        deny(409, "PortHasBindingFloatingIP", message)
    made = forward(
        ask.region,
        floating,
        port,
        int(given["internal_port"]),
        int(given["external_port"]),
        given.get("protocol", "tcp"),
    )
    return ApiAnswer(201, {"port_forwarding": _shown(made)})


def show_forwarding(ask: Request, floating_id: str, forwarding_id: str) -> ApiAnswer:
    """Show a forwarding."""
    return ApiAnswer(200, {"port_forwarding": _shown(_find(ask, floating_id, forwarding_id))})


def delete_forwarding(ask: Request, floating_id: str, forwarding_id: str) -> ApiAnswer:
    """Delete a forwarding."""
    drop_forwarding(ask.region, _find(ask, floating_id, forwarding_id))
    return ApiAnswer(204)


ROUTES = (
    Route("GET", PATH, list_forwardings),
    Route("POST", PATH, create_forwarding),
    Route("GET", PATH + "/{}", show_forwarding),
    Route("DELETE", PATH + "/{}", delete_forwarding),
)
