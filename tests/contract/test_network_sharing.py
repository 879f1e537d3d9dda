"""Networks shared with others, and the kinds that other things use."""

import pytest

from tests.contract.cloud import done, ids, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


def _share(tenant: Tenant, network, target: str):
    given = {
        "object_type": "network",
        "object_id": network["id"],
        "action": "access_as_shared",
        "target_tenant": target,
    }
    return done(tenant.member.network.post("/rbac-policies", json={"rbac_policy": given}), 201)["rbac_policy"]


def test_a_network_shared_with_one_project_is_seen_and_used_there(tenant: Tenant, other: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    assert network["id"] not in ids(done(other.member.network.get("/networks"))["networks"])
    policy = _share(tenant, network, other.project_id)
    seen = done(other.member.network.get(f"/networks/{network['id']}"))["network"]
    assert (seen["shared"], seen["project_id"]) == (True, tenant.project_id)
    assert done(tenant.admin.network.get(f"/networks/{network['id']}"))["network"]["shared"] is False
    port = other.port(network)
    path = f"/rbac-policies/{policy['id']}"
    words = f"RBAC policy on object {network['id']} cannot be removed because other objects depend on it."
    refused(tenant.admin.network.delete(path), 409, words, "RbacPolicyInUse")
    answer = tenant.admin.network.delete(f"/networks/{network['id']}")
    refused(answer, 409, f"Unable to complete operation on network {network['id']}.", "NetworkInUse")
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    done(tenant.admin.network.delete(path), 204)


def test_a_network_takes_its_rbac_policies_along(tenant: Tenant, other: Tenant):
    network = tenant.network()
    policy = _share(tenant, network, other.project_id)
    (listed,) = tenant.listed("rbac_policies")
    assert (listed["id"], listed["object_id"], listed["target_tenant"]) == (
        policy["id"],
        network["id"],
        other.project_id,
    )
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    assert tenant.listed("rbac_policies") == []


def test_a_shared_network_is_open_to_all_by_a_policy(tenant: Tenant, other: Tenant):
    tenant.made.add("networks")
    given = {"name": tenant.name, "shared": True, "project_id": tenant.project_id}
    network = done(tenant.admin.network.post("/networks", json={"network": given}), 201)["network"]
    assert network["shared"] is True
    assert network["id"] in ids(done(other.member.network.get("/networks"))["networks"])
    (policy,) = [one for one in tenant.listed("rbac_policies") if one["object_id"] == network["id"]]
    assert (policy["target_tenant"], policy["action"]) == ("*", "access_as_shared")


def test_only_admins_share_with_everybody_by_flag(tenant: Tenant):
    answer = tenant.member.network.post("/networks", json={"network": {"name": tenant.name, "shared": True}})
    refused(answer, 403, "", "PolicyNotAuthorized")


def test_a_qos_policy_in_use_stays(tenant: Tenant):
    tenant.made.add("qos_policies")
    network = tenant.network()
    given = {"policy": {"name": tenant.name, "project_id": tenant.project_id}}
    policy = done(tenant.admin.network.post("/qos/policies", json=given), 201)["policy"]
    used = {"network": {"qos_policy_id": policy["id"]}}
    done(tenant.admin.network.put(f"/networks/{network['id']}", json=used))
    words = f"QoS Policy {policy['id']} is used by network {network['id']}."
    refused(tenant.admin.network.delete(f"/qos/policies/{policy['id']}"), 409, words, "QosPolicyInUse")
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    listed = done(tenant.admin.network.get(f"/qos/policies?tenant_id={tenant.project_id}"))["policies"]
    assert [(one["id"], one["project_id"]) for one in listed] == [(policy["id"], tenant.project_id)]
    done(tenant.admin.network.delete(f"/qos/policies/{policy['id']}"), 204)


def test_an_address_group_in_a_rule_stays(tenant: Tenant):
    tenant.made.add("address_groups")
    group = tenant.security_group()
    body = {"address_group": {"name": tenant.name, "addresses": ["10.0.0.0/24"]}}
    addresses = done(tenant.member.network.post("/address-groups", json=body), 201)["address_group"]
    rule = {
        "security_group_id": group["id"],
        "direction": "ingress",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
        "ethertype": "IPv4",
        "remote_address_group_id": addresses["id"],
    }
    done(tenant.member.network.post("/security-group-rules", json={"security_group_rule": rule}), 201)
    words = f"Address group {addresses['id']} is in use on one or more security group rules."
    refused(tenant.admin.network.delete(f"/address-groups/{addresses['id']}"), 409, words, "AddressGroupInUse")
    done(tenant.admin.network.delete(f"/security-groups/{group['id']}"), 204)
    done(tenant.admin.network.delete(f"/address-groups/{addresses['id']}"), 204)


def test_a_subnet_pool_holds_its_scope_and_is_held_by_subnets(tenant: Tenant):
    tenant.made |= {"subnetpools", "address_scopes"}
    body = {"address_scope": {"name": tenant.name, "ip_version": 4}}
    scope = done(tenant.member.network.post("/address-scopes", json=body), 201)["address_scope"]
    given = {
        "name": tenant.name,
        "prefixes": ["10.88.0.0/16"],
        "default_prefixlen": 24,
        "address_scope_id": scope["id"],
    }
    pool = done(tenant.member.network.post("/subnetpools", json={"subnetpool": given}), 201)["subnetpool"]
    words = f"Unable to complete operation on address scope {scope['id']}. There are one or more subnet pools in use"
    refused(tenant.admin.network.delete(f"/address-scopes/{scope['id']}"), 409, words, "AddressScopeInUse")
    network = tenant.network()
    body = {"subnet": {"network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]}}
    subnet = done(tenant.member.network.post("/subnets", json=body), 201)["subnet"]
    assert (subnet["cidr"], subnet["subnetpool_id"]) == ("10.88.0.0/24", pool["id"])
    words = "Unable to delete subnet pool: Subnet pool has existing allocations."
    refused(tenant.admin.network.delete(f"/subnetpools/{pool['id']}"), 400, words, "SubnetPoolDeleteError")
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    done(tenant.admin.network.delete(f"/subnetpools/{pool['id']}"), 204)
    done(tenant.admin.network.delete(f"/address-scopes/{scope['id']}"), 204)


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("rbac-policies", "RbacPolicyNotFound", "RBAC policy of type unknown with ID {} not found"),
        ("qos/policies", "QosPolicyNotFound", "QoS policy {} could not be found."),
        ("address-groups", "AddressGroupNotFound", "Address group {} could not be found."),
        ("address-scopes", "AddressScopeNotFound", "Address scope {} could not be found."),
        ("subnetpools", "SubnetPoolNotFound", "Subnet pool {} could not be found."),
    ],
)
def test_what_is_not_there_is_404(tenant: Tenant, path: str, kind: str, words: str):
    refused(tenant.admin.network.delete(f"/{path}/{NOWHERE}"), 404, words.format(NOWHERE), kind)
