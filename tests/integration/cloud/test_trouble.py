"""What becomes of answers that are late, cut short, wrong or missing: nothing is ever concluded from them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reaper.cloud import Writer, connect
from reaper.errors import Permanent, Refused, Temporary, Unusable
from reaper.kinds import LISTED
from reaper.model import Resource
from reaper.simulator import Simulator
from reaper.simulator.kinds import OTHERWISE
from tests.integration.cloud.conftest import PROTECT, file_of
from tests.integration.cloud.estate import PATHS, furnish

Connect = Callable[..., Writer]
EVERY = pytest.mark.parametrize("kind", [kind.name for kind in LISTED])
# These give as large a page as is asked for; server groups in pages that are counted. See the unit tests of pages.
WHOLE = {"server_group", "stack", "object_container", "share", "share_network"}
PAGED = pytest.mark.parametrize("kind", [kind.name for kind in LISTED if kind.name not in WHOLE])


def only(cloud: Writer, kind: str, *project_ids: str) -> Resource:
    (found,) = cloud.resources(kind, "RegionOne", project_ids).resources
    return found


@PAGED
def test_every_page_is_read_to_the_end(simulator: Simulator, at: Connect, kind: str):
    project = furnish(simulator, "silly-7")
    listing = at(simulator).resources(kind, "RegionOne", [project])
    assert listing.complete, listing.why
    counted = OTHERWISE.get(kind, kind)
    here = {one.id for one in listing.resources}
    there = {
        one for one in simulator.inventory(project)[counted] if not (simulator.record(counted, one) or {}).get("gone")
    }
    assert len(here) > 4
    assert here <= there
    hidden = {one for one in there - here if _goes_with_its_owner(simulator, counted, one)}
    assert there - here == hidden


def _goes_with_its_owner(simulator: Simulator, kind: str, key: str) -> bool:
    owner = str((simulator.record(kind, key) or {}).get("device_owner", ""))
    return kind == "port" and owner in {"network:dhcp", "network:floatingip", "network:router_gateway"}


@PAGED
def test_a_page_that_fails_makes_a_list_incomplete_and_keeps_what_was_read(
    simulator: Simulator, at: Connect, kind: str
):
    furnish(simulator, "silly-7")
    cloud = at(simulator)
    whole = cloud.resources(kind, "RegionOne", None).resources
    simulator.faults.add(method="GET", path_regex=rf"{PATHS[kind]}\?.*marker=", status=500)
    listing = cloud.resources(kind, "RegionOne", None)
    assert not listing.complete
    assert "(500)" in listing.why
    assert 0 < len(listing.resources) < len(whole)


@EVERY
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"status": 500}, "(500)"),
        ({"status": 401}, "(401)"),
        ({"status": 403}, "(403)"),
        ({"status": 404}, "(404)"),
        ({"status": 200, "body": "<html>Welcome</html>"}, "not JSON"),
        ({"drop": True}, "cannot connect"),
    ],
    ids=["500", "401", "403", "404", "html", "dropped"],
)
def test_a_list_that_fails_is_incomplete_never_empty(
    simulator: Simulator, at: Connect, kind: str, fault: dict[str, Any], why: str
):
    cloud, project = at(simulator), simulator.seed.project("silly-7")
    assert cloud.resources(kind, "RegionOne", [project]).complete
    simulator.faults.add(method="GET", path_regex=rf"{PATHS[kind]}(\?|$)", **fault)
    listing = cloud.resources(kind, "RegionOne", [project])
    assert not listing.complete
    assert not listing.absent
    assert why in listing.why


def test_a_service_that_is_overloaded_for_a_moment_is_asked_again(simulator: Simulator, at: Connect):
    simulator.faults.add(service="network", method="GET", path_regex="/networks", status=503, times=1)
    assert at(simulator).resources("network", "RegionOne", None).complete


def test_a_service_that_stays_overloaded_makes_a_list_incomplete(simulator: Simulator, at: Connect):
    fault = simulator.faults.add(service="image", method="GET", path_regex="/images", status=429)
    listing = at(simulator).resources("image", "RegionOne", None)
    assert "(429)" in listing.why
    assert fault.hits <= 6


def test_a_list_that_keystone_truncates_makes_the_census_incomplete(simulator: Simulator, at: Connect):
    for n in range(9):
        simulator.seed.project(f"silly-{n}")
    simulator.faults.add(service="identity", method="GET", path_regex=r"/projects(\?|$)", truncate=True)
    census = at(simulator).census()
    assert not census.complete
    assert "projects was truncated" in census.why


def test_users_that_the_plain_list_leaves_out_are_found_by_domain(simulator: Simulator, at: Connect):
    domain = simulator.seed.domain("silly-domain")
    project = simulator.seed.project("silly-7", domain=domain)
    user = simulator.seed.user("silly-u", "silly-u@example.org", domain=domain)
    simulator.seed.assign("member", project, user)
    simulator.faults.add(service="identity", method="GET", path_regex=r"/users(\?marker|$)", empty=True)
    census = at(simulator).census()
    assert census.complete, census.why
    assert [one.email for one in census.people[project]] == ["silly-u@example.org"]


@pytest.mark.parametrize("what", ["projects", "users", "roles", "role_assignments", "domains"])
def test_a_census_that_keystone_does_not_answer_is_for_later(simulator: Simulator, at: Connect, what: str):
    cloud = at(simulator)
    simulator.faults.add(service="identity", method="GET", path_regex=rf"/{what}(\?|$)", status=500)
    with pytest.raises(Temporary, match=what):
        cloud.census()


def test_a_census_takes_as_many_calls_for_many_tenants_as_for_few(simulator: Simulator, at: Connect):
    def calls() -> int:
        before = len(simulator.calls)
        assert at(simulator).census().complete
        return len(simulator.calls) - before

    simulator.cloud.page_limit = 1000
    few = calls()
    for n in range(40):
        simulator.seed.tenant(f"silly-{n}", servers=0, fips=0, volumes=0)
    assert calls() == few


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 409}, Refused),
        ({"status": 400}, Refused),
        ({"status": 403}, Permanent),
        ({"status": 401}, Temporary),
        ({"status": 500}, Temporary),
        ({"status": 504}, Temporary),
        ({"drop": True}, Temporary),
    ],
    ids=str,
)
def test_a_refused_delete_becomes_the_error_by_what_can_be_done(
    simulator: Simulator, at: Connect, fault: dict[str, Any], error: type[Exception]
):
    project = simulator.seed.project("silly-7")
    simulator.seed.network(project, "silly-net")
    cloud = at(simulator)
    network = only(cloud, "network", project)
    simulator.faults.add(method="DELETE", **fault)
    with pytest.raises(error):
        cloud.delete(network, project)


def test_glances_refusals_in_html_are_told_as_text(simulator: Simulator, at: Connect):
    project = simulator.seed.project("silly-7")
    simulator.seed.image(project, "silly-image")
    cloud = at(simulator)
    image = only(cloud, "image", project)
    body = "<html><title>409 Conflict</title><body><h1>409 Conflict</h1>It is &quot;in use&quot;.<br /></body></html>"
    simulator.faults.add(method="DELETE", status=409, body=body)
    with pytest.raises(Refused) as refusal:
        cloud.delete(image, project)
    assert str(refusal.value) == '409 Conflict It is "in use".'


def test_a_slow_answer_is_given_up_after_the_timeout(simulator: Simulator, at: Connect):
    cloud = at(simulator, timeout=0.3)
    cloud.census()
    simulator.faults.add(method="GET", path_regex="/networks", delay=1.5)
    listing = cloud.resources("network", "RegionOne", None)
    assert not listing.complete
    assert "no answer in time" in listing.why


def test_the_snapshots_of_others_are_not_taken_along_with_a_volume(simulator: Simulator, at: Connect):
    mine, theirs = simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    volume = simulator.seed.volume(mine)
    snapshot = simulator.seed.snapshot(volume)
    simulator.cloud.home["snapshots"][snapshot]["project_id"] = theirs
    cloud = at(simulator)
    with pytest.raises(Refused, match="snapshots of another project"):
        cloud.delete(only(cloud, "volume", mine), mine)
    assert simulator.record("snapshot", snapshot) is not None
    assert [call.path for call in simulator.writes() if "cascade" in call.path] == []


def test_each_region_is_listed_by_itself(at: Connect):
    with Simulator(regions=("north", "south"), pace=0.0) as simulator:
        project = simulator.seed.project("silly-7")
        ids = {region: simulator.seed.network(project, "silly-net", region=region) for region in ("north", "south")}
        cloud = at(simulator)
        assert cloud.regions == ("north", "south")
        assert cloud.census().complete
        for region, network in ids.items():
            listing = cloud.resources("network", region, [project])
            assert [(one.region, one.id) for one in listing.resources] == [(region, network)]
            cloud.delete(listing.resources[0], project)
        assert simulator.inventory(project)["network"] == []


def test_a_region_that_the_catalog_does_not_have_is_not_an_empty_one(simulator: Simulator, at: Connect):
    listing = at(simulator).resources("server", "silly-region", None)
    assert (listing.complete, listing.absent) == (False, False)
    assert "has no region 'silly-region'" in listing.why


def test_many_workers_share_one_cloud(simulator: Simulator, at: Connect):
    project = furnish(simulator, "silly-7")
    cloud = at(simulator, workers=3)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(cloud.resources("port", "RegionOne", [project]).resources)))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1


def test_an_empty_list_of_protected_projects_is_a_mistake(simulator: Simulator, at: Connect):
    for protect in ([], ["", " \r\n"]):
        with pytest.raises(Unusable, match="`protect` is empty"):
            at(simulator, protect=protect)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 404}, {"drop": True}], ids=str)
def test_nova_is_not_asked_in_its_oldest_version_because_its_version_document_failed(
    simulator: Simulator, at: Connect, fault: dict[str, Any]
):
    cloud = at(simulator)
    simulator.faults.add(service="compute", method="GET", path_regex=r"/v2\.1/?$", **fault)
    listing = cloud.resources("server", "RegionOne", None)
    assert not listing.complete
    assert "version document" in listing.why
    simulator.faults.clear()
    assert cloud.resources("server", "RegionOne", None).complete


def test_a_service_that_is_down_is_told_with_its_name(simulator: Simulator, tmp_path: Path):
    clouds = simulator.clouds_yaml()
    clouds["clouds"]["sim"]["image_endpoint_override"] = "http://127.0.0.1:9"
    cloud = connect("sim", protect=PROTECT, config_files=file_of(tmp_path, clouds))
    listing = cloud.resources("image", "RegionOne", None)
    assert (listing.complete, listing.absent) == (False, False)
    assert listing.why.startswith("image in RegionOne: GET /images: ")
    assert cloud.resources("volume", "RegionOne", None).complete


def test_volumes_without_snapshots_of_others_are_told_in_one_call(simulator: Simulator, at: Connect):
    mine, theirs = simulator.seed.project("silly-9"), simulator.seed.project("silly-10")
    volumes = [simulator.seed.volume(mine) for _ in range(3)]
    own, foreign = (simulator.seed.snapshot(volume) for volume in volumes[:2])
    simulator.cloud.home["snapshots"][foreign]["project_id"] = theirs
    cloud = at(simulator)
    listed = cloud.resources("volume", "RegionOne", [mine]).resources
    simulator.calls.clear()
    assert cloud.without_foreign_snapshots("RegionOne", listed) == {volumes[0]}
    (loose,) = (one for one in listed if one.id == volumes[0])
    cloud.delete(replace(loose, facts={**loose.facts, "snapshots": 1, "alone": True}), mine)
    assert sum("snapshots/detail" in call.path for call in simulator.calls) == 1
    simulator.settle()
    assert [simulator.record("snapshot", one) is None for one in (own, foreign)] == [True, False]


def test_of_volumes_in_a_cloud_of_many_snapshots_nothing_is_told(simulator: Simulator, at: Connect):
    mine, theirs = simulator.seed.project("silly-11"), simulator.seed.project("silly-12")
    volumes = [simulator.seed.volume(mine) for _ in range(2)]
    other = simulator.seed.volume(theirs)
    for volume in (*volumes, *[other] * 30):
        simulator.seed.snapshot(volume)
    cloud = at(simulator)
    listed = cloud.resources("volume", "RegionOne", [mine]).resources
    assert cloud.without_foreign_snapshots("RegionOne", listed) == frozenset()
    simulator.faults.add(service="volume", method="GET", status=500)
    assert at(simulator).without_foreign_snapshots("RegionOne", listed) == frozenset()
