"""How Cinder's and Manila's kinds are asked to go: volumes with what hangs on them, snapshots, groups, shares."""

from __future__ import annotations

from reaper.cloud.pages import PAGE, Record, read_pages
from reaper.cloud.removals import plainly
from reaper.cloud.wire import WritingWire
from reaper.errors import Gone, Refused
from reaper.model import Resource

SERVICE = "block-storage"
VOLUME_OWNER = "os-vol-tenant-attr:tenant_id"
SNAPSHOT_OWNER = "os-extended-snapshot-attributes:project_id"
BACKUP_OWNER = "os-backup-project-attr:project_id"


def by_force_after_an_error(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it; from `error_deleting`, where a plain DELETE is refused for ever, by the administrator's action."""
    if resource.status == "error_deleting":
        wire.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-force_delete": {}})
    else:
        plainly(wire, resource, path)


def volume(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it, and its snapshots with it if all of them are the same project's.

    Cinder refuses a volume that has snapshots; its `cascade` then takes them all, for an admin also those of others.
    It also refuses one that is offered to another project, which is withdrawn, and one that is attached: to servers
    that Nova does not know any more, it is detached from them.
    """
    if resource.status == "awaiting-transfer":
        _withdraw(wire, resource)
    try:
        _unless_known_to_have_snapshots(wire, resource, path)
    except Refused as refusal:
        if resource.facts.get("attached"):
            _detach(wire, resource, refusal)
        cascade = {"cascade": "true"} if _has_snapshots(wire, resource, refusal) else None
        if (
            cascade and resource.status == "error_deleting"
        ):  # Cinder cascades from `error` only, and forces none of them
            wire.post(
                SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-reset_status": {"status": "error"}}
            )
        wire.delete(SERVICE, resource.region, f"{path}/{resource.id}", cascade)


def _unless_known_to_have_snapshots(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it, or save the call that would be refused; at once with its snapshots if they were just seen to be ours.

    Refused by Cinder for another reason then, it is looked into as any other.
    """
    if resource.facts.get("snapshots") and resource.status == "available":
        if not resource.facts.get("alone"):
            raise Refused(f"{resource} has snapshots")
        wire.delete(SERVICE, resource.region, f"{path}/{resource.id}", {"cascade": "true"})
        return
    by_force_after_an_error(wire, resource, path)


def volume_group(wire: WritingWire, resource: Resource, path: str) -> None:
    """Delete it with its volumes, if all are the same project's; one with snapshots of the group loses those first."""
    here = f"{path}/{resource.id}/action"
    owners = {one.get(VOLUME_OWNER) for one in _every(wire, resource, "volumes", "group_id")}
    if owners - {resource.project_id}:
        raise Refused(f"{resource} holds volumes of another project: it is not touched")
    try:
        wire.post(SERVICE, resource.region, here, {"delete": {"delete-volumes": True}})
    except Refused:
        snapshots = _every(wire, resource, "group_snapshots", "group_id")
        for one in snapshots:
            wire.delete(SERVICE, resource.region, f"/group_snapshots/{one['id']}")
        raise


def share(wire: WritingWire, resource: Resource, path: str) -> None:
    """DELETE it; from `error_deleting` by force; one with snapshots loses those first.

    Raises:
        Refused: it had snapshots, which were asked to go now, or has some of another project.
    """
    service, region = "shared-file-system", resource.region
    if resource.status == "error_deleting":
        wire.post(service, region, f"{path}/{resource.id}/action", {"force_delete": None})
        return
    try:
        plainly(wire, resource, path)
    except Refused:
        asked = {"all_tenants": "1", "share_id": resource.id}
        pages = read_pages(
            lambda page: wire.get(service, region, "/snapshots/detail", page), "snapshots", asked, offset=True
        )
        mine = [one for one in pages.records if one.get("share_id") == resource.id]
        if pages.stopped or any(one.get("project_id") != resource.project_id for one in mine):
            raise
        for one in mine:
            wire.delete(service, region, f"/snapshots/{one['id']}")
        raise


def _has_snapshots(wire: WritingWire, resource: Resource, refusal: Refused) -> bool:
    """Whether it has any; raises when one is not the volume's owner's.

    A volume that was refused for another reason, and of which nothing was changed here, is refused again.
    """
    owners = {one.get(SNAPSHOT_OWNER) for one in _every(wire, resource, "snapshots", "volume_id")}
    if owners - {resource.project_id}:
        raise Refused(f"{resource} has snapshots of another project: they are not touched") from refusal
    if not owners and not resource.facts.get("attached"):
        raise refusal
    return bool(owners)


def _every(wire: WritingWire, one: Resource, kind: str, key: str) -> tuple[Record, ...]:
    """Read all of what hangs on a resource; raises rather than to give half of it.

    The old path of transfers, the only one that every version has, takes `limit` for a filter and then gives nothing.
    """
    path, plain = ("os-volume-transfer", True) if kind == "transfers" else (kind, False)
    params = {"all_tenants": "1"} if plain else {"all_tenants": "1", key: one.id}
    limit = None if plain else PAGE
    pages = read_pages(lambda page: wire.get(SERVICE, one.region, f"/{path}/detail", page), kind, params, limit)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Refused(f"{one} is not touched: {pages.why}")
    return tuple(record for record in pages.records if record.get(key) == one.id)


def _withdraw(wire: WritingWire, one: Resource) -> None:
    """Take back the offer of a volume to another project."""
    for offer in _every(wire, one, "transfers", "volume_id"):
        wire.delete(SERVICE, one.region, f"/os-volume-transfer/{offer['id']}")


def _detach(wire: WritingWire, one: Resource, refusal: Refused) -> None:
    """Delete the attachments of a volume (3.27); only when Nova knows none of the servers."""
    there = wire.get(SERVICE, one.region, f"/volumes/{one.id}")["volume"].get("attachments") or ()
    if not there or any(_exists(wire, one.region, str(each.get("server_id"))) for each in there):
        raise refusal
    for each in there:
        wire.delete(SERVICE, one.region, f"/attachments/{each['attachment_id']}")


def _exists(wire: WritingWire, region: str, server_id: str) -> bool:
    """Ask Nova; only its own 404, which names the server, counts as no."""
    try:
        wire.get("compute", region, f"/servers/{server_id}")
    except Gone:
        return False
    return True
