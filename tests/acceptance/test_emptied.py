"""A project that was verified empty once, and could not be parted with: what has come into it since is not touched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.model import QuarantineCause, State
from tests.acceptance.stage import DAY, Stage

TAKEN = 38


@pytest.fixture
def stage(tmp_path, request):
    made = Stage(tmp_path, {"reclaim": {"project": getattr(request, "param", "delete")}})
    yield made
    made.close()


def emptied(stage, name):
    """Bring a tenant so far that all is gone but its project, of which Keystone says nothing."""
    seeded = stage.sim.seed.tenant(name, servers=1)
    stage.live(TAKEN - 1)
    for method in ("DELETE", "PATCH"):
        stage.sim.faults.add(service="identity", method=method, path_regex="/projects/", status=503)
    stage.live(1)
    assert stage.tenant(name).emptied_at is not None
    assert stage.left(seeded.project_id) <= {"security_group"}
    stage.sim.faults.clear()
    return seeded


def fill(stage, seeded):
    """Let its people begin anew."""
    made = stage.sim.seed.network(seeded.project_id, "new-net")
    network = made if isinstance(made, str) else made[0]
    stage.sim.seed.server(seeded.project_id, "new-work", network_id=network)


def projects(stage):
    return stage.sim.cloud.identity["projects"]


def soon(stage):
    stage.clock.advance(timedelta(minutes=2))
    stage.app.once()


@pytest.mark.parametrize("stage", ["delete", "reopen"], indirect=True)
def test_a_project_that_is_filled_again_after_it_was_found_empty_is_not_deleted_with_what_is_in_it(stage):
    seeded = emptied(stage, "trial-back")
    projects(stage)[seeded.project_id]["enabled"] = True
    fill(stage, seeded)
    writes = len(stage.sim.writes())
    soon(stage)
    assert seeded.project_id in projects(stage)
    assert "server" in stage.left(seeded.project_id)
    assert [call for call in stage.sim.writes()[writes:] if call.method == "DELETE"] == []
    tenant = stage.tenant("trial-back")
    reopened = tenant.lease.terms.afterwards == "reopen"
    assert reopened or (tenant.state, tenant.quarantine_cause) == (State.QUARANTINED, QuarantineCause.MEDDLED)


def test_what_an_admin_put_into_a_closed_project_after_it_was_found_empty_is_looked_at_before_the_project_goes(stage):
    seeded = emptied(stage, "trial-shut")
    seeded_network = stage.sim.seed.network(seeded.project_id, "late-net")
    network = seeded_network if isinstance(seeded_network, str) else seeded_network[0]
    late = stage.sim.seed.server(seeded.project_id, "late", network_id=network)
    stage.sim.stubborn("server", late, "deleting")
    soon(stage)
    # Then the project stays as long as there is something in it.
    assert seeded.project_id in projects(stage)
    assert "server" in stage.left(seeded.project_id)


def test_a_project_that_stayed_empty_and_closed_goes_once_keystone_answers(stage):
    seeded = emptied(stage, "trial-done")
    stage.live(1, at_once=DAY)
    assert stage.tenant("trial-done").state is State.RECLAIMED
    assert seeded.project_id not in projects(stage)
