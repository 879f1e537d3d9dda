"""Listing in Neutron: owners, filters, pages, fields."""

import pytest

from tests.contract.cloud import Target, done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
LOST = [
    ("networks", "NetworkNotFound", "Network {} could not be found."),
    ("subnets", "SubnetNotFound", "Subnet {} could not be found."),
    ("ports", "PortNotFound", "Port {} could not be found."),
    ("routers", "RouterNotFound", "Router {} could not be found"),
    ("floatingips", "FloatingIPNotFound", "Floating IP {} could not be found"),
    ("security-groups", "SecurityGroupNotFound", "Security group {} does not exist"),
]
SHOWN = {
    "networks": {
        "id",
        "name",
        "tenant_id",
        "project_id",
        "status",
        "subnets",
        "shared",
        "router:external",
        "created_at",
        "updated_at",
        "revision_number",
        "admin_state_up",
        "mtu",
        "tags",
        "description",
    },
    "subnets": {
        "id",
        "name",
        "tenant_id",
        "project_id",
        "network_id",
        "cidr",
        "gateway_ip",
        "ip_version",
        "enable_dhcp",
        "allocation_pools",
        "subnetpool_id",
        "created_at",
    },
    "ports": {
        "id",
        "name",
        "tenant_id",
        "project_id",
        "network_id",
        "device_id",
        "device_owner",
        "fixed_ips",
        "mac_address",
        "status",
        "security_groups",
        "binding:host_id",
        "binding:vif_type",
        "created_at",
        "qos_policy_id",
    },
    "routers": {
        "id",
        "name",
        "tenant_id",
        "project_id",
        "external_gateway_info",
        "routes",
        "status",
        "admin_state_up",
        "created_at",
        "ha",
        "distributed",
    },
    "floatingips": {
        "id",
        "tenant_id",
        "project_id",
        "floating_ip_address",
        "floating_network_id",
        "port_id",
        "router_id",
        "fixed_ip_address",
        "status",
        "port_details",
        "created_at",
    },
    "security_groups": {
        "id",
        "name",
        "tenant_id",
        "project_id",
        "security_group_rules",
        "description",
        "stateful",
        "shared",
    },
}


@pytest.fixture(scope="module")
def site(target: Target):
    """A tenant's network behind a router, two ports, one with a floating IP; no test here changes it."""
    tenant = Tenant(target)
    tenant.net, tenant.sub, tenant.gate = tenant.site()
    tenant.security_group()
    tenant.pair = [tenant.port(tenant.net) for _ in range(2)]
    tenant.floating = tenant.floating_ip(tenant.pair[0])
    yield tenant
    tenant.remove()


@pytest.mark.parametrize(("path", "kind", "words"), LOST)
def test_what_is_not_there_is_404(target: Target, path: str, kind: str, words: str):
    refused(target.admin.network.get(f"/{path}/{NOWHERE}"), 404, words.format(NOWHERE), kind)
    refused(target.admin.network.delete(f"/{path}/{NOWHERE}"), 404, words.format(NOWHERE), kind)


@pytest.mark.parametrize("many", sorted(SHOWN))
def test_an_admin_sees_owner_and_the_fields_reaper_reads(site: Tenant, many: str):
    listed = site.listed(many)
    assert listed
    for record in listed:
        assert SHOWN[many] <= set(record), SHOWN[many] - set(record)
        assert record["tenant_id"] == record["project_id"] == site.project_id


@pytest.mark.parametrize("many", sorted(SHOWN))
def test_project_id_and_tenant_id_filter_alike(site: Tenant, many: str):
    path = many.replace("_", "-")
    by_project = done(site.admin.network.get(f"/{path}?project_id={site.project_id}"))[many]
    assert ids(by_project) == ids(site.listed(many))


def test_an_admin_without_a_filter_sees_everybodys(site: Tenant, other: Tenant):
    other.network()
    owners = {one["project_id"] for one in done(site.admin.network.get("/networks"))["networks"]}
    assert {site.project_id, other.project_id} <= owners


def test_a_member_sees_its_own_and_what_is_external(site: Tenant, other: Tenant):
    foreign = other.network()
    seen = ids(done(site.member.network.get("/networks"))["networks"])
    assert {site.net["id"], site.public()} <= seen
    assert foreign["id"] not in seen
    words = f"Network {foreign['id']} could not be found."
    refused(site.member.network.delete(f"/networks/{foreign['id']}"), 404, words, "NetworkNotFound")


def test_repeated_keys_mean_any_of_them(site: Tenant):
    first, second = (port["id"] for port in site.pair)
    listed = done(site.admin.network.get(f"/ports?id={first}&id={second}"))["ports"]
    assert ids(listed) == {first, second}


