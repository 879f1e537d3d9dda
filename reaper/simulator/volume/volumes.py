"""Volumes: listing, making, deleting (400, never 409), and the admin's ways out of stuck states."""

from collections.abc import Callable, Iterable
from typing import Any

from reaper.simulator.clock import micros
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.paging import limit_asked, linked, page_of
from reaper.simulator.state import Region, dashed
from reaper.simulator.volume.queries import KNOWN

DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")
REST = (
    "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from "
    "snapshots after volume transfer."
)

#: What an administrator may not set a status to (cinder/api/contrib/admin_actions.py, Cinder 29).
NEVER_SET = frozenset({"deleting", "error_deletingdetaching"})
YES = frozenset({"1", "true", "t", "yes", "y", "on"})


def new_volume(region: Region, project_id: str, size: int, name: str | None = "", **given: object) -> Record:
    """Make a volume, ready for use."""
    volume: Record = {
        "id": dashed(),
        "project_id": project_id,
        "user_id": "",
        "name": name,
        "description": None,
        "size": size,
        "status": "available",
        "created_at": micros(region.cloud.clock.now()),
        "updated_at": None,
        "volume_type": "null",
        "snapshot_id": None,
        "source_volid": None,
        "metadata": {},
        "bootable": "false",
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "multiattach": False,
        "attachments": [],
        "availability_zone": "nova",
        "group_id": None,
    } | given
    region["volumes"][volume["id"]] = volume
    return volume


def touch(region: Region, record: Record, **fields: object) -> None:
    """Change a record and its `updated_at`."""
    record.update(fields)
    record["updated_at"] = micros(region.cloud.clock.now())


def owned(ask: Request, kind: str, record_id: str, word: str) -> Record:
    """Find a record the caller may see, or refuse with 404."""
    record = ask.region[kind].get(record_id)
    if record is None or not (ask.admin or record["project_id"] == ask.project_id):
        refuse("volume", 404, f"{word} {record_id} could not be found.")
    return record


def chosen(ask: Request, kind: str, filters: Iterable[str]) -> list[Record]:
    """List what the caller may see, newest first: all projects only for an admin who says all_tenants."""
    everywhere = ask.admin and (ask.asked("all_tenants") or "0").lower() in YES
    owner = ask.asked("project_id") if everywhere else ask.project_id
    wanted = [(key, value) for key, value in ask.query if key in filters]
    every = [
        record
        for record in ask.region[kind].values()
        if owner in {None, record["project_id"]} and all(str(record.get(key)) == value for key, value in wanted)
    ]
    return sorted(every, key=lambda record: (record["created_at"], record["id"]), reverse=True)


def page(ask: Request, kind: str, word: str, filters: Iterable[str]) -> tuple[list[Record], str | None]:
    """Cut the page asked for; a marker that is not there is a 404."""

    def lost(marker: str) -> None:
        refuse("volume", 404, f"{word} {marker} could not be found.")

    limit = limit_asked(ask, "limit param must be an integer")
    return page_of(ask, chosen(ask, kind, filters), limit, lost)


def _brief(ask: Request, volume: Record) -> Record:
    root, _, project = ask.base + "/v3", "", f"/{ask.marks[0]}" if ask.marks else ""
    return {
        "id": volume["id"],
        "name": volume["name"],
        "links": [
            {"rel": "self", "href": f"{root}{project}/volumes/{volume['id']}"},
            {"rel": "bookmark", "href": f"{ask.base}{project}/volumes/{volume['id']}"},
        ],
    }


HIDDEN = frozenset({"project_id", "group_id"})


