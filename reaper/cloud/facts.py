"""The facts that plans and letters ask for, picked out of each service's JSON; what is not told is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]
Facts = dict[str, object]


def told(record: Record, **names: str) -> Facts:
    """Pick attributes by our name for them, leaving out those that are not there."""
    return {ours: record[theirs] for ours, theirs in names.items() if theirs in record}


#: Nova's list of the volumes on a server.
DISKS = "os-extended-volumes:volumes_attached"


def server(record: Record) -> Facts:
    """Nova: `locked` since 2.9, the flavor's name since 2.47 and its id before, what goes with it since 2.3."""
    nets = record.get("addresses") or {}
    flavor = record.get("flavor") or {}
    facts = told(record, locked="locked", task_state="OS-EXT-STS:task_state", created_at="created")
    facts |= told(record, launched_at="OS-SRV-USG:launched_at", power_state="OS-EXT-STS:power_state")
    if "image" in record:
        facts["from_volume"] = not record["image"]  # Nova shows an empty text for a server that boots from a volume
    facts["addresses"] = tuple(one["addr"] for net in nets.values() for one in net if "addr" in one)
    if isinstance(record.get(DISKS), list):
        facts["disks"] = tuple(one["id"] for one in record[DISKS] if one.get("delete_on_termination") is not False)
    if flavor:
        facts["flavor"] = flavor.get("original_name") or flavor.get("id") or ""
    return facts


def floating_ip(record: Record) -> Facts:
    """Neutron."""
    where = {"port_id": record["port_id"] or None} if "port_id" in record else {}
    return {"address": record.get("floating_ip_address") or "", **where}


def port_forwarding(record: Record) -> Facts:
    """Neutron, as shown in its floating IP."""
    return told(record, floating_ip_id="floating_ip_id", port_id="internal_port_id")


def trunk(record: Record) -> Facts:
    """Neutron."""
    return told(record, port_id="port_id")


def shared(record: Record) -> Facts:
    """Neutron's groups, pools, scopes and QoS policies: what counts is whether everybody may use one."""
    return {"shared": bool(record.get("shared"))}


#: Neutron's words for what a policy is about, where they are not our kind's name.
OBJECTS = {"subnetpool": "subnet_pool"}


def rbac_policy(record: Record) -> Facts:
    """Neutron."""
    kind = str(record.get("object_type") or "")
    return {"object_kind": OBJECTS.get(kind, kind), **told(record, object_id="object_id", target="target_tenant")}


def port(record: Record) -> Facts:
    """Neutron; a router's interface is a port whose device is the router."""
    facts = told(record, network_id="network_id", device_owner="device_owner", device_id="device_id")
    facts["addresses"] = tuple(one["ip_address"] for one in record.get("fixed_ips") or () if "ip_address" in one)
    return facts


#: Whom the ports serve that Neutron makes for itself (neutron_lib/constants.py), as our kinds.
SERVED = {
    "network:dhcp": "network",
    "network:distributed": "network",
    "network:floatingip": "floating_ip",
    "network:floatingip_agent_gateway": "network",
    "network:router_centralized_snat": "router",
    "network:router_gateway": "router",
    "network:router_ha_interface": "router",
}


def managed_port(record: Record) -> Facts:
    """Neutron; a port of a network's names in its device an agent, the others what they serve."""
    kind = SERVED.get(str(record.get("device_owner") or ""), "")
    return {
        **port(record),
        "owner_kind": kind,
        "owner_id": record.get("network_id" if kind == "network" else "device_id"),
    }


def zone(record: Record) -> Facts:
    """Designate; `shared` since 2023.1."""
    return {"shared": bool(record.get("shared"))}


def router_interface(record: Record) -> Facts:
    """Neutron."""
    return told(record, network_id="network_id", router_id="device_id")


def router(record: Record) -> Facts:
    """Neutron; `routes` is an extension's attribute."""
    return {"routes": bool(record.get("routes")), "external": bool(record.get("external_gateway_info"))}


def subnet(record: Record) -> Facts:
    """Neutron."""
    return told(record, network_id="network_id", cidr="cidr")


def network(record: Record) -> Facts:
    """Neutron; `shared` means with everybody (or with the project of our token). No external networks: no attribute."""
    return {**told(record, shared="shared"), "external": bool(record.get("router:external"))}


def volume(record: Record) -> Facts:
    """Cinder; the group since 3.13."""
    servers = tuple(one["server_id"] for one in record.get("attachments") or () if one.get("server_id"))
    attached = bool(record.get("attachments")) or record.get("status") == "in-use"
    facts = told(record, size="size", created_at="created_at", group_id="group_id")
    if attached or "attachments" in record:
        facts["attached"] = attached
    return {**facts, "servers": servers}


def volume_snapshot(record: Record) -> Facts:
    """Cinder."""
    return told(record, volume_id="volume_id", size="size", created_at="created_at")


def load_balancer(record: Record) -> Facts:
    """Octavia."""
    return told(record, address="vip_address")


def stack(record: Record) -> Facts:
    """Heat."""
    return {"failed": record.get("stack_status") == "DELETE_FAILED"}


def cluster(record: Record) -> Facts:
    """Magnum."""
    return {"failed": record.get("status") == "DELETE_FAILED"}


def share(record: Record) -> Facts:
    """Manila."""
    return told(record, size="size")


def object_container(record: Record) -> Facts:
    """Swift."""
    return told(record, objects="count", size="bytes")


def backup(record: Record) -> Facts:
    """Cinder; an incremental one stands on an older one of the same volume."""
    return told(record, volume_id="volume_id", size="size", incremental="is_incremental", created_at="created_at")


def nothing(_record: Record) -> Facts:
    """Nothing beyond the name."""
    return {}


def image(record: Record) -> Facts:
    """Glance; the number of members is read by itself."""
    facts = told(record, visibility="visibility", protected="protected", size="size", created_at="created_at")
    return {**facts, **told(record, members="members")}
