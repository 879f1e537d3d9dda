"""How Cinder's and Manila's kinds are asked to go: volumes with what hangs on them, snapshots, groups, shares."""

from __future__ import annotations

from reaper.cloud.attachments import detach_unused
from reaper.cloud.client import WritingClient
from reaper.cloud.pages import PAGE, Record, read_pages
from reaper.cloud.removals import plainly
from reaper.errors import Refused
from reaper.model import Resource

SERVICE, SHARES = "block-storage", "shared-file-system"
VOLUME_OWNER = "os-vol-tenant-attr:tenant_id"
SNAPSHOT_OWNER = "os-extended-snapshot-attributes:project_id"
BACKUP_OWNER = "os-backup-project-attr:project_id"


def by_force_after_an_error(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; from `error_deleting`, where a plain DELETE is refused for ever, by the administrator's action."""
    if resource.status == "error_deleting":
        client.post(SERVICE, resource.region, f"{path}/{resource.id}/action", {"os-force_delete": {}})
    else:
        plainly(client, resource, path)


def volume(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it, and its snapshots with it if all of them are the same project's.

    Cinder refuses a volume that has snapshots; its `cascade` then takes them all, for an admin also those of others.
    It also refuses one that is offered to another project, which is withdrawn, and one that is attached: to servers
    that Nova does not know any more, it is detached from them.
    """
    if resource.status == "awaiting-transfer":
        withdraw(client, resource)
    try:
        _unless_known_to_have_snapshots(client, resource, path)
    except Refused:
        attached = bool(resource.facts.get("attached")) and detach_unused(client, resource) > 0
        with_snapshots = has_snapshots(client, resource)
        if not attached and not with_snapshots:
            raise  # for another reason, and nothing was changed here
        if with_snapshots and resource.status == "error_deleting":  # Cinder cascades from `error` only, and forces none
            back = {"os-reset_status": {"status": "error"}}
            client.post(SERVICE, resource.region, f"{path}/{resource.id}/action", back)
        client.delete(
            SERVICE, resource.region, f"{path}/{resource.id}", {"cascade": "true"} if with_snapshots else None
        )


def _unless_known_to_have_snapshots(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it, or save the call that would be refused; at once with its snapshots if they were just seen to be ours.

    Refused by Cinder for another reason then, it is looked into as any other.
    """
    if resource.facts.get("snapshots") and resource.status == "available":
        if not resource.facts.get("alone"):
            raise Refused(f"{resource} has snapshots")
        client.delete(SERVICE, resource.region, f"{path}/{resource.id}", {"cascade": "true"})
        return
    by_force_after_an_error(client, resource, path)


def volume_group(client: WritingClient, resource: Resource, path: str) -> None:
    """Delete it with its volumes, if all are the same project's; one with snapshots of the group loses those first."""
    here = f"{path}/{resource.id}/action"
    owners = {one.get(VOLUME_OWNER) for one in _every(client, resource, "volumes", "group_id")}
    if owners - {resource.project_id}:
        raise Refused(f"{resource} holds volumes of another project: it is not touched")
    try:
        client.post(SERVICE, resource.region, here, {"delete": {"delete-volumes": True}})
    except Refused:
        for one in group_snapshots(client, resource):
            if one.get("status") in ("available", "error"):
                client.delete(SERVICE, resource.region, f"/group_snapshots/{one['id']}")
        raise


def group_snapshots(client: WritingClient, group: Resource) -> tuple[Record, ...]:
    """Read the snapshots of a group. Raises Refused: one of them is another project's."""
    found = _every(client, group, "group_snapshots", "group_id")
    if any(one.get("project_id", group.project_id) != group.project_id for one in found):
        raise Refused(f"{group} has a snapshot of another project: it is not touched")
    return found


def share(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; from `error_deleting` by force; one with snapshots loses those first.

    Raises:
        Refused: it had snapshots, which were asked to go now, or has some of another project.
    """
    try:
        if resource.status == "error_deleting":
            client.post(SHARES, resource.region, f"{path}/{resource.id}/action", {"force_delete": None})
        else:
            plainly(client, resource, path)
    except Refused:
        for one in share_snapshots(client, resource):
            if one.get("status") in ("available", "error"):
                client.delete(SHARES, resource.region, f"/snapshots/{one['id']}")
        raise


def share_snapshots(client: WritingClient, share: Resource) -> tuple[Record, ...]:
    """Read the snapshots of a share. Raises Refused: one of them is another project's, or they cannot all be read."""
    asked = {"all_tenants": "1", "share_id": share.id}
    pages = read_pages(
        lambda page: client.get(SHARES, share.region, "/snapshots/detail", page), "snapshots", asked, offset=True
    )
    if pages.stopped:
        raise pages.stopped
    found = tuple(one for one in pages.records if one.get("share_id") == share.id)
    if pages.why or any(one.get("project_id") != share.project_id for one in found):
        raise Refused(f"{share} has snapshots {pages.why or 'of another project'}: it is not touched")
    return found


def has_snapshots(client: WritingClient, resource: Resource) -> bool:
    """Whether a volume has any snapshots. Raises Refused: one of them is not the volume's owner's."""
    owners = {one.get(SNAPSHOT_OWNER) for one in _every(client, resource, "snapshots", "volume_id")}
    if owners - {resource.project_id}:
        raise Refused(f"{resource} has snapshots of another project: they are not touched")
    return bool(owners)


def _every(client: WritingClient, one: Resource, kind: str, key: str) -> tuple[Record, ...]:
    """Read all of what hangs on a resource; raises rather than to give half of it.

    The old path of transfers, the only one that every version has, takes `limit` for a filter and then gives nothing.
    """
    path, plain = ("os-volume-transfer", True) if kind == "transfers" else (kind, False)
    params = {"all_tenants": "1"} if plain else {"all_tenants": "1", key: one.id}
    limit = None if plain else PAGE
    pages = read_pages(lambda page: client.get(SERVICE, one.region, f"/{path}/detail", page), kind, params, limit)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Refused(f"{one} is not touched: {pages.why}")
    return tuple(record for record in pages.records if record.get(key) == one.id)


def withdraw(client: WritingClient, one: Resource) -> None:
    """Take back the offer of a volume to another project."""
    for offer in _every(client, one, "transfers", "volume_id"):
        client.delete(SERVICE, one.region, f"/os-volume-transfer/{offer['id']}")
