"""What saying "I am away until" gives, and which rule refuses it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import Away, NotAway, Warn, deadline, decide, furthest_away, go_away
from reaper.model import Enforce, State
from tests.unit.lifecycle.cases import END, START, TERMS, WARNED, at, suspended, tenant

UNKIND = replace(TERMS, away=timedelta(0))
REFUSALS = {
    "its policy knows nothing of it": (tenant(terms=UNKIND), at(5), at(-1), "never"),
    "it was said once already": (tenant(away_until=at(0)), at(5), at(-1), "once"),
    "it leads further than the policy allows": (tenant(), at(19.1), at(-1), "too_far"),
    "it leads beyond the longest life": (tenant(expires_at=at(20)), START + timedelta(days=60), at(19), "too_far"),
    "the longest life is reached": (tenant(expires_at=START + TERMS.at_most), at(40), at(27), "at_most"),
    "the lease lasts until then anyway": (tenant(), at(-1), at(-9), "not_needed"),
    "the day is over": (tenant(), at(0.5), at(1), "not_needed"),
    "it is suspended": (suspended(), at(5), at(2), "suspended"),
    "it was given back": (tenant(given_back_at=at(-2)), at(5), at(-1), "suspended"),
    "reclaiming has begun": (suspended(state=State.RECLAIMING), at(9), at(8), "too_late"),
    "it is reclaimed": (suspended(state=State.RECLAIMED), at(10), at(9), "too_late"),
    "the project is gone": (tenant(vanished_at=at(-3)), at(5), at(-1), "too_late"),
    "a person has to look": (tenant(state=State.QUARANTINED), at(5), at(-1), "quarantined"),
    "its dates are impossible": (tenant(renewals=-1), at(5), at(-1), "quarantined"),
}


@pytest.mark.parametrize(("seen", "until", "now", "rule"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_its_rule(seen, until, now, rule):
    answer = go_away(seen, until, now)
    assert isinstance(answer, NotAway)
    assert answer.rule == rule


def test_a_day_too_far_is_told_which_day_would_do():
    assert go_away(tenant(), at(25), at(-1)).latest == at(19)


def test_the_lease_waits_for_its_people_and_spends_no_renewal():
    answer = go_away(tenant(*WARNED, renewals=1), at(6), at(-1))
    assert isinstance(answer, Away)
    lease = answer.tenant.lease
    assert (answer.expires_at, lease.expires_at, lease.away_until) == (at(6), at(6), at(6))
    assert (lease.renewals, lease.notices, answer.tenant.next_due_at) == (1, (), at(-1))


def test_whoever_was_warned_before_is_warned_again():
    answer = go_away(tenant(*WARNED), at(6), at(-1))
    assert isinstance(decide(replace(answer.tenant, enforce=Enforce.RECLAIM), at(4.5)), Warn)


@given(st.floats(-30, 60), st.floats(-30, 60), st.booleans())
def test_no_date_ever_moves_earlier_nor_beyond_the_bounds(until, now, warned):
    before = tenant(*(WARNED if warned else ()))
    answer = go_away(before, at(until), at(now))
    if isinstance(answer, NotAway):
        return
    bound = min(max(END, at(now)) + TERMS.away, START + TERMS.at_most)
    assert before.lease.expires_at < answer.expires_at <= bound
    assert answer.expires_at <= furthest_away(before, at(now))
    assert deadline(answer.tenant, at(now)) >= deadline(
        replace(before, lease=replace(before.lease, notices=())), at(now)
    )
    assert isinstance(go_away(answer.tenant, at(until) + timedelta(days=1), at(now)), NotAway)
