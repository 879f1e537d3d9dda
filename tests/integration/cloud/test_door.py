"""Getting in: which mistakes and troubles are told how, and which tokens are not good enough."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reaper.cloud import look_at
from reaper.errors import ReaperError, Temporary, Unusable
from reaper.ports import CloudReader
from reaper.simulator import Simulator
from reaper.simulator.identity import tokens
from tests.integration.cloud.conftest import PROTECT, file_of

Open = Callable[..., CloudReader]


@pytest.fixture
def opened(simulator: Simulator, tmp_path: Path) -> Open:
    """Look at the simulator through an entry that differs in some way."""

    def looked(auth: dict[str, Any] | None = None, **settings: Any) -> CloudReader:
        clouds = simulator.clouds_yaml()
        entry = clouds["clouds"]["sim"]
        entry |= settings
        clouds["clouds"]["sim"] = entry = {key: value for key, value in entry.items() if value is not None}
        entry["auth"] = {key: value for key, value in (entry["auth"] | (auth or {})).items() if value is not None}
        return look_at("sim", protect=PROTECT, config_files=file_of(tmp_path, clouds))

    return looked


def told(cloud: CloudReader, error: type[ReaperError]) -> str:
    """Both the census and a list say it; give the census's words."""
    listing = cloud.resources("port", "RegionOne", None)
    assert (listing.complete, listing.absent, listing.resources) == (False, False, ())
    with pytest.raises(error) as trouble:
        cloud.census()
    words = str(trouble.value)
    assert "\n" not in words
    return words


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_wrong_password_is_told_without_showing_it(opened: Open):
    words = told(opened({"password": "hunter2"}), Unusable)
    assert "refuses the credentials" in words
    assert "hunter2" not in words


@pytest.mark.parametrize("path", ["/identity/v3", "/v3", ""])
def test_a_cloud_that_is_down_is_a_matter_for_later(opened: Open, path: str):
    words = told(opened({"auth_url": f"http://127.0.0.1:{closed_port()}{path}"}), Temporary)
    assert words.endswith("cannot be reached: Connection refused")


def test_an_address_that_is_no_keystone_is_a_mistake_in_the_file(opened: Open, simulator: Simulator):
    words = told(opened({"auth_url": simulator.auth_url.replace("/identity/v3", "/network")}), Unusable)
    assert "auth_url" in words


def test_a_plain_server_asked_for_tls_is_told_so(opened: Open, simulator: Simulator):
    words = told(opened({"auth_url": simulator.auth_url.replace("http:", "https:")}), Unusable)
    assert "TLS fails" in words


def test_keystone_in_trouble_is_a_matter_for_later(opened: Open, simulator: Simulator):
    simulator.faults.add(service="identity", method="POST", path_regex="/auth/tokens", status=500)
    assert "gives no token just now" in told(opened(), Temporary)


@pytest.mark.parametrize("method", ["GET", None], ids=["its version document", "everything"])
@pytest.mark.parametrize("path", ["/identity/v3", "/identity", "/identity/v2.0"])
def test_a_door_that_answers_401_is_told_at_once_and_work_goes_on_when_it_opens(
    opened: Open, simulator: Simulator, path: str, method: str | None
):
    """A proxy's login page before Keystone; keystoneauth then waited for a lock that the same thread held."""
    cloud = opened({"auth_url": simulator.auth_url.replace("/identity/v3", path)})
    simulator.faults.add(service="identity", method=method, path_regex="", status=401, body="<h1>sign in</h1>")
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(cloud.census())
        except ReaperError as error:
            answers.append(error)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 3
    assert all(isinstance(one, ReaperError) for one in answers) or (path, method) == ("/identity/v3", "GET")
    simulator.faults.clear()
    if path != "/identity/v2.0":
        assert cloud.census().projects


def test_a_members_token_shows_too_little_to_conclude_anything(opened: Open, simulator: Simulator):
    made = simulator.seed.tenant("silly-7")
    auth = {"username": "silly-7-u0", "password": "pw", "project_name": "silly-7"}
    words = told(opened(auth), Unusable)
    assert words == "cloud sim: the user of the entry needs the role `admin` on its project"
    assert simulator.inventory(made.project_id)["port"]


def test_a_token_for_no_project_shows_too_little_to_conclude_anything(opened: Open):
    words = told(opened({"project_name": None, "project_domain_name": None}), Unusable)
    assert "must name a project" in words


def test_an_interface_that_the_catalog_does_not_have_is_a_mistake_in_the_file(opened: Open):
    assert told(opened(interface="silly"), Unusable) == "cloud sim: identity has no silly endpoint in RegionOne"


def test_a_region_that_the_catalog_does_not_have_is_a_mistake_in_the_file(opened: Open):
    with pytest.raises(Unusable, match="has no region 'silly'; it has: RegionOne"):
        opened(region_name="silly").census()


def test_the_regions_are_the_catalogs_where_the_file_names_none(opened: Open):
    assert opened(region_name=None).regions == ("RegionOne",)


def test_one_service_without_an_endpoint_for_everybody_does_not_spoil_the_census(
    opened: Open, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
):
    def half_registered(*args: Any) -> list[dict[str, Any]]:
        every = whole(*args)
        for one in every:
            if "volume" in one["type"] or "block" in one["type"]:
                one["endpoints"] = [end for end in one["endpoints"] if end["interface"] == "admin"]
        return every

    whole = tokens.catalog
    monkeypatch.setattr(tokens, "catalog", half_registered)
    cloud = opened()
    census = cloud.census()
    assert census.complete, census.why
    assert "block-storage in RegionOne" in census.services
    listing = cloud.resources("volume", "RegionOne", None)
    assert (listing.complete, listing.absent) == (False, False)
    assert "has no public endpoint" in listing.why
