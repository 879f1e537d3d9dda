"""Backups and volume transfers: what else holds a volume."""

import secrets

from reaper.simulator.clock import micros
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import linked
from reaper.simulator.state import Region, dashed
from reaper.simulator.volume.volumes import chosen, owned, page, refuse_stubborn, touch


def new_backup(region: Region, volume: Record, name: str = "", parent: str | None = None) -> Record:
    """Make a backup; with a parent it is incremental."""
    backup: Record = {
        "id": dashed(),
        "project_id": volume["project_id"],
        "name": name,
        "description": None,
        "volume_id": volume["id"],
        "status": "available",
        "size": volume["size"],
        "object_count": 0,
        "container": "backups",
        "is_incremental": parent is not None,
        "_parent": parent,
        "availability_zone": "nova",
        "created_at": micros(region.cloud.clock.now()),
        "updated_at": None,
        "fail_reason": None,
        "snapshot_id": None,
    }
    region["backups"][backup["id"]] = backup
    return backup


def _children(region: Region, backup_id: str) -> list[Record]:
    return list(region.where("backups", _parent=backup_id))


def _brief(ask: Request, backup: Record) -> Record:
    here = f"/backups/{backup['id']}"
    links = [{"rel": "self", "href": f"{ask.base}/v3{here}"}, {"rel": "bookmark", "href": ask.base + here}]
    return {"id": backup["id"], "name": backup["name"], "links": links}


def _full(ask: Request, backup: Record) -> Record:
    shown = {key: value for key, value in backup.items() if key != "project_id" and not key.startswith("_")}
    shown["has_dependent_backups"] = bool(_children(ask.region, backup["id"]))
    if ask.admin and ask.version >= (3, 18):
        shown["os-backup-project-attr:project_id"] = backup["project_id"]
    return shown | _brief(ask, backup)


def list_backups(ask: Request) -> ApiAnswer:
    """List backups; the owner is told from 3.18 on."""
    records, query = page(ask, "backups", "Backup", ("status", "name", "volume_id"))
    show = _full if ask.path.endswith("/detail") else _brief
    return linked(ask, "backups", [show(ask, record) for record in records], query)


def create_backup(ask: Request) -> ApiAnswer:
    """Accept a backup; incremental on the volume's newest one."""
    given = ask.wrapped("backup")
    volume = owned(ask, "volumes", str(given.get("volume_id")), "Volume")
    older = list(ask.region.where("backups", volume_id=volume["id"]))
    if given.get("incremental") and not older:
        refuse("volume", 400, "Invalid backup: No backups available to do an incremental backup.")
    parent = older[-1]["id"] if given.get("incremental") else None
    backup = new_backup(ask.region, volume, given.get("name") or "", parent)
    touch(ask.region, backup, status="creating")
    ask.cloud.later(lambda: touch(ask.region, backup, status="available"))
    return ApiAnswer(202, {"backup": _brief(ask, backup)})


def show_backup(ask: Request, backup_id: str) -> ApiAnswer:
    """Show a backup."""
    return ApiAnswer(200, {"backup": _full(ask, owned(ask, "backups", backup_id, "Backup"))})


def delete_backup(ask: Request, backup_id: str) -> ApiAnswer:
    """Accept a delete; one on which incremental ones stand is a 400."""
    backup = owned(ask, "backups", backup_id, "Backup")
    refuse_stubborn(ask, backup_id)
    if backup["status"] not in {"available", "error"}:
        refuse("volume", 400, "Invalid backup: Backup status must be available or error")
    _begin_delete(ask, backup)
    return ApiAnswer(202)


def _begin_delete(ask: Request, backup: Record) -> None:
    if _children(ask.region, backup["id"]):
        refuse("volume", 400, "Invalid backup: Incremental backups exist for this backup.")
    touch(ask.region, backup, status="deleting")
    stuck = ask.cloud.stubborn.sticks(backup["id"])

    def finish() -> None:
        if backup["status"] != "deleting":
            return  # its status was set back meanwhile
        if stuck:
            touch(ask.region, backup, status=stuck)
        else:
            ask.region["backups"].pop(backup["id"], None)

    if stuck != "deleting":
        ask.cloud.later(finish)


def act_on_backup(ask: Request, backup_id: str) -> ApiAnswer:
    """Set a backup's status, or delete it by force, which not every driver can (cinder/backup/api.py, Cinder 29)."""
    given = ask.document()
    name = next(iter(given), "")
    backup = owned(ask, "backups", backup_id, "Backup")
    if name not in {"os-reset_status", "os-force_delete"}:
        refuse("volume", 400, f"There is no such action: {name}.")
    if not ask.admin:
        refuse("volume", 403, f"Policy doesn't allow volume_extension:backup_admin_actions:{name[3:]} to be performed.")
    if name == "os-reset_status":
        touch(ask.region, backup, status=given[name]["status"])
        return ApiAnswer(202)
    refuse_stubborn(ask, backup_id)
    if backup.get("_driver_cannot_force"):
        refuse("volume", 405, "Operation not supported: force delete.")
    _begin_delete(ask, backup)
    return ApiAnswer(202)


def new_transfer(region: Region, volume: Record, name: str = "") -> Record:
    """Offer a volume to another project; until that ends it stays where it is."""
    transfer: Record = {
        "id": dashed(),
        "name": name,
        "volume_id": volume["id"],
        "project_id": volume["project_id"],
        "created_at": micros(region.cloud.clock.now()),
    }
    region["transfers"][transfer["id"]] = transfer
    touch(region, volume, status="awaiting-transfer")
    return transfer


def _transfer(transfer: Record) -> Record:
    return {key: value for key, value in transfer.items() if key != "project_id"} | {"links": []}


def list_transfers(ask: Request) -> ApiAnswer:
    """List transfers."""
    return ApiAnswer(200, {"transfers": [_transfer(one) for one in chosen(ask, "transfers", ())]})


def create_transfer(ask: Request) -> ApiAnswer:
    """Offer an available volume."""
    given = ask.wrapped("transfer")
    volume = owned(ask, "volumes", str(given.get("volume_id")), "Volume")
    if volume["status"] != "available":
        refuse("volume", 400, "Invalid volume: status must be available")
    transfer = new_transfer(ask.region, volume, given.get("name") or "")
    return ApiAnswer(202, {"transfer": _transfer(transfer) | {"auth_key": secrets.token_hex(8)}})


def delete_transfer(ask: Request, transfer_id: str) -> ApiAnswer:
    """End an offer; the volume is `available` again."""
    transfer = owned(ask, "transfers", transfer_id, "Transfer")
    del ask.region["transfers"][transfer_id]
    volume = ask.region["volumes"].get(transfer["volume_id"])
    if volume is not None:
        touch(ask.region, volume, status="available")
    return ApiAnswer(202, media="text/html; charset=UTF-8")


ROUTES = (
    Route("GET", "/v3/backups", list_backups),
    Route("GET", "/v3/backups/detail", list_backups),
    Route("POST", "/v3/backups", create_backup),
    Route("GET", "/v3/backups/{}", show_backup),
    Route("DELETE", "/v3/backups/{}", delete_backup),
    Route("POST", "/v3/backups/{}/action", act_on_backup),
    *(
        route
        for path in ("/v3/os-volume-transfer", "/v3/volume-transfers")
        for route in (
            Route("GET", path, list_transfers),
            Route("GET", path + "/detail", list_transfers),
            Route("POST", path, create_transfer),
            Route("DELETE", path + "/{}", delete_transfer),
        )
    ),
)
