"""The ways out of stuck states, each bounded to one try: what an administrator would do by hand (see kinds/stuck.py).

What can be in use elsewhere, or have changed hands, is read afresh before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reaper.cloud.attachments import detach_unused, fresh
from reaper.cloud.client import WritingClient
from reaper.cloud.storage import (
    BACKUP_OWNER,
    SERVICE,
    SHARES,
    SNAPSHOT_OWNER,
    group_snapshots,
    has_snapshots,
    share_snapshots,
    withdraw,
)
from reaper.errors import Refused
from reaper.kinds import Way, way_out
from reaper.model import Resource

#: Tries the way out, and says what was done; raises Refused where there is none, and sends nothing then.
ForceReset = Callable[[WritingClient, Resource], str]
#: Since when Cinder's groups and their snapshots have an action that sets their status.
GROUPS_RESET = (3, 20)


def no_way_out(_client: WritingClient, one: Resource) -> str:
    """Refuse: nothing is known that an administrator could do."""
    raise Refused(f"there is no way out known for a {one.kind} that is {one.status or 'of unknown status'}")


def reset_server(client: WritingClient, one: Resource) -> str:
    """Bring it out of `deleting` with os-resetState, then delete it again; one soft-deleted by force."""
    way = way_out(one)
    if way is Way.FORCE:
        _act(client, one, "compute", "servers", {"forceDelete": None})
        return "forceDelete"
    if way is not Way.RESET:
        raise _not_stuck(one)
    _act(client, one, "compute", "servers", {"os-resetState": {"state": "error"}})
    client.delete("compute", one.region, f"/servers/{one.id}")
    return "os-resetState to error, and deleted again"


def reset_volume(client: WritingClient, one: Resource) -> str:
    """Delete a volume by force, out of a state that forbids a plain DELETE, when nothing uses it or its snapshots."""
    now = fresh(client, one)
    status = str(now.get("status") or "")
    if way_out(_as(one, status)) is None:
        raise _not_stuck(_as(one, status))
    if status == "awaiting-transfer":
        withdraw(client, one)
    detached = detach_unused(client, one)
    said = f"{detached} attachments that nothing uses were deleted, and it " if detached else ""
    if has_snapshots(client, one):
        _act(client, one, SERVICE, "volumes", {"os-reset_status": {"status": "error"}})
        client.delete(SERVICE, one.region, f"/volumes/{one.id}", {"cascade": "true"})
        return f"{said}was set to error and deleted again with its snapshots".strip()
    _act(client, one, SERVICE, "volumes", {"os-force_delete": {}})
    return f"{said}was deleted by force out of {status}"


def reset_snapshot(client: WritingClient, one: Resource) -> str:
    """Delete a snapshot by force, out of whatever state it is in now."""
    status = _status_now(client, one, "snapshots", "snapshot", SNAPSHOT_OWNER)
    _act(client, one, SERVICE, "snapshots", {"os-force_delete": {}})
    return f"was deleted by force out of {status}"


def reset_backup(client: WritingClient, one: Resource) -> str:
    """Delete a backup by force; where its driver cannot do that, set it to error and delete it."""
    status = _status_now(client, one, "backups", "backup", BACKUP_OWNER)
    try:
        _act(client, one, SERVICE, "backups", {"os-force_delete": {}})
    except Refused:
        _act(client, one, SERVICE, "backups", {"os-reset_status": {"status": "error"}})
        client.delete(SERVICE, one.region, f"/backups/{one.id}")
        return f"was set from {status} to error, and deleted again"
    return f"was deleted by force out of {status}"


def reset_group(client: WritingClient, one: Resource) -> str:
    """Set a group's snapshots that are stuck to error and delete them; without any, set the group itself to error."""
    if (client.microversion(one.region, SERVICE) or (0, 0)) < GROUPS_RESET:
        raise Refused(f"{one} is {one.status}, and this Cinder has no way out of that")
    stuck = [each for each in group_snapshots(client, one) if each.get("status") not in ("available", "error")]
    for each in stuck:
        here = f"/group_snapshots/{each['id']}"
        client.post(SERVICE, one.region, f"{here}/action", {"reset_status": {"status": "error"}})
        client.delete(SERVICE, one.region, here)
    if stuck:
        return f"{len(stuck)} snapshots of it were set to error, and deleted again"
    status = _status_now(client, one, "groups", "group", "project_id")
    _act(client, one, SERVICE, "groups", {"reset_status": {"status": "error"}})
    client.post(SERVICE, one.region, f"/groups/{one.id}/action", {"delete": {"delete-volumes": True}})
    return f"was set from {status} to error, and deleted again"


def reset_share(client: WritingClient, one: Resource) -> str:
    """Delete by force the snapshots of a share that are stuck; without any, the share itself."""
    stuck = [each for each in share_snapshots(client, one) if each.get("status") not in ("available", "error")]
    for each in stuck:
        client.post(SHARES, one.region, f"/snapshots/{each['id']}/action", {"force_delete": None})
    if stuck:
        return f"{len(stuck)} snapshots of it were deleted by force"
    record = client.get(SHARES, one.region, f"/shares/{one.id}").get("share") or {}
    status = _judged(one, record.get("project_id"), str(record.get("status") or ""))
    _act(client, one, SHARES, "shares", {"force_delete": None})
    return f"was deleted by force out of {status}"


def _status_now(client: WritingClient, one: Resource, items: str, key: str, owner: str) -> str:
    record = client.get(SERVICE, one.region, f"/{items}/{one.id}").get(key) or {}
    return _judged(one, record.get(owner), str(record.get("status") or ""))


def _judged(one: Resource, owner: object, status: str) -> str:
    """Return the status, if the thing is its owner's still and stuck in it."""
    if owner != one.project_id:
        raise Refused(f"{one} is not touched: it belongs to {f'project {owner}' if owner else 'nobody known'} now")
    if way_out(_as(one, status)) is None:
        raise _not_stuck(_as(one, status))
    return status


def _as(one: Resource, status: str) -> Resource:
    return Resource(one.kind, one.region, one.id, one.name, one.project_id, status, one.facts)


def _not_stuck(one: Resource) -> Refused:
    return Refused(f"{one} is {one.status or 'of unknown status'}, which is no state to be brought out of")


def _act(client: WritingClient, one: Resource, service: str, items: str, action: dict[str, Any]) -> None:
    client.post(service, one.region, f"/{items}/{one.id}/action", action)
