"""Listing, making and deleting servers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from reaper.simulator.compute import views
from reaper.simulator.compute.life import GONE, begin_delete, boot, find_server, new_server
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import limit_asked, linked, page_of

YES = frozenset({"1", "t", "true", "on", "y", "yes"})
NO = frozenset({"0", "f", "false", "off", "n", "no"})
ALL_TENANTS = "os_compute_api:servers:{}:get_all_tenants"
LIMIT = "Invalid input for query parameters limit. Value: {0}. '{0}' does not match '^[0-9]*$'"


def _all_tenants(ask: Request, verb: str) -> bool:
    value = ask.asked("all_tenants")
    if value is None:
        return False
    if value.lower() not in YES | NO and value:
        accepted = ", ".join(f"'{word}'" for word in sorted(YES | NO))
        refuse("compute", 400, f"Unrecognized value '{value}', acceptable values are: {accepted}")
    if value.lower() in NO:
        return False
    if not ask.admin:
        refuse("compute", 403, f"Policy doesn't allow {ALL_TENANTS.format(verb)} to be performed.")
    return True


def _owner_asked(ask: Request) -> str | None:
    return ask.asked("project_id") or ask.asked("tenant_id")


def _chosen(ask: Request, verb: str) -> list[Record]:
    # Without all_tenants a project filter is dropped and the caller's own project is listed: Nova's trap.
    owner = _owner_asked(ask) if _all_tenants(ask, verb) else ask.project_id
    every = list(ask.region.where("servers", **({"project_id": owner} if owner else {})))
    since = ask.asked("changes-since")
    if since is not None:
        moment = _moment(since)
        every = [one for one in [*every, *ask.region[GONE].values()] if one["updated"] >= moment]
    chosen = [one for one in every if owner in {None, one["project_id"]} and _fits(ask, one)]
    return sorted(chosen, key=lambda one: (one["created"], one["id"]), reverse=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(
            "compute",
            400,
            f"Invalid input for query parameters changes-since. Value: {text}. '{text}' is not a 'date-time'",
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fits(ask: Request, server: Record) -> bool:
    for key, value in ask.query:
        test = FILTERS.get(key)
        if test is not None and not test(server, value):
            return False
    return True


FILTERS: dict[str, Callable[[Record, str], bool]] = {
    "status": lambda server, value: views.status_of(server) == value.upper(),
    "vm_state": lambda server, value: bool(server["vm_state"] == value),
    "name": lambda server, value: re.search(value, server["name"]) is not None,
    "uuid": lambda server, value: bool(server["id"] == value),
    "user_id": lambda server, value: bool(server["user_id"] == value),
    "host": lambda server, value: bool(server["host"] == value),
    "locked": lambda server, value: (server["locked"] is not None) == (value.lower() in YES),
}


def _page(ask: Request, verb: str) -> tuple[list[Record], str | None]:
    def lost(marker: str) -> None:
        refuse("compute", 400, f"marker [{marker}] not found")

    limit = limit_asked(ask, LIMIT)
    return page_of(ask, _chosen(ask, verb), limit, lost)


def list_servers(ask: Request) -> ApiAnswer:
    """List ids and names."""
    page, query = _page(ask, "index")
    return linked(ask, "servers", [views.brief(ask, server) for server in page], query)


def list_detail(ask: Request) -> ApiAnswer:
    """List servers in detail."""
    page, query = _page(ask, "detail")
    around = views.Surroundings(ask.region, page)
    told = [views.full(ask, server, around) for server in page]
    for one in told:
        one.pop("server_groups", None)  # only a server that is asked for alone names them
    return linked(ask, "servers", told, query)


def show_server(ask: Request, server_id: str) -> ApiAnswer:
    """Show one server."""
    server = find_server(ask, server_id)
    return ApiAnswer(200, {"server": views.full(ask, server, views.Surroundings(ask.region, [server]))})


def create_server(ask: Request) -> ApiAnswer:
    """Accept a new server: it is in BUILD first and runs a little later."""
    given = ask.wrapped("server")
    flavor = ask.region["flavors"].get(str(given.get("flavorRef")))
    if flavor is None:
        refuse("compute", 400, f"Flavor {given.get('flavorRef')} could not be found.")
    image = given.get("imageRef") or ""
    if image and image not in ask.region["images"]:
        refuse("compute", 400, f"Can not find requested image: {image}")
    wanted = given.get("networks", [])
    networks = [one for one in wanted if isinstance(one, dict)] if isinstance(wanted, list) else []
    server = new_server(
        ask.region,
        ask.project_id,
        given.get("name", ""),
        user_id=ask.who.user_id,
        flavor=flavor,
        image=image,
        key_name=given.get("key_name"),
        metadata=given.get("metadata", {}),
        networks=_networks(ask, networks),
        ports=_ports(ask, networks),
    )
    _join_group(ask, server)
    ask.cloud.later(lambda: boot(ask.region, server))
    told = {
        "id": server["id"],
        "links": views.links(ask, server),
        "OS-DCF:diskConfig": "MANUAL",
        "security_groups": [{"name": "default"}],
        "adminPass": "silly-12345",
    }
    return ApiAnswer(202, {"server": told}, headers={"Location": told["links"][0]["href"]})


def _networks(ask: Request, wanted: list[Record]) -> list[str]:
    ids = [str(one["uuid"]) for one in wanted if "uuid" in one]
    for network_id in ids:
        if network_id not in ask.region["networks"]:
            refuse("compute", 400, f"Network {network_id} could not be found.")
    return ids


def _ports(ask: Request, wanted: list[Record]) -> list[str]:
    ids = [str(one["port"]) for one in wanted if "port" in one]
    for port_id in ids:
        port = ask.region["ports"].get(port_id)
        if port is None:
            refuse("compute", 400, f"Port id {port_id} could not be found.")
        if port["device_id"]:
            refuse("compute", 409, f"Port {port_id} is still in use.")
    return ids


def _join_group(ask: Request, server: Record) -> None:
    hints = ask.document().get("os:scheduler_hints", {})
    group = ask.region["server_groups"].get(hints.get("group", ""))
    if group is not None:
        group["members"].append(server["id"])
        server["groups"] = [group["id"]]


def delete_server(ask: Request, server_id: str) -> ApiAnswer:
    """Accept a delete (204); a locked server is refused to all but admins."""
    server = find_server(ask, server_id)
    refuse_locked(ask, server)
    refuse_stubborn(ask, server_id)
    begin_delete(ask.region, server)
    return ApiAnswer(204)


def refuse_locked(ask: Request, server: Record) -> None:
    """Refuse to touch a locked server, unless an admin asks."""
    if server["locked"] is not None and not ask.admin:
        refuse("compute", 409, f"Instance {server['id']} is locked")


def refuse_state(server: Record, verb: str, allowed: tuple[str, ...]) -> None:
    """Refuse an action on a server that is in another state, or in the middle of something."""
    for state in ("vm_state", "task_state"):
        wrong = server["vm_state"] not in allowed if state == "vm_state" else server["task_state"] is not None
        if wrong:
            message = f"Cannot '{verb}' instance {server['id']} while it is in {state} {server[state]}"
            refuse("compute", 409, message)


def refuse_stubborn(ask: Request, resource_id: str) -> None:
    """Refuse what was told never to go."""
    if status := ask.cloud.stubborn.status(resource_id):
        refuse("compute", status, f"Instance {resource_id} cannot be deleted: simulated refusal")


ROUTES = (
    Route("GET", "/v2.1/servers", list_servers),
    Route("GET", "/v2.1/servers/detail", list_detail),
    Route("POST", "/v2.1/servers", create_server),
    Route("GET", "/v2.1/servers/{}", show_server),
    Route("DELETE", "/v2.1/servers/{}", delete_server),
)
