"""A project with projects below it: Keystone keeps it as long as these live, and so does Reaper."""

from collections.abc import Callable

import pytest

from reaper.cloud import Writer
from reaper.errors import Refused
from reaper.simulator import Simulator


@pytest.mark.parametrize("enabled", [True, False])
def test_a_project_is_not_deleted_while_one_below_it_lives_and_nothing_is_sent(
    simulator: Simulator, at: Callable[..., Writer], enabled: object
):
    parent = simulator.seed.project("silly-parent", enabled=False)
    simulator.seed.project("silly-child", parent_id=parent, enabled=enabled)
    with pytest.raises(Refused, match="silly-child"):
        at(simulator).delete_project(parent)
    assert simulator.writes() == []
    assert parent in simulator.cloud.identity["projects"]


def test_a_project_whose_last_child_has_gone_is_deleted(simulator: Simulator, at: Callable[..., Writer]):
    parent = simulator.seed.project("silly-parent", enabled=False)
    child = simulator.seed.project("silly-child", parent_id=parent, enabled=False)
    cloud = at(simulator)
    cloud.delete_project(child)
    cloud.delete_project(parent)
    assert not {parent, child} & simulator.cloud.identity["projects"].keys()


def test_a_project_above_an_open_one_is_not_closed_and_keystone_says_why(
    simulator: Simulator, at: Callable[..., Writer]
):
    parent = simulator.seed.project("silly-parent")
    simulator.seed.project("silly-child", parent_id=parent)
    with pytest.raises(Refused, match="subtree contains enabled projects"):
        at(simulator).close_project(parent)


def test_the_projects_of_heats_domain_are_protected_in_the_census(simulator: Simulator, at: Callable[..., Writer]):
    domain = simulator.seed.domain("heat")
    kept = simulator.seed.project("silly-stack-users", domain=domain)
    found = {one.id: one.protected for one in at(simulator).census().projects}
    assert "Heat keeps it" in (found[kept] or "")
