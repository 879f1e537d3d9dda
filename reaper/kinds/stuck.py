"""The states in which a service refuses to delete a thing, or never ends to, and the way out of each: one table.

The way out goes by the state that the thing is in, not by whether it was asked to go before. Each row names where the
service's own source says that its plain DELETE does not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reaper.model import Resource


class Way(StrEnum):
    """How an administrator gets a thing out of a state from which a plain DELETE does not remove it."""

    FORCE = "deleted by force"
    RESET = "its state is set to error, then it is deleted"
    DETACH = "attachments are deleted that nothing uses, then it is deleted"
    NONE = "none by the service's API: a person has to look"


@dataclass(frozen=True)
class StuckState:
    """One kind's states with the same way out; `task` means that the state is the server's task."""

    kind: str
    states: tuple[str, ...]
    way: Way
    source: str
    task: bool = False


_VOLUMES = "cinder/volume/api.py delete: available, error, error_restoring, error_extending, error_managing (29)"
_SNAPSHOTS = "cinder/volume/api.py delete_snapshot: available, error (29)"
_GROUPS = "cinder/group/api.py delete; api/v3/groups.py reset_status, 3.20 (29)"
_BACKUPS = "cinder/backup/api.py delete: available, error (29)"
_SHARES = "manila/share/api.py delete: available, error, inactive (23)"
_BALANCERS = "octavia/common/constants.py DELETABLE_STATUSES: ACTIVE, ERROR (19)"

STUCK: tuple[StuckState, ...] = (
    StuckState(
        "server", ("deleting",), Way.RESET, "nova/compute/api.py _delete: deleting answers 204 and does nothing (34)",
        task=True,
    ),
    StuckState("server", ("SOFT_DELETED",), Way.FORCE, "nova/compute/api.py force_delete (34)"),
    StuckState("server", ("ERROR",), Way.RESET, "nova/compute/api.py _delete: a delete that failed leaves ERROR (34)"),
    StuckState("volume", ("in-use", "detaching"), Way.DETACH, f"{_VOLUMES}; attachment_deletion_allowed"),
    StuckState(
        "volume",
        (
            "creating", "deleting", "error_deleting", "managing", "attaching", "maintenance", "restoring-backup",
            "reserved", "awaiting-transfer", "backing-up", "error_backing-up", "downloading", "uploading", "retyping",
            "extending", "error_attaching", "error_detaching", "error_managing_deleting", "unmanaging",
            "error_unmanaging",
        ),
        Way.FORCE, _VOLUMES,
    ),
    StuckState(
        "volume_snapshot",
        ("creating", "deleting", "error_deleting", "updating", "unmanaging", "error_unmanaging", "backing-up",
         "restoring"),
        Way.FORCE, _SNAPSHOTS,
    ),
    StuckState("volume_group", ("creating", "deleting", "updating", "error_deleting"), Way.RESET, _GROUPS),
    StuckState("backup", ("creating", "deleting", "error_deleting", "restoring"), Way.FORCE, _BACKUPS),
    StuckState(
        "share",
        (
            "creating", "creating_from_snapshot", "deleting", "deferred_deleting", "error_deleting",
            "error_deferred_deleting", "manage_starting", "manage_error", "unmanage_starting", "unmanage_error",
            "manage_error_unmanage_starting", "extending", "extending_error", "shrinking", "shrinking_error",
            "shrinking_possible_data_loss_error", "reverting", "reverting_error", "restoring", "replication_change",
            "awaiting_transfer", "backup_creating", "backup_restoring", "backup_restoring_error", "ensuring",
        ),
        Way.FORCE, _SHARES,
    ),
    StuckState("load_balancer", ("PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"), Way.NONE, _BALANCERS),
)  # fmt: skip

_BY_STATE: Mapping[tuple[str, bool, str], StuckState] = {
    (row.kind, row.task, state): row for row in STUCK for state in row.states
}


def may_be_stuck(kind: str) -> bool:
    """Tell whether a kind has states that hold one of it, or what hangs on it."""
    return any(row.kind == kind for row in STUCK)


def way_out(resource: Resource) -> Way | None:
    """Tell the way out of the state that a thing is in; None: it is in none that is known for holding it."""
    row = _BY_STATE.get((resource.kind, True, str(resource.facts.get("task_state"))))
    row = row or _BY_STATE.get((resource.kind, False, resource.status))
    return row.way if row else None
