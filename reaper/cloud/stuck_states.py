"""The ways out of stuck states: what an administrator would do by hand, each bounded to one try."""

from __future__ import annotations

from collections.abc import Callable

from reaper.cloud.wire import WritingWire
from reaper.errors import Gone, Refused
from reaper.model import Resource

#: Tries the way out, and says what was done; raises Refused where there is none, and sends nothing then.
ForceReset = Callable[[WritingWire, Resource], str]

#: Nova keeps a server for ever in `deleting` when the compute service lost the request; from ERROR it is taken again
#: (nova compute/api.py: a DELETE while the task is `deleting` answers 204 and does nothing).
DELETING = "deleting"


def reset_server(wire: WritingWire, one: Resource) -> str:
    """Bring it out of `deleting` with os-resetState, then delete it again."""
    if one.status == "SOFT_DELETED":
        _act(wire, one, "servers", {"forceDelete": None})
        return "forceDelete"
    if one.facts.get("task_state") != DELETING and one.status != "ERROR":
        raise Refused(f"{one} is {one.status}, not stuck")
    _act(wire, one, "servers", {"os-resetState": {"state": "error"}})
    wire.delete("compute", one.region, f"/servers/{one.id}")
    return "os-resetState to error, and deleted again"


def reset_volume(wire: WritingWire, one: Resource) -> str:
    """Set what Cinder believes of it back, then delete it again; detached only when Nova knows none of its servers."""
    if one.facts.get("attached"):
        living = [server_id for server_id in _servers_of(one) if _exists(wire, one.region, server_id)]
        if living or not _servers_of(one):
            raise Refused(
                f"{one} is attached to {', '.join(living) or 'a server that is not named'}: it is not touched"
            )
        _act(wire, one, "volumes", {"os-reset_status": {"status": "available", "attach_status": "detached"}})
        wire.delete("block-storage", one.region, f"/volumes/{one.id}")
        return "os-reset_status to detached, and deleted again"
    _act(wire, one, "volumes", {"os-reset_status": {"status": "error"}})
    wire.delete("block-storage", one.region, f"/volumes/{one.id}")
    return "os-reset_status to error, and deleted again"


def _servers_of(one: Resource) -> list[str]:
    servers = one.facts.get("servers")
    return [str(server_id) for server_id in servers] if isinstance(servers, (tuple, list)) else []


def _exists(wire: WritingWire, region: str, server_id: str) -> bool:
    """Ask Nova; only its own 404 counts as no."""
    try:
        wire.get("compute", region, f"/servers/{server_id}")
    except Gone:
        return False
    return True


def reset_snapshot(wire: WritingWire, one: Resource) -> str:
    """Set its status back, then delete it again."""
    _act(wire, one, "snapshots", {"os-reset_status": {"status": "error"}})
    wire.delete("block-storage", one.region, f"/snapshots/{one.id}")
    return "os-reset_status to error, and deleted again"


def no_way_out(_wire: WritingWire, one: Resource) -> str:
    """Refuse: nothing is known that an administrator could do."""
    raise Refused(f"there is no way out known for a {one.kind} that does not go")


def _act(wire: WritingWire, one: Resource, items: str, action: dict[str, object]) -> None:
    service = "compute" if items == "servers" else "block-storage"
    wire.post(service, one.region, f"/{items}/{one.id}/action", action)
