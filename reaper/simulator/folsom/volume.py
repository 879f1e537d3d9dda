"""Cinder v1: no pages, no cascade, and a filter that it does not know makes the list empty."""

from typing import Any

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.state import Region
from reaper.simulator.volume.volumes import begin_delete, owned, refuse_stubborn, touch

# osapi_max_limit; what is beyond it is left out without a word.
MOST = 1000
EXTENSIONS = ("os-admin-actions", "os-extended-snapshot-attributes", "os-image-create", "os-vol-tenant-attr")
STATUSES = ("creating", "available", "deleting", "error", "error_deleting", "attaching", "in-use", "detaching")


def _every(ask: Request, kind: str) -> list[Record]:
    everywhere = ask.admin and ask.asked("all_tenants") is not None
    table = ask.region[kind].values()
    return [one for one in table if everywhere or one["project_id"] == ask.project_id]


def _named(record: Record) -> Record:
    keys = ("id", "status", "size", "created_at", "metadata")
    shown = {key: record.get(key) for key in keys}
    return shown | {"display_name": record.get("name"), "display_description": record.get("description")}


def _volume(ask: Request, volume: Record) -> Record:
    attached = [
        {"id": volume["id"], "volume_id": volume["id"], "server_id": one["server_id"], "device": one["device"]}
        for one in volume["attachments"]
    ]
    shown = _named(volume) | {"attachments": attached, "availability_zone": "nova", "volume_type": "None"}
    return shown | ({"os-vol-tenant-attr:tenant_id": volume["project_id"]} if ask.admin else {})


def _snapshot(ask: Request, snapshot: Record) -> Record:
    shown = _named(snapshot) | {"volume_id": snapshot["volume_id"]}
    owner = {"os-extended-snapshot-attributes:project_id": snapshot["project_id"]}
    return shown | (owner | {"os-extended-snapshot-attributes:progress": "100%"} if ask.admin else {})


def list_volumes(ask: Request) -> ApiAnswer:
    """List volumes; any option of an admin but all_tenants and metadata leaves none (cinder 2012.2 volume/api.py)."""
    known = ("all_tenants", "metadata") if ask.admin else ("all_tenants", "metadata", *(key for key, _ in ask.query))
    found = [] if any(key not in known for key, _ in ask.query) else _every(ask, "volumes")
    return ApiAnswer(200, {"volumes": [_volume(ask, one) for one in found[:MOST]]})


def list_snapshots(ask: Request) -> ApiAnswer:
    """List snapshots; an option is compared with the attribute of that name, which must be there."""
    options = [(key, value) for key, value in ask.query if key != "all_tenants"] if ask.admin else []
    found = [one for one in _every(ask, "snapshots") if all(one.get(key) == value for key, value in options)]
    return ApiAnswer(200, {"snapshots": [_snapshot(ask, one) for one in found[:MOST]]})


def show_volume(ask: Request, volume_id: str) -> ApiAnswer:
    """Show a volume."""
    return ApiAnswer(200, {"volume": _volume(ask, owned(ask, "volumes", volume_id, "Volume"))})


def show_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Show a snapshot."""
    return ApiAnswer(200, {"snapshot": _snapshot(ask, owned(ask, "snapshots", snapshot_id, "Snapshot"))})


def delete_volume(ask: Request, volume_id: str) -> ApiAnswer:
    """Accept a delete; attached ones and those with snapshots are a 400."""
    volume = owned(ask, "volumes", volume_id, "Volume")
    refuse_stubborn(ask, volume_id)
    begin_delete(ask, volume)
    return ApiAnswer(202)


def delete_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Accept a delete of one that is available or in error."""
    snapshot = owned(ask, "snapshots", snapshot_id, "Snapshot")
    refuse_stubborn(ask, snapshot_id)
    if snapshot["status"] not in {"available", "error"}:
        refuse("volume", 400, "Invalid volume: Volume Snapshot status must be available or error")
    touch(ask.region, snapshot, status="deleting")
    stuck = ask.cloud.stubborn.sticks(snapshot_id)
    if stuck != "deleting":
        ask.cloud.later(lambda: _end(ask.region, snapshot, stuck))
    return ApiAnswer(202)


def _end(region: Region, snapshot: Record, stuck: str) -> None:
    if stuck:
        touch(region, snapshot, status=stuck)
    else:
        region["snapshots"].pop(snapshot["id"], None)


def _act(ask: Request, record: Record, *, forced: bool) -> ApiAnswer:
    given: Any = ask.document()
    name = next(iter(given), "")
    if not ask.admin:
        refuse("volume", 403, f"Policy doesn't allow volume_extension:admin_actions:{name} to be performed.")
    if name == "os-reset_status" and given[name].get("status") in STATUSES:
        touch(ask.region, record, status=given[name]["status"])  # attach_status was no part of it yet
    elif name == "os-force_delete" and forced:
        begin_delete(ask, record, force=True)
    else:
        refuse("volume", 400, f"There is no such action: {name}")
    return ApiAnswer(202)


def act_on_volume(ask: Request, volume_id: str) -> ApiAnswer:
    """Do an administrator's action on a volume."""
    return _act(ask, owned(ask, "volumes", volume_id, "Volume"), forced=True)


def act_on_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Do an administrator's action on a snapshot: resetting its status is the only one."""
    return _act(ask, owned(ask, "snapshots", snapshot_id, "Snapshot"), forced=False)


def versions(ask: Request) -> ApiAnswer:
    """Show Cinder's one version, with a link to where it believes to listen."""
    links = [{"rel": "self", "href": "http://localhost:8776/v1/"}]
    one = {"id": "v1.0", "status": "CURRENT", "updated": "2012-01-04T11:33:21Z", "links": links}
    return ApiAnswer(200 if "v1" in ask.path else 300, {"versions": [one]})


def list_extensions(_ask: Request) -> ApiAnswer:
    """List extensions."""
    return ApiAnswer(200, {"extensions": [{"alias": alias, "name": alias, "links": []} for alias in EXTENSIONS]})


ROUTES = (
    Route("GET", "/", versions, None),
    Route("GET", "/v1", versions),
    Route("GET", "/v1/extensions", list_extensions),
    Route("GET", "/v1/volumes/detail", list_volumes),
    Route("GET", "/v1/snapshots/detail", list_snapshots),
    Route("GET", "/v1/volumes/{}", show_volume),
    Route("DELETE", "/v1/volumes/{}", delete_volume),
    Route("POST", "/v1/volumes/{}/action", act_on_volume),
    Route("GET", "/v1/snapshots/{}", show_snapshot),
    Route("DELETE", "/v1/snapshots/{}", delete_snapshot),
    Route("POST", "/v1/snapshots/{}/action", act_on_snapshot),
)
