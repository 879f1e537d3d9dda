"""What becomes true in the middle of a run ends it; each situation was met by what had been read at its beginning."""

from __future__ import annotations

import pytest

from reaper.model import State
from reaper.simulator.network.ports import bind_port
from tests.acceptance.stage import POLICY
from tests.acceptance.test_in_between import TAKEN, once_after

SPARING = {**POLICY, "match": {"names": ["trial-*"], "tags": {"none": ["keep"]}}}


def deletes(stage) -> list[str]:
    return [call.path for call in stage.sim.writes() if call.method == "DELETE"]


def immutable(stage, project):
    stage.sim.cloud.identity["projects"][project]["options"] = {"immutable": True}


def opened(stage, project):
    stage.sim.cloud.identity["projects"][project]["enabled"] = True


def tagged(stage, project):
    stage.sim.cloud.identity["projects"][project]["tags"] = ["keep"]


def renamed(stage, project):
    stage.sim.cloud.identity["projects"][project]["name"] = "paying-now"


def census_fails(stage, _project):
    stage.sim.faults.add(service="identity", path_regex="/projects$", status=503)
    stage.app.observe()


def keystone_goes_away(stage, _project):
    stage.sim.faults.add(service="identity", path_regex="/projects", status=503)


def paused(stage, _project):
    stage.app.store.ledger.pause("ops: an audit", stage.clock.now())


def policy_is_milder(stage, _project):
    stage.write_policy({**SPARING, "enforce": "notify"})
    stage.app.reload()


def policy_keeps_more(stage, _project):
    stage.write_policy({**SPARING, "reclaim": {"keep": ["volume_snapshot"]}})
    stage.app.reload()


CHANGES = (
    immutable, opened, tagged, renamed, census_fails, keystone_goes_away, paused, policy_is_milder, policy_keeps_more
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_a_reclaim_goes_by_what_is_true_in_its_middle(stage, change):
    stage.write_policy(SPARING)
    stage.app.reload()
    made = stage.sim.seed.tenant("trial-middle", servers=3)
    volumes = {stage.sim.seed.volume(made.project_id) for _ in range(6)}
    stage.live(TAKEN - 1)
    once_after(stage.app.clouds["sim"], "delete", lambda: change(stage, made.project_id))
    stage.live(1)
    left = stage.sim.inventory(made.project_id)
    assert volumes <= set(left["volume"]), "what waited behind the first look stays"
    assert left["network"]
    assert stage.tenant("trial-middle").state in (State.RECLAIMING, State.QUARANTINED)


def test_a_volume_that_another_project_has_accepted_just_before_its_delete_stays(stage):
    made = stage.sim.seed.tenant("trial-transfer", servers=1)
    other = stage.sim.seed.project("paying-customer")
    volume = stage.sim.seed.volume(made.project_id)
    stage.live(TAKEN - 1)

    client = stage.app.clouds["sim"]
    ask = client.delete

    def delete(resource, permit):
        if resource.id == volume:
            with stage.sim.cloud.lock:
                stage.sim.cloud.home["volumes"][volume]["project_id"] = other
        return ask(resource, permit)

    object.__setattr__(client, "delete", delete)
    stage.live(2)
    assert not [path for path in deletes(stage) if volume in path]
    assert volume in stage.sim.inventory(other)["volume"]
    assert stage.tenant("trial-transfer").state is State.RECLAIMED


def test_a_port_in_another_projects_running_server_stays_with_its_way_out_and_is_named(stage):
    made = stage.sim.seed.tenant("trial-lender", servers=1)
    neighbour = stage.sim.seed.tenant("production", servers=1)
    port = stage.sim.seed.port(made.project_id, made.network, "lent")
    with stage.sim.cloud.lock:
        home = stage.sim.cloud.home
        bind_port(home, home["ports"][port], neighbour.servers[0], "compute0")
    stage.live(TAKEN + 2)
    left = stage.sim.inventory(made.project_id)
    assert left["port"].count(port) == 1
    assert left["router"]
    assert not [path for path in deletes(stage) if port in path]
    assert not left["server"]
    tenant = stage.tenant("trial-lender")
    assert tenant.state is State.RECLAIMED
    told = [event.text for event in stage.app.store.ledger.history(tenant.id)]
    assert any(f"of project {neighbour.project_id} uses it" in text for text in told)


def test_an_address_on_another_projects_port_stays_and_is_named(stage):
    made = stage.sim.seed.tenant("trial-lender", servers=1)
    neighbour = stage.sim.seed.tenant("production", servers=1)
    (address,) = stage.sim.inventory(made.project_id)["floating_ip"]
    with stage.sim.cloud.lock:
        home = stage.sim.cloud.home
        foreign = next(one for one in home["ports"].values() if one.get("device_id") == neighbour.servers[0])
        home["floatingips"][address]["port_id"] = foreign["id"]
    stage.live(TAKEN + 2)
    assert not [path for path in deletes(stage) if address in path]
    assert address in stage.sim.inventory(made.project_id)["floating_ip"]


def test_a_reclaim_by_hand_heeds_the_gates(stage):
    made = stage.sim.seed.tenant("trial-hand", servers=1)
    stage.live(3)
    census_fails(stage, made.project_id)
    tally = stage.app.reclaim(stage.tenant("trial-hand"), "ops")
    assert "inventory" in str(tally.lines)
    assert stage.is_open(made.project_id)
    assert stage.tenant("trial-hand").state is State.ACTIVE
