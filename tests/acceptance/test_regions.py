"""Several clouds and regions in one daemon: reclaimed in all of them, and one that is down holds only itself."""

from __future__ import annotations

import pytest
import yaml

from reaper.cloud import connect
from reaper.model import State
from tests.acceptance.stage import DAY, Stage

REGIONS = {"north": ("north-1", "north-2"), "south": ("south-1", "south-2")}
#: With a pass every second day.
OVER, TAKEN = 34, 40


@pytest.fixture
def clouds(tmp_path):
    made = Stage(tmp_path, {"match": {"clouds": ["north", "south"], "names": ["trial-*"]}}, REGIONS)
    yield made
    made.close()


def spread(stage, cloud, name):
    """Make a tenant with something in both regions of a cloud."""
    sim, (first, second) = stage.sims[cloud], REGIONS[cloud]
    made = sim.seed.tenant(name, servers=1, region=first)
    network = sim.seed.network(made.project_id, "far-net", region=second)
    sim.seed.server(made.project_id, "far-vm", network_id=network, region=second)
    sim.seed.volume(made.project_id, 1, name="far-vol", region=second)
    return made.project_id


def left(stage, cloud, project_id):
    return {kind: ids for kind, ids in stage.sims[cloud].inventory(project_id).items() if ids}


def states(stage):
    return {f"{one.cloud}/{one.name}": one.state for one in stage.app.store.ledger.tenants()}


def go_down(stage, cloud, region):
    """Let nothing in one region answer."""
    for service in ("compute", "network", "block-storage", "image"):
        stage.sims[cloud].faults.add(service=service, region=region, status=503)


def test_tenants_of_two_clouds_are_emptied_in_every_region(clouds):
    mine = {cloud: spread(clouds, cloud, "trial-wide") for cloud in REGIONS}
    others = {cloud: spread(clouds, cloud, "other") for cloud in REGIONS}
    before = {cloud: left(clouds, cloud, project) for cloud, project in others.items()}
    clouds.live(TAKEN, at_once=DAY * 2)
    assert states(clouds) == {"north/trial-wide": State.RECLAIMED, "south/trial-wide": State.RECLAIMED}
    assert {cloud: left(clouds, cloud, project) for cloud, project in mine.items()} == {"north": {}, "south": {}}
    assert {cloud: left(clouds, cloud, project) for cloud, project in others.items()} == before


def test_servers_of_every_region_stand_still_in_the_suspension_and_run_again_after_it(clouds):
    project = spread(clouds, "north", "trial-wide")
    clouds.live(OVER, at_once=DAY * 2)
    assert states(clouds) == {"north/trial-wide": State.SUSPENDED}
    sim = clouds.sims["north"]
    servers = sim.inventory(project)["server"]
    assert len(servers) == 2
    assert {sim.record("server", one)["vm_state"] for one in servers} == {"stopped"}
    clouds.press(clouds.boxes.of("trial-wide")[-1].link)
    clouds.app.once()
    clouds.live(1, at_once=DAY / 4)
    assert {sim.record("server", one)["vm_state"] for one in servers} == {"active"}


def test_a_region_that_is_down_holds_its_own_tenants_says_so_and_ends_by_itself(clouds):
    project, elsewhere = spread(clouds, "north", "trial-wide"), spread(clouds, "south", "trial-far")
    clouds.live(TAKEN - 2, at_once=DAY * 2)
    assert set(states(clouds).values()) == {State.SUSPENDED}
    go_down(clouds, "north", "north-2")
    said = clouds.live(2, at_once=DAY / 2)
    assert states(clouds) == {"north/trial-wide": State.RECLAIMING, "south/trial-far": State.RECLAIMED}
    assert left(clouds, "south", elsewhere) == {}
    assert any("north-2" in trouble for one in said for trouble in one["troubles"])
    assert "north-2" in clouds.app.store.ledger.find("north/trial-wide").blocker
    assert any("north-2" in line for line in clouds.app.status()["unfinished"])
    # What is up is given back at once; what is down is neither gone nor forgotten.
    assert left(clouds, "north", project) != {}
    near, far = (clouds.sims["north"].inventory(project, region=name) for name in REGIONS["north"])
    assert not near["server"]
    assert far["server"]
    clouds.sims["north"].faults.clear()
    clouds.live(1, at_once=DAY / 2)
    assert states(clouds)["north/trial-wide"] == State.RECLAIMED
    assert left(clouds, "north", project) == {}


