"""What others use of a tenant's, and the service refuses to delete, stays, is named, and does not hold up the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.engine import reclaim
from reaper.simulator import Simulator
from reaper.simulator.network.groups import new_rule
from tests.integration.cloud.conftest import PROTECT, file_of

Outcome = tuple[bool, tuple[str, ...], str, dict[str, list[str]]]


@pytest.fixture
def taken(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Outcome]:
    monkeypatch.setattr("reaper.execute.tenant_reclaim.WARY_PAUSE", 0.3)
    monkeypatch.setattr("reaper.execute.timing.RESET_AFTER", 1.0)
    monkeypatch.setattr("reaper.execute.timing.ASK_AGAIN", 1.0)
    simulator.cloud.page_limit = 1000
    file = Path(file_of(tmp_path, simulator.clouds_yaml())[0])

    def run(project: str) -> Outcome:
        (outcome,) = reclaim("sim", file, {project: "silly-7"}, protect=PROTECT, patience=25.0).outcomes
        left = {kind: ids for kind, ids in simulator.inventory(project).items() if ids}
        return (outcome.done, outcome.blockers, "; ".join(map(str, outcome.findings)), left)

    return run


def test_a_subport_of_anothers_trunk_is_a_finding(simulator: Simulator, taken):
    seed = simulator.seed
    tenant, other = seed.tenant("silly-7", servers=0), seed.tenant("silly-8", servers=0)
    sub = seed.port(tenant.project_id, tenant.network, "silly-sub")
    seed.trunk(other.project_id, "their-trunk", seed.port(other.project_id, other.network, "parent"), (sub,))
    done, blockers, findings, left = taken(tenant.project_id)
    assert (done, blockers) == (True, ())
    assert f"trunk their-trunk of project {other.project_id} has it as a subport" in findings
    assert sub in left["port"]


def test_an_address_group_in_anothers_rule_is_a_finding(simulator: Simulator, taken):
    seed, project, other = simulator.seed, simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    group = seed.plain("address_groups", project, "lent")
    with simulator.cloud.lock:
        theirs = simulator.cloud.home["security_groups"][seed.security_group(other, "theirs")]
        new_rule(simulator.cloud.home, theirs, remote_address_group_id=group)
    done, blockers, findings, left = taken(project)
    assert (done, blockers, left) == (True, (), {"address_group": [group]})
    assert f"of project {other} names it" in findings


@pytest.mark.parametrize("user", ["floating IP", "network", "port"])
def test_a_qos_policy_on_what_is_anothers_is_a_finding(simulator: Simulator, taken, user: str):
    seed, project = simulator.seed, simulator.seed.project("silly-7")
    other = seed.tenant("silly-8", servers=0, fips=1)
    policy = seed.plain("qos_policies", project, "lent")
    table, one = {
        "floating IP": ("floatingips", simulator.inventory(other.project_id)["floating_ip"][0]),
        "network": ("networks", other.network),
        "port": ("ports", other.spare_port),
    }[user]
    simulator.cloud.home[table][one]["qos_policy_id"] = policy
    done, blockers, findings, left = taken(project)
    assert (done, blockers, left) == (True, (), {"qos_policy": [policy]})
    assert user in findings
    assert f"of project {other.project_id}" in findings


def test_a_zone_that_is_shared_is_a_finding_and_is_not_even_asked(simulator: Simulator, taken):
    project, other = simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    zone = simulator.seed.dns_zone(project, "lent.example.", shared_with=(other,))
    done, blockers, findings, left = taken(project)
    assert (done, blockers, left) == (True, (), {"dns_zone": [zone]})
    assert "shared with other projects" in findings
    assert [call for call in simulator.writes() if call.service == "dns"] == []


def test_a_zone_above_anothers_is_a_finding(simulator: Simulator, taken):
    project, other = simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    zone = simulator.seed.dns_zone(project, "lent.example.")
    simulator.seed.dns_zone(other, "below.lent.example.")
    done, blockers, findings, left = taken(project)
    assert (done, blockers, left) == (True, (), {"dns_zone": [zone]})
    assert f"below.lent.example. of project {other} stands below it" in findings


def test_an_image_that_only_others_can_be_using_is_a_finding(simulator: Simulator, taken):
    project = simulator.seed.project("silly-7")
    image = simulator.seed.image(project, "golden")
    simulator.stubborn("image", image)
    volume = simulator.seed.volume(project)
    done, blockers, findings, left = taken(project)
    assert (done, blockers, left) == (True, (), {"image": [image]})
    assert "it is in use" in findings
    assert simulator.record("volume", volume) is None


def test_an_image_that_the_tenants_own_may_be_using_is_none(simulator: Simulator, taken):
    project = simulator.seed.project("silly-7")
    image, volume = simulator.seed.image(project, "golden"), simulator.seed.volume(project)
    simulator.stubborn("image", image)
    simulator.stubborn("volume", volume)
    done, _, findings, left = taken(project)
    assert (done, findings, set(left)) == (False, "", {"image", "volume"})
