"""A Cinder or Glance that does not take us for an admin hides what is others': nothing it calls empty is believed."""

import json

import pytest

from reaper.cloud import Reader, look_at
from reaper.simulator import Simulator


@pytest.fixture
def simulator():
    with Simulator(pace=0.0) as made:
        yield made


@pytest.fixture
def reader(simulator, tmp_path) -> Reader:
    (tmp_path / "clouds.yaml").write_text(json.dumps(simulator.clouds_yaml("silly")))
    return look_at("silly", protect=("admin",), config_files=[str(tmp_path / "clouds.yaml")])


@pytest.mark.parametrize(("service", "name"), [("volume", "Cinder"), ("image", "Glance")])
def test_a_service_with_a_narrower_rule_makes_the_census_incomplete(simulator, reader, service, name):
    simulator.seed.tenant("trial-hidden", servers=1, volumes=1)
    assert reader.census().complete
    simulator.cloud.narrow = {service}
    census = reader.census()
    assert not census.complete
    assert census.why.startswith(f"{name} in RegionOne does not take our account for an admin")
    assert census.projects
    simulator.cloud.narrow = set()
    assert reader.census().complete


@pytest.mark.parametrize(("service", "path"), [("volume", "os-services"), ("image", "tasks")])
def test_a_question_that_is_closed_to_admins_is_no_sign_where_their_lists_show_others(simulator, reader, service, path):
    seeded = simulator.seed.tenant("trial-shown", servers=0, volumes=1)
    simulator.seed.image(seeded.project_id, "private")
    simulator.faults.add(service=service, path_regex=path, status=403)
    assert reader.census().complete


@pytest.mark.parametrize(("service", "path"), [("volume", "os-services"), ("image", "tasks")])
@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_service_that_does_not_answer_the_question_is_judged_when_it_is_listed(
    simulator, reader, service, path, status
):
    simulator.faults.add(service=service, path_regex=path, status=status)
    assert reader.census().complete


@pytest.mark.parametrize(("service", "kind"), [("volume", "backup"), ("image", "image")])
def test_without_a_census_too_an_empty_list_of_such_a_service_is_not_believed(simulator, reader, service, kind):
    seeded = simulator.seed.tenant("trial-hidden", servers=0, volumes=1)
    simulator.cloud.narrow = {service}
    listing = reader.resources(kind, "RegionOne", [seeded.project_id])
    assert (listing.complete, listing.resources) == (False, ())
    assert "does not take our account for an admin" in listing.why
