"""Quantum v2.0: no pages, no tags, and a filter that it does not know is ignored: everybody's objects come."""

from collections.abc import Callable

from reaper.simulator.exchange import Act, ApiAnswer, Record, Request, Route
from reaper.simulator.network import floating, groups, networks, ports, routers, subnets
from reaper.simulator.network.records import FLOATING, NETWORK, PORT, ROUTER, SUBNET, RecordKind, deny, find, visible

OWN = ("id", "tenant_id", "name", "status", "admin_state_up")
# What Quantum tells of each kind; it filters by these, and by nothing else.
FIELDS: dict[str, tuple[str, ...]] = {
    "networks": (*OWN, "shared", "subnets", "router:external"),
    "subnets": (
        "id", "tenant_id", "name", "network_id", "cidr", "ip_version", "gateway_ip", "allocation_pools",
        "dns_nameservers", "host_routes", "enable_dhcp", "shared",
    ),
    "ports": (*OWN, "network_id", "mac_address", "fixed_ips", "device_id", "device_owner"),
    "routers": (*OWN, "external_gateway_info"),
    "floatingips": (
        "id", "tenant_id", "floating_ip_address", "floating_network_id", "router_id", "port_id", "fixed_ip_address",
    ),
}  # fmt: skip
EXTENSIONS = ("provider", "quotas", "router")
LISTS = frozenset({"fixed_ips", "subnets", "allocation_pools", "dns_nameservers", "host_routes"})


def _shown(ask: Request, kind: RecordKind, record: Record) -> Record:
    wanted = [value for key, value in ask.query if key == "fields"]
    shown = {key: record[key] for key in FIELDS[kind.many] if key in record}
    return {key: shown[key] for key in wanted if key in shown} if wanted else shown


def _fits(record: Record, key: str, values: list[str]) -> bool:
    if isinstance(record[key], bool):
        return record[key] in {value.lower() in {"true", "1"} for value in values}
    return ("" if record[key] is None else str(record[key])) in values


def _listing(kind: RecordKind) -> Act:
    def act(ask: Request) -> ApiAnswer:
        filters: dict[str, list[str]] = {}
        for key, value in ask.query:
            if key in FIELDS[kind.many] and key not in LISTS and value:
                filters.setdefault(key, []).append(value)
        found = [
            record
            for record in ask.region[kind.store].values()
            if visible(ask, kind, record)
            and all(_fits(record, key, values) for key, values in filters.items() if key in record)
        ]
        return ApiAnswer(200, {kind.many: [_shown(ask, kind, record) for record in found]})

    return act


def _trimmed(kind: RecordKind, act: Act) -> Act:
    """Let today's Neutron do it, and show of the result what Quantum shows."""

    def trimmed(ask: Request, *ids: str) -> ApiAnswer:
        answer = act(ask, *ids)
        inside = answer.document.get(kind.one) if isinstance(answer.document, dict) else None
        return ApiAnswer(answer.status, {kind.one: _shown(ask, kind, inside)}) if inside else answer

    return trimmed


def delete_network(ask: Request, network_id: str) -> ApiAnswer:
    """Delete a network with its subnets and every port of Quantum's own, also a router's interface."""
    find(ask, NETWORK, network_id, changing="delete_network")
    others = [
        port
        for port in ask.region.where("ports", network_id=network_id)
        if not port["device_owner"].startswith("network:")
    ]
    if others:
        message = f"Unable to complete operation on network {network_id}. There is one or more ports still in use on "
        deny(409, "NetworkInUse", f"{message}the network.")
    for port in list(ask.region.where("ports", network_id=network_id)):
        ports.remove_port(ask.region, port)
    return networks.delete_network(ask, network_id)


def versions(ask: Request) -> ApiAnswer:
    """Show the one version."""
    links = [{"rel": "self", "href": f"{ask.base}/v2.0"}]
    return ApiAnswer(200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})


def extensions(aliases: tuple[str, ...]) -> Route:
    """Make the list of these extensions."""
    every = [{"alias": alias, "name": alias, "links": []} for alias in aliases]
    return Route("GET", "/v2.0/extensions", lambda _ask: ApiAnswer(200, {"extensions": every}))


CRUD: tuple[tuple[RecordKind, dict[str, Callable[..., ApiAnswer]]], ...] = (
    (
        NETWORK,
        {
            "POST": networks.create_network,
            "GET": networks.show_network,
            "PUT": networks.update_network,
            "DELETE": delete_network,
        },
    ),
    (
        SUBNET,
        {
            "POST": subnets.create_subnet,
            "GET": subnets.show_subnet,
            "PUT": subnets.update_subnet,
            "DELETE": subnets.delete_subnet,
        },
    ),
    (
        PORT,
        {
            "POST": ports.create_port,
            "GET": ports.show_port,
            "PUT": ports.update_port,
            "DELETE": ports.delete_port,
        },
    ),
    (
        ROUTER,
        {
            "POST": routers.create_router,
            "GET": routers.show_router,
            "PUT": routers.update_router,
            "DELETE": routers.delete_router,
        },
    ),
    (
        FLOATING,
        {
            "POST": floating.create_floating,
            "GET": floating.show_floating,
            "PUT": floating.update_floating,
            "DELETE": floating.delete_floating,
        },
    ),
)
CORE = (
    Route("GET", "/", versions, None),
    *(Route("GET", kind.path, _listing(kind)) for kind, _ in CRUD),
    *(
        Route(method, kind.path + ("" if method == "POST" else "/{}"), _trimmed(kind, act))
        for kind, acts in CRUD
        for method, act in acts.items()
    ),
    Route("PUT", ROUTER.path + "/{}/add_router_interface", routers.add_interface),
    Route("PUT", ROUTER.path + "/{}/remove_router_interface", routers.remove_interface),
)
ROUTES = (*CORE, extensions(EXTENSIONS))
# Neutron before Newton: the same, with security groups of its own.
NEUTRON = (*CORE, extensions((*EXTENSIONS, "security-group")), *groups.ROUTES)