def test_ports_are_found_by_device_and_owner(site: Tenant):
    path = f"/ports?device_id={site.gate['id']}&device_owner=network:router_interface"
    (inside,) = done(site.admin.network.get(path))["ports"]
    assert (inside["network_id"], inside["project_id"]) == (site.net["id"], site.project_id)


def test_gateway_and_floating_ip_ports_belong_to_no_project(site: Tenant):
    path = f"/ports?device_id={site.gate['id']}&device_owner=network:router_gateway"
    (gateway,) = done(site.admin.network.get(path))["ports"]
    (floating,) = done(site.admin.network.get(f"/ports?device_id={site.floating['id']}"))["ports"]
    assert (gateway["project_id"], gateway["tenant_id"]) == ("", "")
    assert (floating["project_id"], floating["device_owner"]) == ("", "network:floatingip")


def test_fields_cut_the_answer(site: Tenant):
    listed = done(site.admin.network.get(f"/ports?tenant_id={site.project_id}&fields=id&fields=device_owner"))["ports"]
    assert listed
    assert {frozenset(port) for port in listed} == {frozenset({"id", "device_owner"})}


@pytest.mark.parametrize("key", ["tenant_id", "project_id"])
def test_either_name_of_the_owner_is_a_field(site: Tenant, key: str):
    (network,) = done(site.admin.network.get(f"/networks?tenant_id={site.project_id}&fields=id&fields={key}"))[
        "networks"
    ]
    assert network[key] == site.project_id


def test_an_unknown_filter_is_400(site: Tenant):
    words = "['nonsense'] is invalid attribute for filtering"
    refused(site.admin.network.get("/ports?nonsense=1"), 400, words, "HTTPBadRequest")


def test_pages_are_linked_ordered_and_complete(site: Tenant):
    walked = pages(site.admin.network, f"/ports?tenant_id={site.project_id}&limit=2", "ports")
    assert {port["id"] for page in walked for port in page} == ids(site.listed("ports"))
    flat = [port["id"] for page in walked for port in page]
    assert flat == sorted(flat)
    assert all(len(page) == 2 for page in walked[:-1])


def test_a_page_links_to_both_sides(site: Tenant):
    body = done(site.admin.network.get(f"/ports?tenant_id={site.project_id}&limit=1&fields=id"))
    links = {link["rel"]: link["href"] for link in body["ports_links"]}
    assert set(links) == {"next", "previous"}
    assert f"marker={body['ports'][0]['id']}" in links["next"]
    assert "page_reverse=True" in links["previous"]


@pytest.mark.parametrize("limit", ["x", "-5"])
def test_a_limit_that_is_no_number_is_400(site: Tenant, limit: str):
    words = f"Bad limit request: Limit must be an integer 0 or greater and not '{limit}'."
    refused(site.admin.network.get(f"/ports?limit={limit}"), 400, words, "BadRequest")


def test_a_marker_that_is_not_there_is_404(site: Tenant):
    words = f"Port {NOWHERE} could not be found."
    refused(site.admin.network.get(f"/ports?marker={NOWHERE}&limit=1"), 404, words, "PortNotFound")


def test_an_unknown_collection_is_404(target: Target):
    refused(target.admin.network.get("/nonsense"), 404, "The resource could not be found.", "HTTPNotFound")


def test_an_attached_floating_ip_names_port_and_router(site: Tenant):
    (floating,) = site.listed("floatingips")
    assert (floating["port_id"], floating["router_id"]) == (site.pair[0]["id"], site.gate["id"])
    assert floating["fixed_ip_address"] == site.pair[0]["fixed_ips"][0]["ip_address"]
    assert floating["port_details"]["name"] == site.pair[0]["name"]


def test_a_router_tells_its_gateway(site: Tenant):
    (router,) = site.listed("routers")
    gateway = router["external_gateway_info"]
    assert gateway["network_id"] == site.public()
    assert gateway["enable_snat"] is True
    assert gateway["external_fixed_ips"][0]["ip_address"]


@pytest.mark.parametrize(
    "alias",
    [
        "router",
        "security-group",
        "external-net",
        "project-id",
        "pagination",
        "trunk",
        "floating-ip-port-forwarding",
        "rbac-policies",
        "qos",
        "address-group",
        "address-scope",
    ],
)
def test_extensions_are_listed(target: Target, alias: str):
    listed = done(target.admin.network.get("/extensions"))["extensions"]
    assert alias in {extension["alias"] for extension in listed}


def test_quotas_are_shown_and_set(site: Tenant):
    before = done(site.admin.network.get(f"/quotas/{site.project_id}"))["quota"]
    body = {"quota": {"floatingip": 7}}
    assert done(site.admin.network.put(f"/quotas/{site.project_id}", json=body))["quota"]["floatingip"] == 7
    done(site.admin.network.delete(f"/quotas/{site.project_id}"), 204)
    assert done(site.admin.network.get(f"/quotas/{site.project_id}"))["quota"] == before
