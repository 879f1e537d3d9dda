"""How one resource is asked to go, where that is more than a DELETE of its own address."""

from __future__ import annotations

from collections.abc import Callable

from reaper.cloud.pages import read_pages
from reaper.cloud.wire import WritingWire
from reaper.errors import Refused
from reaper.kinds import BY_NAME
from reaper.model import Resource

SNAPSHOT_OWNER = "os-extended-snapshot-attributes:project_id"

Remove = Callable[[WritingWire, Resource, str], None]  # with the path of the kind's items


def plainly(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it."""
    wire.delete(BY_NAME[resource.kind].service, resource.region, f"{path}/{resource.id}")


def server(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it; one that is soft-deleted already still holds its ports until it is deleted by force."""
    if resource.status == "SOFT_DELETED":
        wire.post("compute", resource.region, f"{path}/{resource.id}/action", {"forceDelete": None})
    else:
        plainly(wire, resource, path)


def router_interface(wire: WritingWire, resource: Resource, _path: str) -> None:
    """Take it out of its router, which deletes the port. By port, so that it works when the subnet is gone."""
    router = resource.facts.get("router_id")
    if not router:
        raise Refused(f"{resource} names no router it belongs to")
    wire.put("network", resource.region, f"/routers/{router}/remove_router_interface", {"port_id": resource.id})


def network(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it with its subnets, unless others use it by right."""
    for fact, words in (("shared", "shared with other projects"), ("external", "an external network")):
        if resource.facts.get(fact) is not False:
            raise Refused(f"{resource} is {words}, or that is not known: it is not touched")
    plainly(wire, resource, path)


def volume(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it, and its snapshots with it if all of them are the same project's.

    Cinder refuses a volume that has snapshots; its `cascade` then takes them all, for an admin also those of others.
    """
    try:
        plainly(wire, resource, path)
    except Refused as refusal:
        owners = _owners_of_snapshots(wire, resource)
        if not owners:
            raise
        if owners != {resource.project_id}:
            raise Refused(f"{resource} has snapshots of another project: they are not touched") from refusal
        wire.delete("block-storage", resource.region, f"{path}/{resource.id}", {"cascade": "true"})


def _owners_of_snapshots(wire: WritingWire, resource: Resource) -> set[str | None]:
    """Read whose the snapshots of a volume are; None stands for one that cannot be told."""
    pages = read_pages(
        lambda page: wire.get("block-storage", resource.region, "/snapshots/detail", page),
        "snapshots",
        {"all_tenants": "1", "volume_id": resource.id},
    )
    if pages.stopped:
        raise pages.stopped
    owners = {one.get(SNAPSHOT_OWNER) for one in pages.records if one.get("volume_id") == resource.id}
    return owners | {None} if pages.why else owners


def image(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it, unless it is protected or others have it.

    Glance makes images `shared` by default, which says nothing until somebody is a member: so the members are read.
    """
    if resource.facts.get("protected") is not False:
        raise Refused(f"{resource} is protected, or that is not known: it is not touched")
    visibility = resource.facts.get("visibility")
    if visibility not in {"private", "shared"}:
        raise Refused(f"{resource} is {visibility or 'of unknown visibility'}, others may use it: it is not touched")
    if visibility == "shared":
        members = wire.get("image", resource.region, f"{path}/{resource.id}/members").get("members")
        if members != []:
            raise Refused(f"{resource} is shared with {len(members or ())} other projects: it is not touched")
    plainly(wire, resource, path)
