"""A real OpenStack loses services while a tenant is reclaimed: nothing is called gone that is not, and it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reaper.app import App, Reach, build
from reaper.config import load
from reaper.model import State, Tenant
from tests.openstack.lab import Lab
from tests.openstack.lab.processes import listens
from tests.openstack.lab.seed import make_tenant
from tests.openstack.operator import Eyes

pytestmark = pytest.mark.openstack

STOCK = {"REAPER_LAB_STOCK_NEUTRON": "1"}


@pytest.fixture
def app(operator):
    """Give Reaper, wired as the operator's command wires it."""
    wired = build(load([str(operator.conf)]), create=True, reach=Reach.WRITE)
    yield wired
    wired.close()


@pytest.fixture
def mended(lab):
    """Leave no service ended, whatever a test did to it; a stock Neutron lies only at its start."""
    yield lab
    for name in ("neutron", "nova-compute"):
        lab.start(name)


def end(lab: Lab, name: str) -> None:
    """End a service, and wait until nobody listens in its place any more."""
    lab.stop(name)
    while listens(lab.settings.port(name)):
        pass


class Deeds:
    """Does something at the n-th round of a reclaim."""

    def __init__(self, **deeds: Callable[[], None]) -> None:
        self._deeds = {int(name.removeprefix("round_")): deed for name, deed in deeds.items()}
        self.rounds = 0

    def __call__(self, _tenant: Tenant, _left: int, _gone: int) -> None:
        self.rounds += 1
        self._deeds.pop(self.rounds, lambda: None)()

    @property
    def all_done(self) -> bool:
        return not self._deeds


def reclaim(app: App, cloud: str, name: str) -> Tenant:
    """Take a tenant back in one go, and hold the journal against the cloud."""
    app.observe()
    tenant = app.store.ledger.find(f"{cloud}/{name}")
    tally = app.reclaim(tenant, "ops")
    tenant = app.store.ledger.tenant(tenant.id)
    there = {one for kinds in Eyes(cloud).everything().values() for ids in kinds.values() for one in ids}
    steps = app.store.journal.steps(tenant)
    assert [str(step.resource) for step in steps if step.gone_at is not None and step.resource.id in there] == []
    assert tenant.state is State.RECLAIMED, tally.lines
    return tenant


def test_a_neutron_that_goes_and_comes_back_lying_empties_nobody(lab, mended, app):
    """Stopped in the first round and back in the third as released, it denies what exists; the run ends empty."""
    made = make_tenant(lab.cloud, "trial-cut", servers=1, volumes=0)
    deeds = Deeds(round_1=lambda: end(lab, "neutron"), round_3=lambda: lab.start("neutron", STOCK))
    app.show_progress(deeds)
    reclaim(app, lab.cloud, "trial-cut")
    assert deeds.all_done
    assert Eyes(lab.cloud).owned_by(made["project"]) == {}


def test_a_neutron_that_has_just_started_empties_nobody(lab, mended, app):
    """Its first answers are the first look at the tenant, which has nothing else to be seen by."""
    made = make_tenant(lab.cloud, "trial-fresh", servers=0, fips=0, volumes=0)
    end(lab, "neutron")
    lab.start("neutron", STOCK)
    tenant = reclaim(app, lab.cloud, "trial-fresh")
    assert Eyes(lab.cloud).owned_by(made["project"]) == {}
    assert made["network"] in {step.resource.id for step in app.store.journal.steps(tenant)}


def test_servers_whose_host_is_away_are_not_gone(lab, mended, app):
    """The host is away when its servers are asked to go, and comes back later; until then they are there."""
    made = make_tenant(lab.cloud, "trial-host", servers=2, fips=0, volumes=1)
    eyes = Eyes(lab.cloud)
    seen: list[int] = []

    def look() -> None:
        seen.append(len(eyes.servers(made["project"])))
        lab.start("nova-compute", {"REAPER_LAB_DESTROY_DELAY": "1"})

    deeds = Deeds(round_1=lambda: lab.stop("nova-compute"), round_4=look)
    app.show_progress(deeds)
    reclaim(app, lab.cloud, "trial-host")
    assert deeds.all_done
    assert seen == [2]
    assert eyes.owned_by(made["project"]) == {}
