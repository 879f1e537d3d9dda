"""What is set apart for a project: host aggregates by their metadata, regions by endpoint groups."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.cloud import done, message_of
from tests.contract.tenant import Tenant


@pytest.fixture
def aggregate(tenant: Tenant) -> Iterator[dict[str, Any]]:
    body = {"aggregate": {"name": f"{tenant.name}-apart", "availability_zone": None}}
    made = done(tenant.admin.compute.post("/os-aggregates", json=body), 200)["aggregate"]
    yield made
    tenant.admin.compute.delete(f"/os-aggregates/{made['id']}")


@pytest.fixture
def group(tenant: Tenant) -> Iterator[dict[str, Any]]:
    body = {"endpoint_group": {"name": f"{tenant.name}-apart", "filters": {"region_id": "RegionOne"}}}
    made = done(tenant.admin.identity.post("/OS-EP-FILTER/endpoint_groups", json=body), 201)["endpoint_group"]
    yield made
    tenant.admin.identity.delete(f"/OS-EP-FILTER/endpoint_groups/{made['id']}")


def test_an_aggregate_names_the_projects_it_is_set_apart_for(tenant: Tenant, aggregate: dict[str, Any]):
    body = {"set_metadata": {"metadata": {"filter_tenant_id": tenant.project_id, "filter_tenant_id_2": "another"}}}
    done(tenant.admin.compute.post(f"/os-aggregates/{aggregate['id']}/action", json=body), 200)
    listed = done(tenant.admin.compute.get("/os-aggregates"), 200)["aggregates"]
    (shown,) = (one for one in listed if one["id"] == aggregate["id"])
    assert shown["name"] == aggregate["name"]
    assert shown["metadata"] == {"filter_tenant_id": tenant.project_id, "filter_tenant_id_2": "another"}


def test_only_admins_list_aggregates(tenant: Tenant):
    answer = tenant.member.compute.get("/os-aggregates")
    assert answer.status_code == 403
    assert "os_compute_api:os-aggregates:index" in message_of(answer)


def test_an_endpoint_group_of_a_region_names_its_projects(tenant: Tenant, group: dict[str, Any]):
    identity, path = tenant.admin.identity, f"/OS-EP-FILTER/endpoint_groups/{group['id']}/projects"
    assert done(identity.get(path))["projects"] == []
    done(identity.put(f"{path}/{tenant.project_id}"), 204)
    assert [one["id"] for one in done(identity.get(path))["projects"]] == [tenant.project_id]
    listed = done(identity.get("/OS-EP-FILTER/endpoint_groups"))["endpoint_groups"]
    (shown,) = (one for one in listed if one["id"] == group["id"])
    assert shown["filters"] == {"region_id": "RegionOne"}
