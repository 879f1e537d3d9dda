"""OpenStack of 2012: what is asked of it, what is believed, and what is left alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from benchmarks.engine import reclaim
from reaper.cloud import Writer, connect, look_at
from reaper.cloud import rows as today
from reaper.cloud.client import Client
from reaper.cloud.dialect import old_releases
from reaper.errors import Gone, Permanent, Refused, Unusable
from reaper.kinds import LISTED
from reaper.model import Resource, ServerArchive
from reaper.simulator import Simulator
from reaper.simulator.folsom import tokens, volume
from tests.integration.cloud.conftest import PROTECT, file_of

REGION = "RegionOne"
#: The one kind of which an admin of Folsom is shown nothing.
UNSEEN = {"security_group"}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(page_limit=1000, pace=0.0, release="folsom") as made:
        yield made


@pytest.fixture
def cloud(simulator: Simulator, at: Callable[..., Writer]) -> Writer:
    return at(simulator)


def left(simulator: Simulator, project: str) -> dict[str, list[str]]:
    return {kind: ids for kind, ids in simulator.inventory(project).items() if ids}


def only(cloud: Writer, kind: str, project: str) -> list[Resource]:
    found = cloud.resources(kind, REGION, [project])
    assert found.complete, found.why
    return [one for one in found.resources if one.project_id == project]


def raw(simulator: Simulator, path: str) -> dict:
    """Ask a service with a token of the admin."""
    said = simulator.clouds_yaml()["clouds"]["sim"]["auth"]
    credentials = {"username": said["username"], "password": said["password"]}
    asked = {"auth": {"tenantName": "admin", "passwordCredentials": credentials}}
    access = requests.post(f"{simulator.auth_url}/tokens", json=asked, timeout=30).json()["access"]
    urls = {one["type"]: one["endpoints"][0]["publicURL"] for one in access["serviceCatalog"]}
    service, _, rest = path.partition("/")
    return requests.get(f"{urls[service]}/{rest}", headers={"X-Auth-Token": access["token"]["id"]}, timeout=30).json()


def test_the_traps_of_the_time_are_there(simulator: Simulator):
    mine, other = simulator.seed.tenant("silly-7"), simulator.seed.tenant("silly-8")
    owners = {one["tenant_id"] for one in raw(simulator, f"network/v2.0/ports?project_id={mine.project_id}")["ports"]}
    assert {mine.project_id, other.project_id} <= owners
    assert raw(simulator, "volume/volumes/detail?all_tenants=1&limit=1000")["volumes"] == []
    assert raw(simulator, f"volume/volumes/detail?all_tenants=1&project_id={mine.project_id}")["volumes"] == []
    assert len(raw(simulator, "volume/volumes/detail?all_tenants=1")["volumes"]) == 2
    assert {one["name"] for one in raw(simulator, "identity/tenants")["tenants"]} == {"admin"}


def test_a_tenant_is_taken_back_and_nothing_of_anybody_else(simulator: Simulator, tmp_path: Path):
    project = simulator.seed.tenant("silly-7", servers=2, volumes=2).project_id
    simulator.seed.image(project, "silly-7-image")
    strange = simulator.seed.tenant("silly-8", servers=2, volumes=2).project_id
    before = simulator.inventory(strange)
    yaml = Path(file_of(tmp_path, simulator.clouds_yaml())[0])
    (outcome,) = reclaim("sim", yaml, {project: "silly-7"}, protect=PROTECT).outcomes
    assert (outcome.done, outcome.left, outcome.findings) == (True, (), ()), outcome
    assert left(simulator, project).keys() == UNSEEN
    assert simulator.inventory(strange) == before
    asked = [call.path.partition("?")[2] for call in simulator.calls if call.service in {"network", "compute"}]
    assert not [query for query in asked if query.startswith("project_id=") or "&project_id=" in query]
    cinder = {call.path.partition("?")[2] for call in simulator.calls if call.service == "volume"}
    assert cinder == {"", "all_tenants=1"}


def test_what_is_somebody_elses_is_not_deleted_though_keystone_would_let_an_admin(simulator: Simulator, cloud: Writer):
    mine, other = simulator.seed.tenant("silly-7"), simulator.seed.tenant("silly-8")
    written = len(simulator.writes())
    everything = [one for kind in LISTED for one in cloud.resources(kind.name, REGION, [mine.project_id]).resources]
    strange = [one for one in everything if one.project_id != mine.project_id]
    assert {"volume", "volume_snapshot", "image"} <= {one.kind for one in strange}
    for one in strange:
        with pytest.raises(Refused, match="not touched"):
            cloud.delete(one, mine.project_id)
    assert len(simulator.writes()) == written
    assert left(simulator, other.project_id)["volume"]


def test_people_and_their_addresses_come_from_the_user_records(simulator: Simulator, cloud: Writer):
    tenant = simulator.seed.tenant("silly-7", users=2, role="Member")
    lone = simulator.seed.project("silly-8")
    guest = simulator.seed.user("guest", "guest@example.org", default_project_id=lone)
    census = cloud.census()
    assert census.complete
    people = {one.email: one.roles for one in census.people[tenant.project_id]}
    assert people == dict.fromkeys(("silly-7-u0@example.org", "silly-7-u1@example.org"), frozenset({"Member"}))
    assert [(one.user_id, one.roles) for one in census.people[lone]] == [(guest, frozenset({"member"}))]


def test_the_public_port_is_not_believed(simulator: Simulator, tmp_path: Path):
    clouds = simulator.clouds_yaml()
    clouds["clouds"]["sim"]["identity_endpoint_override"] = simulator.auth_url
    with pytest.raises(Unusable, match="admin port"):
        connect("sim", protect=PROTECT, config_files=file_of(tmp_path, clouds)).census()


@pytest.mark.parametrize("tags", [["keep"], "silly, keep"])
def test_an_attribute_called_tags_counts_as_tags(simulator: Simulator, cloud: Writer, tags: object):
    project = simulator.seed.project("silly-7")
    simulator.cloud.identity["projects"][project]["tags"] = tags
    assert "keep" in cloud.project(project).tags


def test_a_tenant_is_closed_and_opened_and_nothing_else_of_it_changes(simulator: Simulator, cloud: Writer):
    project = simulator.seed.project("silly-7", description="silly words", contact_email="a@example.org")
    before = dict(simulator.cloud.identity["projects"][project])
    cloud.close_project(project)
    assert simulator.cloud.identity["projects"][project] == before | {"enabled": False}
    assert not cloud.project(project).enabled
    cloud.open_project(project)
    assert simulator.cloud.identity["projects"][project] == before


def test_locks_that_nova_does_not_show_are_neither_set_nor_taken_off(simulator: Simulator, cloud: Writer):
    tenant = simulator.seed.tenant("silly-7", servers=1)
    (server,) = only(cloud, "server", tenant.project_id)
    assert "locked" not in server.facts
    cloud.lock(server, tenant.project_id)
    cloud.unlock(server, tenant.project_id)
    assert simulator.writes("compute") == []
    with pytest.raises(Gone):
        cloud.lock(replace(server, id="0d3cbf3e-2bd8-4e2f-8f3c-9d1bd6f1f1aa"), tenant.project_id)


def test_snapshots_of_somebody_else_keep_a_volume(simulator: Simulator, cloud: Writer):
    tenant = simulator.seed.tenant("silly-7", servers=0)
    strange = simulator.seed.snapshot(tenant.volumes[0])
    simulator.cloud.home["snapshots"][strange]["project_id"] = simulator.seed.project("silly-8")
    (disk,) = only(cloud, "volume", tenant.project_id)
    with pytest.raises(Refused, match="another project"):
        cloud.delete(disk, tenant.project_id)
    assert len(simulator.inventory()["snapshot"]) == 2


def test_a_volume_loses_its_snapshots_first(simulator: Simulator, cloud: Writer):
    tenant = simulator.seed.tenant("silly-7", servers=0)
    (disk,) = only(cloud, "volume", tenant.project_id)
    with pytest.raises(Refused, match="Volume"):
        cloud.delete(disk, tenant.project_id)
    simulator.settle()
    assert simulator.inventory(tenant.project_id)["snapshot"] == []
    cloud.delete(disk, tenant.project_id)
    simulator.settle()
    assert simulator.inventory(tenant.project_id)["volume"] == []


def test_a_list_that_may_be_cut_is_not_whole(simulator: Simulator, cloud: Writer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(volume, "MOST", 3)
    monkeypatch.setattr(old_releases, "MOST", 3)
    project = simulator.seed.tenant("silly-7", volumes=4).project_id
    found = cloud.resources("volume", REGION, [project])
    assert not found.complete
    assert "osapi_max_limit" in found.why


def test_volumes_whose_owners_are_not_told_make_the_list_useless():
    assert "os-vol-tenant-attr" in old_releases.cut_or_ownerless(({"id": "silly"},))
    assert old_releases.cut_or_ownerless(({"id": "silly", "os-vol-tenant-attr:tenant_id": "7"},)) == ""


def test_a_quantum_without_pages_is_read_whole(simulator: Simulator, cloud: Writer, monkeypatch: pytest.MonkeyPatch):
    project = simulator.seed.tenant("silly-7", servers=2).project_id
    whole = only(cloud, "port", project)
    shown = len(raw(simulator, f"network/v2.0/ports?tenant_id={project}")["ports"])
    monkeypatch.setitem(today.BY_KIND, "port", replace(today.BY_KIND["port"], page=shown))
    assert only(cloud, "port", project) == whole


def test_quantum_is_found_under_its_own_name(simulator: Simulator, cloud: Writer, monkeypatch: pytest.MonkeyPatch):
    renamed = [("quantum", *rest) if kind == "network" else (kind, *rest) for kind, *rest in tokens.SERVICES]
    monkeypatch.setattr(tokens, "SERVICES", renamed)
    project = simulator.seed.tenant("silly-7").project_id
    assert [one.name for one in only(cloud, "network", project)] == ["silly-7-net"]


def test_an_image_that_others_have_stays(simulator: Simulator, cloud: Writer):
    project, friend = simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    given = simulator.seed.image(project, "given", members=[friend])
    simulator.seed.image(project, "public", visibility="public")
    own = simulator.seed.image(project, "own")
    for image in only(cloud, "image", project):
        if image.id == own:
            cloud.delete(image, project)
        else:
            with pytest.raises(Refused, match="not touched"):
                cloud.delete(image, project)
    assert own not in simulator.inventory(project)["image"]
    assert given in simulator.inventory(project)["image"]


def test_kinds_that_did_not_exist_cost_nothing_after_the_first_time(simulator: Simulator, cloud: Writer):
    project = simulator.seed.tenant("silly-7").project_id
    for kind in LISTED:
        cloud.resources(kind.name, REGION, [project])
    before = len(simulator.calls)
    absent = [kind.name for kind in LISTED if cloud.resources(kind.name, REGION, [project]).absent]
    assert {"trunk", "security_group", "server_group", "volume_group", "stack", "backup"} <= set(absent)
    again = [call.path for call in list(simulator.calls)[before:] if call.status == requests.codes.not_found]
    assert [path for path in again if "os-services" not in path] == []


def test_what_cannot_be_served_is_said_in_sentences(cloud: Writer):
    said = cloud.census().remarks
    assert [sentence.split()[0] for sentence in said] == ["Keystone", "Cinder", "Nova", "Glance", "Nova", "security"]


def test_a_keystone_that_could_be_spoken_to_in_v3_is_told(cloud: Writer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Client, "versions_at", lambda *_: [{"id": "v2.0"}, {"id": "v3.0"}])
    assert "Keystone speaks v3, too" in cloud.census().remarks[1]


def test_today_there_is_nothing_to_remark(at: Callable[..., Writer]):
    with Simulator(pace=0.0) as simulator:
        assert at(simulator).census().remarks == ()


def test_a_plan_is_drawn_up_without_a_write(simulator: Simulator, tmp_path: Path):
    project = simulator.seed.tenant("silly-7").project_id
    reader = look_at("sim", protect=PROTECT, config_files=file_of(tmp_path, simulator.clouds_yaml()))
    assert reader.census().complete
    assert all(reader.resources(kind.name, REGION, [project]).complete for kind in LISTED)
    assert simulator.writes() == []


def test_servers_are_not_archived_where_the_address_of_an_image_holds_its_data(simulator: Simulator, cloud: Writer):
    tenant = simulator.seed.tenant("silly-7", servers=1)
    (server,) = only(cloud, "server", tenant.project_id)
    now = simulator.clock.now()
    archive = ServerArchive("a", "t", tenant.project_id, "l", REGION, server.id, server.name, now, now, now)
    with pytest.raises(Permanent, match="too old to archive"):
        cloud.make_archive(server, archive, "silly")
    assert simulator.writes() == []
