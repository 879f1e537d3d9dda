"""Server groups, keypairs, flavors, limits and quotas."""

from hashlib import md5

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import limit_asked, linked, page_of
from reaper.simulator.state import dashed

QUOTA = {
    "cores": -1,
    "instances": -1,
    "ram": -1,
    "key_pairs": -1,
    "server_groups": -1,
    "server_group_members": -1,
    "metadata_items": -1,
    # No longer Nova's, and still told.
    "fixed_ips": -1,
    "floating_ips": -1,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
    "injected_files": 5,
    "security_group_rules": -1,
    "security_groups": -1,
}


def _group(ask: Request, group: Record) -> Record:
    old = {"id": group["id"], "name": group["name"], "members": group["members"]}
    kind = (
        {"policies": [group["policy"]], "metadata": {}}
        if ask.version < (2, 64)
        else {"policy": group["policy"], "rules": {}}
    )
    owner = {"project_id": group["project_id"], "user_id": group["user_id"]} if ask.version >= (2, 13) else {}
    return old | kind | owner


def list_groups(ask: Request) -> ApiAnswer:
    """List server groups, of all projects for an admin who asks so."""
    everywhere = ask.asked("all_projects") is not None
    if everywhere and not ask.admin:
        refuse(
            "compute", 403, "Policy doesn't allow os_compute_api:os-server-groups:index:all_projects to be performed."
        )
    every = ask.region["server_groups"].values()
    chosen = [group for group in every if everywhere or group["project_id"] == ask.project_id]
    offset = int(ask.asked("offset") or 0)
    size = int(ask.asked("limit") or ask.cloud.page_limit)
    return ApiAnswer(200, {"server_groups": [_group(ask, group) for group in chosen[offset : offset + size]]})


def create_group(ask: Request) -> ApiAnswer:
    """Make a server group."""
    given = ask.wrapped("server_group")
    policy = given.get("policy") or next(iter(given.get("policies", ())), "")
    group: Record = {
        "id": dashed(),
        "name": given.get("name"),
        "policy": policy,
        "members": [],
        "project_id": ask.project_id,
        "user_id": ask.who.user_id,
    }
    ask.region["server_groups"][group["id"]] = group
    return ApiAnswer(200, {"server_group": _group(ask, group)})


def _find_group(ask: Request, group_id: str) -> Record:
    group = ask.region["server_groups"].get(group_id)
    if group is None or not (ask.admin or group["project_id"] == ask.project_id):
        refuse("compute", 404, f"Instance group {group_id} could not be found.")
    return group


def show_group(ask: Request, group_id: str) -> ApiAnswer:
    """Show a server group."""
    return ApiAnswer(200, {"server_group": _group(ask, _find_group(ask, group_id))})


def delete_group(ask: Request, group_id: str) -> ApiAnswer:
    """Delete a server group, with members or without."""
    _find_group(ask, group_id)
    del ask.region["server_groups"][group_id]
    return ApiAnswer(204)


def _owner(ask: Request) -> str:
    other = ask.asked("user_id")
    if other is None or ask.version < (2, 10):
        return ask.who.user_id
    if not ask.admin and other != ask.who.user_id:
        refuse("compute", 403, "Policy doesn't allow os_compute_api:os-keypairs:index to be performed.")
    return other


def list_keypairs(ask: Request) -> ApiAnswer:
    """List the keypairs of one user; there is no list of everybody's."""
    owner = _owner(ask)
    own = sorted(
        (one for one in ask.region["keypairs"].values() if one["user_id"] == owner), key=lambda one: str(one["name"])
    )
    page, query = page_of(ask, own, limit_asked(ask, "limit must be an integer"), lambda _: None, key="name")
    keys = ("name", "public_key", "fingerprint", *(("type",) if ask.version >= (2, 2) else ()))
    return linked(ask, "keypairs", [{"keypair": {key: one[key] for key in keys}} for one in page], query)


