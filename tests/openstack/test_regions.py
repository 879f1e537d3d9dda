"""A tenant in two regions of one real cloud is found and reclaimed in both, also when one is away meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from reaper.app import App, Reach, build
from reaper.config import load
from reaper.model import State, Tenant
from tests.openstack.lab import Lab
from tests.openstack.lab.processes import listens
from tests.openstack.lab.seed import make_tenant
from tests.openstack.operator import Eyes, Operator

SECOND = "RegionTwo"
AWAY = ("nova-two", "neutron-two", "cinder-two", "glance-two")


@pytest.fixture
def regions(lab: Lab) -> Iterator[str]:
    """Give the name of the cloud as both regions; everything runs again afterwards."""
    if lab.settings.regions == 1:
        pytest.skip("the lab has one region: REAPER_LAB_REGIONS=2 gives it a second one")
    yield f"{lab.cloud}-regions"
    come_back(lab)


@pytest.fixture
def operator(lab: Lab, regions: str, mailbox, tmp_path) -> Iterator[Operator]:
    """Give somebody whose reaper.conf names both regions."""
    someone = Operator(lab, mailbox, tmp_path, sys.executable, regions)
    yield someone
    someone.stop()


@pytest.fixture
def app(operator: Operator) -> Iterator[App]:
    wired = build(load([str(operator.conf)]), create=True, reach=Reach.WRITE)
    yield wired
    wired.close()


def go_away(lab: Lab) -> None:
    """End what the second region answers with, and wait until nobody listens there."""
    for name in AWAY:
        lab.stop(name)
    ports = [lab.settings.each_region[1].port(name.removesuffix("-two")) for name in AWAY]
    while any(map(listens, ports)):
        pass


def come_back(lab: Lab) -> None:
    for name in AWAY:
        lab.start(name)


def make_both(cloud: str, name: str) -> str:
    """Make a tenant with the same in each region; returns its project."""
    made = make_tenant(cloud, name, servers=1)
    make_tenant(cloud, name, servers=1, region=SECOND, owner=made)
    return str(made["project"])


def owned(cloud: str, project: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Look at what a project owns in each region, without a line of Reaper's."""
    first, second = (Eyes(cloud, region).owned_by(project) for region in (None, SECOND))
    return first, second


def gone_in(app: App, tenant: Tenant, region: str) -> list[str]:
    """Name what the journal calls gone in a region."""
    steps = app.store.journal.steps(tenant)
    return [str(one.resource) for one in steps if one.resource.region == region and one.gone_at is not None]


def test_a_tenant_in_two_regions_is_reclaimed_in_both(regions, app):
    """Found in both, with the same number of each kind; reclaimed, nothing of it is in either."""
    project = make_both(regions, "trial-both")
    first, second = owned(regions, project)
    assert {kind: len(ids) for kind, ids in first.items()} == {kind: len(ids) for kind, ids in second.items()}
    app.observe()
    tenant = app.store.ledger.find(f"{regions}/trial-both")
    tally = app.reclaim(tenant, "ops")
    tenant = app.store.ledger.tenant(tenant.id)
    assert tenant.state is State.RECLAIMED, tally.lines
    assert owned(regions, project) == ({}, {})
    assert len(gone_in(app, tenant, "RegionOne")) == len(gone_in(app, tenant, SECOND)) > 0


def test_a_region_that_is_away_loses_nothing_and_its_reclaim_ends_by_itself(lab, regions, app):
    """Away from the second round to the seventh: nothing there is called gone meanwhile, and then all is, truly."""
    project = make_both(regions, "trial-away")
    rounds: list[int] = []
    called_gone: list[str] = []
    app.observe()
    tenant = app.store.ledger.find(f"{regions}/trial-away")

    def watch(_tenant: Tenant, left: int, _gone: int) -> None:
        rounds.append(left)
        if len(rounds) == 1:
            go_away(lab)
            called_gone.extend(gone_in(app, tenant, SECOND))
        if len(rounds) == 7:
            assert gone_in(app, tenant, SECOND) == called_gone
            come_back(lab)

    app.show_progress(watch)
    tally = app.reclaim(tenant, "ops")
    tenant = app.store.ledger.tenant(tenant.id)
    assert len(rounds) > 7
    assert tenant.state is State.RECLAIMED, tally.lines
    assert owned(regions, project) == ({}, {})


def test_a_tenant_is_not_verified_where_a_region_is_away(lab, regions, operator, mailbox):
    """The daemon condemns it, calls nothing gone that it cannot see, and ends by itself when the region is back."""
    project = make_both(regions, "trial-dark")
    name = f"{regions}/trial-dark"
    operator.run()
    mailbox.wait_for("trial-dark", "is stopped")
    before = Eyes(regions, SECOND).owned_by(project)
    go_away(lab)
    try:
        while operator.say("tenant", "show", name)[1]["state"] != "RECLAIMING":
            pass  # each question takes a second or so of the suspension
        shown = [operator.say("tenant", "show", name)[1]["state"] for _ in range(5)]
        assert set(shown) == {"RECLAIMING"}
        assert not [letter for letter in mailbox.letters if "taken back" in letter["subject"]]
    finally:
        operator.stop()  # or it would go on before anybody has looked
        come_back(lab)
    after = Eyes(regions, SECOND).owned_by(project)
    assert {kind: after.get(kind) for kind in before} == before
    operator.run()
    mailbox.wait_for("trial-dark", "taken back")
    assert owned(regions, project) == ({}, {})
    assert operator.stop() == 0
