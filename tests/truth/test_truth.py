"""The simulator answers as a real cloud did, story by story."""

from __future__ import annotations

import pytest

from tests.truth.shape import differences
from tests.truth.stable import settled
from tests.truth.stories import STORIES, record_of
from tests.truth.teller import Cloud, told

NEWEST = "2026.2"
# Where the lab is not what the simulator is, with the reason.
OF_THE_LAB = {
    "floatingips: body.floatingips[].status: 'ACTIVE' and not 'DOWN'",  # no agent brings it up there
}


@pytest.mark.parametrize("story", STORIES)
def test_the_simulator_answers_as_the_real_cloud_did(simulated: Cloud, story: str):
    with told(simulated, STORIES[story]) as teller:
        said = settled(teller)
    truth = record_of(NEWEST, story)
    assert [one["name"] for one in said] == [one["name"] for one in truth]
    found = [f"{t['name']}: {line}" for t, s in zip(truth, said, strict=True) for line in differences(t, s)]
    assert set(found) - OF_THE_LAB == set()
