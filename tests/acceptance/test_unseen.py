"""Services that nobody can look into are named in plan, history, receipt and letter: empty is never said of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from reaper.app import Reach, build
from reaper.cli import reaper
from reaper.cli.receipt import receipt_of
from reaper.lifecycle import Reclaim, Suspend
from reaper.model import State
from reaper.simulator import Simulator
from reaper.uninspectable import UNKNOWN, WHY
from tests.acceptance.stage import DAY, Stage

SHORT = {
    "lease": {"lasts": "3d", "warn_before": ["1d"], "notice": "12h"},
    "renewal": {"by": "1d", "times": 1, "at_most": "9d", "opens_before": "1d"},
    "suspension": {"lasts": "2d"},
}
TOLD = [f"database in RegionOne: {UNKNOWN}", f"key-manager in RegionOne: {WHY['key-manager']}"]


class BlindStage(Stage):
    """A cloud with Barbican, and with a service of which Reaper knows nothing."""

    services = ("key-manager", "database")

    def _simulator(self, regions):
        return Simulator(
            self.clock.cloud, pace=0.0, page_limit=5, regions=regions, release=self.release, services=self.services
        ).start()


@pytest.fixture
def stage(tmp_path):
    made = BlindStage(tmp_path, SHORT)
    yield made
    made.close()


def say(stage, *words):
    """Run a command as an operator does; returns its JSON."""
    command = ["--config-file", str(stage.folder / "reaper.conf"), *words, "-f", "json"]
    files = {"OS_CLIENT_CONFIG_FILE": str(stage.folder / "clouds.yaml")}
    done = CliRunner().invoke(reaper, command, env=files)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return json.loads(done.stdout)


def test_a_reclaimed_tenant_is_told_what_was_not_looked_into(stage):
    stage.sim.seed.tenant("trial-blind", servers=1)
    [first] = stage.live(1)
    assert first["troubles"] == []
    assert say(stage, "tenant", "show", "sim/trial-blind")["not_verified"] == TOLD
    stage.live(6)
    tenant = stage.tenant("trial-blind")
    assert tenant.state is State.RECLAIMED
    [booked] = [e.text for e in stage.app.store.ledger.history(tenant.id) if e.what == "reclaimed"]
    assert booked.endswith(f"not verified: {'; '.join(TOLD)}")
    assert receipt_of(tenant, stage.app)["not_verified"] == TOLD
    letter = stage.boxes.of("trial-blind")[-1].text
    assert "Not checked: databases (database) and secrets (key-manager)." in " ".join(letter.split())


def test_a_plan_names_it_where_everything_would_go(stage):
    stage.sim.seed.tenant("trial-blind", servers=1)
    stage.live(1)
    files = [str(stage.folder / "clouds.yaml")]
    told = {}
    for _ in range(5):
        stage.clock.advance(DAY)
        looking = build(stage.app.settings, clock=stage.clock, reach=Reach.LOOK, cloud_files=files)
        told |= {type(step.decision): [str(one) for one in step.unseen] for step in looking.forecast().steps}
        looking.close()
        stage.app.once()
    assert told[Suspend] == []
    assert told[Reclaim] == TOLD


def test_a_cloud_without_such_services_says_nothing_of_them(tmp_path):
    stage = Stage(tmp_path, SHORT)
    stage.sim.seed.tenant("trial-seen", servers=1)
    stage.live(7)
    tenant = stage.tenant("trial-seen")
    assert tenant.state is State.RECLAIMED
    assert receipt_of(tenant, stage.app)["not_verified"] == []
    assert "Not checked" not in stage.boxes.of("trial-seen")[-1].text
    stage.close()


def test_a_service_that_is_withdrawn_is_no_longer_named(stage):
    stage.sim.seed.tenant("trial-blind")
    stage.live(1)
    stage.sim.cloud.services = ("key-manager",)
    files = [str(stage.folder / "clouds.yaml")]
    anew = build(stage.app.settings, clock=stage.clock, reach=Reach.WRITE, cloud_files=files)  # with a fresh token
    assert anew.observe().troubles == ()
    anew.close()
    assert say(stage, "tenant", "show", "sim/trial-blind")["not_verified"] == TOLD[1:]
