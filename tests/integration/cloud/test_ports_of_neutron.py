"""Ports that Neutron makes for itself: what a project owns is listed, what is stale goes, what is in use stays."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.engine import reclaim
from reaper.cloud import Writer
from reaper.cloud.facts import SERVED
from reaper.simulator import Simulator
from reaper.simulator.network.ports import new_port
from tests.integration.cloud.conftest import PROTECT, file_of

VANISHED = "0e4c1d3e-1111-4222-8333-444455556666"
OF_ROUTERS = [owner for owner, kind in SERVED.items() if kind in ("router", "floating_ip")]


@pytest.fixture
def empties(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    monkeypatch.setattr("reaper.execute.tenant_reclaim.WARY_PAUSE", 0.3)
    simulator.cloud.page_limit = 1000
    file = Path(file_of(tmp_path, simulator.clouds_yaml())[0])

    def run(project: str) -> object:
        (outcome,) = reclaim("sim", file, {project: "silly-7"}, protect=PROTECT, patience=25.0).outcomes
        left = {kind: ids for kind, ids in simulator.inventory(project).items() if ids}
        return (outcome.done, outcome.blockers, tuple(map(str, outcome.findings)), left)

    return run


EMPTY = (True, (), (), {})


def own_port(simulator: Simulator, project: str, network: str, owner: str, device: str = "") -> str:
    port = simulator.seed.port(project, network, "silly-port")
    simulator.cloud.home["ports"][port].update(device_owner=owner, device_id=device, security_groups=[])
    return port


@pytest.mark.parametrize("owner", [*SERVED, "network:router_interface", "network:local_ip"])
def test_a_port_of_the_tenants_own_is_listed_whoever_it_says_it_serves(
    simulator: Simulator, at: Callable[..., Writer], owner: str
):
    project, other = simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    port = own_port(simulator, project, simulator.seed.network(other, "theirs"), owner)
    listing = at(simulator).resources("port", "RegionOne", [project])
    assert [one.id for one in listing.resources] == [port]


@pytest.mark.parametrize("device", ["", VANISHED])
def test_a_stale_port_of_the_tenants_own_goes_also_from_anothers_network(simulator: Simulator, empties, device: str):
    tenant, other = simulator.seed.tenant("silly-7", servers=0), simulator.seed.project("silly-8")
    theirs = simulator.seed.network(other, "theirs")
    simulator.seed.subnet(theirs)
    for owner in (*OF_ROUTERS, "network:router_interface", "network:dhcp"):
        for network in (tenant.network, theirs):
            own_port(simulator, tenant.project_id, network, owner, device)
    before = simulator.inventory(other)
    assert empties(tenant.project_id) == EMPTY
    assert simulator.inventory(other) == before


@pytest.mark.parametrize("device", ["", VANISHED])
def test_a_stale_port_that_nobody_has_holds_no_network(simulator: Simulator, empties, device: str):
    tenant = simulator.seed.tenant("silly-7", servers=0)
    with simulator.cloud.lock:
        for owner in OF_ROUTERS:
            new_port(simulator.cloud.home, tenant.network, "", device_id=device, device_owner=owner)
    assert empties(tenant.project_id) == EMPTY


def test_a_port_that_serves_anothers_router_stays_and_is_named(simulator: Simulator, empties):
    tenant = simulator.seed.tenant("silly-7", servers=0)
    other = simulator.seed.tenant("silly-8", servers=0)
    port = own_port(simulator, tenant.project_id, other.network, "network:router_gateway", other.router)
    done, blockers, findings, left = empties(tenant.project_id)
    assert (done, blockers, left) == (True, (), {"port": [port]})
    assert f"of project {other.project_id}" in "".join(findings)
    assert not [call for call in simulator.writes() if other.router in call.path]


def test_ports_that_serve_a_network_leave_with_it_and_are_not_asked_by_themselves(simulator: Simulator, empties):
    tenant = simulator.seed.tenant("silly-7", servers=0)
    serving = [one["id"] for one in simulator.cloud.home["ports"].values() if one["device_owner"] == "network:dhcp"]
    assert serving
    assert empties(tenant.project_id) == EMPTY
    assert not [call for call in simulator.writes() if any(one in call.path for one in serving)]
