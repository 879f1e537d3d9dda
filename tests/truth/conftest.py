"""The simulator as a cloud that stories are told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reaper.simulator import Simulator
from tests.contract.cloud import Target
from tests.truth.teller import Cloud


@pytest.fixture(scope="module")
def simulated() -> Iterator[Cloud]:
    # The lab has no agents either.
    with Simulator(pace=0.0, dhcp_ports=False) as simulator:
        entry = simulator.clouds_yaml()["clouds"]["sim"]

        @contextmanager
        def hold(kind: str, resource_id: str) -> Iterator[None]:
            simulator.stubborn(kind, resource_id, "deleting")
            yield
            simulator.stubborn(kind, resource_id, None)

        yield Cloud(Target.at("simulator", entry["auth"], entry["region_name"]), hold)
