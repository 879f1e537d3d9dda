"""Cinder's attachments, types and quotas."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.state import Region, dashed
from reaper.simulator.volume.volumes import YES, chosen, touch

BRIEF = ("id", "status", "instance", "volume_id")
QUOTA = {"volumes": -1, "snapshots": -1, "gigabytes": -1, "backups": -1, "backup_gigabytes": -1, "groups": -1}
QUOTA["per_volume_gigabytes"] = -1
QUOTA |= {f"{name}_{kind}": -1 for name in ("volumes", "snapshots", "gigabytes") for kind in ("__DEFAULT__", "empty")}


def new_attachment(region: Region, volume: Record, status: str, server_id: str | None, **connection: object) -> Record:
    """Keep a record of a use that the volume itself does not show: reserved, or about to be attached or detached."""
    record: Record = {
        "id": dashed(),
        "status": status,
        "instance": server_id,
        "volume_id": volume["id"],
        "connection_info": connection,
        "project_id": volume["project_id"],
    }
    region["attachments"][record["id"]] = record
    return record


def list_attachments(ask: Request) -> ApiAnswer:
    """List attachments (3.27), in detail where the path says so (cinder/api/v3/views/attachments.py, Cinder 29)."""
    _since(ask, (3, 27))
    shown = [
        {"id": one["attachment_id"], "status": "attached", "instance": one["server_id"], "volume_id": volume["id"]}
        | {"connection_info": {"driver_volume_type": "null"}}
        for volume in chosen(ask, "volumes", ())
        for one in volume["attachments"]
    ]
    kept = [{key: one[key] for key in (*BRIEF, "connection_info")} for one in _records(ask)]
    wanted = ask.asked("volume_id")
    every = [one for one in (*shown, *kept) if wanted in {None, one["volume_id"]}]
    fields = (*BRIEF, "connection_info") if ask.path.endswith("/detail") else BRIEF
    return ApiAnswer(200, {"attachments": [{key: one[key] for key in fields} for one in every]})


def _records(ask: Request) -> list[Record]:
    everywhere = ask.admin and (ask.asked("all_tenants") or "0").lower() in YES
    return [one for one in ask.region["attachments"].values() if everywhere or one["project_id"] == ask.project_id]


def delete_attachment(ask: Request, attachment_id: str) -> ApiAnswer:
    """Delete an attachment whose server is gone; while the server is there Nova must be asked."""
    _since(ask, (3, 27))
    if attachment_id in ask.region["attachments"]:
        return _delete_record(ask, ask.region["attachments"][attachment_id])
    for volume in ask.region["volumes"].values():
        for one in volume["attachments"]:
            if one["attachment_id"] != attachment_id:
                continue
            if one["server_id"] in ask.region["servers"]:
                message = f"Detach volume from instance {one['server_id']} using the Compute API"
                refuse("volume", 409, f"ConflictNovaUsingAttachment: {message}")
            volume["attachments"] = [other for other in volume["attachments"] if other is not one]
            if not volume["attachments"]:
                touch(ask.region, volume, status="available")
            return ApiAnswer(200, {"attachments": []})
    return refuse("volume", 404, f"Volume attachment could not be found with filter: attachment_id = {attachment_id}.")


def _delete_record(ask: Request, record: Record) -> ApiAnswer:
    """Delete a record; one that was connected to a living server is Nova's to delete (attachment_deletion_allowed)."""
    if record["instance"] in ask.region["servers"] and record["connection_info"]:
        refuse("volume", 409, f"Detach volume from instance {record['instance']} using the Compute API")
    del ask.region["attachments"][record["id"]]
    volume = ask.region["volumes"].get(record["volume_id"])
    left = any(ask.region.where("attachments", volume_id=record["volume_id"]))
    if volume is not None and not volume["attachments"] and not left and volume["status"] != "uploading":
        touch(ask.region, volume, status="available")  # cinder/db/api.py volume_detached
    return ApiAnswer(200, {"attachments": []})


def _since(ask: Request, version: tuple[int, int]) -> None:
    if ask.version < version:
        refuse("volume", 404, "The resource could not be found.")


def list_types(_ask: Request) -> ApiAnswer:
    """List the one volume type."""
    one = {
        "id": "1c7b6f33-7960-4c69-9366-d5bb7b93f2f2",
        "name": "null",
        "is_public": True,
        "description": None,
        "extra_specs": {},
        "qos_specs_id": None,
        "os-volume-type-access:is_public": True,
    }
    return ApiAnswer(200, {"volume_types": [one]})


def show_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Show a project's quotas, with what is in use of each when `usage` says so; nothing is counted here."""
    limits: Record = QUOTA | ask.region["volume_quotas"].get(project_id, {})
    if (ask.asked("usage") or "").lower() in YES:
        limits = {name: {"limit": most, "in_use": 0, "reserved": 0} for name, most in limits.items()}
    return ApiAnswer(200, {"quota_set": limits | {"id": project_id}})


def set_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Change a project's quotas."""
    kept = ask.region["volume_quotas"].setdefault(project_id, {})
    kept.update(ask.wrapped("quota_set"))
    return ApiAnswer(200, {"quota_set": QUOTA | kept})


def list_services(ask: Request) -> ApiAnswer:
    """List Cinder's processes, for admins."""
    state = {"status": "enabled", "state": "up", "zone": "nova", "disabled_reason": None}
    updated = ask.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000")
    names = ("cinder-scheduler", "cinder-volume")
    return ApiAnswer(200, {"services": [{"binary": n, "host": "sim", "updated_at": updated, **state} for n in names]})


def summary(ask: Request) -> ApiAnswer:
    """Count volumes and their size."""
    every = chosen(ask, "volumes", ())
    return ApiAnswer(
        200, {"volume-summary": {"total_count": len(every), "total_size": sum(one["size"] for one in every)}}
    )


ROUTES = (
    Route("GET", "/v3/volumes/summary", summary),
    Route("GET", "/v3/os-services", list_services, "admin", "volume_extension:services:index"),
    Route("GET", "/v3/attachments", list_attachments),
    Route("GET", "/v3/attachments/detail", list_attachments),
    Route("DELETE", "/v3/attachments/{}", delete_attachment),
    Route("GET", "/v3/types", list_types),
    Route("GET", "/v3/os-quota-sets/{}", show_quota),
    Route("PUT", "/v3/os-quota-sets/{}", set_quota, "admin", "volume_extension:quotas:update"),
)
