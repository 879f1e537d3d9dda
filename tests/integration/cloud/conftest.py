"""Clients of both targets, the simulator and a real OpenStack, and of a simulator that can be hurt."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reaper.cloud import Reader, connect, look_at
from reaper.simulator import Simulator
from reaper.simulator.further import EVERY
from tests.contract.cloud import Target
from tests.contract.conftest import other, target, tenant  # noqa: F401 - the same two targets, and tenants made there
from tests.permits import Permitted

PROTECT = ("admin", "service")


def file_of(path: Path, clouds: dict[str, Any]) -> list[str]:
    (path / "clouds.yaml").write_text(json.dumps(clouds))
    return [str(path / "clouds.yaml")]


@pytest.fixture
def files(target: Target, tmp_path: Path) -> list[str]:  # noqa: F811
    return file_of(tmp_path, {"clouds": {"silly": {"auth": target.auth, "region_name": target.region}}})


@pytest.fixture
def cloud(files: list[str]) -> Permitted:
    return Permitted(connect("silly", protect=PROTECT, config_files=files))


@pytest.fixture
def reader(files: list[str]) -> Reader:
    return look_at("silly", protect=PROTECT, config_files=files)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(page_limit=3, pace=0.0, services=EVERY) as made:
        yield made


@pytest.fixture
def at(tmp_path: Path) -> Callable[..., Permitted]:
    """Connect to a simulator."""

    def connected(simulator: Simulator, **wishes: Any) -> Permitted:
        wishes.setdefault("protect", PROTECT)
        return Permitted(connect("sim", config_files=file_of(tmp_path, simulator.clouds_yaml()), **wishes))

    return connected
