"""Octavia: load balancers with a port in a tenant's network; they go with their children or not at all."""

from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route
from reaper.simulator.network.ports import new_port
from reaper.simulator.paging import limit_asked, page_of
from reaper.simulator.state import Region, dashed

YES = frozenset({"true", "1", "yes"})


def _refuse(status: int, message: str) -> ApiError:
    return ApiError(ApiAnswer(status, {"faultcode": "Client", "faultstring": message, "debuginfo": None}))


def new_balancer(region: Region, project_id: str, name: str, subnet_id: str, listeners: int = 1) -> Record:
    """Make a load balancer in a subnet."""
    subnet = region["subnets"][subnet_id]
    port = new_port(region, subnet["network_id"], project_id, name=f"octavia-lb-{name}", device_owner="Octavia")
    balancer: Record = {
        "id": dashed(),
        "name": name,
        "project_id": project_id,
        "provisioning_status": "ACTIVE",
        "operating_status": "ONLINE",
        "vip_address": port["fixed_ips"][0]["ip_address"],
        "vip_port_id": port["id"],
        "vip_subnet_id": subnet_id,
        "listeners": [{"id": dashed()} for _ in range(listeners)],
    }
    region["loadbalancers"][balancer["id"]] = balancer
    return balancer


def versions(ask: Request) -> ApiAnswer:
    """Show Octavia's versions, which all live at v2."""
    links = [{"rel": "self", "href": f"{ask.base}/v2"}]
    each = [{"id": f"v2.{n}", "status": "SUPPORTED", "links": links} for n in range(27)]
    return ApiAnswer(200, {"versions": [*each, {"id": "v2.27", "status": "CURRENT", "links": links}]})


def list_balancers(ask: Request) -> ApiAnswer:
    """List load balancers: an admin who names no project gets the whole cloud's, one who names two a 500."""
    wanted = [value for key, value in ask.query if key == "project_id"]
    if len(wanted) > 1:
        raise _refuse(500, "(4078, \"Illegal parameter data types varchar and row for operation '='\")")
    seen = [
        one
        for one in ask.region["loadbalancers"].values()
        if (ask.admin or one["project_id"] == ask.project_id) and (not wanted or one["project_id"] in wanted)
    ]
    records, query = page_of(ask, seen, limit_asked(ask, "{}"), lambda _marker: None)
    fields = {value for key, value in ask.query if key == "fields"}
    shown = [{key: value for key, value in one.items() if not fields or key in fields} for one in records]
    links = [{"rel": "next", "href": f"{ask.base}{ask.path}?{query}"}] if query else []
    return ApiAnswer(200, {"loadbalancers": shown, "loadbalancers_links": links})


def create_balancer(ask: Request) -> ApiAnswer:
    """Accept a load balancer, for another project when an admin asks."""
    given = ask.wrapped("loadbalancer")
    owner = given.get("project_id", ask.project_id) if ask.admin else ask.project_id
    balancer = new_balancer(
        ask.region, owner, given.get("name", ""), given["vip_subnet_id"], len(given.get("listeners", ()))
    )
    balancer["provisioning_status"] = "PENDING_CREATE"
    ask.cloud.later(lambda: balancer.update(provisioning_status="ACTIVE"))
    return ApiAnswer(201, {"loadbalancer": balancer})


def _find(ask: Request, balancer_id: str) -> Record:
    balancer = ask.region["loadbalancers"].get(balancer_id)
    if balancer is None or not (ask.admin or balancer["project_id"] == ask.project_id):
        raise _refuse(404, f"Load Balancer {balancer_id} not found.")
    return balancer


def show_balancer(ask: Request, balancer_id: str) -> ApiAnswer:
    """Show a load balancer."""
    return ApiAnswer(200, {"loadbalancer": _find(ask, balancer_id)})


def delete_balancer(ask: Request, balancer_id: str) -> ApiAnswer:
    """Accept a delete: with `cascade`, or without children; its port goes, too."""
    balancer = _find(ask, balancer_id)
    status = balancer["provisioning_status"]
    if status.startswith("PENDING_"):
        raise _refuse(409, f"Invalid state {status} of loadbalancer resource {balancer_id}")
    if balancer["listeners"] and (ask.asked("cascade") or "").lower() not in YES:
        raise _refuse(400, f"Cannot delete Load Balancer {balancer_id} - it has children")
    balancer["provisioning_status"] = "PENDING_DELETE"
    ask.cloud.later(lambda: _finish(ask.region, balancer))
    return ApiAnswer(204)


def _finish(region: Region, balancer: Record) -> None:
    region["ports"].pop(balancer["vip_port_id"], None)
    region["loadbalancers"].pop(balancer["id"], None)


ROUTES = (
    Route("GET", "/", versions, None),
    Route("GET", "/v2/lbaas/loadbalancers", list_balancers),
    Route("POST", "/v2/lbaas/loadbalancers", create_balancer),
    Route("GET", "/v2/lbaas/loadbalancers/{}", show_balancer),
    Route("DELETE", "/v2/lbaas/loadbalancers/{}", delete_balancer),
)
