"""What a server's states say: whether anything of it runs, what brings it to a standstill, and what it was before.

The one table from Nova's status, power state and task state. A server counts as standing still only where Nova says so;
a state that is not in the table may run. Which action each state allows: nova 34.0.0 (2026.2), nova/compute/api.py,
the decorators `check_instance_state` (stop: active, error; start: stopped; unrescue: rescued; confirm_resize: resized;
rescue: active, stopped, error). Which status stands for which states: nova/api/openstack/common.py, `_STATE_MAP`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reaper.model import Resource


class Rest(StrEnum):
    """How far a server is from standing still, and what brings it there."""

    STANDS = "it stands still"
    STOP = "stop it"
    UNRESCUE = "end its rescue, then stop it"
    CONFIRM = "confirm its resize, then stop it"
    WAIT = "Nova is doing something with it"


#: By status, while Nova does nothing with it. A paused guest executes nothing and keeps its memory, which a stop would
#: lose: it is left paused. Nova offers no way to stop a server that waits for the confirmation of its resize.
AT_REST: Mapping[str, Rest] = {
    "ACTIVE": Rest.STOP,
    "RESCUE": Rest.UNRESCUE,
    "VERIFY_RESIZE": Rest.CONFIRM,
    "SHUTOFF": Rest.STANDS,
    "PAUSED": Rest.STANDS,
    "SUSPENDED": Rest.STANDS,
    "SHELVED": Rest.STANDS,
    "SHELVED_OFFLOADED": Rest.STANDS,
    "SOFT_DELETED": Rest.STANDS,
    "DELETED": Rest.STANDS,
}
#: Statuses that stand for something Nova is doing.
ON_THE_WAY = frozenset(
    {"BUILD", "REBUILD", "RESIZE", "REVERT_RESIZE", "MIGRATING", "REBOOT", "HARD_REBOOT", "PASSWORD"}
)
#: Nova's power states (nova/objects/fields.py, InstancePowerState); 0 means that the hypervisor does not say.
RUNNING, SHUTDOWN, CRASHED, SUSPENDED = 1, 4, 6, 7
_POWERED_OFF = frozenset({SHUTDOWN, CRASHED, SUSPENDED})
DELETING = "deleting"


def rest_of(server: Resource) -> Rest:
    """Say what brings a server to a standstill. What is not known to stand still is to be stopped, or waited for."""
    status, task = server.status.upper(), server.facts.get("task_state")
    if task is not None:
        # A delete that a dead host never answered leaves its guest running, so that the task alone proves nothing.
        return Rest.STANDS if task == DELETING and _is_off(server) else Rest.WAIT
    if status in AT_REST:
        return _by_power(AT_REST[status], server.facts.get("power_state"))
    if status in ON_THE_WAY:
        # Nova clears the task in the middle of a build as well (nova/compute/manager.py, _do_build_and_run_instance).
        return Rest.WAIT
    # ERROR says that an action failed, not that the guest is gone; of any other status nothing is known.
    return Rest.STANDS if _is_off(server) else Rest.STOP


def is_going(server: Resource) -> bool:
    """Whether Nova is deleting it."""
    return server.facts.get("task_state") == DELETING


def _by_power(rest: Rest, power: object) -> Rest:
    if rest is Rest.CONFIRM and power in _POWERED_OFF:
        return Rest.STANDS  # it was resized while it was stopped
    if rest is Rest.STANDS and power == RUNNING:
        return Rest.WAIT  # the hypervisor says that its guest runs all the same: Nova's own sync stops it
    return rest


def _is_off(server: Resource) -> bool:
    """Whether its hypervisor says that the guest is off, or Nova that there never was one."""
    facts = server.facts
    never_ran = facts.get("launched_at", "unknown") is None and facts.get("power_state") == 0
    return never_ran or facts.get("power_state") in _POWERED_OFF
