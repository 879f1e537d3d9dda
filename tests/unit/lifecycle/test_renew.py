"""What a renewal gives, and which rule refuses it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import NotRenewed, Renewed, rearm, renew
from reaper.model import State, Unfinished
from tests.unit.lifecycle.cases import START, TERMS, WARNED, at, suspended, tenant

REFUSALS = {
    "too early": (tenant(), at(-10), "opens_before"),
    "no renewals left": (tenant(renewals=2), at(-1), "times"),
    "the longest life is reached": (tenant(expires_at=START + TERMS.at_most), at(27), "at_most"),
    "reclaiming has begun": (suspended(state=State.RECLAIMING), at(8), "too_late"),
    "it is reclaimed": (suspended(state=State.RECLAIMED), at(9), "too_late"),
    "the project is gone": (tenant(vanished_at=at(-3)), at(-1), "too_late"),
    "a person has to look": (tenant(state=State.QUARANTINED), at(-1), "quarantined"),
    "its dates are impossible": (tenant(renewals=-1), at(-1), "quarantined"),
}


@pytest.mark.parametrize(("seen", "now", "rule"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_its_rule(seen, now, rule):
    answer = renew(seen, now)
    assert isinstance(answer, NotRenewed)
    assert answer.rule == rule


def test_a_refusal_that_ends_by_itself_says_when():
    assert renew(tenant(), at(-10)).opens_at == at(-9)


def test_a_renewal_adds_its_step_to_the_end_of_the_lease():
    answer = renew(tenant(*WARNED), at(-1))
    assert answer.expires_at == at(13)
    assert answer.left == 1
    assert not answer.restores


def test_a_renewal_after_the_end_counts_from_now():
    assert renew(tenant(*WARNED), at(0.5)).expires_at == at(13.5)


def test_a_renewal_never_leads_beyond_the_longest_life():
    assert renew(tenant(renewals=1, expires_at=at(20)), at(19)).expires_at == START + TERMS.at_most


def test_a_renewal_starts_a_new_round_of_warnings():
    lease = renew(tenant(*WARNED, arming=4), at(-1)).tenant.lease
    assert (lease.arming, lease.notices) == (5, ())


def test_a_renewal_from_suspension_restores():
    answer = renew(suspended(), at(3))
    assert answer.restores
    assert (answer.tenant.state, answer.tenant.unfinished) == (State.ACTIVE, Unfinished.RESTORE)


def test_a_second_renewal_does_not_forget_the_restoration_of_the_first():
    first = renew(suspended(since=-1), at(1)).tenant
    second = renew(first, first.lease.expires_at - timedelta(days=1))
    assert second.tenant.unfinished is Unfinished.RESTORE
    assert second.restores


@given(st.integers(0, 2), st.floats(-40, 80), st.floats(-20, 30), st.sampled_from([State.ACTIVE, State.SUSPENDED]))
def test_no_renewal_moves_a_date_earlier_or_beyond_the_bounds(renewals, day, end, state):
    seen = tenant(renewals=renewals, expires_at=at(end), state=state, suspended_at=at(0))
    answer = renew(seen, at(day))
    if isinstance(answer, Renewed):
        assert answer.expires_at > max(seen.lease.expires_at, at(day))
        assert answer.expires_at <= START + TERMS.at_most
        assert 0 <= answer.left < TERMS.renew_times


def test_rearming_forgets_what_was_said_and_moves_no_date():
    fresh = rearm(tenant(*WARNED))
    assert fresh.lease.notices == ()
    assert fresh.lease.arming == 1
    assert fresh.lease.expires_at == at(0)
