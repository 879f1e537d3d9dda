"""Reading one entry of clouds.yaml, and telling its mistakes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from reaper.cloud.entry import Entry, read_entry
from reaper.errors import Unusable

AUTH = {
    "auth_url": "http://127.0.0.1:9/v3",
    "username": "silly",
    "password": "hunter2",
    "project_name": "admin",
    "user_domain_name": "Default",
    "project_domain_name": "Default",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE", "OS_CLOUD", "OS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def written(path: Path, text: str | None = None, **entries: Any) -> list[str]:
    (path / "clouds.yaml").write_text(text if text is not None else yaml.safe_dump({"clouds": entries}))
    return [str(path / "clouds.yaml")]


def entry(path: Path, **settings: Any) -> Entry:
    return read_entry("silly", written(path, silly={"auth": AUTH, **settings}))


@pytest.mark.parametrize(
    ("settings", "regions"),
    [
        ({"region_name": "north"}, ("north",)),
        ({"regions": ["north", "south"]}, ("north", "south")),
        ({"regions": [{"name": "north", "values": {}}, "south", "north"]}, ("north", "south")),
        ({"region_name": "north,south"}, ("north", "south")),
        ({}, ()),
    ],
)
def test_the_regions_are_those_the_file_names_in_its_order(
    tmp_path: Path, settings: dict[str, Any], regions: tuple[str, ...]
):
    assert entry(tmp_path, **settings).regions == regions


def test_an_entry_never_shows_its_password(tmp_path: Path):
    assert "hunter2" not in repr(entry(tmp_path))


def test_settings_of_the_entry_are_taken_over(tmp_path: Path):
    found = entry(tmp_path, interface="internal", verify=False, network_endpoint_override="http://127.0.0.1:9/net")
    assert (found.interface, found.verify, found.override("network")) == ("internal", False, "http://127.0.0.1:9/net")
    assert found.override("compute") is None


def test_exported_variables_do_not_change_whose_cloud_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:10/v3")
    monkeypatch.setenv("OS_CLOUD", "other")
    assert entry(tmp_path).auth_url == AUTH["auth_url"]


def test_the_file_may_be_named_by_the_variable_every_client_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (path,) = written(tmp_path, silly={"auth": AUTH})
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", path)
    assert read_entry("silly").auth_url == AUTH["auth_url"]


def refusal(files: list[str], name: str = "silly") -> str:
    with pytest.raises(Unusable) as error:
        read_entry(name, files)
    words = str(error.value)
    assert "\n" not in words
    assert "hunter2" not in words
    return words


def test_an_unknown_entry_is_told_with_the_file_and_the_entries_there(tmp_path: Path):
    files = written(tmp_path, north={"auth": AUTH}, south={"auth": AUTH})
    assert refusal(files).endswith("clouds.yaml has no usable cloud 'silly'; the entries there are: north, south")


def test_a_missing_file_is_told_with_the_places_looked_at(tmp_path: Path):
    assert refusal([str(tmp_path / "none.yaml")]).endswith(f"looked for {tmp_path}/none.yaml")


@pytest.mark.parametrize("text", ["", "- a\n", "cloud: {}\n", "clouds: []\n", "clouds:\n"])
def test_a_file_without_clouds_has_no_entries(tmp_path: Path, text: str):
    assert "the entries there are: none" in refusal(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        'clouds:\n  silly: {auth: {password: "hunter2\n',
        "clouds:\n  silly: {auth: {password: *hunter2}}\n",
        "clouds:\n  silly: {auth: {password: !hunter2 x}}\n",
        "clouds:\n\tsilly: hunter2\n",
    ],
)
def test_a_file_that_is_not_yaml_is_told_by_line_without_quoting_it(tmp_path: Path, text: str):
    assert "clouds.yaml, line " in refusal(written(tmp_path, text))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"auth": {"username": "silly"}}, "auth_url"),
        ({"auth_type": "nonsense"}, "nonsense"),
        ({"cacert": "/silly/none.pem"}, "/silly/none.pem"),
        ({"auth": "hunter2"}, "entry 'silly'"),
        ({"regions": 7}, "entry 'silly'"),
    ],
)
def test_a_mistake_in_an_entry_is_told_with_its_name(tmp_path: Path, settings: dict[str, Any], words: str):
    assert words in refusal(written(tmp_path, silly={"auth": AUTH, **settings}))


def test_an_entry_that_is_only_a_text_is_no_entry(tmp_path: Path):
    assert "no usable cloud 'silly'" in refusal(written(tmp_path, silly="hunter2"))
