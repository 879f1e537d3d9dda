"""What may happen to a tenant in any order: who, which faults, and where a crash may cut in."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.campaign import LEVEL

#: Who reads the letters of each: one person has two projects, and nobody reads those of the third.
EMAILS = {"trial-ada": "ada@example.org", "trial-bo": "ada@example.org", "trial-nobody": None}
NAMES = tuple(EMAILS)
#: Long enough for a whole lease, its warnings and its suspension, whatever happened before.
LONG_ENOUGH = 75
FAULTS = (
    {"service": "identity", "status": 503},
    {"service": "identity", "drop": True},
    {"service": "compute", "status": 503, "times": 7},
    {"service": "compute", "method": "GET", "empty": True, "path_regex": "servers/detail"},
    {"service": "network", "drop": True, "times": 3},
    {"service": "network", "status": 504, "method": "DELETE"},
    {"service": "network", "method": "DELETE", "late": True, "drop": True, "times": 2},
    {"service": "volume", "status": 500},
    {"service": "identity", "path_regex": "/projects", "method": "GET", "truncate": True},
    {"service": "identity", "path_regex": r"/projects(\?|$)", "method": "GET", "empty": True},
    {"service": "identity", "path_regex": "role_assignments", "empty": True},
    {"service": "identity", "path_regex": "role_assignments", "truncate": True},
    {"service": "identity", "path_regex": "/users", "empty": True},
    {"service": "identity", "method": "PATCH", "late": True, "drop": True, "times": 1},
    {"service": "compute", "method": "POST", "late": True, "status": 502, "times": 2},
)
#: Where something may come in between: all that is written, and what is asked just before.
CALLS = (
    *("ledger.record", "ledger.meet", "ledger.enrol", "ledger.beat", "ledger.mark_census", "ledger.tenant"),
    *("outbox.claim", "outbox.accepted", "outbox.deferred", "outbox.refused", "mail.send"),
    *("outbox.join", "outbox.apart"),
    *("journal.plan", "journal.asked", "journal.gone", "cloud.project", "cloud.resources", "cloud.close_project"),
    *("cloud.lock", "cloud.stop", "cloud.start", "cloud.open_project", "cloud.delete", "cloud.delete"),
)
DEEDS = ("renew", "renew", "renew", "hold", "pause", "switch", "make")
#: Nothing is learned from waiting for a disk.
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a fresh folder in it
#: How many days a step waits for the moment at which it comes in between.
PATIENCE = 8
who = st.sampled_from(NAMES)
sides = st.sampled_from(["before", "after"])


def play(machine: type[RuleBasedStateMachine], lives: str) -> None:
    """Play so many lives of so many steps ("40x25"), always the same ones unless REAPER_ANY_ORDER says otherwise."""
    examples, steps = (int(n) for n in os.environ.get("REAPER_ANY_ORDER", lives).split("x"))
    unhurried = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize="REAPER_ANY_ORDER" not in os.environ and LEVEL != "deep",
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=unhurried)