def test_a_cloud_whose_keystone_is_down_closes_only_its_own_gate(clouds):
    spread(clouds, "north", "trial-wide")
    spread(clouds, "south", "trial-far")
    clouds.live(OVER - 2, at_once=DAY * 2)
    clouds.sims["north"].faults.add(service="identity", status=503)
    said = clouds.live(4, at_once=DAY * 2)
    assert states(clouds) == {"north/trial-wide": State.ACTIVE, "south/trial-far": State.SUSPENDED}
    assert any(reason.startswith("inventory (north)") for one in said for reason in one["reasons"])


def test_a_region_taken_out_of_the_settings_does_not_read_as_empty(clouds):
    project = spread(clouds, "north", "trial-wide")
    clouds.live(TAKEN - 2, at_once=DAY * 2)
    for cloud in (clouds.app.readers["north"], clouds.app.clouds["north"]):
        object.__setattr__(cloud._client.entry, "regions", ("north-1",))
    said = clouds.live(4, at_once=DAY * 2)
    assert states(clouds)["north/trial-wide"] == State.SUSPENDED
    assert any("compute in north-2" in reason for one in said for reason in one["reasons"])
    assert left(clouds, "north", project) != {}


@pytest.fixture
def partners(tmp_path):
    """A partner's tenants on an aggregate of their own, under a policy of their own that only observes."""
    made = Stage(tmp_path, {"match": {"names": ["trial-*"]}})
    own = {"policy": "partner", "match": {"aggregates": ["cloudfoundry"]}, "enforce": "observe"}
    (tmp_path / "policies" / "00-partner.yaml").write_text(yaml.safe_dump(own))
    made.app.reload()
    yield made
    made.close()


def test_a_partners_tenants_on_an_aggregate_of_their_own_are_under_their_own_policy(partners):
    project = partners.sim.seed.tenant("trial-partner", servers=1).project_id
    partners.sim.seed.tenant("trial-free", servers=1)
    partners.sim.cloud.home["aggregates"]["1"] = {
        "id": 1,
        "name": "cloudfoundry",
        "metadata": {"filter_tenant_id": project},
    }
    before = left(partners, "sim", project)
    partners.live(TAKEN, at_once=DAY * 2)
    assert states(partners) == {"sim/trial-partner": State.ACTIVE, "sim/trial-free": State.RECLAIMED}
    assert left(partners, "sim", project) == before
    assert partners.boxes.of("trial-partner") == []


def test_nobody_is_judged_while_it_cannot_be_read_what_is_set_apart(partners):
    partners.sim.seed.tenant("trial-partner", servers=1)
    partners.sim.faults.add(service="compute", path_regex="os-aggregates", status=503)
    said = partners.live(2)
    assert states(partners) == {}
    assert said[-1]["gates"] == ["inventory"]


def test_two_names_of_one_keystone_make_no_second_lease(stage):
    stage.sim.seed.tenant("trial-one", servers=1)
    stage.live(1)
    entries = stage.sim.clouds_yaml("twin")
    (stage.folder / "twin.yaml").write_text(yaml.safe_dump(entries))
    twin = connect("twin", protect=["admin"], config_files=[str(stage.folder / "twin.yaml")])
    stage.app.readers["twin"] = stage.app.clouds["twin"] = twin
    said = stage.live(OVER, at_once=DAY * 2)
    assert list(states(stage)) == ["sim/trial-one"]
    assert any("keep one of these entries" in reason for one in said for reason in one["reasons"])
    assert states(stage)["sim/trial-one"] == State.SUSPENDED
