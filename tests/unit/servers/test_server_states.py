"""What counts as standing still is what Nova says stands still; everything else may run."""

from __future__ import annotations

import pytest

from reaper.model import Resource
from reaper.server_states import Rest, rest_of

RAN = {"launched_at": "2031-05-01T07:00:00Z"}


def server(status, **facts):
    return Resource("server", "RegionOne", "17", "vm", "p-17", status, {"task_state": None, **RAN, **facts})


@pytest.mark.parametrize(
    ("status", "facts", "rest"),
    [
        ("ACTIVE", {"power_state": 1}, Rest.STOP),
        ("ACTIVE", {}, Rest.STOP),
        ("RESCUE", {"power_state": 1}, Rest.UNRESCUE),
        ("VERIFY_RESIZE", {"power_state": 1}, Rest.CONFIRM),
        ("VERIFY_RESIZE", {}, Rest.CONFIRM),
        ("VERIFY_RESIZE", {"power_state": 4}, Rest.STANDS),  # it was resized while it was stopped
        ("ERROR", {"power_state": 1}, Rest.STOP),  # an action failed; its guest lives
        ("ERROR", {"power_state": 0}, Rest.STOP),  # the hypervisor does not say
        ("ERROR", {}, Rest.STOP),
        ("ERROR", {"power_state": 4}, Rest.STANDS),
        ("ERROR", {"power_state": 0, "launched_at": None}, Rest.STANDS),  # it was never built
        ("SHUTOFF", {"power_state": 4}, Rest.STANDS),
        ("SHUTOFF", {"power_state": 1}, Rest.WAIT),  # started behind Nova's back
        ("PAUSED", {"power_state": 3}, Rest.STANDS),
        ("SUSPENDED", {"power_state": 4}, Rest.STANDS),
        ("SHELVED", {"power_state": 4}, Rest.STANDS),
        ("SHELVED_OFFLOADED", {"power_state": 0}, Rest.STANDS),
        ("SOFT_DELETED", {"power_state": 4}, Rest.STANDS),
        ("BUILD", {"power_state": 0, "launched_at": None, "task_state": "spawning"}, Rest.WAIT),
        ("BUILD", {"power_state": 0, "launched_at": None}, Rest.WAIT),  # its host has taken it over and will start it
        ("REBOOT", {"power_state": 1, "task_state": "rebooting"}, Rest.WAIT),
        ("MIGRATING", {"power_state": 1, "task_state": "migrating"}, Rest.WAIT),
        ("REBUILD", {"power_state": 1}, Rest.WAIT),
        ("UNKNOWN", {}, Rest.STOP),
        ("SOMETHING_NEW", {"power_state": 1}, Rest.STOP),
        ("", {}, Rest.STOP),
        ("PAUSED", {"power_state": 1}, Rest.WAIT),
        ("SHELVED_OFFLOADED", {"power_state": 1}, Rest.WAIT),
        ("ACTIVE", {"task_state": "deleting", "power_state": 1}, Rest.WAIT),  # its host may be dead, its guest alive
        ("ACTIVE", {"task_state": "deleting"}, Rest.WAIT),
        ("SHUTOFF", {"task_state": "deleting", "power_state": 4}, Rest.STANDS),
    ],
)
def test_what_brings_a_server_to_a_standstill(status, facts, rest):
    assert rest_of(server(status, **facts)) is rest


@pytest.mark.parametrize("status", ["A_STATE_OF_NEXT_YEAR", "VERIFY_RESCUE", "???"])
@pytest.mark.parametrize("power", [None, 0, 1, 3, "1", 99])
def test_a_state_that_nobody_has_heard_of_is_never_taken_for_standing_still(status, power):
    assert rest_of(server(status, power_state=power)) is not Rest.STANDS