def _grown(ask: Request, volume: Record) -> list[tuple[tuple[int, int], str, object]]:
    """What microversions have added to a volume; the first two are for admins."""
    admins: list[tuple[tuple[int, int], str, object]] = [
        ((3, 21), "provider_id", None),
        ((3, 61), "cluster_name", None),
    ]
    return [
        *(admins if ask.admin else ()),
        ((3, 13), "group_id", volume["group_id"]),
        ((3, 48), "shared_targets", False),
        ((3, 48), "service_uuid", "9224c64f-5782-45d2-9206-b64ebae5f018"),
        ((3, 63), "volume_type_id", "1c7b6f33-7960-4c69-9366-d5bb7b93f2f2"),
        ((3, 65), "consumes_quota", True),
    ]


def _full(ask: Request, volume: Record) -> Record:
    shown = {key: value for key, value in volume.items() if key not in HIDDEN and not key.startswith("_")}
    shown |= _brief(ask, volume) | {"os-vol-tenant-attr:tenant_id": volume["project_id"]}
    shown |= {key: value for since, key, value in _grown(ask, volume) if ask.version >= since}
    if ask.admin:
        shown |= {
            "migration_status": None,
            "os-vol-mig-status-attr:migstat": None,
            "os-vol-mig-status-attr:name_id": None,
            "os-vol-host-attr:host": "compute0@null#pool0",
        }
    return shown


def list_volumes(ask: Request) -> ApiAnswer:
    """List volumes, in detail where the path says so."""
    if ask.admin and any(key not in KNOWN for key, _ in ask.query):
        return ApiAnswer(200, {"volumes": []})  # a filter that it does not know fits no volume, Cinder thinks
    records, query = page(ask, "volumes", "Volume", ("status", "name", "id"))
    show = _full if ask.path.endswith("/detail") else _brief
    return linked(ask, "volumes", [show(ask, record) for record in records], query)


def create_volume(ask: Request) -> ApiAnswer:
    """Accept a new volume: `creating` first, `available` a little later."""
    given = ask.wrapped("volume")
    size = given.get("size")
    if not isinstance(size, int) or size < 1:
        refuse(
            "volume", 400, f"Invalid input for field/attribute size. Value: {size}. {size} is not a positive integer"
        )
    volume = new_volume(
        ask.region,
        ask.project_id,
        size,
        given.get("name"),
        status="creating",
        user_id=ask.who.user_id,
        description=given.get("description"),
        metadata=given.get("metadata") or {},
    )
    told = {key: value for key, value in _full(ask, volume).items() if not key.startswith("os-vol")}

    def finish() -> None:
        if volume["status"] == "creating":
            touch(ask.region, volume, status="available")

    ask.cloud.later(finish)
    return ApiAnswer(202, {"volume": told})


def show_volume(ask: Request, volume_id: str) -> ApiAnswer:
    """Show a volume."""
    return ApiAnswer(200, {"volume": _full(ask, owned(ask, "volumes", volume_id, "Volume"))})


def _flag(ask: Request, name: str) -> bool:
    return (ask.asked(name) or "false").lower() in YES


def delete_volume(ask: Request, volume_id: str) -> ApiAnswer:
    """Accept a delete: `cascade` takes snapshots along, `force` (3.23) lifts only the test of the status."""
    volume = owned(ask, "volumes", volume_id, "Volume")
    refuse_stubborn(ask, volume_id)
    force = _flag(ask, "force") and ask.version >= (3, 23)
    begin_delete(ask, volume, force=force, cascade=_flag(ask, "cascade"))
    return ApiAnswer(202, media="text/html; charset=UTF-8")


def refuse_stubborn(ask: Request, record_id: str) -> None:
    """Refuse what was told never to go."""
    if status := ask.cloud.stubborn.status(record_id):
        refuse("volume", status, f"{record_id} cannot be deleted: simulated refusal")


