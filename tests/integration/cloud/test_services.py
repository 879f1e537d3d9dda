"""Stacks, load balancers and containers: found and removed of a closed project, on the simulator and on OpenStack."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from reaper.cloud import Writer
from reaper.errors import Gone, Refused
from reaper.simulator import Simulator
from tests.contract.cloud import done, wait_until
from tests.contract.tenant import Tenant
from tests.integration.cloud.test_writing import gone, listed, one

TEMPLATE = {"heat_template_version": "2018-08-31", "resources": {"silly": {"type": "OS::Neutron::Net"}}}


def ask(
    tenant: Tenant, service: str, method: str, path: str, *, as_admin: bool = False, **more: Any
) -> requests.Response:
    session = (tenant.admin if as_admin else tenant.member).session
    where = {"service_type": service, "interface": "public", "region_name": tenant.target.region}
    if not session.get_endpoint(service_type=service, interface="public", region_name=tenant.target.region):
        pytest.skip(f"this cloud has no {service}")
    return session.request(path, method, endpoint_filter=where, raise_exc=False, **more)


def stack(tenant: Tenant) -> str:
    made = ask(
        tenant, "orchestration", "POST", "/stacks", json={"stack_name": f"{tenant.name}-s", "template": TEMPLATE}
    )
    key = str(done(made)["stack"]["id"])

    def there() -> bool:
        stacks = done(ask(tenant, "orchestration", "GET", "/stacks"))["stacks"]
        return [each["stack_status"] for each in stacks if each["id"] == key] == ["CREATE_COMPLETE"]

    wait_until(there, "the stack is complete")
    return key


def test_a_stack_of_a_closed_project_is_found_and_takes_what_it_made_along(
    cloud: Writer, tenant: Tenant, other: Tenant
):
    key, strange = stack(tenant), stack(other)
    cloud.close_project(tenant.project_id)
    listing = cloud.resources("stack", cloud.regions[0], [tenant.project_id, "5" * 32])
    assert listing.complete, listing.why
    assert [(each.id, each.project_id) for each in listing.resources] == [(key, tenant.project_id)]
    assert listing.resources[0].status == "CREATE_COMPLETE"
    assert listed(cloud, "network", tenant)
    cloud.delete(listing.resources[0], tenant.project_id)
    gone(cloud, "stack", tenant)
    assert listed(cloud, "network", tenant) == []
    assert one(cloud, "stack", other).id == strange
    cloud.delete(one(cloud, "stack", other), other.project_id)
    gone(cloud, "stack", other)


def balancer(tenant: Tenant) -> str:
    network = tenant.network()
    subnet = tenant.subnet(network)
    given = {"name": f"{tenant.name}-lb", "vip_subnet_id": subnet["id"], "project_id": tenant.project_id}
    given["listeners"] = [{"name": "silly", "protocol": "TCP", "protocol_port": 80}]
    made = ask(tenant, "load-balancer", "POST", "/v2/lbaas/loadbalancers", as_admin=True, json={"loadbalancer": given})
    key = str(done(made)["loadbalancer"]["id"])

    def there() -> bool:
        shown = done(ask(tenant, "load-balancer", "GET", f"/v2/lbaas/loadbalancers/{key}", as_admin=True))
        return bool(shown["loadbalancer"]["provisioning_status"] == "ACTIVE")

    wait_until(there, "the load balancer is active")
    return key


def test_a_load_balancer_goes_with_all_it_has(cloud: Writer, tenant: Tenant, other: Tenant):
    key, strange = balancer(tenant), balancer(other)
    cloud.close_project(tenant.project_id)
    found = one(cloud, "load_balancer", tenant)
    assert (found.id, found.status) == (key, "ACTIVE")
    assert str(found.facts["address"]).startswith("10.11.0.")
    for each in (tenant, other):
        ports = [port for port in listed(cloud, "port", each) if port.kind == "port"]
        assert {port.facts["device_owner"] for port in ports} == {"Octavia"}
    cloud.delete(found, tenant.project_id)
    gone(cloud, "load_balancer", tenant)
    assert one(cloud, "load_balancer", other).id == strange
    cloud.delete(one(cloud, "load_balancer", other), other.project_id)
    gone(cloud, "load_balancer", other)


def container(tenant: Tenant, name: str, *objects: str) -> None:
    done(ask(tenant, "object-store", "PUT", f"/{name}"))
    for each in objects:
        done(ask(tenant, "object-store", "PUT", f"/{name}/{each}", data=b"silly"))


def test_containers_of_the_same_name_are_told_apart_by_their_project(cloud: Writer, tenant: Tenant, other: Tenant):
    container(tenant, "silly-7", "one", "two", "%C3%A4 %26%3F%25")
    container(tenant, "silly%20%C3%A4", "one")
    container(other, "silly-7", "one")
    cloud.close_project(tenant.project_id)
    both = cloud.resources("object_container", cloud.regions[0], [tenant.project_id, other.project_id])
    assert both.complete, both.why
    assert {(each.name, each.project_id) for each in both.resources} == {
        ("silly-7", tenant.project_id),
        ("silly ä", tenant.project_id),
        ("silly-7", other.project_id),
    }
    mine = listed(cloud, "object_container", tenant)
    for each in mine:
        cloud.delete(each, tenant.project_id)
    gone(cloud, "object_container", tenant)
    kept = one(cloud, "object_container", other)
    assert "objects" in kept.facts  # the number itself comes late
    cloud.delete(kept, other.project_id)


def test_containers_cannot_be_listed_for_the_whole_cloud(cloud: Writer, tenant: Tenant):
    listing = cloud.resources("object_container", cloud.regions[0], None)
    assert not listing.complete
    assert "only be listed project by project" in listing.why
    assert tenant.project_id


def test_a_strangers_container_is_not_touched(cloud: Writer, tenant: Tenant, other: Tenant):
    container(other, "silly-8")
    with pytest.raises(Refused, match="belongs to project"):
        cloud.delete(one(cloud, "object_container", other), tenant.project_id)
    cloud.delete(one(cloud, "object_container", other), other.project_id)


def test_clusters_zones_and_shares_of_a_closed_project_are_found_and_go(
    simulator: Simulator, at: Callable[..., Writer]
):
    seed, project, strange = simulator.seed, simulator.seed.project("silly-7"), simulator.seed.project("silly-8")
    cloud = at(simulator)
    for owner in (project, strange):
        seed.cluster(owner, "silly-k")
        seed.dns_zone(owner, f"{owner}.example.")
        seed.share(owner, "silly-share", seed.share_network(owner, "silly-net"))
    cloud.close_project(project)
    before = simulator.inventory(strange)
    for kind in ("cluster", "dns_zone", "share", "share_network"):
        listing = cloud.resources(kind, "RegionOne", [project])
        assert listing.complete, listing.why
        (mine,) = [one for one in listing.resources if one.project_id == project]
        cloud.delete(mine, project)
        simulator.settle()
        assert mine.id not in simulator.inventory(project)[kind]
        with pytest.raises(Gone):
            cloud.delete(mine, project)
    assert simulator.inventory(strange) == before


def test_a_share_loses_its_snapshots_first_and_goes_by_force_after_an_error(
    simulator: Simulator, at: Callable[..., Writer]
):
    project = simulator.seed.project("silly-7")
    share = simulator.seed.share(project, "silly-share", snapshots=2)
    cloud = at(simulator)
    (found,) = cloud.resources("share", "RegionOne", [project]).resources
    with pytest.raises(Refused, match="2 dependent snapshots"):
        cloud.delete(found, project)
    simulator.settle()
    simulator.stubborn("share", share, "error_deleting")
    cloud.delete(found, project)
    (found,) = cloud.resources("share", "RegionOne", [project]).resources
    assert found.status == "error_deleting"
    cloud.delete(found, project)
    assert simulator.inventory(project)["share"] == []


def test_a_zone_waits_for_the_zones_below_it(simulator: Simulator, at: Callable[..., Writer]):
    project = simulator.seed.project("silly-7")
    top = simulator.seed.dns_zone(project, "silly.example.")
    simulator.seed.dns_zone(project, "below.silly.example.")
    cloud = at(simulator)
    zones = {one.id: one for one in cloud.resources("dns_zone", "RegionOne", [project]).resources}
    with pytest.raises(Refused, match="delete any subzones"):
        cloud.delete(zones[top], project)


def test_without_swifts_role_containers_are_not_verified_and_the_role_is_named(
    simulator: Simulator, at: Callable[..., Writer]
):
    role = next(one["id"] for one in simulator.cloud.identity["roles"].values() if one["name"] == "ResellerAdmin")
    for given in [each for each in simulator.cloud.assignments if each[0] == role]:
        del simulator.cloud.assignments[given]
    listing = at(simulator).resources("object_container", "RegionOne", [simulator.seed.project("silly-7")])
    assert (listing.complete, listing.absent) == (False, False)
    assert "usually ResellerAdmin" in listing.why
