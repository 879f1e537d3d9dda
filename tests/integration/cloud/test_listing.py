"""What is listed of a tenant, on the simulator and on a real OpenStack."""

import pytest

from reaper.cloud import Reader, Writer
from reaper.cloud.rows import BY_KIND
from reaper.kinds import BY_NAME, KINDS, LISTED
from reaper.model import Resource
from tests.contract.cloud import Target, done
from tests.contract.tenant import Tenant

OPTIONAL = {kind.service for kind in KINDS} - {"compute", "network", "block-storage", "image"}


def of(cloud: Reader, kind: str, *tenants: Tenant) -> tuple[Resource, ...]:
    listing = cloud.resources(kind, cloud.regions[0], [one.project_id for one in tenants])
    assert listing.complete, listing.why
    if listing.absent and BY_NAME[kind].service in OPTIONAL:
        pytest.skip(f"this cloud has no {BY_NAME[kind].service}")
    assert not listing.absent
    if len(tenants) == 1:
        return listing.resources
    # Several are read from the whole cloud's list while that is cheaper; whose is whose is for the caller to tell.
    return tuple(one for one in listing.resources if one.project_id in {tenant.project_id for tenant in tenants})


def one_of(cloud: Reader, kind: str, tenant: Tenant) -> Resource:
    (found,) = [one for one in of(cloud, kind, tenant) if one.kind == kind and one.project_id == tenant.project_id]
    return found


@pytest.mark.parametrize("kind", [kind.name for kind in LISTED])
def test_an_empty_tenant_has_nothing_of_any_kind(reader: Reader, tenant: Tenant, kind: str):
    assert of(reader, kind, tenant) == ()


@pytest.mark.parametrize("kind", [kind.name for kind in LISTED if not BY_KIND[kind.name].filter.address])
def test_the_whole_cloud_is_listed_when_no_project_is_named(reader: Reader, tenant: Tenant, kind: str):
    listing = reader.resources(kind, reader.regions[0], None)
    assert listing.complete, listing.why


def test_a_server_tells_its_facts(reader: Reader, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    server = tenant.server(network)
    found = one_of(reader, "server", tenant)
    assert (found.id, found.name, found.status) == (server["id"], server["name"], "ACTIVE")
    assert found.facts["locked"] is False
    assert found.facts["task_state"] is None
    assert str(found.facts["created_at"]).startswith("20")
    assert found.facts["flavor"]
    assert len(found.facts["addresses"]) == 1
    port = one_of(reader, "port", tenant)
    assert port.facts["device_id"] == server["id"]
    assert port.facts["addresses"] == found.facts["addresses"]


def test_routers_interfaces_and_ports_are_told_apart(reader: Reader, tenant: Tenant):
    network, subnet, router = tenant.site()
    port = tenant.port(network)
    floating = tenant.floating_ip(port)
    listing = of(reader, "port", tenant)
    told = sorted(one.kind for one in listing if one.kind != "managed_port")  # a DHCP agent has one, where there is any
    assert told == ["port", "router_interface"]
    assert of(reader, "router_interface", tenant) == tuple(one for one in listing if one.kind == "router_interface")
    interface = one_of(reader, "router_interface", tenant)
    assert interface.facts["router_id"] == router["id"]
    assert interface.facts["network_id"] == network["id"]
    assert one_of(reader, "port", tenant).id == port["id"]
    assert one_of(reader, "router", tenant).facts == {"routes": False, "external": True}
    assert one_of(reader, "subnet", tenant).facts == {"network_id": network["id"], "cidr": subnet["cidr"]}
    assert one_of(reader, "network", tenant).facts == {"shared": False, "external": False}
    address = one_of(reader, "floating_ip", tenant)
    assert address.facts == {"address": floating["floating_ip_address"], "port_id": port["id"]}
    assert address.name == floating["floating_ip_address"]


def test_a_volume_and_its_snapshot_tell_their_facts(reader: Reader, tenant: Tenant):
    volume = tenant.volume()
    snapshot = tenant.snapshot(volume)
    found = one_of(reader, "volume", tenant)
    assert (found.id, found.facts["size"], found.facts["attached"], found.facts["servers"]) == (
        volume["id"],
        1,
        False,
        (),
    )
    found = one_of(reader, "volume_snapshot", tenant)
    assert (found.id, found.facts["volume_id"], found.facts["size"]) == (snapshot["id"], volume["id"], 1)
    assert str(found.facts["created_at"]) == snapshot["created_at"]


def test_hidden_and_community_images_are_listed(reader: Reader, tenant: Tenant):
    plain = tenant.image(visibility="private")
    hidden = tenant.image(visibility="community", os_hidden=True)
    found = {one.id: one for one in of(reader, "image", tenant)}
    assert found.keys() == {plain["id"], hidden["id"]}
    assert found[plain["id"]].facts["protected"] is False
    assert found[hidden["id"]].facts["visibility"] == "community"


def test_several_tenants_are_listed_at_once_each_with_its_owner(reader: Reader, tenant: Tenant, other: Tenant):
    names = {tenant.network()["id"]: tenant.project_id, other.network()["id"]: other.project_id}
    assert {one.id: one.project_id for one in of(reader, "network", tenant, other)} == names
    images = {tenant.image()["id"]: tenant.project_id, other.image()["id"]: other.project_id}
    assert {one.id: one.project_id for one in of(reader, "image", tenant, other)} == images


def test_looking_at_security_groups_does_not_make_the_default_one_anew(cloud: Writer, tenant: Tenant, other: Tenant):
    made = tenant.security_group()
    assert {one.name for one in of(cloud, "security_group", tenant)} == {"default", made["name"]}
    for group in of(cloud, "security_group", tenant):
        cloud.delete(group, tenant.project_id)
    assert of(cloud, "security_group", tenant) == ()
    assert of(cloud, "security_group", tenant, other) == ()
    everybody = done(tenant.admin.network.get("/security-groups"))["security_groups"]
    assert not [one for one in everybody if one["project_id"] in {tenant.project_id, other.project_id}]


def test_a_tenant_that_owns_nothing_of_a_kind_does_not_see_our_own_projects_groups(
    reader: Reader, tenant: Tenant, target: Target
):
    assert of(reader, "security_group", tenant) == ()
    own = reader.resources("security_group", reader.regions[0], [target.admin_project]).resources
    assert {one.project_id for one in own} <= {target.admin_project}
