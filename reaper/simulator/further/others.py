"""Designate, Magnum and Manila, as far as listing and deleting go, by their documents."""

from reaper.simulator.clock import micros
from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route, refuse
from reaper.simulator.paging import limit_asked, page_of
from reaper.simulator.state import Region, dashed

ALL = "x-auth-all-projects"
#: The oldest version of Manila in which an owner's shares are told and deleted as here.
MANILA = (2, 7)
SHARED_ZONE = (
    "This zone is shared with other projects, please remove these shares before deletion or use the delete-shares "
    "modifier to override this warning."
)


def _new(region: Region, table: str, project_id: str, name: str, **given: object) -> Record:
    moment = micros(region.cloud.clock.now())
    record: Record = {"id": dashed(), "project_id": project_id, "name": name, "created_at": moment} | given
    region[table][record["id"]] = record
    return record


def new_zone(region: Region, project_id: str, name: str, shared_with: tuple[str, ...] = ()) -> Record:
    """Make a zone, shared with these projects."""
    zone = _new(region, "zones", project_id, name, status="ACTIVE", action="NONE", type="PRIMARY")
    zone |= {"shared": bool(shared_with), "_shared_with": shared_with}
    return zone


def _shown_zone(zone: Record) -> Record:
    return {key: value for key, value in zone.items() if not key.startswith("_")}


def list_zone_shares(ask: Request, zone_id: str) -> ApiAnswer:
    """List the projects that a zone is shared with."""
    zone = ask.region["zones"].get(zone_id)
    if zone is None or not (_everywhere(ask) or zone["project_id"] == ask.project_id):
        raise _no_zone()
    shares = [{"id": f"{zone_id}-{n}", "target_project_id": one} for n, one in enumerate(zone["_shared_with"])]
    return ApiAnswer(200, {"shared_zones": shares, "links": {"self": f"{ask.base}{ask.path}"}})


def new_cluster(region: Region, project_id: str, name: str) -> Record:
    """Make a cluster."""
    return _new(region, "clusters", project_id, name, status="CREATE_COMPLETE")


def new_share(region: Region, project_id: str, name: str, network_id: str | None = None) -> Record:
    """Make a share, on a share network if one is named."""
    return _new(region, "shares", project_id, name, status="available", size=1, share_network_id=network_id)


def new_share_snapshot(region: Region, share: Record, name: str) -> Record:
    """Make a snapshot of a share."""
    return _new(region, "share_snapshots", share["project_id"], name, share_id=share["id"], status="available")


def new_share_network(region: Region, project_id: str, name: str) -> Record:
    """Make a share network."""
    return _new(region, "share_networks", project_id, name)


def _let_go(ask: Request, table: str, record: Record, status: str) -> None:
    stuck = ask.cloud.stubborn.sticks(record["id"])
    record["status"] = stuck if stuck.startswith("error") else status
    if not stuck:
        ask.cloud.later(lambda: ask.region[table].pop(record["id"], None))


# ---------------------------------------------------------------- Designate


def _no_zone() -> ApiError:
    words = {"code": 404, "type": "zone_not_found", "message": "Could not find Zone", "request_id": f"req-{dashed()}"}
    return ApiError(ApiAnswer(404, words))


def _everywhere(ask: Request) -> bool:
    return ask.admin and ask.headers.get(ALL, "").lower() == "true"


def list_zones(ask: Request) -> ApiAnswer:
    """List the caller's zones, everybody's with the header for all projects."""
    zones = [one for one in ask.region["zones"].values() if _everywhere(ask) or one["project_id"] == ask.project_id]
    records, query = page_of(ask, zones, limit_asked(ask, "{}"), lambda _marker: None)
    links = {"self": f"{ask.base}{ask.path}"} | ({"next": f"{ask.base}{ask.path}?{query}"} if query else {})
    return ApiAnswer(
        200, {"zones": list(map(_shown_zone, records)), "links": links, "metadata": {"total_count": len(zones)}}
    )


