"""Of which servers an archive is owed an image."""

from __future__ import annotations

from reaper.model import Resource


def has_something(server: Resource) -> bool:
    """Whether there is anything of a server to be kept: not of one its people deleted, nor of one that never ran."""
    if server.status in ("DELETED", "SOFT_DELETED") or server.facts.get("task_state") == "deleting":
        return False
    return not (server.status == "ERROR" and server.facts.get("launched_at", "") is None)
