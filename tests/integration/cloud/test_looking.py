"""The plan-only client: it finds everything the other finds and cannot write."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from reaper.cloud import Reader, Writer, look_at
from reaper.cloud.client import Client, WritingClient
from reaper.cloud.transport import ReadOnlyTransport
from reaper.errors import Permanent
from reaper.kinds import LISTED
from reaper.ports import Cloud
from reaper.simulator import Simulator

WRITES = {name for name in vars(Cloud) if not name.startswith("_")} - {
    "census",
    "name",
    "project",
    "regions",
    "resources",
}


@pytest.fixture
def looking(simulator: Simulator, at: Callable[..., Writer], tmp_path: Path) -> Reader:
    at(simulator)  # writes the file
    return look_at("sim", protect=["admin"], config_files=[str(tmp_path / "clouds.yaml")])


def test_looking_at_everything_writes_nothing(simulator: Simulator, looking: Reader):
    project = simulator.seed.tenant("silly-7").project_id
    assert looking.census().complete
    assert looking.project(project).name == "silly-7"
    for kind in LISTED:
        assert looking.resources(kind.name, looking.regions[0], [project]).complete
        looking.resources(kind.name, looking.regions[0], None)
    assert simulator.writes() == []


def test_it_has_no_method_that_writes(looking: Reader):
    assert {"close_project", "delete", "lock", "stop"} <= WRITES
    assert not {name for name in WRITES if hasattr(looking, name)}
    assert {name for name in vars(WritingClient) if not name.startswith("_")} == {
        "delete",
        "patch",
        "post",
        "post_for",
        "post_text",
        "put",
    }
    assert not {name for name in ("delete", "patch", "post", "put", "request") if hasattr(Client, name)}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "SILLY"])
def test_its_transport_sends_nothing_that_writes_whoever_asks(simulator: Simulator, looking: Reader, method: str):
    looking.census()
    before = len(simulator.calls)
    with pytest.raises(Permanent, match=f"was asked to send {method}"):
        looking._client._session.request(f"{simulator.auth_url}/projects", method)
    assert len(simulator.calls) == before


@pytest.mark.parametrize("path", ["/v3/auth/tokens/other", "/v3/users", "/v2.0/tokens/x", "/servers?x=/v3/auth/tokens"])
def test_only_the_request_for_a_token_may_be_a_post(path: str):
    with pytest.raises(Permanent, match="nothing was sent"):
        ReadOnlyTransport(1).post(f"http://127.0.0.1:9{path}")
    with pytest.raises(requests.ConnectionError):
        ReadOnlyTransport(1).post("http://127.0.0.1:9/identity/v3/auth/tokens")
