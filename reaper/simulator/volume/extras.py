"""Cinder's attachments, types and quotas."""

from reaper.simulator.exchange import Answer, Record, Request, Route, refuse
from reaper.simulator.volume.volumes import YES, chosen, touch

QUOTA = {"volumes": -1, "snapshots": -1, "gigabytes": -1, "backups": -1, "backup_gigabytes": -1, "groups": -1}
QUOTA["per_volume_gigabytes"] = -1
QUOTA |= {f"{name}_{kind}": -1 for name in ("volumes", "snapshots", "gigabytes") for kind in ("__DEFAULT__", "empty")}


def list_attachments(ask: Request) -> Answer:
    """List attachments (3.27)."""
    _since(ask, (3, 27))
    every = [
        {"id": one["attachment_id"], "status": "attached", "instance": one["server_id"], "volume_id": volume["id"]}
        for volume in chosen(ask, "volumes", ())
        for one in volume["attachments"]
    ]
    return Answer(200, {"attachments": every})


def delete_attachment(ask: Request, attachment_id: str) -> Answer:
    """Delete an attachment whose server is gone; while the server is there Nova must be asked."""
    _since(ask, (3, 27))
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
            return Answer(200, {"attachments": []})
    return refuse("volume", 404, f"Volume attachment could not be found with filter: attachment_id = {attachment_id}.")


def _since(ask: Request, version: tuple[int, int]) -> None:
    if ask.version < version:
        refuse("volume", 404, "The resource could not be found.")


def list_types(_ask: Request) -> Answer:
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
    return Answer(200, {"volume_types": [one]})


def show_quota(ask: Request, project_id: str) -> Answer:
    """Show a project's quotas, with what is in use of each when `usage` says so; nothing is counted here."""
    limits: Record = QUOTA | ask.region["volume_quotas"].get(project_id, {})
    if (ask.asked("usage") or "").lower() in YES:
        limits = {name: {"limit": most, "in_use": 0, "reserved": 0} for name, most in limits.items()}
    return Answer(200, {"quota_set": limits | {"id": project_id}})


def set_quota(ask: Request, project_id: str) -> Answer:
    """Change a project's quotas."""
    kept = ask.region["volume_quotas"].setdefault(project_id, {})
    kept.update(ask.wrapped("quota_set"))
    return Answer(200, {"quota_set": QUOTA | kept})


def list_services(ask: Request) -> Answer:
    """List Cinder's processes, for admins."""
    state = {"status": "enabled", "state": "up", "zone": "nova", "disabled_reason": None}
    updated = ask.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000")
    names = ("cinder-scheduler", "cinder-volume")
    return Answer(200, {"services": [{"binary": n, "host": "sim", "updated_at": updated, **state} for n in names]})


ROUTES = (
    Route("GET", "/v3/os-services", list_services, "admin", "volume_extension:services:index"),
    Route("GET", "/v3/attachments", list_attachments),
    Route("DELETE", "/v3/attachments/{}", delete_attachment),
    Route("GET", "/v3/types", list_types),
    Route("GET", "/v3/os-quota-sets/{}", show_quota),
    Route("PUT", "/v3/os-quota-sets/{}", set_quota, "admin", "volume_extension:quotas:update"),
)
