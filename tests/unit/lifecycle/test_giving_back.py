"""What giving a project back does, what undoing it does, and that only a delivered letter leads further."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.lifecycle import (
    STALE_AFTER,
    GivenBack,
    Keep,
    NotNow,
    Reclaim,
    Suspend,
    Tell,
    Unhold,
    Warn,
    decide,
    give_back,
    keep_after_all,
    renew,
    resume_with_notice,
)
from reaper.model import Enforce, Hold, LetterKind, LetterState, State, Unfinished
from reaper.sweep.admission import begins
from tests.unit.lifecycle.cases import TERMS, WARNED, at, letter, suspended, tenant

HELD = Hold(at(30), "a person said so", "ada")
REFUSALS = {
    "reclaiming has begun": (suspended(state=State.RECLAIMING), "too_late"),
    "it is reclaimed": (suspended(state=State.RECLAIMED), "too_late"),
    "the project is gone": (tenant(vanished_at=at(-12)), "too_late"),
    "a person has to look": (tenant(state=State.QUARANTINED), "quarantined"),
    "its dates are impossible": (tenant(renewals=-1), "quarantined"),
    "it is suspended already": (suspended(since=-11), "already"),
    "it was given back already": (tenant(given_back_at=at(-11)), "already"),
    "its servers are being started": (tenant(unfinished=Unfinished.RESTORE), "unfinished"),
    "a person has put it on hold": (tenant(hold=HELD), "spared"),
    "it is exempt": (tenant(exempt="a tag"), "spared"),
    "its policy only writes letters": (tenant(enforce=Enforce.NOTIFY), "spared"),
    "its policy is gone": (tenant(enforce=None), "spared"),
    "its term is over": (tenant(expires_at=at(-11)), "ended"),
}


@pytest.mark.parametrize(("seen", "rule"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_to_take_it_back_names_its_rule(seen, rule):
    assert give_back(seen, at(-10)) == NotNow(rule)


def given_back(now: float = -10, **changes):
    answer = give_back(tenant(*WARNED, **changes), at(now))
    assert isinstance(answer, GivenBack)
    return answer.tenant


def test_what_is_given_back_is_suspended_at_once_and_nothing_more():
    given = given_back()
    assert given.next_due_at == at(-10)
    assert decide(given, at(-10)) == Suspend(at(-10))


def test_nothing_that_was_given_back_is_reclaimed_before_its_own_letter_arrived():
    # Given one that was suspended on its people's word
    stopped = replace(given_back(), state=State.SUSPENDED, suspended_at=at(-10))
    # Then the letter is owed first, waited for, and counts from its arrival
    assert decide(stopped, at(-10)) == Tell(LetterKind.SUSPENDED)
    waiting = letter("suspended", -10, state=LetterState.QUEUED)
    late = letter("suspended", -5)
    assert isinstance(decide(_told(stopped, waiting), at(25)), Keep)
    assert decide(_told(stopped, late), at(-5)) == Keep(at(-2), "the deadline is 2031-04-03 07:11:00 UTC")
    assert isinstance(decide(_told(stopped, late), at(-2)), Reclaim)


def test_what_is_given_back_closes_no_limit_and_what_ends_by_itself_does():
    given = given_back()
    assert not begins(given, decide(given, at(-10)))
    # Given one whose word is too old to count, and whose lease has ended meanwhile
    stale = tenant(*WARNED, given_back_at=at(-20))
    assert isinstance(decide(stale, at(1.5)), Suspend)
    assert begins(stale, decide(stale, at(1.5)))


def test_the_suspension_lasts_as_the_policy_says():
    told = _told(replace(given_back(), state=State.SUSPENDED, suspended_at=at(-10)), letter("suspended", -10))
    assert isinstance(decide(told, at(-10) + TERMS.suspension_lasts - timedelta(minutes=1)), Keep)
    assert isinstance(decide(told, at(-10) + TERMS.suspension_lasts), Reclaim)


def test_a_word_that_nobody_acted_upon_for_long_counts_no_more():
    stale = given_back(-20)
    assert isinstance(decide(stale, at(-20) + STALE_AFTER + timedelta(days=1)), (Keep, Tell))
    assert isinstance(decide(stale, at(-1)), Warn)


def test_a_policy_made_milder_stops_nothing_that_was_given_back():
    assert not isinstance(decide(replace(given_back(), enforce=Enforce.NOTIFY), at(-10)), Suspend)


def test_a_hold_outlives_the_word_of_those_who_gave_it_back():
    held = replace(given_back(), hold=Hold(at(-9), "wait", "ada"))
    assert isinstance(decide(held, at(-9.5)), Keep)
    assert isinstance(decide(held, at(-9)), Unhold)
    assert not isinstance(decide(resume_with_notice(replace(held, hold=None), at(-9)), at(-9)), Suspend)


def test_second_thoughts_before_the_servers_stop_leave_everything_as_it_was():
    kept = keep_after_all(given_back(), at(-9.9))
    assert (kept.restores, kept.tenant.state, kept.tenant.lease.given_back_at) == (False, State.ACTIVE, None)
    assert not isinstance(decide(kept.tenant, at(-9.9)), Suspend)


def test_second_thoughts_bring_back_what_was_stopped_and_spend_no_renewal():
    stopped = replace(given_back(renewals=2), state=State.SUSPENDED, suspended_at=at(-10))
    kept = keep_after_all(stopped, at(-5))
    assert (kept.restores, kept.tenant.state, kept.tenant.unfinished) == (True, State.ACTIVE, Unfinished.RESTORE)
    assert (kept.tenant.lease.expires_at, kept.tenant.lease.renewals) == (stopped.lease.expires_at, 2)


def test_whoever_keeps_it_after_its_term_is_warned_before_anything_happens():
    stopped = replace(given_back(-1), state=State.SUSPENDED, suspended_at=at(-1))
    kept = replace(keep_after_all(stopped, at(4)).tenant, unfinished=None)
    assert isinstance(decide(kept, at(4)), Warn)
    assert give_back(kept, at(4)) == NotNow("ended")


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        (suspended(given_back_at=at(0), state=State.RECLAIMING), "too_late"),
        (suspended(given_back_at=at(0), state=State.QUARANTINED), "quarantined"),
        (suspended(), "not_given"),
        (tenant(), "not_given"),
    ],
)
def test_what_was_not_given_back_is_not_undone(seen, rule):
    assert keep_after_all(seen, at(2)) == NotNow(rule)


def test_a_renewal_takes_the_word_back_too():
    stopped = replace(given_back(), state=State.SUSPENDED, suspended_at=at(-10))
    assert renew(stopped, at(-5)).tenant.lease.given_back_at is None


def _told(stopped, notice):
    return replace(stopped, lease=replace(stopped.lease, notices=(notice,)))
