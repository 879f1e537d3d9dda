"""When archived images go: at the end of their time, also when nobody is left to take anything back from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reaper.model import ArchiveState, Change, Hold
from tests.acceptance.stage import DAY, Stage
from tests.acceptance.test_archive import BEGUN, KEPT, TAKEN, images_of, rows_of


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, KEPT)
    yield made
    made.close()


def test_no_image_is_deleted_while_a_person_has_said_stop(stage):
    stage.sim.seed.tenant("trial-paused", servers=1)
    stage.live(TAKEN)
    ledger = stage.app.store.ledger
    ledger.pause("olga: an audit", stage.clock.now())
    stage.live(6)
    assert len(images_of(stage)) == 1
    ledger.pause(None, stage.clock.now())
    kept = ledger.find("sim/trial-paused")
    ledger.record(Change(replace(kept, hold=Hold(stage.clock.now() + 3 * DAY, "an audit", "olga"))))
    stage.live(2)
    assert len(images_of(stage)) == 1
    stage.live(2)
    assert images_of(stage) == []


def of_the_vanished(stage):
    return [image["id"] for image in images_of(stage) if image["name"].startswith("trial-away-")]


def test_images_end_at_their_time_also_when_the_project_went_in_between(stage):
    seeded = stage.sim.seed.tenant("trial-away", servers=1)
    for number in range(5):  # enough that one less is no inventory fallen short
        stage.sim.seed.tenant(f"trial-other-{number}", servers=0)
    stage.live(BEGUN)
    assert len(of_the_vanished(stage)) == 1
    stage.sim.cloud.identity["projects"].pop(seeded.project_id)
    stage.live(4)
    assert stage.tenant("trial-away").vanished_at is not None
    assert len(of_the_vanished(stage)) == 1
    stage.live(4)
    assert of_the_vanished(stage) == []
    assert {row.state for row in rows_of(stage, "trial-away")} == {ArchiveState.GONE}