def create_keypair(ask: Request) -> ApiAnswer:
    """Keep a public key."""
    given = ask.wrapped("keypair")
    owner = given.get("user_id", ask.who.user_id)
    public = given.get("public_key", f"ssh-ed25519 {dashed()}")
    digest = md5(public.encode(), usedforsecurity=False).hexdigest()
    keypair = {
        "name": given["name"],
        "public_key": public,
        "user_id": owner,
        "type": "ssh",
        "fingerprint": ":".join(digest[at : at + 2] for at in range(0, 32, 2)),
    }
    if f"{owner}/{given['name']}" in ask.region["keypairs"]:
        refuse("compute", 409, f"Key pair '{given['name']}' already exists.")
    ask.region["keypairs"][f"{owner}/{given['name']}"] = keypair
    return ApiAnswer(200 if ask.version < (2, 2) else 201, {"keypair": keypair})


def delete_keypair(ask: Request, name: str) -> ApiAnswer:
    """Delete a keypair of the caller, or as admin of `user_id`."""
    if ask.region["keypairs"].pop(f"{_owner(ask)}/{name}", None) is None:
        refuse("compute", 404, f"Keypair {name} not found for user {_owner(ask)}")
    return ApiAnswer(202 if ask.version < (2, 2) else 204)


def _flavor(ask: Request, flavor: Record, *, detail: bool) -> Record:
    brief = {
        "id": flavor["id"],
        "name": flavor["name"],
        "links": [
            {"rel": "self", "href": f"{ask.base}/v2.1/flavors/{flavor['id']}"},
            {"rel": "bookmark", "href": f"{ask.base}/flavors/{flavor['id']}"},
        ],
    }
    more = {
        "ram": flavor["ram"],
        "disk": flavor["disk"],
        "vcpus": flavor["vcpus"],
        "swap": "",
        "rxtx_factor": 1.0,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": False,
        "os-flavor-access:is_public": True,
    }
    return brief | more if detail else brief


def list_flavors(ask: Request) -> ApiAnswer:
    """List flavors."""
    detail = ask.path.endswith("/detail")
    return ApiAnswer(200, {"flavors": [_flavor(ask, one, detail=detail) for one in ask.region["flavors"].values()]})


def show_flavor(ask: Request, flavor_id: str) -> ApiAnswer:
    """Show a flavor."""
    flavor = ask.region["flavors"].get(flavor_id)
    if flavor is None:
        refuse("compute", 404, f"Flavor {flavor_id} could not be found.")
    return ApiAnswer(200, {"flavor": _flavor(ask, flavor, detail=True)})


def show_limits(ask: Request) -> ApiAnswer:
    """Show limits and the number of servers in use by one project."""
    project_id = (ask.asked("tenant_id") if ask.admin else None) or ask.project_id
    used = sum(1 for _ in ask.region.where("servers", project_id=project_id))
    absolute = {"maxTotalCores": -1, "maxTotalInstances": -1, "maxTotalRAMSize": -1, "totalInstancesUsed": used}
    return ApiAnswer(200, {"limits": {"rate": [], "absolute": absolute}})


def show_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Show a project's quotas."""
    return ApiAnswer(200, {"quota_set": QUOTA | ask.region["compute_quotas"].get(project_id, {}) | {"id": project_id}})


def set_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Change a project's quotas."""
    kept = ask.region["compute_quotas"].setdefault(project_id, {})
    kept.update(ask.wrapped("quota_set"))
    return ApiAnswer(200, {"quota_set": QUOTA | kept})


ROUTES = (
    Route("GET", "/v2.1/os-server-groups", list_groups),
    Route("POST", "/v2.1/os-server-groups", create_group),
    Route("GET", "/v2.1/os-server-groups/{}", show_group),
    Route("DELETE", "/v2.1/os-server-groups/{}", delete_group),
    Route("GET", "/v2.1/os-keypairs", list_keypairs),
    Route("POST", "/v2.1/os-keypairs", create_keypair),
    Route("DELETE", "/v2.1/os-keypairs/{}", delete_keypair),
    Route("GET", "/v2.1/flavors", list_flavors),
    Route("GET", "/v2.1/flavors/detail", list_flavors),
    Route("GET", "/v2.1/flavors/{}", show_flavor),
    Route("GET", "/v2.1/limits", show_limits),
    Route("GET", "/v2.1/os-quota-sets/{}", show_quota),
    Route("PUT", "/v2.1/os-quota-sets/{}", set_quota, "admin", "os_compute_api:os-quota-sets:update"),
)
