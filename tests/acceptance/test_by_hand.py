"""A reclaim that a person asks for, and asks for again while it is going on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.model import State
from tests.acceptance.stage import Stage
from tests.acceptance.test_archive import KEPT, images_of, rows_of


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, KEPT)
    yield made
    made.close()


def test_asking_again_for_a_reclaim_by_hand_doubles_no_image_and_forgets_none(stage):
    # Given a tenant that waits for its archive, since a person has asked for it.
    stage.sim.seed.tenant("trial-kept", servers=1)
    stage.live(2)
    stage.app.reclaim(stage.tenant("trial-kept"), "root")
    begun = stage.tenant("trial-kept").reclaiming_at
    assert len(images_of(stage)) == 1

    # When he asks again before it is gone.
    stage.clock.advance(timedelta(seconds=5))
    stage.app.reclaim(stage.tenant("trial-kept"), "root")

    # Then it is the same reclaim, with one image, that is kept for the whole time from its end.
    done = stage.tenant("trial-kept")
    assert (done.state, done.reclaiming_at) == (State.RECLAIMED, begun)
    assert len(images_of(stage)) == 1
    assert [row.kept_until for row in rows_of(stage, "trial-kept")] == [done.reclaimed_at + timedelta(days=5)]
