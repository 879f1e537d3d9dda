"""What was told before a halt that was longer than the notice counts no more: one rule for every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.lifecycle import Keep, Rearm, Reclaim, Suspend, Warn, decide, outlasted, step_after_halt, transitions
from reaper.model import Enforce, Hold, State, Unfinished
from tests.unit.lifecycle.cases import TERMS, WARNED, at, suspended, tenant

NOTICE = TERMS.notice
NOW = at(30)
BEGUN = suspended(state=State.RECLAIMING, reclaiming_at=at(7))
DUE = {
    "a suspension that is due": (tenant(*WARNED), at(2), Suspend),
    "a reclaim that is due": (suspended(), at(8), Reclaim),
    "a reclaim that has begun": (BEGUN, at(9), Reclaim),
    "a suspension that has begun": (suspended(*WARNED, unfinished=Unfinished.SUSPEND), at(2), Suspend),
    "a project that was given back": (tenant(given_back_at=at(-9)), at(-8), Suspend),
}


@pytest.mark.parametrize(("due", "now", "step"), DUE.values(), ids=DUE)
def test_a_step_is_taken_as_long_as_its_halt_was_not_longer_than_the_notice(due, now, step):
    assert isinstance(step_after_halt(due, now), step)
    assert isinstance(step_after_halt(replace(due, halted_at=now - NOTICE), now), step)
    longer = replace(due, halted_at=now - NOTICE - timedelta(seconds=1))
    assert isinstance(step_after_halt(longer, now), Rearm)


@pytest.mark.parametrize(("due", "now", "step"), DUE.values(), ids=DUE)
def test_after_a_long_halt_nothing_is_taken_before_a_fresh_letter(due, now, step):
    halted = replace(due, halted_at=now - 2 * NOTICE)
    back = transitions.go_back(halted, "halted", now).tenant
    assert back.halted_at is None
    assert back.lease.notices == ()
    assert back.lease.arming == due.lease.arming + 1
    assert not isinstance(decide(back, now), (Suspend, Reclaim))


HALTED = {
    "a tag": {"exempt": "its tag"},
    "protection": {"protection": "protected: immutable"},
    "a hold": {"hold": Hold(at(99), "an appeal", "eve")},
    "a milder policy": {"enforce": Enforce.NOTIFY},
    "a project that is not to be seen": {"vanished_at": at(8)},
}


@pytest.mark.parametrize("how", HALTED.values(), ids=HALTED)
@pytest.mark.parametrize("due", [BEGUN, suspended(*WARNED, unfinished=Unfinished.SUSPEND)], ids=["reclaim", "suspend"])
def test_whatever_halts_a_step_that_has_begun_is_noted_once_with_its_moment(due, how):
    decision = decide(replace(due, **how), at(9))
    assert isinstance(decision, Keep)
    assert decision.halts
    halted = transitions.wait(replace(due, **how), None, Enforce.OBSERVE, at(9), halts=True).tenant
    later = transitions.wait(halted, None, Enforce.OBSERVE, at(12), halts=True)
    assert (halted.halted_at, later) == (at(9), None)


def test_a_sweep_that_was_long_ago_halts_what_had_begun_and_nothing_else():
    assert outlasted(BEGUN, NOW, NOW - NOTICE) is None
    assert outlasted(BEGUN, NOW, NOW - NOTICE - timedelta(seconds=1)) is not None
    assert outlasted(suspended(), NOW, at(1)) is None  # its letter is what counts


def test_a_halt_that_ended_between_two_sweeps_lasted_until_the_one_that_saw_it():
    halted = replace(suspended(), halted_at=at(8))
    assert outlasted(halted, at(12), at(8)) is None
    assert outlasted(halted, at(12), at(11.5)) is not None


def test_a_step_that_was_tried_and_failed_was_not_halted():
    halted = replace(BEGUN, halted_at=at(8))
    assert transitions.back_off(halted, "busy", at(9.1), at(9), 3).tenant.halted_at is None
    assert transitions.archived(halted, "whole", at(9)).tenant.halted_at is None


def test_services_that_do_not_answer_halt_from_the_first_time_on():
    kind = transitions.EventKind.POSTPONED
    once = transitions.postpone(BEGUN, "503", at(9.1), at(9), kind, halts=True).tenant
    again = transitions.postpone(once, "503", at(9.2), at(9.1), kind, halts=True).tenant
    assert again.halted_at == at(9)
    moved = transitions.postpone(again, "503", at(9.3), at(9.2), kind).tenant
    assert moved.halted_at is None


def test_a_warning_that_comes_after_a_halt_ends_it():
    halted = tenant(halted_at=at(-20))
    assert isinstance(decide(halted, at(-2)), Warn)
    told = transitions.Queued(transitions.LetterKind.WARNING, timedelta(days=2))
    assert transitions.give_notice(halted, "told", told, at(-2)).tenant.halted_at is None


def test_a_halt_is_still_one_where_something_is_to_be_looked_at_before():
    """A server that runs on in a suspension is tried again each hour; that must not hide that a reclaim is held up."""
    held_up = suspended(unfinished=Unfinished.SUSPEND, retry_at=at(9), enforce=Enforce.SUSPEND)
    decision = decide(held_up, at(8))
    assert isinstance(decision, Keep)
    assert (decision.until, decision.halts) == (at(9), True)
