"""A project that becomes protected for a while: what the machine found, and what a person has said, are two things."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.lifecycle.transitions import hold
from reaper.model import EventKind, Hold, State
from tests.acceptance.stage import DAY, Stage


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()


def protect(stage, seeded, *, on: bool):
    """Let Keystone's admin make a project immutable, or take that off again."""
    options = stage.sim.cloud.identity["projects"][seeded.project_id].setdefault("options", {})
    options.update(immutable=True) if on else options.pop("immutable", None)


def held_until(stage, name, days):
    now = stage.clock.now()
    word = Hold(now + days * DAY, "evidence for a court", "alice")
    stage.app.store.ledger.record(hold(stage.app.store.ledger.find(f"sim/{name}"), word, "a court asks", now))
    return word


def test_a_persons_hold_is_still_there_when_its_project_is_protected_no_longer(stage):
    seeded = stage.sim.seed.tenant("trial-vip", servers=1)
    stage.live(2)
    word = held_until(stage, "trial-vip", 400)
    protect(stage, seeded, on=True)
    stage.live(1)
    assert stage.tenant("trial-vip").hold == word
    protect(stage, seeded, on=False)
    stage.live(1)
    assert stage.tenant("trial-vip").hold == word
    # Its lease and suspension would be over by now.
    stage.live(52)
    assert stage.tenant("trial-vip").state is State.ACTIVE
    assert stage.left(seeded.project_id) >= {"server"}


def test_a_hold_that_is_set_while_the_project_is_protected_outlives_the_protection(stage):
    seeded = stage.sim.seed.tenant("trial-vip", servers=1)
    stage.live(1)
    protect(stage, seeded, on=True)
    stage.live(1)
    word = held_until(stage, "trial-vip", 90)
    protect(stage, seeded, on=False)
    stage.live(45)
    assert (stage.tenant("trial-vip").hold, stage.tenant("trial-vip").state) == (word, State.ACTIVE)


@pytest.mark.parametrize("on", [True, False], ids=["protected", "protected no longer"])
def test_whoever_is_first_when_protection_changes_the_next_census_finds_it(stage, on):
    seeded = stage.sim.seed.tenant("trial-race", servers=1)
    stage.live(1)
    protect(stage, seeded, on=not on)
    stage.live(1)
    protect(stage, seeded, on=on)
    ledger = stage.app.store.ledger

    def somebody_is_first():
        ledger.wake(stage.clock.now())

    # When somebody else changes the tenant just before the census writes what it has found.
    object.__setattr__(ledger, "find", read_then(ledger.find, somebody_is_first))
    stage.live(1)
    stage.live(1)
    assert bool(stage.tenant("trial-race").protection) is on
    told = [e.what for e in ledger.history(stage.tenant("trial-race").id)]
    assert told.count(EventKind.PROTECTED if on else EventKind.UNPROTECTED) == 1


def read_then(ask, deed):
    """Let something happen once, just after a read."""
    left = [deed]

    def first(*arguments):
        answer = ask(*arguments)
        if left:
            left.pop()()
        return answer

    return first


def test_nobody_is_warned_or_taken_while_the_project_is_protected_and_all_warnings_come_afterwards(stage):
    seeded = stage.sim.seed.tenant("trial-rare", servers=1)
    stage.live(25)
    protect(stage, seeded, on=True)
    letters = len(stage.boxes.of("trial-rare"))
    stage.live(30)
    assert stage.tenant("trial-rare").state is State.ACTIVE
    assert len(stage.boxes.of("trial-rare")) == letters
    protect(stage, seeded, on=False)
    stage.live(1, at_once=timedelta(hours=8))
    assert stage.tenant("trial-rare").state is State.ACTIVE
    assert len(stage.boxes.of("trial-rare")) == letters + 1
    stage.live(2)
    assert stage.tenant("trial-rare").state is State.SUSPENDED