def _zone(ask: Request, zone_id: str) -> Record:
    zone = ask.region["zones"].get(zone_id)
    if zone is None or not (_everywhere(ask) or zone["project_id"] == ask.project_id):
        raise _no_zone()
    return zone


def show_zone(ask: Request, zone_id: str) -> ApiAnswer:
    """Show one zone, without a wrapping."""
    return ApiAnswer(200, _shown_zone(_zone(ask, zone_id)))


def delete_zone(ask: Request, zone_id: str) -> ApiAnswer:
    """Accept a delete; one shared with others, or with zones below it, is a 400 (designate/central/service.py, 23)."""
    zone = _zone(ask, zone_id)
    if zone.get("shared") and ask.headers.get("x-designate-delete-shares", "").lower() != "true":
        words = {"code": 400, "type": "zone_is_shared", "message": SHARED_ZONE, "request_id": f"req-{dashed()}"}
        raise ApiError(ApiAnswer(400, words))
    if any(one["name"].endswith(f".{zone['name']}") for one in ask.region["zones"].values()):
        words = {
            "code": 400,
            "type": "zone_has_sub_zone",
            "message": "Please delete any subzones before deleting this zone",
        }
        raise ApiError(ApiAnswer(400, words))
    _let_go(ask, "zones", zone, "PENDING")
    return ApiAnswer(202, _shown_zone(zone))


# ---------------------------------------------------------------- Magnum


def list_clusters(ask: Request) -> ApiAnswer:
    """List clusters in detail, everybody's for an admin; what tells them apart is called uuid."""
    every = [one for one in ask.region["clusters"].values() if ask.admin or one["project_id"] == ask.project_id]
    records, query = page_of(ask, every, limit_asked(ask, "{}"), lambda _marker: None)
    shown = [{key: value for key, value in one.items() if key != "id"} | {"uuid": one["id"]} for one in records]
    return ApiAnswer(200, {"clusters": shown} | ({"next": f"{ask.base}{ask.path}?{query}"} if query else {}))


def delete_cluster(ask: Request, cluster_id: str) -> ApiAnswer:
    """Accept a delete."""
    cluster = ask.region["clusters"].get(cluster_id)
    if cluster is None or not (ask.admin or cluster["project_id"] == ask.project_id):
        fault = {"status": 404, "code": "client", "title": f"Cluster {cluster_id} could not be found"}
        raise ApiError(ApiAnswer(404, {"errors": [fault | {"detail": f"Cluster {cluster_id} could not be found."}]}))
    _let_go(ask, "clusters", cluster, "DELETE_IN_PROGRESS")
    return ApiAnswer(204)


# ---------------------------------------------------------------- Manila


def _shares(ask: Request, table: str, key: str) -> ApiAnswer:
    version = tuple(map(int, ask.headers.get("x-openstack-manila-api-version", "2.0").split(".")))
    everywhere = ask.admin and ask.asked("all_tenants") == "1"
    wanted = {name: value for name, value in ask.query if name in {"project_id", "share_id"}}
    every = [
        one
        for one in ask.region[table].values()
        if version >= MANILA
        and (everywhere or one["project_id"] == ask.project_id)
        and all(one.get(name) == value for name, value in wanted.items())
    ]
    offset, limit = int(ask.asked("offset") or 0), int(ask.asked("limit") or 1000)
    return ApiAnswer(200, {key: every[offset : offset + limit]})


def _owned(ask: Request, table: str, record_id: str, word: str) -> Record:
    record = ask.region[table].get(record_id)
    if record is None or not (ask.admin or record["project_id"] == ask.project_id):
        refuse(ask.service, 404, f"{word} {record_id} could not be found.")
    return record


def show_share(ask: Request, share_id: str) -> ApiAnswer:
    """Show a share."""
    return ApiAnswer(200, {"share": _owned(ask, "shares", share_id, "Share")})


