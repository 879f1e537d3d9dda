"""Only what was fully judged is decided about, and what is not known spares."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import NotNow, Reclaim, Suspend, decide, give_back, only_looked_at, spared, step_after_halt
from reaper.model import Enforce, Judged, NotKnown, State, Tenant, Unfinished
from tests.unit.lifecycle.cases import START, TOLD, WARNED, at, suspended, tenant

UNKNOWN = NotKnown("its tags cannot be read")


def test_a_tenant_by_itself_says_nothing_of_stage_or_exemption():
    assert {"enforce", "exempt", "archives", "unseen"}.isdisjoint(Tenant.__dataclass_fields__)


@pytest.mark.parametrize("lacks", ["enforce", "exempt"])
def test_nothing_is_judged_by_half(lacks):
    judged = tenant()
    known = {name: getattr(judged, name) for name in Judged.__dataclass_fields__ if name != lacks}
    with pytest.raises(TypeError, match=lacks):
        Judged(**known)


@given(
    state=st.sampled_from([State.ACTIVE, State.SUSPENDED, State.RECLAIMING]),
    enforce=st.sampled_from([*Enforce, None]),
    days=st.floats(-31, 99),
    given=st.sampled_from([(), WARNED, (*WARNED, TOLD)]),
    unfinished=st.sampled_from([None, Unfinished.SUSPEND]),
    exempt=st.sampled_from(["a tag", UNKNOWN]),
)
def test_whoever_is_exempt_or_perhaps_exempt_never_comes_to_a_step_that_takes_something(
    state, enforce, days, given, unfinished, exempt
):
    since = {"suspended_at": at(1), "reclaiming_at": at(7)}
    judged = tenant(*given, state=state, enforce=enforce, unfinished=unfinished, exempt=exempt, **since)
    now = START + timedelta(days=days + 31)
    assert not isinstance(decide(judged, now), (Suspend, Reclaim))
    assert not isinstance(step_after_halt(judged, now), (Suspend, Reclaim))
    assert spared(judged, now) is not None


@given(days=st.floats(-31, 99), state=st.sampled_from([State.ACTIVE, State.SUSPENDED, State.RECLAIMING]))
def test_under_a_policy_that_is_gone_nothing_is_taken(days, state):
    judged = tenant(*WARNED, TOLD, state=state, enforce=None, suspended_at=at(1), reclaiming_at=at(7))
    assert not isinstance(decide(judged, START + timedelta(days=days + 31)), (Suspend, Reclaim))


def test_what_is_not_known_is_no_permission_for_anything_else_either():
    judged = tenant(exempt=UNKNOWN)
    assert give_back(judged, at(-9)) == NotNow("spared")
    assert spared(judged, at(-9)) is not None
    assert only_looked_at(replace(judged, enforce=None), "floating_ip") is not None


def test_the_same_tenant_that_is_known_not_to_be_exempt_is_taken():
    assert isinstance(decide(suspended(), at(8)), Reclaim)