def begin_delete(ask: Request, volume: Record, *, force: bool = False, cascade: bool = False) -> None:
    """Test whether a volume may go, and let it go a little later (cinder/volume/api.py delete, Cinder 29).

    `force` lifts the test of the status, of the volume and of its snapshots, and none of the others.
    """
    region = ask.region
    snapshots = list(region.where("snapshots", volume_id=volume["id"]))
    wrong_status = volume["status"] not in DELETABLE and not force
    busy = volume["attachments"] or volume["group_id"] or volume.get("_migration") or (snapshots and not cascade)
    if wrong_status or busy or (cascade and not force and any(map(_undeletable, snapshots))):
        status = "" if force else f"status must be {' or '.join(DELETABLE)} and "
        refuse(
            "volume",
            400,
            f"Invalid volume: Volume {status}{' ' if force else ''}{REST}".replace("Volume  ", "Volume  "),
        )
    for record in [*snapshots, volume]:
        touch(region, record, status="deleting")
    stuck = ask.cloud.stubborn.sticks(volume["id"])
    if stuck != "deleting":
        ask.cloud.later(lambda: _end_delete(region, volume, snapshots, stuck))


def _undeletable(snapshot: Record) -> bool:
    """Whether a snapshot keeps its volume from going with all of them (db/api.py volume_has_undeletable_snapshots)."""
    return snapshot["status"] not in {"available", "error"}


def _end_delete(region: Region, volume: Record, snapshots: list[Record], stuck: str) -> None:
    if volume["status"] != "deleting":
        return  # its status was reset meanwhile
    if stuck:
        touch(region, volume, status=stuck)
        return
    for snapshot in snapshots:
        region["snapshots"].pop(snapshot["id"], None)
    region["volumes"].pop(volume["id"], None)


def _reset(ask: Request, volume: Record, given: Any) -> ApiAnswer:
    _admin_only(ask, "volume_extension:volume_admin_actions:reset_status")
    if given.get("status") in NEVER_SET:
        refuse("volume", 400, f"Cannot reset-state to {given['status']}")
    if given.get("attach_status") == "detached":
        volume["attachments"] = []
        for record in list(ask.region.where("attachments", volume_id=volume["id"])):
            del ask.region["attachments"][record["id"]]
    if given.get("status"):
        touch(ask.region, volume, status=given["status"])
    return ApiAnswer(202)


def _admin_only(ask: Request, rule: str) -> None:
    if not ask.admin:
        refuse("volume", 403, f"Policy doesn't allow {rule} to be performed.")


def _force_delete(ask: Request, volume: Record, _: Any) -> ApiAnswer:
    _admin_only(ask, "volume_extension:volume_admin_actions:force_delete")
    refuse_stubborn(ask, volume["id"])
    begin_delete(ask, volume, force=True)
    return ApiAnswer(202)


def _force_detach(ask: Request, volume: Record, given: Any) -> ApiAnswer:
    _admin_only(ask, "volume_extension:volume_admin_actions:force_detach")
    gone = given.get("attachment_id")
    volume["attachments"] = [one for one in volume["attachments"] if gone not in {None, one["attachment_id"]}]
    if not volume["attachments"]:
        touch(ask.region, volume, status="available")
    return ApiAnswer(202)


ACTIONS: dict[str, Callable[[Request, Record, Any], ApiAnswer]] = {
    "os-reset_status": _reset,
    "os-force_delete": _force_delete,
    "os-force_detach": _force_detach,
}


def act(ask: Request, volume_id: str) -> ApiAnswer:
    """Do the one action that the body names."""
    given = ask.document()
    name = next(iter(given), "")
    if name not in ACTIONS:
        refuse(
            "volume",
            400,
            f"There is no such action: {name}. Verify the request body and Content-Type header and try again.",
        )
    return ACTIONS[name](ask, owned(ask, "volumes", volume_id, "Volume"), given[name] or {})


ROUTES = (
    Route("GET", "/v3/volumes", list_volumes),
    Route("POST", "/v3/volumes", create_volume),
    Route("GET", "/v3/volumes/detail", list_volumes),
    Route("GET", "/v3/volumes/{}", show_volume),
    Route("DELETE", "/v3/volumes/{}", delete_volume),
    Route("POST", "/v3/volumes/{}/action", act),
)
