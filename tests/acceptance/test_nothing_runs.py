"""Suspended means that nothing runs, whatever state a server was in; and what was running comes back as it was.

"Not ACTIVE" was once taken for "not running": servers in a rescue, ones whose resize waited to be confirmed and ones in
ERROR with a living guest went on computing in a closed project, and the ledger said that they stood still.
"""

from __future__ import annotations

import pytest
import requests

from reaper.execute import suspension
from reaper.model import State
from reaper.simulator.compute.views import power_of
from tests.acceptance.stage import DAY

OVER = 32
RUNNING = 1


def rescued(server):
    server["vm_state"] = "rescued"


def resized(server):
    server.update(vm_state="resized", power=1, before_resize="active")


def failed_alive(server):
    server.update(vm_state="error", power=1)


WAYS = pytest.mark.parametrize("put", [rescued, resized, failed_alive], ids=lambda one: one.__name__)


def server_of(stage, made):
    return stage.sim.record("server", made.servers[0])


def suspend(stage, put):
    made = stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(OVER - 1)
    put(stage.sim.cloud.regions["RegionOne"]["servers"][made.servers[0]])
    stage.live(1)
    (tenant,) = stage.app.store.ledger.tenants()
    assert tenant.state is State.SUSPENDED
    return made, tenant


@WAYS
def test_a_server_in_an_odd_state_stands_still_in_suspension(stage, put):
    made, tenant = suspend(stage, put)
    assert power_of(server_of(stage, made)) != RUNNING
    assert tenant.unfinished is None
    (known,) = tenant.memory
    assert (known.was_running, known.still_runs) == (True, None)


@pytest.mark.parametrize(("put", "again"), [(rescued, "rescued"), (resized, "active"), (failed_alive, "active")])
def test_a_server_in_an_odd_state_runs_again_after_a_renewal(stage, put, again):
    made, _ = suspend(stage, put)
    assert requests.post(f"{stage.boxes.of('trial-a')[-1].link}/renew", timeout=20).status_code == 200
    stage.live(1)
    (tenant,) = stage.app.store.ledger.tenants()
    assert (tenant.state, tenant.unfinished) == (State.ACTIVE, None)
    assert server_of(stage, made)["vm_state"] == again


def test_a_paused_server_keeps_its_memory(stage):
    made, tenant = suspend(stage, lambda server: server.update(vm_state="paused"))
    assert server_of(stage, made)["vm_state"] == "paused"
    assert tenant.unfinished is None


@pytest.fixture
def _impatient(monkeypatch):
    """Look twice, not sixty times, whether a server has stopped."""
    monkeypatch.setattr(suspension, "PATIENCE", 2.0)


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_cannot_be_stopped_is_said_to_run_and_tried_again(stage):
    stop = stage.sim.faults.add(service="compute", method="POST", path_regex="/action$", status=409)
    made = stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(OVER)
    for _ in range(3):
        stage.live(1, at_once=DAY / 12)
    (tenant,) = stage.app.store.ledger.tenants()
    # Then it is suspended, its people are told, and nobody is told that everything stands still
    assert (tenant.state, [bool(one.still_runs) for one in tenant.memory]) == (State.SUSPENDED, [True])
    assert "could not be stopped" in tenant.blocker
    assert any("could not be stopped" in line for line in stage.app.status()["unfinished"])
    name = stage.sim.record("server", made.servers[0])["name"]
    last = stage.boxes.of("trial-a")[-1]
    assert f"may still be running; we try again: {name}" in " ".join(last.text.split())
    page = requests.get(last.link, timeout=20).text
    assert f"may still be running: {name}" in page
    assert "its servers are stopped" not in page
    # and when Nova takes it, it is stopped, without a second letter
    letters = len(stage.boxes.of("trial-a"))
    stage.sim.faults.remove(stop)
    stage.live(1, at_once=DAY / 12)
    (tenant,) = stage.app.store.ledger.tenants()
    assert (tenant.unfinished, tenant.blocker) == (None, None)
    assert power_of(server_of(stage, made)) != RUNNING
    assert len(stage.boxes.of("trial-a")) == letters


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_cannot_be_stopped_does_not_outlive_its_suspension(stage):
    stage.sim.faults.add(service="compute", method="POST", path_regex="/action$", status=409)
    made = stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(OVER + 9)
    (tenant,) = stage.app.store.ledger.tenants()
    assert tenant.state is State.RECLAIMED
    assert stage.sim.inventory(made.project_id)["server"] == []


@pytest.mark.usefixtures("_impatient")
def test_one_server_that_cannot_be_stopped_lets_no_other_run(stage):
    made = stage.sim.seed.tenant("trial-a", servers=2)
    stage.live(OVER - 1)
    stage.sim.faults.add(service="compute", method="POST", path_regex=f"{made.servers[0]}/action$", status=409)
    stage.live(1)
    other = stage.sim.record("server", made.servers[1])
    assert power_of(other) != RUNNING


@pytest.mark.usefixtures("_impatient")
def test_a_server_whose_stop_is_answered_with_5xx_for_an_hour_is_said_to_run(stage):
    made = stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(OVER - 1)
    stage.sim.faults.add(service="compute", method="POST", path_regex=f"{made.servers[0]}/action$", status=500)
    stage.live(1)
    for _ in range(3):
        stage.live(1, at_once=DAY / 12)
    (tenant,) = stage.app.store.ledger.tenants()
    name = stage.sim.record("server", made.servers[0])["name"]
    assert (tenant.state, tenant.still_running) == (State.SUSPENDED, (name,))
    assert f"may still be running; we try again: {name}" in " ".join(stage.boxes.of("trial-a")[-1].text.split())
