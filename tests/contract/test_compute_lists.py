"""Listing servers: the all_tenants trap, paging, filters, what each microversion shows."""

import pytest

from tests.contract.cloud import Target, done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def settled(target: Target):
    """Two running servers that no test here changes."""
    tenant = Tenant(target)
    network, _, _ = tenant.site()
    tenant.servers = [tenant.server(network, wait=False) for _ in range(2)]
    for server in tenant.servers:
        tenant.server_in(server, "ACTIVE")
    yield tenant
    tenant.remove()


def test_a_project_filter_without_all_tenants_lists_the_callers_own_project(settled: Tenant):
    listed = done(settled.admin.compute.get(f"/servers/detail?project_id={settled.project_id}"))["servers"]
    assert settled.project_id not in {server["tenant_id"] for server in listed}


@pytest.mark.parametrize("key", ["project_id", "tenant_id"])
def test_with_all_tenants_the_project_filter_holds(settled: Tenant, key: str):
    listed = done(settled.admin.compute.get(f"/servers/detail?all_tenants=1&{key}={settled.project_id}"))["servers"]
    assert ids(listed) == ids(settled.servers)
    assert {server["tenant_id"] for server in listed} == {settled.project_id}


def test_all_tenants_shows_an_admin_everybody(settled: Tenant):
    listed = done(settled.admin.compute.get("/servers?all_tenants=True"))["servers"]
    assert ids(settled.servers) <= ids(listed)


@pytest.mark.parametrize(("path", "rule"), [("/servers", "index"), ("/servers/detail", "detail")])
def test_a_member_may_not_ask_for_all_tenants(settled: Tenant, path: str, rule: str):
    words = f"Policy doesn't allow os_compute_api:servers:{rule}:get_all_tenants to be performed."
    refused(settled.member.compute.get(f"{path}?all_tenants=1"), 403, words)


def test_a_member_sees_its_own_servers(settled: Tenant):
    assert ids(done(settled.member.compute.get("/servers"))["servers"]) == ids(settled.servers)


def test_pages_are_linked_and_complete(settled: Tenant):
    path = f"/servers?all_tenants=1&project_id={settled.project_id}&limit=1"
    walked = pages(settled.admin.compute, path, "servers")
    assert [len(page) for page in walked] == [1, 1, 0]
    assert {server["id"] for page in walked for server in page} == ids(settled.servers)


def test_newest_servers_come_first(settled: Tenant):
    listed = done(settled.admin.compute.get(f"/servers/detail?all_tenants=1&project_id={settled.project_id}"))[
        "servers"
    ]
    assert [server["created"] for server in listed] == sorted((one["created"] for one in listed), reverse=True)


def test_bad_paging_is_refused(settled: Tenant):
    refused(settled.admin.compute.get("/servers?limit=x"), 400, "Invalid input for query parameters limit. Value: x.")
    refused(settled.admin.compute.get("/servers?limit=-1"), 400, "Invalid input for query parameters limit. Value: -1.")
    refused(settled.admin.compute.get(f"/servers?marker={NOWHERE}"), 400, f"marker [{NOWHERE}] not found")
    refused(
        settled.admin.compute.get("/servers?all_tenants=maybe"),
        400,
        "Unrecognized value 'maybe', acceptable values are:",
    )


def test_an_unknown_filter_is_ignored(settled: Tenant):
    path = f"/servers?all_tenants=1&project_id={settled.project_id}&nonsense=1"
    assert ids(done(settled.admin.compute.get(path))["servers"]) == ids(settled.servers)


@pytest.mark.parametrize(("status", "count"), [("ACTIVE", 2), ("SHUTOFF", 0)])
def test_servers_are_filtered_by_status(settled: Tenant, status: str, count: int):
    path = f"/servers?all_tenants=1&project_id={settled.project_id}&status={status}"
    assert len(done(settled.admin.compute.get(path))["servers"]) == count


def test_changes_since_lists_what_changed(settled: Tenant):
    path = f"/servers?all_tenants=1&project_id={settled.project_id}&changes-since="
    assert ids(done(settled.admin.compute.get(f"{path}2020-01-01T00:00:00Z"))["servers"]) == ids(settled.servers)
    assert done(settled.admin.compute.get(f"{path}2099-01-01T00:00:00Z"))["servers"] == []


def test_a_server_shows_the_fields_reaper_reads(settled: Tenant):
    server = settled.server_now(settled.servers[0])
    assert server["status"] == "ACTIVE"
    assert (server["OS-EXT-STS:vm_state"], server["OS-EXT-STS:task_state"], server["OS-EXT-STS:power_state"]) == (
        "active",
        None,
        1,
    )
    assert server["tenant_id"] == settled.project_id
    assert server["user_id"] == settled.user_id
    assert server["os-extended-volumes:volumes_attached"] == []
    assert server["created"].endswith("Z")
    addresses = server["addresses"][f"{settled.name}-net"]
    assert addresses[0]["OS-EXT-IPS:type"] == "fixed"
    assert "id" in server["flavor"]
    assert "locked" not in server


def test_microversions_add_fields(settled: Tenant):
    server = settled.server_now(settled.servers[0], "2.73")
    assert (server["locked"], server["locked_reason"]) == (False, None)
    assert {"vcpus", "ram", "disk", "original_name"} <= set(server["flavor"])
    assert {"tags", "description", "host_status"} <= set(server)


def test_a_member_is_shown_no_host(settled: Tenant):
    server = done(settled.member.compute.get(f"/servers/{settled.servers[0]['id']}"))["server"]
    assert "OS-EXT-SRV-ATTR:host" not in server


@pytest.mark.parametrize("version", ["2.999", "1.0"])
def test_a_microversion_that_is_not_offered_is_406(settled: Tenant, version: str):
    answer = settled.admin.compute.get("/servers", headers={"OpenStack-API-Version": f"compute {version}"})
    refused(answer, 406, f"Version {version} is not supported by the API. Minimum is 2.1 and maximum is 2.")
    assert answer.headers["OpenStack-API-Version"] == f"compute {version}"


def test_a_microversion_that_is_no_number_is_400(settled: Tenant):
    answer = settled.admin.compute.get("/servers", headers={"OpenStack-API-Version": "compute x"})
    refused(answer, 400, "API Version String x is of invalid format. Must be of format MajorNum.MinorNum.")


def test_the_microversion_in_force_is_told(settled: Tenant):
    old = settled.admin.compute.get("/servers")
    new = settled.admin.compute.get("/servers", headers={"X-OpenStack-Nova-API-Version": "2.9"})
    assert old.headers["OpenStack-API-Version"] == "compute 2.1"
    assert new.headers["OpenStack-API-Version"] == "compute 2.9"


def test_a_server_that_is_not_there_is_404(settled: Tenant):
    refused(settled.admin.compute.get(f"/servers/{NOWHERE}"), 404, f"Instance {NOWHERE} could not be found.")
    refused(settled.admin.compute.delete(f"/servers/{NOWHERE}"), 404, f"Instance {NOWHERE} could not be found.")
    stopped = settled.admin.compute.post(f"/servers/{NOWHERE}/action", json={"os-stop": None})
    refused(stopped, 404, f"Instance {NOWHERE} has no mapping to a cell.")


def test_another_projects_server_is_404_for_a_member(settled: Tenant, other: Tenant):
    server = settled.servers[0]["id"]
    refused(other.member.compute.get(f"/servers/{server}"), 404, f"Instance {server} could not be found.")
    refused(other.member.compute.delete(f"/servers/{server}"), 404, f"Instance {server} could not be found.")
