"""Connecting routers and floating IPs, and the refusals on the way."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_an_interface_takes_the_gateway_address(tenant: Tenant):
    _, subnet, router = tenant.site()
    path = f"/ports?device_id={router['id']}&device_owner=network:router_interface"
    (port,) = done(tenant.admin.network.get(path))["ports"]
    assert port["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
    assert port["project_id"] == tenant.project_id


def test_a_second_interface_in_the_same_subnet_is_400(tenant: Tenant):
    _, subnet, router = tenant.site()
    words = f"Bad router request: Router already has a port on subnet {subnet['id']}."
    refused(tenant.connect(router, subnet), 400, words, "BadRequest")


def test_an_interface_is_taken_away_by_port(tenant: Tenant):
    _, _, router = tenant.site()
    path = f"/ports?device_id={router['id']}&device_owner=network:router_interface"
    (port,) = done(tenant.admin.network.get(path))["ports"]
    done(tenant.disconnect(router, port_id=port["id"]), 200)
    assert tenant.admin.network.get(f"/ports/{port['id']}").status_code == 404


def test_a_free_port_becomes_an_interface_and_goes_with_it(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    router = tenant.router(gateway=False)
    port = tenant.port(network)
    done(tenant.member.network.put(f"/routers/{router['id']}/add_router_interface", json={"port_id": port["id"]}))
    owner = done(tenant.admin.network.get(f"/ports/{port['id']}"))["port"]["device_owner"]
    assert owner == "network:router_interface"
    done(tenant.disconnect(router, port_id=port["id"]), 200)
    assert tenant.admin.network.get(f"/ports/{port['id']}").status_code == 404


def test_interfaces_that_are_not_there_are_404(tenant: Tenant):
    network = tenant.network()
    subnet = tenant.subnet(network)
    router = tenant.router(gateway=False)
    words = f"Router {router['id']} does not have an interface with id {NOWHERE}"
    refused(tenant.disconnect(router, port_id=NOWHERE), 404, words, "RouterInterfaceNotFound")
    words = f"Router {router['id']} has no interface on subnet {subnet['id']}"
    refused(tenant.disconnect(router, subnet_id=subnet["id"]), 404, words, "RouterInterfaceNotFoundForSubnet")
    refused(
        tenant.disconnect(router, subnet_id=NOWHERE), 404, f"Subnet {NOWHERE} could not be found.", "SubnetNotFound"
    )
    words = "Bad router request: Either subnet_id or port_id must be specified."
    refused(tenant.disconnect(router), 400, words, "BadRequest")
    refused(
        tenant.disconnect({"id": NOWHERE}, port_id=NOWHERE),
        404,
        f"Router {NOWHERE} could not be found",
        "RouterNotFound",
    )


def test_a_route_to_nowhere_is_400(tenant: Tenant):
    _, _, router = tenant.site()
    routes = [{"destination": "10.99.0.0/24", "nexthop": "99.0.0.77"}]
    answer = tenant.admin.network.put(f"/routers/{router['id']}", json={"router": {"routes": routes}})
    refused(answer, 400, "Invalid format for routes: ", "InvalidRoutes")
    assert "the nexthop is not connected with router" in answer.text


def test_a_gateway_is_cleared_and_set(tenant: Tenant):
    router = tenant.router()
    path = f"/routers/{router['id']}"
    cleared = done(tenant.admin.network.put(path, json={"router": {"external_gateway_info": {}}}))["router"]
    assert cleared["external_gateway_info"] is None
    assert done(tenant.admin.network.get(f"/ports?device_id={router['id']}"))["ports"] == []
    body = {"router": {"external_gateway_info": {"network_id": tenant.public()}}}
    assert done(tenant.admin.network.put(path, json=body))["router"]["external_gateway_info"]


def test_a_router_without_a_gateway_says_null(tenant: Tenant):
    router = tenant.router(gateway=False)
    assert router["external_gateway_info"] is None


def test_a_floating_ip_is_attached_and_set_loose(tenant: Tenant):
    network, _, router = tenant.site()
    port = tenant.port(network)
    floating = tenant.floating_ip()
    assert (floating["port_id"], floating["status"]) == (None, "DOWN")
    path = f"/floatingips/{floating['id']}"
    attached = done(tenant.admin.network.put(path, json={"floatingip": {"port_id": port["id"]}}))["floatingip"]
    assert (attached["port_id"], attached["router_id"]) == (port["id"], router["id"])
    loose = done(tenant.admin.network.put(path, json={"floatingip": {"port_id": None}}))["floatingip"]
    assert (loose["port_id"], loose["router_id"], loose["port_details"]) == (None, None, None)


def test_a_floating_ip_reaches_only_ports_behind_a_router(tenant: Tenant):
    network = tenant.network()
    subnet = tenant.subnet(network)
    port = tenant.port(network)
    floating = tenant.floating_ip()
    answer = tenant.admin.network.put(f"/floatingips/{floating['id']}", json={"floatingip": {"port_id": port["id"]}})
    words = f"External network {tenant.public()} is not reachable from subnet {subnet['id']}."
    refused(answer, 404, words, "ExternalGatewayForFloatingIPNotFound")


def test_a_port_has_one_floating_ip(tenant: Tenant):
    network, _, _ = tenant.site()
    port = tenant.port(network)
    tenant.floating_ip(port)
    given = {"floating_network_id": tenant.public(), "port_id": port["id"]}
    answer = tenant.member.network.post("/floatingips", json={"floatingip": given})
    refused(answer, 409, "Cannot associate floating IP ", "FloatingIPPortAlreadyAssociated")
    assert len(tenant.listed("floatingips")) == 1


def test_a_floating_ip_comes_from_an_external_network(tenant: Tenant):
    network = tenant.network()
    answer = tenant.member.network.post("/floatingips", json={"floatingip": {"floating_network_id": network["id"]}})
    words = f"Bad floatingip request: Network {network['id']} is not a valid external network."
    refused(answer, 400, words, "BadRequest")


def test_overlapping_subnets_of_a_network_are_400(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    given = {"network_id": network["id"], "ip_version": 4, "cidr": "10.11.0.0/25"}
    answer = tenant.member.network.post("/subnets", json={"subnet": given})
    words = (
        f"Invalid input for operation: Requested subnet with cidr: 10.11.0.0/25 for network: {network['id']} overlaps"
    )
    refused(answer, 400, words, "InvalidInput")
