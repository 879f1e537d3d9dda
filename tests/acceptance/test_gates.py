"""What a cloud no longer shows, and what is too much at once, waits for a person and goes on after one word."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from reaper.cli import reaper
from reaper.model import State
from reaper.simulator import catalog
from tests.acceptance.stage import DAY

OVER, TAKEN = 32, 38


def states(stage):
    return {tenant.name: tenant.state for tenant in stage.app.store.ledger.tenants()}


def say(stage, *words):
    """Give a command as an operator would, at the clock of the stage."""
    answer = CliRunner().invoke(reaper, ["--config-file", str(stage.folder / "reaper.conf"), *words, "-f", "json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def lose_volumes(stage, monkeypatch):
    """Take the volume service out of the catalog, as a token asked for from now on shows it."""
    left = tuple(one for one in catalog.SERVICES if "volume" not in one[0] and "block" not in one[0])
    monkeypatch.setattr(catalog, "SERVICES", left)
    for cloud in {*stage.app.readers.values(), *stage.app.clouds.values()}:
        cloud._client.entry.auth.invalidate()


def test_a_service_that_left_the_catalog_holds_up_what_it_may_still_hold(stage, monkeypatch):
    made = stage.sim.seed.tenant("trial-kept", servers=1)
    stage.live(TAKEN - 1)
    assert states(stage) == {"trial-kept": State.SUSPENDED}
    before = stage.sim.inventory(made.project_id)
    lose_volumes(stage, monkeypatch)
    (said, *_) = stage.live(1)
    assert said["gates"] == ["inventory"]
    assert "block-storage in RegionOne" in said["reasons"][0]
    assert stage.sim.inventory(made.project_id) == before
    say(stage, "gate", "accept", "inventory", "--cloud", "sim")
    (said, *_) = stage.live(1)
    assert said["gates"] == []
    assert states(stage) == {"trial-kept": State.RECLAIMED}


def test_a_service_that_leaves_the_catalog_between_two_looks_is_a_doubt(stage, monkeypatch):
    made = stage.sim.seed.tenant("trial-kept", servers=1)
    stage.live(TAKEN - 1)
    stage.clock.advance(DAY)
    stage.app.observe()
    lose_volumes(stage, monkeypatch)
    tally = stage.app.sweep()
    assert tally.counts["reclaimed"] == 0
    assert "names block-storage in RegionOne no longer" in " ".join(text for _, _, text in tally.lines)
    assert states(stage) == {"trial-kept": State.RECLAIMING}
    assert made.project_id in stage.sim.cloud.identity["projects"]


@pytest.fixture
def two_at_once(stage):
    """No more than two tenants may begin in one pass."""
    settings = stage.app.settings
    stage.app.settings = replace(settings, limits=replace(settings.limits, tenants_per_pass=2))
    return stage


def test_a_cohort_over_the_limit_goes_after_a_person_has_looked_and_only_it(two_at_once):
    stage = two_at_once
    cohort = {"trial-a", "trial-b", "trial-c"}
    for name in cohort:
        stage.sim.seed.tenant(name)
    stage.live(2)
    stage.sim.seed.tenant("trial-later")
    said = stage.live(OVER, at_once=DAY * 2)
    assert said[-1]["gates"] == ["limits"]
    assert set(states(stage).values()) == {State.ACTIVE}
    assert [gate.name for gate in stage.app.gates()] == ["limits"]
    assert {tenant.name for tenant in stage.app.consent()} == cohort
    assert stage.app.gates() == ()
    stage.app.once()
    assert {name for name, state in states(stage).items() if state is State.SUSPENDED} == cohort
    assert states(stage)["trial-later"] is State.ACTIVE


def test_a_consent_is_for_one_day(two_at_once):
    stage = two_at_once
    for name in ("trial-a", "trial-b", "trial-c"):
        stage.sim.seed.tenant(name)
    stage.live(OVER + 2, at_once=DAY * 2)
    assert len(stage.app.consent()) == 3
    stage.clock.advance(DAY * 1.5)
    assert stage.app.once()["gates"] == ["limits"]
    assert set(states(stage).values()) == {State.ACTIVE}
