"""A permit is made by the judge alone, covers one step on one thing, and lives for seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.judge import LASTS, Permit, Step, may, objection
from tests.unit.judge.test_judge import CLOUD, NOW, PROJECT, VOLUME, known, told

steps = st.sampled_from(list(Step))


def test_nobody_but_the_judge_makes_a_permit():
    for seal in (None, object(), "seal"):
        with pytest.raises(TypeError, match=r"made by reaper\.judge\.may"):
            Permit(Step.DELETE, CLOUD, PROJECT, VOLUME.key, NOW, NOW, seal)
    permit = may(Step.DELETE, known(Step.DELETE), NOW)
    with pytest.raises((TypeError, ValueError)):
        replace(permit, project_id="8" * 32)


@given(steps, st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_no_permit_outlives_its_seconds_or_is_used_before_it_was_given(step, later):
    permit = may(step, known(step), NOW)
    fits = timedelta(seconds=-1) <= later <= LASTS
    assert (objection(permit, (step,), CLOUD, VOLUME.key, NOW + later) is None) is fits


@given(steps, steps)
def test_a_permit_covers_its_own_step_only(step, other):
    permit = may(step, known(step), NOW)
    assert (objection(permit, (other,), CLOUD, VOLUME.key, NOW) is None) is (step is other)


def test_a_permit_covers_its_own_thing_on_its_own_cloud_only():
    permit = may(Step.DELETE, known(Step.DELETE), NOW)
    for cloud, key in ((CLOUD, None), (CLOUD, ("RegionNine", "volume", "v-0418")), ("another", VOLUME.key)):
        assert objection(permit, (Step.DELETE,), cloud, key, NOW) == "its permit is for something else"


@pytest.mark.parametrize("nothing", [None, True, "yes", object()])
def test_what_is_no_permit_covers_nothing(nothing):
    assert objection(nothing, tuple(Step), CLOUD, VOLUME.key, NOW) == "there is no permit for it"
    assert objection(told(Step.DELETE, pause="ops"), (Step.DELETE,), CLOUD, VOLUME.key, NOW)
