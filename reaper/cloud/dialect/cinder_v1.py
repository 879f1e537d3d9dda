"""How an old Cinder's volumes and snapshots are asked to go: there is no cascade, and no filter to be trusted."""

from __future__ import annotations

from reaper.cloud.client import WritingClient
from reaper.cloud.pages import read_pages
from reaper.cloud.removals import plainly
from reaper.cloud.storage import SERVICE, SNAPSHOT_OWNER
from reaper.errors import Refused
from reaper.kinds import way_out
from reaper.model import Resource


def one_by_one(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; what hangs in `error_deleting` is set back before: only volumes can be deleted by force.

    Raises:
        Refused: it was set back, and goes in a later round.
    """
    if resource.status == "error_deleting":
        client.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-reset_status": {"status": "error"}})
    plainly(client, resource, path)


def reset_snapshot(client: WritingClient, one: Resource) -> str:
    """Set a snapshot to error, then delete it again: an old Cinder deletes none by force."""
    if way_out(one) is None:
        raise Refused(f"{one} is {one.status}, which is no state to be brought out of")
    client.post(SERVICE, one.region, f"/snapshots/{one.id}/action", {"os-reset_status": {"status": "error"}})
    client.delete(SERVICE, one.region, f"/snapshots/{one.id}")
    return "os-reset_status to error, and deleted again"


def volume(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; one with snapshots loses those first, if all are the same project's, and goes in a later round.

    Raises:
        Refused: it had snapshots, which were asked to go now, or has some of another project.
    """
    if resource.status == "error_deleting":
        client.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-force_delete": {}})
        return
    try:
        plainly(client, resource, path)
    except Refused as refusal:
        _snapshots_first(client, resource, refusal)
        raise


def _snapshots_first(client: WritingClient, one: Resource, refusal: Refused) -> None:
    asked = {"all_tenants": "1"}
    pages = read_pages(
        lambda page: client.get(SERVICE, one.region, "/snapshots/detail", page), "snapshots", asked, None
    )
    if pages.stopped:
        raise pages.stopped
    mine = [each for each in pages.records if each.get("volume_id") == one.id]
    if {each.get(SNAPSHOT_OWNER) for each in mine} - {one.project_id}:
        raise Refused(f"{one} has snapshots of another project: they are not touched") from refusal
    for each in mine:
        if each.get("status") in {"available", "error"}:
            client.delete(SERVICE, one.region, f"/snapshots/{each['id']}")
