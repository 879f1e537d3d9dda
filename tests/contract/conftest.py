"""The two targets of the contract: the simulator, and the real cloud that REAPER_TEST_CLOUD names."""

import os
import warnings
from collections.abc import Iterator

import openstack.config
import pytest

from reaper.simulator import Simulator
from reaper.simulator.further import EVERY
from tests.contract.cloud import Target
from tests.contract.tenant import Tenant


@pytest.fixture(scope="session", params=["simulator", pytest.param("openstack", marks=pytest.mark.openstack)])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    if request.param == "simulator":
        with Simulator(services=EVERY) as simulator:
            entry = simulator.clouds_yaml()["clouds"]["sim"]
            yield Target.at("simulator", entry["auth"], entry["region_name"])
        return
    name = os.environ.get("REAPER_TEST_CLOUD")
    if not name:
        missing = (
            "REAPER_TEST_CLOUD names no cloud of clouds.yaml, so there is no real OpenStack to hold to the contract"
        )
        if os.environ.get("REAPER_REQUIRE_OPENSTACK") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openstack.config tells of libraries we do not use
        region = openstack.config.OpenStackConfig(load_envvars=True).get_one(cloud=name)
    yield Target.at("openstack", dict(region.get_auth_args()), region.region_name)


@pytest.fixture
def tenant(target: Target) -> Iterator[Tenant]:
    made = Tenant(target)
    yield made
    made.remove()


@pytest.fixture
def other(target: Target) -> Iterator[Tenant]:
    made = Tenant(target)
    yield made
    made.remove()