def delete_share(ask: Request, share_id: str) -> ApiAnswer:
    """Accept a delete; what Manila calls an invalid share is a 403 (manila/api/v2/shares.py delete, Manila 23)."""
    share = _owned(ask, "shares", share_id, "Share")
    if share["status"] not in {"available", "error", "inactive"}:
        refuse(ask.service, 403, "Invalid share: Share status must be one of ('available', 'error', 'inactive').")
    if why := _dependents(ask, share_id):
        refuse(ask.service, 403, why)
    _let_go(ask, "shares", share, "deleting")
    return ApiAnswer(202)


def _dependents(ask: Request, share_id: str) -> str:
    """Say what keeps a share, by force too (manila/share/api.py delete, Manila 23)."""
    count = len(list(ask.region.where("share_snapshots", share_id=share_id)))
    return f"Invalid share: Share still has {count} dependent snapshots.." if count else ""


def act_on_share(ask: Request, share_id: str) -> ApiAnswer:
    """Delete by force: whatever its status is, but not with snapshots, which is a 400 here."""
    _by_force(ask)
    share = _owned(ask, "shares", share_id, "Share")
    if why := _dependents(ask, share_id):
        refuse(ask.service, 400, why)
    ask.region["shares"].pop(share["id"])
    return ApiAnswer(202)


def _by_force(ask: Request) -> None:
    if "force_delete" not in ask.document():
        refuse(ask.service, 400, "There is no such action.")
    if not ask.admin:
        refuse(ask.service, 403, "Policy doesn't allow share:force_delete to be performed.")


def delete_share_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Accept a delete, from two statuses (manila/share/api.py delete_snapshot, Manila 23)."""
    snapshot = _owned(ask, "share_snapshots", snapshot_id, "Share snapshot")
    if snapshot["status"] not in {"available", "error"}:
        words = "Invalid share snapshot: Share Snapshot status must be one of ('available', 'error').."
        refuse(ask.service, 400, words)
    _let_go(ask, "share_snapshots", snapshot, "deleting")
    return ApiAnswer(202)


def act_on_share_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Delete by force, whatever its status is."""
    _by_force(ask)
    ask.region["share_snapshots"].pop(_owned(ask, "share_snapshots", snapshot_id, "Share snapshot")["id"])
    return ApiAnswer(202)


def delete_share_network(ask: Request, network_id: str) -> ApiAnswer:
    """Delete a share network on which there is no share."""
    network = _owned(ask, "share_networks", network_id, "Share network")
    if any(ask.region.where("shares", share_network_id=network_id)):
        refuse(ask.service, 409, f"Can not delete share network {network_id}, it has 1 share(s).")
    del ask.region["share_networks"][network["id"]]
    return ApiAnswer(202)


DESIGNATE = (
    Route("GET", "/v2/zones", list_zones),
    Route("GET", "/v2/zones/{}", show_zone),
    Route("GET", "/v2/zones/{}/shares", list_zone_shares),
    Route("DELETE", "/v2/zones/{}", delete_zone),
)
MAGNUM = (Route("GET", "/v1/clusters/detail", list_clusters), Route("DELETE", "/v1/clusters/{}", delete_cluster))
MANILA_ROUTES = (
    Route("GET", "/v2/shares/detail", lambda ask: _shares(ask, "shares", "shares")),
    Route("GET", "/v2/shares/{}", show_share),
    Route("DELETE", "/v2/shares/{}", delete_share),
    Route("POST", "/v2/shares/{}/action", act_on_share),
    Route("GET", "/v2/snapshots/detail", lambda ask: _shares(ask, "share_snapshots", "snapshots")),
    Route("DELETE", "/v2/snapshots/{}", delete_share_snapshot),
    Route("POST", "/v2/snapshots/{}/action", act_on_share_snapshot),
    Route("GET", "/v2/share-networks/detail", lambda ask: _shares(ask, "share_networks", "share_networks")),
    Route("DELETE", "/v2/share-networks/{}", delete_share_network),
)
