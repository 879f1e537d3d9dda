"""What is written, and what is refused before anything is sent, on the simulator and on a real OpenStack."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reaper.cloud import Writer
from reaper.errors import Gone, Refused
from reaper.kinds import LISTED
from reaper.model import Resource
from tests.contract.cloud import done, wait_until
from tests.contract.tenant import Tenant


def listed(cloud: Writer, kind: str, tenant: Tenant) -> list[Resource]:
    listing = cloud.resources(kind, cloud.regions[0], [tenant.project_id])
    assert listing.complete, listing.why
    return [one for one in listing.resources if one.project_id == tenant.project_id]


def one(cloud: Writer, kind: str, tenant: Tenant) -> Resource:
    (found,) = [one for one in listed(cloud, kind, tenant) if one.kind == kind]
    return found


def gone(cloud: Writer, kind: str, tenant: Tenant) -> None:
    wait_until(lambda: not listed(cloud, kind, tenant), f"{tenant.name} has no {kind}")


def settled(cloud: Writer, tenant: Tenant, status: str) -> Resource:
    def there() -> Resource | None:
        server = one(cloud, "server", tenant)
        return server if server.status == status and server.facts["task_state"] is None else None

    found = wait_until(there, f"the server is {status}")
    assert isinstance(found, Resource)
    return found


def test_a_tenants_whole_estate_can_be_taken_back(cloud: Writer, tenant: Tenant):
    network, _, router = tenant.site()
    tenant.security_group()
    server = tenant.server(network)
    (port,) = tenant.listed("ports", f"&device_id={server['id']}")
    tenant.floating_ip(port)
    volume = tenant.volume()
    tenant.snapshot(volume)
    tenant.image(visibility="private")
    route = {"routes": [{"destination": "10.99.0.0/24", "nexthop": "10.11.0.9"}]}
    done(tenant.admin.network.put(f"/routers/{router['id']}", json={"router": route}))

    with pytest.raises(Refused, match=r"ports still (attached|in use)|still has ports"):
        cloud.delete(one(cloud, "router", tenant), tenant.project_id)
    with pytest.raises(Refused, match="still in use on the network"):
        cloud.delete(one(cloud, "network", tenant), tenant.project_id)
    cloud.delete(one(cloud, "server", tenant), tenant.project_id)
    cloud.delete(one(cloud, "floating_ip", tenant), tenant.project_id)
    with pytest.raises(Refused, match="required by one or more routes"):
        cloud.delete(one(cloud, "router_interface", tenant), tenant.project_id)
    assert one(cloud, "router", tenant).facts["routes"] is True
    cloud.clear_routes(one(cloud, "router", tenant), tenant.project_id)
    gone(cloud, "server", tenant)
    for kind in ("router_interface", "router", "network", "volume", "image"):
        cloud.delete(one(cloud, kind, tenant), tenant.project_id)
    for group in listed(cloud, "security_group", tenant):
        cloud.delete(group, tenant.project_id)
    for kind in LISTED:
        gone(cloud, kind.name, tenant)


def test_a_server_is_locked_stopped_and_brought_back(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    made = tenant.server(network)
    server = one(cloud, "server", tenant)
    for _ in range(2):
        cloud.lock(server, tenant.project_id)
        cloud.stop(server, tenant.project_id)
    assert settled(cloud, tenant, "SHUTOFF").facts["locked"] is True
    assert (tenant.server_now(made, "2.73") or {})["locked_reason"].startswith("reaper: ")
    assert tenant.act(made, {"os-start": None}, tenant.member).status_code == 409
    for _ in range(2):
        cloud.start(server, tenant.project_id)
        cloud.unlock(server, tenant.project_id)
    assert settled(cloud, tenant, "ACTIVE").facts["locked"] is False


def test_a_server_that_cannot_be_stopped_is_refused_with_novas_words(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    made = tenant.server(network)
    tenant.act(made, {"pause": None})
    server = settled(cloud, tenant, "PAUSED")
    with pytest.raises(Refused, match="while it is in vm_state paused"):
        cloud.stop(server, tenant.project_id)


def actions(cloud: Writer) -> list[Callable[[Resource, str], None]]:
    return [cloud.delete, cloud.lock, cloud.unlock, cloud.stop, cloud.start, cloud.clear_routes]


@pytest.mark.parametrize("owner", [None, "", "5" * 32])
def test_what_is_not_surely_the_tenants_is_not_touched(cloud: Writer, tenant: Tenant, owner: str | None):
    made = tenant.network()
    stranger = replace(one(cloud, "network", tenant), project_id=owner or None)
    for act in actions(cloud):
        with pytest.raises(Refused, match="not touched"):
            act(stranger, tenant.project_id)
    assert [one["id"] for one in tenant.listed("networks")] == [made["id"]]


def test_nothing_of_the_project_of_our_own_token_is_touched(cloud: Writer, tenant: Tenant):
    own = tenant.target.admin_project
    tenant.network()
    mine = replace(one(cloud, "network", tenant), project_id=own)
    for act in actions(cloud):
        with pytest.raises(Refused, match="its project is protected"):
            act(mine, own)


def test_what_is_gone_already_is_told_so(cloud: Writer, tenant: Tenant):
    tenant.network()
    missing = replace(one(cloud, "network", tenant), id="55555555-5555-5555-5555-555555555555")
    for kind in ("server", "floating_ip", "port", "router", "subnet", "security_group", "volume", "volume_snapshot"):
        with pytest.raises(Gone):
            cloud.delete(replace(missing, kind=kind), tenant.project_id)
    with pytest.raises(Gone):
        cloud.delete(missing, tenant.project_id)
    facts = {"protected": False, "visibility": "private"}
    with pytest.raises(Gone):
        cloud.delete(replace(missing, kind="image", facts=facts), tenant.project_id)


def test_a_shared_network_is_left_alone(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    done(tenant.admin.network.put(f"/networks/{network['id']}", json={"network": {"shared": True}}))
    with pytest.raises(Refused, match="shared with other projects"):
        cloud.delete(one(cloud, "network", tenant), tenant.project_id)
    assert tenant.listed("networks")


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"protected": True}, "is protected"), ({"visibility": "community"}, "is community")],
)
def test_an_image_that_others_may_need_is_left_alone(
    cloud: Writer, tenant: Tenant, given: dict[str, object], reason: str
):
    image = tenant.image(**given)
    with pytest.raises(Refused, match=reason):
        cloud.delete(one(cloud, "image", tenant), tenant.project_id)
    assert listed(cloud, "image", tenant)
    tenant.admin.image.patch(
        f"/images/{image['id']}",
        json=[{"op": "replace", "path": "/protected", "value": False}],
        headers={"Content-Type": "application/openstack-images-v2.1-json-patch"},
    )


def test_a_shared_image_goes_only_while_nobody_is_a_member(cloud: Writer, tenant: Tenant, other: Tenant):
    image = tenant.image(visibility="shared")
    members = f"/images/{image['id']}/members"
    done(tenant.admin.image.post(members, json={"member": other.project_id}))
    with pytest.raises(Refused, match="shared with 1 other projects"):
        cloud.delete(one(cloud, "image", tenant), tenant.project_id)
    done(tenant.admin.image.delete(f"{members}/{other.project_id}"), 204)
    cloud.delete(one(cloud, "image", tenant), tenant.project_id)
    gone(cloud, "image", tenant)


def test_an_attached_volume_is_refused_and_its_server_named(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    volume = tenant.volume()
    tenant.attach(tenant.server(network), volume)
    found = one(cloud, "volume", tenant)
    assert found.facts["attached"] is True
    with pytest.raises(Refused, match="is attached to server"):
        cloud.delete(found, tenant.project_id)


def test_a_volume_that_is_deleted_alone_takes_no_snapshot_along(cloud: Writer, tenant: Tenant):
    volume = tenant.volume()
    snapshot = tenant.snapshot(volume)
    with pytest.raises(Refused, match="snapshot"):
        cloud.delete_alone(one(cloud, "volume", tenant), tenant.project_id)
    cloud.delete_alone(one(cloud, "volume_snapshot", tenant), tenant.project_id)
    gone(cloud, "volume_snapshot", tenant)
    assert snapshot
    cloud.delete_alone(one(cloud, "volume", tenant), tenant.project_id)
    gone(cloud, "volume", tenant)


def test_what_is_another_projects_or_no_single_thing_is_not_deleted_alone(cloud: Writer, tenant: Tenant):
    tenant.network()
    tenant.volume()
    with pytest.raises(Refused, match="it belongs to project"):
        cloud.delete_alone(one(cloud, "volume", tenant), "somebody-elses")
    with pytest.raises(Refused, match="its owner is unknown"):
        cloud.delete_alone(replace(one(cloud, "volume", tenant), project_id=None), tenant.project_id)
    with pytest.raises(Refused, match="is not deleted by itself"):
        cloud.delete_alone(one(cloud, "network", tenant), tenant.project_id)
    assert listed(cloud, "volume", tenant)


def test_an_address_on_nothing_is_deleted_alone(cloud: Writer, tenant: Tenant):
    tenant.site()
    tenant.floating_ip()
    (address,) = listed(cloud, "floating_ip", tenant)
    assert address.facts["port_id"] is None
    cloud.delete_alone(address, tenant.project_id)
    gone(cloud, "floating_ip", tenant)
