"""Volume groups and their snapshots: what holds volumes together."""

from typing import Any

from reaper.simulator.clock import micros
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import linked
from reaper.simulator.state import Region, dashed
from reaper.simulator.volume.snapshots import new_snapshot
from reaper.simulator.volume.volumes import owned, page, refuse_stubborn, touch

#: Since when an administrator may set the status of a group.
RESETS = (3, 20)


def new_group(region: Region, project_id: str, name: str, volumes: list[str]) -> Record:
    """Put volumes into a group, which keeps them from being deleted one by one."""
    group: Record = {
        "id": dashed(),
        "name": name,
        "project_id": project_id,
        "status": "available",
        "created_at": micros(region.cloud.clock.now()),
        "description": None,
        "availability_zone": "nova",
    }
    region["volume_groups"][group["id"]] = group
    for volume_id in volumes:
        region["volumes"][volume_id]["group_id"] = group["id"]
    return group


def _group(ask: Request, group: Record) -> Record:
    hidden = set() if ask.admin and ask.version >= (3, 58) else {"project_id"}
    return {key: value for key, value in group.items() if key not in hidden}


def _since(ask: Request) -> None:
    if ask.version < (3, 13):
        refuse("volume", 404, "The resource could not be found.")


def show_group(ask: Request, group_id: str) -> ApiAnswer:
    """Show a group."""
    _since(ask)
    return ApiAnswer(200, {"group": _group(ask, owned(ask, "volume_groups", group_id, "Group"))})


def list_groups(ask: Request) -> ApiAnswer:
    """List volume groups (3.13); the owner is told from 3.58 on."""
    _since(ask)
    records, query = page(ask, "volume_groups", "Group", ("status", "name"))
    return linked(ask, "groups", [_group(ask, record) for record in records], query)


def act_on_group(ask: Request, group_id: str) -> ApiAnswer:
    """Delete a group with its volumes, whatever their status and its own is, or set its status (3.20)."""
    _since(ask)
    given: Any = ask.document()
    group = owned(ask, "volume_groups", group_id, "Group")
    if "reset_status" in given and ask.version >= RESETS:
        return _set_status(ask, group, given)
    if "delete" not in given:
        refuse("volume", 400, f"There is no such action: {next(iter(given), '')}.")
    refuse_stubborn(ask, group_id)
    volumes = list(ask.region.where("volumes", group_id=group_id))
    if why := _holds(ask, group, volumes, given["delete"].get("delete-volumes")):
        refuse("volume", 400, f"Invalid Group: {why}")
    for volume in volumes:
        touch(ask.region, volume, status="deleting")
    touch(ask.region, group, status="deleting")
    if ask.cloud.stubborn.sticks(group_id) != "deleting":
        ask.cloud.later(lambda: _end_delete(ask.region, group, volumes))
    return ApiAnswer(202)


def _holds(ask: Request, group: Record, volumes: list[Record], with_volumes: object) -> str:
    """Say why Cinder does not take a group (cinder/group/api.py delete, Cinder 29)."""
    group_id = group["id"]
    if not with_volumes and group["status"] not in {"available", "error"}:
        return f"Group status must be available or error, but current status is: {group['status']}"
    if any(ask.region.where("group_snapshots", group_id=group_id)):
        return "Group has existing snapshots."
    if volumes and not with_volumes:
        return f"Group {group_id} still contains volumes. The delete-volumes flag is required to delete it."
    if any(volume["attachments"] for volume in volumes):
        return f"Volume in group {group_id} is attached. Need to detach first."
    if any(any(ask.region.where("snapshots", volume_id=volume["id"])) for volume in volumes):
        return "Volume in group still has dependent snapshots."
    return ""


def _end_delete(region: Region, group: Record, volumes: list[Record]) -> None:
    if group["status"] != "deleting":
        return  # its status was set back meanwhile
    for volume in volumes:
        region["volumes"].pop(volume["id"], None)
    region["volume_groups"].pop(group["id"], None)


def _set_status(ask: Request, record: Record, given: Any) -> ApiAnswer:
    if not ask.admin:
        refuse("volume", 403, "Policy doesn't allow group:reset_status to be performed.")
    touch(ask.region, record, status=given["reset_status"]["status"])
    return ApiAnswer(202)


def new_group_snapshot(region: Region, group: Record, name: str = "") -> Record:
    """Make a snapshot of each volume of a group, which go together."""
    snapshot: Record = {
        "id": dashed(),
        "name": name,
        "group_id": group["id"],
        "project_id": group["project_id"],
        "status": "available",
        "created_at": micros(region.cloud.clock.now()),
    }
    region["group_snapshots"][snapshot["id"]] = snapshot
    for volume in region.where("volumes", group_id=group["id"]):
        new_snapshot(region, volume, name, _group_snapshot=snapshot["id"])
    return snapshot


def list_group_snapshots(ask: Request) -> ApiAnswer:
    """List groups' snapshots (3.14)."""
    _since(ask)
    records, query = page(ask, "group_snapshots", "GroupSnapshot", ("status", "name", "group_id"))
    return linked(ask, "group_snapshots", [_group(ask, record) for record in records], query)


def delete_group_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Accept a delete, from two statuses (cinder/group/api.py delete_group_snapshot, Cinder 29)."""
    snapshot = owned(ask, "group_snapshots", snapshot_id, "GroupSnapshot")
    if snapshot["status"] not in {"available", "error"}:
        words = "GroupSnapshot status must be available or error, and no Group can be currently using it as source"
        refuse("volume", 400, f"Invalid GroupSnapshot: {words} for its creation.")
    touch(ask.region, snapshot, status="deleting")
    parts = list(ask.region.where("snapshots", _group_snapshot=snapshot_id))

    def finish() -> None:
        for part in parts:
            ask.region["snapshots"].pop(part["id"], None)
        ask.region["group_snapshots"].pop(snapshot_id, None)

    if ask.cloud.stubborn.sticks(snapshot_id) != "deleting":
        ask.cloud.later(finish)
    return ApiAnswer(202)


def act_on_group_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Set the status of a group's snapshot (3.19)."""
    given: Any = ask.document()
    snapshot = owned(ask, "group_snapshots", snapshot_id, "GroupSnapshot")
    if "reset_status" not in given:
        refuse("volume", 400, f"There is no such action: {next(iter(given), '')}.")
    return _set_status(ask, snapshot, given)


ROUTES = (
    Route("GET", "/v3/groups", list_groups),
    Route("GET", "/v3/groups/detail", list_groups),
    Route("GET", "/v3/groups/{}", show_group),
    Route("POST", "/v3/groups/{}/action", act_on_group),
    Route("GET", "/v3/group_snapshots", list_group_snapshots),
    Route("GET", "/v3/group_snapshots/detail", list_group_snapshots),
    Route("DELETE", "/v3/group_snapshots/{}", delete_group_snapshot),
    Route("POST", "/v3/group_snapshots/{}/action", act_on_group_snapshot),
)
