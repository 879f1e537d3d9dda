"""How an old Cinder's volumes and snapshots are asked to go: there is no cascade, and no filter to be trusted."""

from __future__ import annotations

from reaper.cloud.pages import read_pages
from reaper.cloud.removals import plainly
from reaper.cloud.storage import SERVICE, SNAPSHOT_OWNER
from reaper.cloud.wire import WritingWire
from reaper.errors import Refused
from reaper.model import Resource


def one_by_one(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it; what hangs in `error_deleting` is set back before: only volumes can be deleted by force.

    Raises:
        Refused: it was set back, and goes in a later round.
    """
    if resource.status == "error_deleting":
        wire.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-reset_status": {"status": "error"}})
    plainly(wire, resource, path)


def volume(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it; one with snapshots loses those first, if all are the same project's, and goes in a later round.

    Raises:
        Refused: it had snapshots, which were asked to go now, or has some of another project.
    """
    if resource.status == "error_deleting":
        wire.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-force_delete": {}})
        return
    try:
        plainly(wire, resource, path)
    except Refused as refusal:
        _snapshots_first(wire, resource, refusal)
        raise


def _snapshots_first(wire: WritingWire, one: Resource, refusal: Refused) -> None:
    asked = {"all_tenants": "1"}
    pages = read_pages(lambda page: wire.get(SERVICE, one.region, "/snapshots/detail", page), "snapshots", asked, None)
    if pages.stopped:
        raise pages.stopped
    mine = [each for each in pages.records if each.get("volume_id") == one.id]
    if {each.get(SNAPSHOT_OWNER) for each in mine} - {one.project_id}:
        raise Refused(f"{one} has snapshots of another project: they are not touched") from refusal
    for each in mine:
        if each.get("status") in {"available", "error"}:
            wire.delete(SERVICE, one.region, f"/snapshots/{each['id']}")
