"""Port forwardings and trunks: what holds what."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


def _forward(tenant: Tenant, floating, port):
    given = {
        "protocol": "tcp",
        "internal_port": 80,
        "external_port": 8080,
        "internal_port_id": port["id"],
        "internal_ip_address": port["fixed_ips"][0]["ip_address"],
    }
    path = f"/floatingips/{floating['id']}/port_forwardings"
    return done(tenant.member.network.post(path, json={"port_forwarding": given}), 201)["port_forwarding"]


def test_a_floating_ip_with_a_port_forwarding_stays_until_it_is_gone(tenant: Tenant):
    network, subnet, router = tenant.site()
    floating, port = tenant.floating_ip(), tenant.port(network)
    forwarding = _forward(tenant, floating, port)
    path = f"/floatingips/{floating['id']}"
    words = f"Floating IP {floating['id']} in use by Port Forwarding resources."
    refused(tenant.admin.network.delete(path), 409, words, "FipInUseByPortForwarding")
    answer = tenant.disconnect(router, subnet_id=subnet["id"])
    refused(answer, 409, "Router interface for subnet", "RouterInterfaceInUseByFloatingIP")
    shown = done(tenant.admin.network.get(path))["floatingip"]
    assert (shown["port_id"], shown["router_id"]) == (None, router["id"])
    assert [one["id"] for one in shown["port_forwardings"]] == [forwarding["id"]]
    done(tenant.admin.network.delete(f"{path}/port_forwardings/{forwarding['id']}"), 204)
    done(tenant.admin.network.delete(path), 204)


def test_a_port_goes_and_its_forwardings_with_it(tenant: Tenant):
    network, _, _ = tenant.site()
    floating, port = tenant.floating_ip(), tenant.port(network)
    _forward(tenant, floating, port)
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    assert done(tenant.admin.network.get(f"/floatingips/{floating['id']}/port_forwardings"))["port_forwardings"] == []
    done(tenant.admin.network.delete(f"/floatingips/{floating['id']}"), 204)


def test_forwardings_are_listed_by_floating_ip(tenant: Tenant):
    network, _, _ = tenant.site()
    floating, port = tenant.floating_ip(), tenant.port(network)
    forwarding = _forward(tenant, floating, port)
    (listed,) = done(tenant.admin.network.get(f"/floatingips/{floating['id']}/port_forwardings"))["port_forwardings"]
    assert listed["id"] == forwarding["id"]
    wanted = {"protocol", "internal_port_id", "internal_ip_address", "internal_port", "external_port"}
    assert wanted <= set(listed)
    words = f"Floating IP {NOWHERE} could not be found"
    refused(tenant.admin.network.get(f"/floatingips/{NOWHERE}/port_forwardings"), 404, words, "FloatingIPNotFound")
    answer = tenant.admin.network.delete(f"/floatingips/{floating['id']}/port_forwardings/{NOWHERE}")
    refused(answer, 404, f"Port Forwarding {NOWHERE} could not be found.", "PortForwardingNotFound")


def _trunk(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    parent, child = tenant.port(network), tenant.port(network)
    tenant.made.add("trunks")
    sub = {"port_id": child["id"], "segmentation_type": "vlan", "segmentation_id": 100}
    given = {"port_id": parent["id"], "name": f"{tenant.name}-trunk", "sub_ports": [sub]}
    return parent, child, done(tenant.member.network.post("/trunks", json={"trunk": given}), 201)["trunk"]


def test_ports_of_a_trunk_stay_until_the_trunk_is_gone(tenant: Tenant):
    parent, child, trunk = _trunk(tenant)
    words = f"Port {parent['id']} is currently a parent port for trunk {trunk['id']}."
    refused(tenant.admin.network.delete(f"/ports/{parent['id']}"), 409, words, "PortInUseAsTrunkParent")
    words = f"Port {child['id']} is currently a subport for trunk {trunk['id']}."
    refused(tenant.admin.network.delete(f"/ports/{child['id']}"), 409, words, "PortInUseAsSubPort")
    done(tenant.admin.network.delete(f"/trunks/{trunk['id']}"), 204)
    done(tenant.admin.network.delete(f"/ports/{parent['id']}"), 204)
    done(tenant.admin.network.delete(f"/ports/{child['id']}"), 204)


def test_a_trunk_stays_while_its_parent_port_has_a_server(tenant: Tenant):
    parent, _, trunk = _trunk(tenant)
    server = tenant.server(port=parent)
    words = f"Trunk {trunk['id']} is currently in use."
    refused(tenant.admin.network.delete(f"/trunks/{trunk['id']}"), 409, words, "TrunkInUse")
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
    done(tenant.admin.network.delete(f"/trunks/{trunk['id']}"), 204)


def test_trunks_are_listed_with_owner_and_subports(tenant: Tenant):
    parent, child, trunk = _trunk(tenant)
    (listed,) = tenant.listed("trunks")
    assert (listed["id"], listed["port_id"], listed["project_id"]) == (trunk["id"], parent["id"], tenant.project_id)
    assert [sub["port_id"] for sub in listed["sub_ports"]] == [child["id"]]
    details = done(tenant.admin.network.get(f"/ports/{parent['id']}"))["port"]["trunk_details"]
    assert details["trunk_id"] == trunk["id"]
    refused(
        tenant.admin.network.get(f"/trunks/{NOWHERE}"), 404, f"Trunk {NOWHERE} could not be found.", "TrunkNotFound"
    )


def test_subports_are_taken_off(tenant: Tenant):
    _, child, trunk = _trunk(tenant)
    body = {"sub_ports": [{"port_id": child["id"]}]}
    done(tenant.admin.network.put(f"/trunks/{trunk['id']}/remove_subports", json=body), 200)
    assert done(tenant.admin.network.get(f"/trunks/{trunk['id']}/get_subports"))["sub_ports"] == []
    done(tenant.admin.network.delete(f"/ports/{child['id']}"), 204)
