"""Servers as images: asked for, looked at, kept longer, and deleted when their time is over.

Nova gives the image of another project's server to the project of the token that asks, and makes the server's project
a member of it (nova compute/utils.py initialize_instance_snapshot_metadata, image/glance.py create): so it outlives the
reclaim, and the tenant, once it is open again, may boot from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reaper.cloud.client import Client, WritingClient
from reaper.cloud.dialect.endpoint import GLANCE_1
from reaper.cloud.pages import read_pages
from reaper.errors import Gone, Permanent, Refused, Temporary
from reaper.model import ArchiveImage, Resource, ServerArchive

#: The properties by which an image is known for an archive. Nova copies them into whatever is made of it later, which
#: is why they alone are no proof.
MARK, SERVER, UNTIL = "reaper_archive", "reaper_server", "reaper_kept_until"
PATCH = "application/openstack-images-v2.1-json-patch"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LONGEST = 255  # of a name and of a property's value


def make(client: WritingClient, server: Resource, archive: ServerArchive, name: str) -> str:
    """Ask Nova for an image that bears the archive's id; returns the image's id."""
    _check_glance(client, server.region)
    properties = {
        MARK: archive.id,
        SERVER: archive.server_id,
        UNTIL: archive.kept_until.strftime(MOMENT),
        "reaper_tenant": archive.project_id,
        "reaper_lease": archive.lease_id,
    }
    action = {"createImage": {"name": name[:LONGEST], "metadata": properties}}
    told, location = client.post_for("compute", server.region, f"/servers/{server.id}/action", action)
    named = told.get("image_id") if isinstance(told, Mapping) else None  # since 2.45; before, the Location ends in it
    image_id = str(named or location.rstrip("/").rpartition("/")[2])
    if not image_id:
        raise Temporary(f"{server}: Nova does not say which image it makes")
    return image_id


def image_of(client: Client, archive: ServerArchive) -> ArchiveImage | None:
    """Read the image of an archive, or search our own project's for it; None when there is none.

    One that is not by every sign the archive's is never ready, and says why in its status.
    """
    _check_glance(client, archive.region)
    record = _record(client, archive)
    if record is None:
        return None
    size, status = record.get("size"), str(record.get("status") or "")
    # Nobody's server goes for an image that its reclaim would take along, or that is of another server.
    if status == "active" and (why := _why_not(record, archive, client.own_project())):
        status = f"active, but {why}"
    return ArchiveImage(str(record["id"]), status, size if isinstance(size, int) else None)


def _check_glance(client: Client, region: str) -> None:
    """Refuse a Glance that is spoken to in v1, where the address of an image holds its data."""
    if client.api_generation("image", region) == GLANCE_1:
        raise Permanent(f"Glance in {region} is too old to archive servers: the policy must say `archive: none`")


def _record(client: Client, archive: ServerArchive) -> Mapping[str, Any] | None:
    if archive.image_id is None:
        return _found(client, archive)
    try:
        record = client.get("image", archive.region, f"/images/{archive.image_id}")
    except Gone:
        return None
    if not isinstance(record, Mapping) or record.get("id") != archive.image_id:
        raise Temporary(f"image {archive.image_id}: the answer is not about it")
    return record


def _found(client: Client, archive: ServerArchive) -> Mapping[str, Any] | None:
    """Search for what was asked for when nobody heard the answer: ours, with the mark, and made of that server."""
    asked = {"owner": client.own_project(), MARK: archive.id}
    pages = read_pages(lambda page: client.get("image", archive.region, "/images", page), "images", asked)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Temporary(f"the images of our own project cannot be searched: {pages.why}")
    mine = [one for one in pages.records if _why_not(one, archive, client.own_project()) is None]
    if len(mine) > 1:
        raise Permanent(f"{len(mine)} images bear the mark of one archive: {', '.join(str(one['id']) for one in mine)}")
    return mine[0] if mine else None


def prolong(client: WritingClient, archive: ServerArchive) -> None:
    """Write until when it is kept."""
    _check(client, archive)
    step = [{"op": "replace", "path": f"/{UNTIL}", "value": archive.kept_until.strftime(MOMENT)}]
    client.patch("image", archive.region, f"/images/{archive.image_id}", step, PATCH)


def delete(client: WritingClient, archive: ServerArchive, now: datetime) -> None:
    """Delete the image of an archive whose time is over, unless anything about it is not as it was left."""
    record = _check(client, archive)
    image = f"image {archive.image_id}"
    if archive.kept_until > now or _until(record) > now:
        raise Refused(f"{image} is kept until {max(archive.kept_until, _until(record)):%Y-%m-%d %H:%M} UTC")
    if record.get("protected") is not False:
        raise Refused(f"{image} is protected, or that is not known: it is not touched")
    if record.get("visibility") not in {"private", "shared"}:
        raise Refused(f"{image} is {record.get('visibility')}, others may use it: it is not touched")
    if record["visibility"] == "shared" and (others := _members(client, archive) - {archive.project_id}):
        raise Refused(f"{image} was given to project {', '.join(sorted(others))}, too: it is not touched")
    client.delete("image", archive.region, f"/images/{archive.image_id}")


def _check(client: Client, archive: ServerArchive) -> Mapping[str, Any]:
    """Read it afresh. Raises Gone, and Refused when it is not by every sign this archive's."""
    if archive.image_id is None:
        raise Refused(f"archive {archive.id} names no image")
    record = _record(client, archive)
    if record is None:
        raise Gone(f"image {archive.image_id} does not exist")
    if why := _why_not(record, archive, client.own_project()):
        raise Refused(f"image {archive.image_id} is not touched: {why}")
    return record


def _why_not(record: Mapping[str, Any], archive: ServerArchive, own: str) -> str | None:
    """Say by which sign an image is not this archive's."""
    if record.get("owner") != own:
        return "it does not belong to Reaper's own project"
    if record.get(MARK) != archive.id or record.get(SERVER) != archive.server_id:
        return "it does not bear the archive's mark"
    if record.get("instance_uuid", archive.server_id) != archive.server_id:
        return "it was made of another server"
    return None


def _until(record: Mapping[str, Any]) -> datetime:
    """Read until when the image itself says that it is kept: a person may have put that off by hand."""
    try:
        return datetime.strptime(str(record.get(UNTIL)), MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise Refused(f"image {record['id']} does not say until when it is kept: it is not touched") from None


def _members(client: Client, archive: ServerArchive) -> set[str]:
    answer = client.get("image", archive.region, f"/images/{archive.image_id}/members")
    members = answer.get("members") if isinstance(answer, Mapping) else None
    if not isinstance(members, list):
        raise Temporary(f"image {archive.image_id}: the answer has no list of members")
    return {str(one.get("member_id")) for one in members}
