"""Volume snapshots."""

from reaper.simulator.clock import micros
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import linked
from reaper.simulator.state import Region, dashed
from reaper.simulator.volume.volumes import owned, page, refuse_stubborn, touch


def new_snapshot(region: Region, volume: Record, name: str = "", **given: object) -> Record:
    """Make a snapshot of a volume, in the volume's project unless told otherwise."""
    snapshot: Record = {
        "id": dashed(),
        "project_id": volume["project_id"],
        "name": name,
        "description": None,
        "volume_id": volume["id"],
        "status": "available",
        "size": volume["size"],
        "metadata": {},
        "created_at": micros(region.cloud.clock.now()),
        "updated_at": None,
    } | given
    region["snapshots"][snapshot["id"]] = snapshot
    return snapshot


def _brief(_ask: Request, snapshot: Record) -> Record:
    return {key: value for key, value in snapshot.items() if key != "project_id" and not key.startswith("_")}


def _grown(ask: Request) -> Record:
    fields = (((3, 14), "group_snapshot_id", None), ((3, 41), "user_id", ""), ((3, 65), "consumes_quota", True))
    return {key: value for since, key, value in fields if ask.version >= since}


def _full(ask: Request, snapshot: Record) -> Record:
    progress = "100%" if snapshot["status"] != "creating" else "0%"
    return (
        _brief(ask, snapshot)
        | _grown(ask)
        | {
            "os-extended-snapshot-attributes:project_id": snapshot["project_id"],
            "os-extended-snapshot-attributes:progress": progress,
        }
    )


def list_snapshots(ask: Request) -> ApiAnswer:
    """List snapshots; only the detailed list names the owner."""
    records, query = page(ask, "snapshots", "Snapshot", ("status", "name", "id", "volume_id"))
    show = _full if ask.path.endswith("/detail") else _brief
    return linked(ask, "snapshots", [show(ask, record) for record in records], query)


def create_snapshot(ask: Request) -> ApiAnswer:
    """Accept a snapshot; of an attached volume only with `force`."""
    given = ask.wrapped("snapshot")
    volume = owned(ask, "volumes", str(given.get("volume_id")), "Volume")
    allowed = {"available", "in-use"} if given.get("force") in {True, "true", "True"} else {"available"}
    if volume["status"] not in allowed:
        message = f"Volume {volume['id']} status must be available, but current status is: {volume['status']}."
        refuse("volume", 400, f"Invalid volume: {message}")
    snapshot = new_snapshot(ask.region, volume, given.get("name") or "", status="creating", project_id=ask.project_id)

    def finish() -> None:
        if snapshot["status"] == "creating":
            touch(ask.region, snapshot, status="available")

    ask.cloud.later(finish)
    return ApiAnswer(202, {"snapshot": _brief(ask, snapshot)})


def show_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Show a snapshot."""
    return ApiAnswer(200, {"snapshot": _full(ask, owned(ask, "snapshots", snapshot_id, "Snapshot"))})


def delete_snapshot(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Accept a delete, of an attached volume's snapshot too; one already `deleting` is a 400."""
    snapshot = owned(ask, "snapshots", snapshot_id, "Snapshot")
    refuse_stubborn(ask, snapshot_id)
    if snapshot["status"] not in {"available", "error"}:
        message = "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
        refuse("volume", 400, message)
    _refuse_in_a_group(snapshot)
    begin_delete(ask.region, snapshot)
    return ApiAnswer(202, media="text/html; charset=UTF-8")


def _refuse_in_a_group(snapshot: Record) -> None:
    """Keep what is part of a group snapshot, which goes with that alone (cinder/volume/api.py delete_snapshot)."""
    if snapshot.get("_group_snapshot"):
        refuse("volume", 400, "Invalid snapshot: Snapshot  must not be part of a group.")


def begin_delete(region: Region, snapshot: Record) -> None:
    """Let a snapshot go a little later, unless it is stubborn."""
    touch(region, snapshot, status="deleting")
    stuck = region.cloud.stubborn.sticks(snapshot["id"])

    def finish() -> None:
        if stuck and snapshot["status"] == "deleting":
            touch(region, snapshot, status=stuck)
        elif snapshot["status"] == "deleting":
            region["snapshots"].pop(snapshot["id"], None)

    if stuck != "deleting":
        region.cloud.later(finish)


def act(ask: Request, snapshot_id: str) -> ApiAnswer:
    """Reset a snapshot's status, or force its delete."""
    given = ask.document()
    name = next(iter(given), "")
    snapshot = owned(ask, "snapshots", snapshot_id, "Snapshot")
    if name not in {"os-reset_status", "os-force_delete"}:
        refuse(
            "volume",
            400,
            f"There is no such action: {name}. Verify the request body and Content-Type header and try again.",
        )
    if not ask.admin:
        refuse(
            "volume", 403, f"Policy doesn't allow volume_extension:snapshot_admin_actions:{name[3:]} to be performed."
        )
    if name == "os-reset_status":
        touch(ask.region, snapshot, status=given[name]["status"])
    else:
        refuse_stubborn(ask, snapshot_id)
        _refuse_in_a_group(snapshot)
        begin_delete(ask.region, snapshot)
    return ApiAnswer(202)


ROUTES = (
    Route("GET", "/v3/snapshots", list_snapshots),
    Route("POST", "/v3/snapshots", create_snapshot),
    Route("GET", "/v3/snapshots/detail", list_snapshots),
    Route("GET", "/v3/snapshots/{}", show_snapshot),
    Route("DELETE", "/v3/snapshots/{}", delete_snapshot),
    Route("POST", "/v3/snapshots/{}/action", act),
)
