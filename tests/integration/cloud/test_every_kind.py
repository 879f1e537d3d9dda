"""A tenant with something of every kind is taken back by the engine, in the order of the table, without a refusal."""

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.engine import reclaim
from reaper.kinds import KINDS
from reaper.simulator import Simulator
from reaper.simulator.kinds import OTHERWISE
from tests.integration.cloud.conftest import PROTECT, file_of


@pytest.fixture
def clouds_yaml(simulator: Simulator, tmp_path: Path) -> Path:
    return Path(file_of(tmp_path, simulator.clouds_yaml())[0])


def furnished(simulator: Simulator, name: str) -> str:
    """Make one or more of every kind, each in use by another where that is possible."""
    seed = simulator.seed
    tenant = seed.tenant(name, servers=2, fips=1, volumes=2)
    project = tenant.project_id
    scope = seed.plain("address_scopes", project, f"{name}-scope")
    pool = seed.plain("subnetpools", project, f"{name}-pool", address_scope_id=scope)
    simulator.cloud.home["subnets"][tenant.subnet]["subnetpool_id"] = pool
    seed.plain("address_groups", project, f"{name}-addresses")
    policy = seed.plain("qos_policies", project, f"{name}-qos")
    simulator.cloud.home["networks"][tenant.network]["qos_policy_id"] = policy
    seed.rbac_policy(tenant.network, "silly-friend")
    seed.port_forwarding(seed.floating_ip(project), tenant.spare_port)
    parent, child = (seed.port(project, tenant.network, f"{name}-{n}") for n in "ab")
    seed.trunk(project, f"{name}-trunk", parent, (child,))
    full = seed.backup(tenant.volumes[0])
    simulator.clock.advance(timedelta(seconds=1))
    seed.backup(tenant.volumes[0], parent=full)
    seed.snapshot(tenant.volumes[0])
    seed.volume_group(project, f"{name}-group", [seed.volume(project)])
    seed.volume_transfer(seed.volume(project))
    seed.image(project, f"{name}-image")
    seed.stack(project, f"{name}-stack", networks=2)
    seed.cluster(project, f"{name}-cluster")
    seed.load_balancer(project, f"{name}-lb", tenant.subnet)
    seed.object_container(project, f"{name}-objects", ("one", "two"))
    seed.dns_zone(project, f"{name}.example.")
    seed.share(project, f"{name}-share", seed.share_network(project, f"{name}-net"), snapshots=1)
    simulator.cloud.home["server_groups"][f"{name}-group"] = {
        "id": f"{name}-group",
        "name": f"{name}-group",
        "policy": "affinity",
        "members": [],
        "project_id": project,
        "user_id": "",
    }
    return project


def test_every_kind_is_taken_back_and_nothing_of_anybody_else(simulator: Simulator, clouds_yaml: Path):
    simulator.cloud.page_limit = 1000
    project, strange = furnished(simulator, "silly-7"), furnished(simulator, "silly-8")
    had = simulator.inventory(project)
    assert {OTHERWISE.get(kind.name, kind.name) for kind in KINDS} <= {kind for kind, ids in had.items() if ids}
    before = simulator.inventory(strange)
    (outcome,) = reclaim("sim", clouds_yaml, {project: "silly-7"}, protect=PROTECT).outcomes
    assert (outcome.done, outcome.left, outcome.findings) == (True, (), ()), outcome
    assert {kind: ids for kind, ids in simulator.inventory(project).items() if ids} == {}
    assert simulator.inventory(strange) == before
    # That a share has snapshots is learned by asking it to go; nothing else is asked in vain.
    refused = {
        (call.service, call.path.split("?")[0].split("/")[-2]) for call in simulator.writes() if call.status >= 400
    }
    assert refused == {("sharev2", "shares")}
