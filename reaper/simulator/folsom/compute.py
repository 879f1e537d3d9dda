"""Nova v2: no microversions, so no locks are shown; security groups live here, and each token sees its own tenant's."""

from reaper.simulator.compute import actions, servers, views
from reaper.simulator.compute.extras import create_keypair, delete_keypair, list_flavors, list_keypairs, show_flavor
from reaper.simulator.compute.life import find_server
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.network.groups import default_group
from reaper.simulator.paging import limit_asked, linked, page_of

# What later extensions and releases added to a server.
LATER = frozenset(
    {
        "OS-EXT-AZ:availability_zone",
        "OS-SRV-USG:launched_at",
        "OS-SRV-USG:terminated_at",
        "os-extended-volumes:volumes_attached",
        "security_groups",
    }
)
EXTENSIONS = (
    "OS-DCF",
    "OS-EXT-SRV-ATTR",
    "OS-EXT-STS",
    "os-admin-actions",
    "os-deferred-delete",
    "os-floating-ips",
    "os-keypairs",
    "os-security-groups",
    "os-server-start-stop",
)


def _shown(ask: Request, server: Record, around: views.Surroundings) -> Record:
    full = {key: value for key, value in views.full(ask, server, around).items() if key not in LATER}
    return full | {"links": [{"rel": "self", "href": f"{ask.base}/v2/{ask.project_id}/servers/{server['id']}"}]}


def _chosen(ask: Request) -> list[Record]:
    """Find what is asked for: a tenant is no filter without all_tenants, and what is soft-deleted is never shown."""
    owner: str | None = ask.project_id
    if ask.asked("all_tenants") is not None:
        if not ask.admin:
            refuse("compute", 403, "Policy doesn't allow compute:get_all_tenants to be performed.")
        owner = ask.asked("tenant_id") or ask.asked("project_id")
    every = ask.region.where("servers", **({"project_id": owner} if owner else {}))
    there = [one for one in every if one["vm_state"] != "soft-delete"]
    return sorted(there, key=lambda one: (one["created"], one["id"]), reverse=True)


def list_detail(ask: Request) -> ApiAnswer:
    """List servers in detail."""

    def lost(marker: str) -> None:
        refuse("compute", 400, f"marker [{marker}] not found")

    page, query = page_of(ask, _chosen(ask), limit_asked(ask, "limit param must be an integer"), lost)
    around = views.Surroundings(ask.region, page)
    return linked(ask, "servers", [_shown(ask, server, around) for server in page], query)


def show_server(ask: Request, server_id: str) -> ApiAnswer:
    """Show a server."""
    server = find_server(ask, server_id)
    return ApiAnswer(200, {"server": _shown(ask, server, views.Surroundings(ask.region, [server]))})


def delete_server(ask: Request, server_id: str) -> ApiAnswer:
    """Accept a delete; all its ports go with it, whoever made them (nova 2012.2 network/quantumv2)."""
    server = find_server(ask, server_id)
    server["made_ports"] = [port["id"] for port in ask.region.where("ports", device_id=server_id)]
    return servers.delete_server(ask, server_id)


def _number(group: Record) -> int:
    return int(group["id"][:8], 16)


def list_groups(ask: Request) -> ApiAnswer:
    """List the security groups of the token's own tenant, whatever filter is given; its default one is made."""
    default_group(ask.region, ask.project_id)
    own = ask.region.where("security_groups", project_id=ask.project_id)
    keys = ("name", "description", "tenant_id")
    shown = [{**{key: one[key] for key in keys}, "id": _number(one), "rules": []} for one in own]
    return ApiAnswer(200, {"security_groups": shown})


def delete_group(ask: Request, number: str) -> ApiAnswer:
    """Delete a security group by its number; one in use is a 400."""
    mine = [one for one in ask.region["security_groups"].values() if ask.admin or one["project_id"] == ask.project_id]
    group = next((one for one in mine if str(_number(one)) == number), None)
    if group is None:
        refuse("compute", 404, f"Security group {number} not found")
    if any(group["id"] in port["security_groups"] for port in ask.region["ports"].values()):
        refuse("compute", 400, "Security group is still in use")
    del ask.region["security_groups"][group["id"]]
    return ApiAnswer(202)


def _document(ask: Request) -> Record:
    links = [{"rel": "self", "href": f"{ask.base}/v2/"}]
    return {"id": "v2.0", "status": "CURRENT", "updated": "2011-01-21T11:33:21Z", "links": links}


def versions(ask: Request) -> ApiAnswer:
    """Show Nova's one version."""
    return ApiAnswer(200, {"versions": [_document(ask)]})


def version(ask: Request) -> ApiAnswer:
    """Show v2.0."""
    media = [{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2"}]
    return ApiAnswer(200, {"version": _document(ask) | {"media-types": media}})


def list_extensions(_ask: Request) -> ApiAnswer:
    """List extensions."""
    return ApiAnswer(200, {"extensions": [{"alias": alias, "name": alias, "links": []} for alias in EXTENSIONS]})


ROUTES = (
    Route("GET", "/", versions, None),
    Route("GET", "/v2", version),
    Route("GET", "/v2/extensions", list_extensions),
    Route("GET", "/v2/servers/detail", list_detail),
    Route("POST", "/v2/servers", servers.create_server),
    Route("GET", "/v2/servers/{}", show_server),
    Route("DELETE", "/v2/servers/{}", delete_server),
    Route("POST", "/v2/servers/{}/action", actions.act),
    Route("GET", "/v2/os-security-groups", list_groups),
    Route("DELETE", "/v2/os-security-groups/{}", delete_group),
    Route("GET", "/v2/os-keypairs", list_keypairs),
    Route("POST", "/v2/os-keypairs", create_keypair),
    Route("DELETE", "/v2/os-keypairs/{}", delete_keypair),
    Route("GET", "/v2/flavors/detail", list_flavors),
    Route("GET", "/v2/flavors/{}", show_flavor),
)
