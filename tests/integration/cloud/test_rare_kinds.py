"""The kinds that few tenants have: found and removed, on the simulator and on a real OpenStack."""

from collections.abc import Callable
from typing import Any

import pytest

from reaper.cloud import Reader, Writer
from reaper.errors import Refused
from reaper.model import Resource
from reaper.simulator import Simulator
from tests.contract.cloud import done
from tests.contract.tenant import Tenant
from tests.integration.cloud.test_writing import gone, listed, one

Record = dict[str, Any]


def made(tenant: Tenant, path: str, key: str, as_admin: bool = False, **given: Any) -> Record:  # noqa: FBT001, FBT002
    face = tenant.admin if as_admin else tenant.member
    owner = {"project_id": tenant.project_id} if as_admin else {}
    tenant.made.add({"policy": "qos_policies"}.get(key, f"{key}s"))
    return done(face.network.post(path, json={key: {"name": tenant.name, **owner, **given}}), 201)[key]


def facts(resource: Resource) -> dict[str, object]:
    return dict(resource.facts)


def test_port_forwardings_are_found_in_their_floating_ip_and_go_before_it(cloud: Writer, tenant: Tenant):
    network, _, _ = tenant.site()
    floating, port = tenant.floating_ip(), tenant.port(network)
    given = {
        "protocol": "tcp",
        "internal_port": 80,
        "external_port": 8080,
        "internal_port_id": port["id"],
        "internal_ip_address": port["fixed_ips"][0]["ip_address"],
    }
    path = f"/floatingips/{floating['id']}/port_forwardings"
    done(tenant.member.network.post(path, json={"port_forwarding": given}), 201)
    found = {one.kind: one for one in listed(cloud, "floating_ip", tenant)}
    assert found.keys() == {"floating_ip", "port_forwarding"}
    assert facts(found["port_forwarding"]) == {"floating_ip_id": floating["id"], "port_id": port["id"]}
    with pytest.raises(Refused, match="in use by Port Forwarding"):
        cloud.delete(found["floating_ip"], tenant.project_id)
    cloud.delete(found["port_forwarding"], tenant.project_id)
    cloud.delete(found["floating_ip"], tenant.project_id)
    assert listed(cloud, "floating_ip", tenant) == []


