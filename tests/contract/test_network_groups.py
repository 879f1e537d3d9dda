"""Security groups: in use, cross-referenced, and the default one that looking brings back."""

import pytest

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant


def _default(tenant: Tenant) -> str:
    (group,) = [one for one in tenant.listed("security_groups") if one["name"] == "default"]
    return str(group["id"])


def _ids(tenant: Tenant) -> set[str]:
    """Look without making: at everybody's, which makes the default group of the admin's own project only."""
    every = done(tenant.admin.network.get("/security-groups?fields=id&fields=project_id"))["security_groups"]
    return {group["id"] for group in every if group["project_id"] == tenant.project_id}


def test_a_new_group_is_born_with_two_rules_out(tenant: Tenant):
    rules = tenant.security_group()["security_group_rules"]
    assert sorted((rule["direction"], rule["ethertype"]) for rule in rules) == [("egress", "IPv4"), ("egress", "IPv6")]


def test_a_first_network_makes_the_default_group(tenant: Tenant):
    assert _ids(tenant) == set()
    tenant.network()
    assert len(_ids(tenant)) == 1


@pytest.mark.parametrize("path", ["/security-groups", "/security-group-rules"])
@pytest.mark.parametrize("query", ["tenant_id={}", "project_id={}", "tenant_id={}&fields=id", "project_id={}&name=x"])
def test_an_admin_who_looks_by_project_brings_the_default_group_back(tenant: Tenant, path: str, query: str):
    tenant.made.add("security_groups")
    first = _default(tenant)
    done(tenant.admin.network.delete(f"/security-groups/{first}"), 204)
    assert _ids(tenant) == set()
    if "name" in query and "rules" in path:
        query = "project_id={}&direction=egress"
    done(tenant.admin.network.get(f"{path}?{query.format(tenant.project_id)}"))
    again = _ids(tenant)
    assert len(again) == 1
    assert first not in again


def test_an_admin_who_looks_at_everything_brings_nothing_back(tenant: Tenant):
    tenant.made.add("security_groups")
    done(tenant.admin.network.delete(f"/security-groups/{_default(tenant)}"), 204)
    every = done(tenant.admin.network.get("/security-groups"))["security_groups"]
    assert tenant.project_id not in {group["project_id"] for group in every}


def test_a_group_on_a_port_stays(tenant: Tenant):
    network = tenant.network()
    group = tenant.security_group()
    port = tenant.port(network, security_groups=[group["id"]])
    words = f"Security Group {group['id']} in use."
    refused(tenant.admin.network.delete(f"/security-groups/{group['id']}"), 409, words, "SecurityGroupInUse")
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    done(tenant.admin.network.delete(f"/security-groups/{group['id']}"), 204)


def test_groups_that_name_each_other_go_in_any_order_with_the_rules_that_named_them(tenant: Tenant):
    first, second = tenant.security_group("first"), tenant.security_group("second")
    for group, other in ((first, second), (second, first)):
        rule = {
            "security_group_id": group["id"],
            "direction": "ingress",
            "protocol": "tcp",
            "port_range_min": 22,
            "port_range_max": 22,
            "ethertype": "IPv4",
            "remote_group_id": other["id"],
        }
        done(tenant.member.network.post("/security-group-rules", json={"security_group_rule": rule}), 201)
    done(tenant.admin.network.delete(f"/security-groups/{first['id']}"), 204)
    left = done(tenant.admin.network.get(f"/security-groups/{second['id']}"))["security_group"]
    assert [rule for rule in left["security_group_rules"] if rule["remote_group_id"]] == []
    done(tenant.admin.network.delete(f"/security-groups/{second['id']}"), 204)


def test_the_default_group_is_removed_by_admins_only(tenant: Tenant):
    tenant.made.add("security_groups")
    group = _default(tenant)
    words = "Insufficient rights for removing default security group."
    refused(tenant.member.network.delete(f"/security-groups/{group}"), 409, words, "SecurityGroupCannotRemoveDefault")
    done(tenant.admin.network.delete(f"/security-groups/{group}"), 204)


def test_a_port_without_groups_named_gets_the_default_one(tenant: Tenant):
    port = tenant.port(tenant.network())
    assert port["security_groups"] == [_default(tenant)]
    words = f"Security Group {_default(tenant)} in use."
    refused(tenant.admin.network.delete(f"/security-groups/{_default(tenant)}"), 409, words, "SecurityGroupInUse")


def test_nobody_makes_a_second_default_group(tenant: Tenant):
    tenant.made.add("security_groups")
    _default(tenant)
    answer = tenant.member.network.post("/security-groups", json={"security_group": {"name": "default"}})
    refused(answer, 409, "Default security group already exists.", "SecurityGroupDefaultAlreadyExists")
