"""What Neutron refuses to delete, and what it takes along."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant


def test_a_network_with_ports_stays_and_the_refusal_names_them(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    wanted = sorted(tenant.port(network)["id"] for _ in range(2))
    answer = tenant.admin.network.delete(f"/networks/{network['id']}")
    words = (
        f"Unable to complete operation on network {network['id']}. There are one or more ports still in use on the "
        "network, id for these ports is: "
    )
    refused(answer, 409, words, "NetworkInUse")
    named = answer.json()["NeutronError"]["message"].removeprefix(words).rstrip(".").split(",")
    assert sorted(named) == wanted


def test_a_network_without_ports_takes_its_subnets_along(tenant: Tenant):
    network = tenant.network()
    subnet = tenant.subnet(network)
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    assert tenant.admin.network.get(f"/subnets/{subnet['id']}").status_code == 404
    assert tenant.listed("ports") == []


def test_a_subnet_with_addresses_in_use_stays(tenant: Tenant):
    network = tenant.network()
    subnet = tenant.subnet(network)
    port = tenant.port(network)
    words = f"Unable to complete operation on subnet {subnet['id']}: One or more ports have an IP allocation from"
    refused(tenant.admin.network.delete(f"/subnets/{subnet['id']}"), 409, words, "SubnetInUse")
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    done(tenant.admin.network.delete(f"/subnets/{subnet['id']}"), 204)


def test_a_port_of_a_router_is_not_deleted_directly(tenant: Tenant):
    _, _, router = tenant.site()
    for port in done(tenant.admin.network.get(f"/ports?device_id={router['id']}"))["ports"]:
        words = (
            f"Port {port['id']} cannot be deleted directly via the port API: has device owner {port['device_owner']}."
        )
        refused(tenant.admin.network.delete(f"/ports/{port['id']}"), 409, words, "ServicePortInUse")


def test_a_port_of_a_floating_ip_is_not_deleted_directly(tenant: Tenant):
    floating = tenant.floating_ip()
    (port,) = done(tenant.admin.network.get(f"/ports?device_id={floating['id']}"))["ports"]
    words = f"Port {port['id']} cannot be deleted directly via the port API: has device owner network:floatingip."
    refused(tenant.admin.network.delete(f"/ports/{port['id']}"), 409, words, "ServicePortInUse")


def test_a_router_with_interfaces_stays_and_the_refusal_names_their_ports(tenant: Tenant):
    _, _, router = tenant.site()
    path = f"/ports?device_id={router['id']}&device_owner=network:router_interface"
    (port,) = done(tenant.admin.network.get(path))["ports"]
    words = f"Router {router['id']} has ports still attached: {port['id']}"
    refused(tenant.admin.network.delete(f"/routers/{router['id']}"), 409, words, "RouterInUse")


def test_a_router_with_a_gateway_only_takes_its_port_along(tenant: Tenant):
    router = tenant.router()
    done(tenant.admin.network.delete(f"/routers/{router['id']}"), 204)
    assert done(tenant.admin.network.get(f"/ports?device_id={router['id']}"))["ports"] == []


def test_an_interface_that_a_floating_ip_needs_stays(tenant: Tenant):
    network, subnet, router = tenant.site()
    floating = tenant.floating_ip(tenant.port(network))
    words = (
        f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, as it is required by"
    )
    refused(tenant.disconnect(router, subnet_id=subnet["id"]), 409, words, "RouterInterfaceInUseByFloatingIP")
    done(tenant.admin.network.delete(f"/floatingips/{floating['id']}"), 204)
    done(tenant.disconnect(router, subnet_id=subnet["id"]), 200)


def test_a_gateway_that_a_floating_ip_needs_stays(tenant: Tenant):
    network, _, router = tenant.site()
    tenant.floating_ip(tenant.port(network))
    answer = tenant.admin.network.put(f"/routers/{router['id']}", json={"router": {"external_gateway_info": {}}})
    words = (
        f"Gateway cannot be updated for router {router['id']}, since a gateway to external network {tenant.public()}"
    )
    refused(answer, 409, words, "RouterExternalGatewayInUseByFloatingIp")


def test_an_interface_that_a_route_needs_stays_until_the_routes_are_cleared(tenant: Tenant):
    _, subnet, router = tenant.site()
    path = f"/routers/{router['id']}"
    routes = [{"destination": "10.99.0.0/24", "nexthop": "10.11.0.77"}]
    routed = done(tenant.admin.network.put(path, json={"router": {"routes": routes}}))["router"]
    assert routed["routes"] == routes
    words = (
        f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, as it is required by"
    )
    refused(tenant.disconnect(router, subnet_id=subnet["id"]), 409, words, "RouterInterfaceInUseByRoute")
    done(tenant.admin.network.put(path, json={"router": {"routes": []}}))
    gone = done(tenant.disconnect(router, subnet_id=subnet["id"]), 200)
    owner = "tenant_id" if tenant.target.old else "project_id"
    assert {"id", "port_id", "subnet_id", "subnet_ids", "network_id", owner} <= set(gone)


def test_an_attached_floating_ip_is_deleted_at_once(tenant: Tenant):
    network, _, _ = tenant.site()
    floating = tenant.floating_ip(tenant.port(network))
    done(tenant.admin.network.delete(f"/floatingips/{floating['id']}"), 204)
    assert done(tenant.admin.network.get(f"/ports?device_id={floating['id']}"))["ports"] == []


def test_deleting_a_port_sets_its_floating_ip_loose(tenant: Tenant):
    network, _, _ = tenant.site()
    port = tenant.port(network)
    floating = tenant.floating_ip(port)
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    left = done(tenant.admin.network.get(f"/floatingips/{floating['id']}"))["floatingip"]
    assert (left["port_id"], left["router_id"], left["fixed_ip_address"]) == (None, None, None)


def test_another_tenants_port_on_ones_network_blocks_it(tenant: Tenant, other: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    other.made.add("ports")
    given = {"network_id": network["id"], "project_id": other.project_id, "name": "foreign"}
    port = done(tenant.admin.network.post("/ports", json={"port": given}), 201)["port"]
    assert port["project_id"] == other.project_id
    answer = tenant.admin.network.delete(f"/networks/{network['id']}")
    refused(answer, 409, f"Unable to complete operation on network {network['id']}.", "NetworkInUse")
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)


def test_a_member_may_not_delete_what_it_only_sees(tenant: Tenant):
    public = tenant.public()
    answer = tenant.member.network.delete(f"/networks/{public}")
    refused(answer, 403, "rule:delete_network is disallowed by policy", "PolicyNotAuthorized")
