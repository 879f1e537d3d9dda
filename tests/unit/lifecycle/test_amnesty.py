"""Today's terms for running leases, and closures in which nothing comes due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.lifecycle import Keep, amnesty, decide, earliest_end, inconsistency, sit_out
from reaper.model import Hold, State, Unfinished
from tests.unit.lifecycle.cases import END, START, TERMS, WARNED, at, suspended, tenant

SHORTER = replace(TERMS, lasts=timedelta(days=11), at_most=timedelta(days=21), renew_times=1)
LONGER = replace(TERMS, lasts=timedelta(days=47))


def test_shorter_terms_end_a_lease_no_sooner_than_the_amnesty():
    changed = amnesty(tenant(*WARNED), SHORTER, at(9), at(-1)).tenant
    assert changed.lease.expires_at == at(9)
    assert changed.lease.notices == ()
    assert changed.lease.terms.lasts == SHORTER.lasts
    assert inconsistency(changed, at(-1)) is None


def test_longer_terms_end_a_lease_later_than_the_amnesty():
    assert amnesty(tenant(), LONGER, at(2), at(-20)).tenant.lease.expires_at == START + LONGER.lasts


def test_a_renewal_that_was_confirmed_holds_whatever_the_new_terms():
    renewed = tenant(renewals=1, expires_at=at(7))
    for terms in (LONGER, SHORTER):
        changed = amnesty(renewed, terms, at(-5), at(-20)).tenant
        assert changed.lease.expires_at == at(7)
        assert inconsistency(changed, at(-20)) is None


def test_renewals_beyond_the_new_terms_are_counted_as_all_of_them():
    changed = amnesty(tenant(renewals=2, expires_at=at(7)), SHORTER, at(10), at(-20)).tenant
    assert changed.lease.renewals == 1
    assert inconsistency(changed, at(-20)) is None


@pytest.mark.parametrize(
    "other",
    [
        suspended(),
        suspended(state=State.RECLAIMING),
        tenant(state=State.QUARANTINED),
        tenant(vanished_at=at(-9)),
        tenant(unfinished=Unfinished.RESTORE),
        tenant(expires_at=START),
        tenant(given_back_at=at(-2)),
    ],
    ids=["suspended", "reclaiming", "quarantined", "vanished", "restoring", "impossible", "given back"],
)
def test_an_amnesty_is_for_running_leases(other):
    assert amnesty(other, SHORTER, at(9), at(-1)) is None


def test_the_earliest_end_leaves_room_for_all_warnings_and_the_notice():
    assert earliest_end(TERMS, END) == END + timedelta(days=8)
    assert earliest_end(replace(TERMS, notice=timedelta(days=12)), END) == END + timedelta(days=12)


def test_what_would_be_over_in_a_closure_waits_for_its_end():
    held = sit_out(tenant(*WARNED), at(-2), at(12), "closed", "ops", at(-5)).tenant
    assert held.hold == Hold(at(12), "closed", "ops")
    assert isinstance(decide(held, at(11)), Keep)
    assert type(decide(held, at(13))).__name__ == "Unhold"


def test_a_suspension_that_would_be_over_in_a_closure_waits_too():
    assert sit_out(suspended(), at(5), at(30), "closed", "ops", at(2)).tenant.hold.until == at(30)


def test_who_would_be_suspended_before_a_closure_and_deleted_in_it_waits_too():
    # Given one whose deadline is a day after the end, and whose suspension would be over six days later.
    assert sit_out(tenant(*WARNED), at(5), at(20), "closed", "ops", at(-1)).tenant.hold.until == at(20)
    assert sit_out(tenant(*WARNED), at(11), at(20), "closed", "ops", at(-1)) is None


@pytest.mark.parametrize(("start", "end"), [(-30, -20), (20, 40)], ids=["before", "after"])
def test_what_is_over_at_another_time_is_left_alone(start, end):
    assert sit_out(tenant(*WARNED), at(start), at(end), "closed", "ops", at(-31)) is None


def test_a_hold_that_ends_in_the_closure_ends_with_it_and_a_longer_one_stays():
    short, long = (replace(tenant(*WARNED), hold=Hold(at(days), "appeal", "eve")) for days in (3, 50))
    assert sit_out(short, at(-2), at(12), "closed", "ops", at(-5)).tenant.hold == Hold(at(12), "appeal", "eve")
    assert sit_out(long, at(-2), at(12), "closed", "ops", at(-5)) is None
