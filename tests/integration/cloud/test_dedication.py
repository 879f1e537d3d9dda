"""Reading what is set apart for whom, and what follows for a tenant of a partner."""

from collections.abc import Callable

import pytest

from reaper.cloud import Writer
from reaper.errors import ReaperError
from reaper.simulator import Simulator


def set_apart(simulator: Simulator, name: str, **metadata: str) -> None:
    table = simulator.cloud.home["aggregates"]
    table[str(len(table) + 1)] = {"id": len(table) + 1, "name": name, "metadata": metadata}


def test_aggregates_and_regions_become_tags_no_project_can_bear(simulator: Simulator, at: Callable[..., Writer]):
    one, two, three = (simulator.seed.project(name) for name in ("one", "two", "three"))
    set_apart(simulator, "cloudfoundry", filter_tenant_id=f"{one}, {two}", filter_tenant_id_3=three)
    set_apart(simulator, "fast", pinned="yes")
    groups = simulator.cloud.identity["endpoint_groups"]
    groups["g"] = {"id": "g", "name": "east", "filters": {"region_id": "RegionOne"}, "projects": [two]}
    groups["h"] = {"id": "h", "name": "all", "filters": {"interface": "public"}, "projects": [three]}
    assert at(simulator).dedicated() == {
        one: {"aggregate/cloudfoundry"},
        two: {"aggregate/cloudfoundry", "region/RegionOne"},
        three: {"aggregate/cloudfoundry"},
    }


def test_a_project_is_known_by_its_id_with_or_without_dashes(simulator: Simulator, at: Callable[..., Writer]):
    set_apart(simulator, "partner", filter_tenant_id="0e1f3a52-7b1d-4c8e-9d5a-2f7c3b6a1d90, legacy-lab")
    found = at(simulator).dedicated()
    assert found["0e1f3a527b1d4c8e9d5a2f7c3b6a1d90"] == {"aggregate/partner"}
    assert found["legacy-lab"] == {"aggregate/partner"}


def test_a_keystone_without_endpoint_groups_sets_no_region_apart(simulator: Simulator, at: Callable[..., Writer]):
    simulator.faults.add(service="identity", path_regex="OS-EP-FILTER", status=404)
    assert at(simulator).dedicated() == {}


@pytest.mark.parametrize(
    "fault",
    [
        {"service": "compute", "path_regex": "os-aggregates", "status": 503},
        {"service": "compute", "path_regex": "os-aggregates", "status": 403},
        {"service": "compute", "path_regex": "os-aggregates", "status": 200, "body": "{}"},
        {"service": "identity", "path_regex": "OS-EP-FILTER", "status": 500},
    ],
    ids=["away", "forbidden", "nonsense", "keystone"],
)
def test_what_cannot_be_read_is_not_nothing(simulator: Simulator, at: Callable[..., Writer], fault: dict):
    simulator.faults.add(**fault)
    with pytest.raises(ReaperError):
        at(simulator).dedicated()