def test_a_trunk_goes_before_its_ports(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    parent, child = tenant.port(network), tenant.port(network)
    sub = {"port_id": child["id"], "segmentation_type": "vlan", "segmentation_id": 100}
    made(tenant, "/trunks", "trunk", port_id=parent["id"], sub_ports=[sub])
    trunk = one(cloud, "trunk", tenant)
    assert facts(trunk) == {"port_id": parent["id"]}
    for port in (found for found in listed(cloud, "port", tenant) if found.kind == "port"):
        with pytest.raises(Refused, match="for trunk"):
            cloud.delete(port, tenant.project_id)
    cloud.delete(trunk, tenant.project_id)
    for port in (found for found in listed(cloud, "port", tenant) if found.kind == "port"):
        cloud.delete(port, tenant.project_id)
    assert listed(cloud, "trunk", tenant) == []


def test_what_networks_and_rules_use_goes_after_them(cloud: Writer, tenant: Tenant):
    scope = made(tenant, "/address-scopes", "address_scope", ip_version=4)
    pool = made(
        tenant,
        "/subnetpools",
        "subnetpool",
        prefixes=["10.88.0.0/16"],
        default_prefixlen=24,
        address_scope_id=scope["id"],
    )
    policy = made(tenant, "/qos/policies", "policy", as_admin=True)
    network = tenant.network()
    done(tenant.admin.network.put(f"/networks/{network['id']}", json={"network": {"qos_policy_id": policy["id"]}}))
    body = {"subnet": {"network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]}}
    done(tenant.member.network.post("/subnets", json=body), 201)
    group = tenant.security_group()
    addresses = made(tenant, "/address-groups", "address_group", addresses=["10.0.0.0/24"])
    rule = {"security_group_id": group["id"], "direction": "ingress", "remote_address_group_id": addresses["id"]}
    rule |= {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22, "ethertype": "IPv4"}
    done(tenant.member.network.post("/security-group-rules", json={"security_group_rule": rule}), 201)
    late = ["subnet_pool", "address_scope", "qos_policy", "address_group"]
    for kind in late:
        assert facts(one(cloud, kind, tenant)) == {"shared": False}
        with pytest.raises(Refused):
            cloud.delete(one(cloud, kind, tenant), tenant.project_id)
    for kind in ("network", "security_group", *late):
        for resource in listed(cloud, kind, tenant):
            cloud.delete(resource, tenant.project_id)
    for kind in late:
        gone(cloud, kind, tenant)


def share(tenant: Tenant, network: Record, target: str) -> Record:
    given = {
        "object_type": "network",
        "object_id": network["id"],
        "action": "access_as_shared",
        "target_tenant": target,
    }
    return done(
        tenant.admin.network.post("/rbac-policies", json={"rbac_policy": given | {"project_id": tenant.project_id}})
    )


def test_a_policy_that_shares_a_network_leaves_with_it_or_stays_with_whoever_uses_it(
    cloud: Writer, tenant: Tenant, other: Tenant
):
    network = tenant.network()
    tenant.subnet(network)
    share(tenant, network, other.project_id)
    policy = one(cloud, "rbac_policy", tenant)
    assert facts(policy) == {"object_kind": "network", "object_id": network["id"], "target": other.project_id}
    guest = other.port(network)
    for kind, words in (("rbac_policy", "depend on it"), ("network", "still in use on the network")):
        with pytest.raises(Refused, match=words):
            cloud.delete(one(cloud, kind, tenant), tenant.project_id)
    done(other.member.network.delete(f"/ports/{guest['id']}"), 204)
    cloud.delete(one(cloud, "network", tenant), tenant.project_id)
    assert listed(cloud, "rbac_policy", tenant) == []


def test_what_everybody_may_use_is_not_touched(cloud: Writer, tenant: Tenant):
    made(tenant, "/qos/policies", "policy", as_admin=True, shared=True)
    policy = one(cloud, "qos_policy", tenant)
    with pytest.raises(Refused, match="shared with other projects"):
        cloud.delete(policy, tenant.project_id)


def test_a_server_group_is_found_with_its_owner_and_goes(cloud: Writer, tenant: Tenant, other: Tenant):
    for each in (tenant, other):
        given = {"server_group": {"name": each.name, "policies": ["affinity"]}}
        done(each.member.compute.post("/os-server-groups", json=given))
    group = one(cloud, "server_group", tenant)
    assert group.name == tenant.name
    cloud.delete(group, tenant.project_id)
    assert listed(cloud, "server_group", tenant) == []
    cloud.delete(one(cloud, "server_group", other), other.project_id)


def test_the_members_of_an_image_are_told(reader: Reader, tenant: Tenant, other: Tenant):
    alone, shared = tenant.image(visibility="shared"), tenant.image(visibility="shared")
    done(tenant.admin.image.post(f"/images/{shared['id']}/members", json={"member": other.project_id}))
    listing = reader.resources("image", reader.regions[0], [tenant.project_id])
    assert {one.id: one.facts["members"] for one in listing.resources} == {alone["id"]: 0, shared["id"]: 1}


def test_a_volume_on_offer_is_withdrawn_and_goes(cloud: Writer, tenant: Tenant):
    volume = tenant.volume()
    done(tenant.member.volume.post("/os-volume-transfer", json={"transfer": {"volume_id": volume["id"]}}), 202)
    cloud.delete(one(cloud, "volume", tenant), tenant.project_id)
    gone(cloud, "volume", tenant)


@pytest.mark.parametrize("kind", ["volume", "volume_snapshot"])
def test_what_failed_to_be_deleted_goes_by_force(cloud: Writer, tenant: Tenant, kind: str):
    volume = tenant.volume()
    snapshot = tenant.snapshot(volume) if kind == "volume_snapshot" else None
    path = f"/snapshots/{snapshot['id']}/action" if snapshot else f"/volumes/{volume['id']}/action"
    done(tenant.admin.volume.post(path, json={"os-reset_status": {"status": "error_deleting"}}))
    found = one(cloud, kind, tenant)
    assert found.status == "error_deleting"
    cloud.delete(found, tenant.project_id)
    gone(cloud, kind, tenant)


def test_a_volume_that_failed_to_be_deleted_goes_with_its_snapshots(cloud: Writer, tenant: Tenant):
    volume = tenant.volume()
    tenant.snapshot(volume)
    path = f"/volumes/{volume['id']}/action"
    done(tenant.admin.volume.post(path, json={"os-reset_status": {"status": "error_deleting"}}))
    cloud.delete(one(cloud, "volume", tenant), tenant.project_id)
    gone(cloud, "volume_snapshot", tenant)
    gone(cloud, "volume", tenant)


def test_incremental_backups_and_groups_of_volumes_are_told_and_go(simulator: Simulator, at: Callable[..., Writer]):
    seed, project = simulator.seed, simulator.seed.project("silly-7")
    volume = seed.volume(project)
    older = seed.backup(volume)
    newer = seed.backup(volume, parent=older)
    grouped = seed.volume(project)
    group = seed.volume_group(project, "silly-group", [grouped])
    cloud = at(simulator)
    backups = {each.id: each for each in cloud.resources("backup", "RegionOne", [project]).resources}
    assert {key: each.facts["incremental"] for key, each in backups.items()} == {older: False, newer: True}
    with pytest.raises(Refused, match="Incremental backups exist"):
        cloud.delete(backups[older], project)
    for key in (newer, older):
        cloud.delete(backups[key], project)
        simulator.settle()
    volumes = {each.id: each.facts["group_id"] for each in cloud.resources("volume", "RegionOne", [project]).resources}
    assert volumes == {volume: None, grouped: group}
    cloud.delete(cloud.resources("volume_group", "RegionOne", [project]).resources[0], project)
    simulator.settle()
    left = {kind: ids for kind, ids in simulator.inventory(project).items() if ids}
    assert left == {"volume": [volume]}


def test_a_group_that_holds_a_strangers_volume_is_not_touched(simulator: Simulator, at: Callable[..., Writer]):
    seed, project = simulator.seed, simulator.seed.project("silly-7")
    strange = seed.volume(seed.project("silly-8"))
    seed.volume_group(project, "silly-group", [strange])
    cloud = at(simulator)
    with pytest.raises(Refused, match="volumes of another project"):
        cloud.delete(cloud.resources("volume_group", "RegionOne", [project]).resources[0], project)
    assert simulator.writes() == []


@pytest.mark.parametrize("vanished", [True, False])
def test_a_volume_is_detached_only_from_servers_that_nova_does_not_know(
    simulator: Simulator, at: Callable[..., Writer], vanished: object
):
    tenant = simulator.seed.tenant("silly-7", servers=1, volumes=0)
    volume = simulator.seed.volume(tenant.project_id, server_id=tenant.servers[0])
    if vanished:
        del simulator.cloud.home["servers"][tenant.servers[0]]
    cloud = at(simulator)
    (found,) = cloud.resources("volume", "RegionOne", [tenant.project_id]).resources
    assert found.facts["attached"] is True
    if not vanished:
        with pytest.raises(Refused, match="is attached to server"):
            cloud.delete(found, tenant.project_id)
        assert (simulator.record("volume", volume) or {})["attachments"]
        return
    cloud.delete(found, tenant.project_id)
    simulator.settle()
    assert simulator.record("volume", volume) is None
