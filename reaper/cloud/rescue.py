"""The ways out of stuck states: what an administrator would do by hand, each bounded to one try."""

from __future__ import annotations

from collections.abc import Callable

from reaper.cloud.wire import WritingWire
from reaper.errors import Refused
from reaper.model import Resource

#: Nova keeps a server for ever in `deleting` when the compute service lost the request; from ERROR it is taken again
#: (nova compute/api.py: a DELETE while the task is `deleting` answers 204 and does nothing).
DELETING = "deleting"


def server(wire: WritingWire, one: Resource) -> str:
    """Bring it out of `deleting` with os-resetState, then delete it again."""
    if one.status == "SOFT_DELETED":
        _act(wire, one, "servers", {"forceDelete": None})
        return "forceDelete"
    if one.facts.get("task_state") != DELETING and one.status != "ERROR":
        raise Refused(f"{one} is {one.status}, not stuck")
    _act(wire, one, "servers", {"os-resetState": {"state": "error"}})
    wire.delete("compute", one.region, f"/servers/{one.id}")
    return "os-resetState to error, and deleted again"


def volume(wire: WritingWire, one: Resource) -> str:
    """Set what Cinder believes of it back, then delete it by force; one whose server is gone is detached first."""
    if one.facts.get("attached"):
        _act(wire, one, "volumes", {"os-reset_status": {"status": "available", "attach_status": "detached"}})
        wire.delete("block-storage", one.region, f"/volumes/{one.id}")
        return "os-reset_status to detached, and deleted again"
    _act(wire, one, "volumes", {"os-reset_status": {"status": "error"}})
    wire.delete("block-storage", one.region, f"/volumes/{one.id}")
    return "os-reset_status to error, and deleted again"


def snapshot(wire: WritingWire, one: Resource) -> str:
    """Set its status back, then delete it again."""
    _act(wire, one, "snapshots", {"os-reset_status": {"status": "error"}})
    wire.delete("block-storage", one.region, f"/snapshots/{one.id}")
    return "os-reset_status to error, and deleted again"


WAYS_OUT: dict[str, Callable[[WritingWire, Resource], str]] = {
    "server": server,
    "volume": volume,
    "volume_snapshot": snapshot,
}


def rescue(wire: WritingWire, one: Resource) -> str:
    """Try the way out for its kind; returns what was done.

    Raises:
        Refused: there is none; nothing was sent.
    """
    if one.kind not in WAYS_OUT:
        raise Refused(f"there is no way out known for a {one.kind} that does not go")
    return WAYS_OUT[one.kind](wire, one)


def _act(wire: WritingWire, one: Resource, items: str, action: dict[str, object]) -> None:
    service = "compute" if items == "servers" else "block-storage"
    wire.post(service, one.region, f"/{items}/{one.id}/action", action)
