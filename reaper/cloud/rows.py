"""How each kind is found and removed: one row per kind, in the order of `kinds.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reaper.cloud import facts, removals
from reaper.cloud.cells import cells_down
from reaper.cloud.facts import Facts, Record
from reaper.cloud.removals import Remove
from reaper.cloud.wire import Wire

Params = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Filter:
    """How a service lists everybody's objects, and those of some projects.

    `by` is the filter's name; `at_once` how many projects one call may name; `everybody` must be there in any case.
    """

    by: str
    at_once: int = 1
    everybody: Params | None = None


@dataclass(frozen=True)
class Row:
    """One kind: where it is listed, who owns one, what is told about it, how it is removed.

    `fields` are the only attributes asked for, where the service can cut its answer. `also` are further questions,
    for what the plain list hides. `own_first`: the filter must name our own token's project before the others.
    `sorted_out` gives the row under which a record of this list stands; None: it goes
    with its owner and is nobody's to remove. `extension` is Neutron's alias without which there is no such kind.
    `doubt` says why a list that came whole may still lack something.
    """

    kind: str
    path: str
    key: str
    facts: Callable[[Record], Facts]
    filter: Filter
    owners: tuple[str, ...] = ("project_id", "tenant_id")
    fields: tuple[str, ...] = ()
    name: str = "name"
    also: tuple[Params, ...] = ()
    own_first: bool = False
    extension: str | None = None
    sorted_out: Callable[[Record], str | None] | None = None
    doubt: Callable[[Wire, str], str] | None = None
    remove: Remove = removals.plainly


# Nova drops `project_id` and lists the caller's own project unless `all_tenants` is given, and it hides servers that
# wait for the end of their reclaim interval, and still hold their ports, unless `soft_deleted` is.
NOVA = Filter(by="project_id", everybody={"all_tenants": "1", "soft_deleted": "true"})
CINDER = Filter(by="project_id", everybody={"all_tenants": "1"})
# `tenant_id` is valid on every Neutron; before Newton `project_id` was ignored and everybody's objects came.
# Repeating it means "any of these"; forty keep the URL below 2 kB.
NEUTRON = Filter(by="tenant_id", at_once=40)
GLANCE = Filter(by="owner", everybody={"visibility": "all"})

OWNED = ("id", "name", "status", "project_id", "tenant_id")

INTERFACES = frozenset(  # what remove_router_interface takes (neutron-lib ROUTER_INTERFACE_OWNERS)
    {"network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"}
)
GO_WITH_THEIR_OWNER = frozenset(
    {
        "network:dhcp",
        "network:distributed",
        "network:floatingip",
        "network:floatingip_agent_gateway",
        "network:router_centralized_snat",
        "network:router_gateway",
        "network:router_ha_interface",
    }
)


def port_or_interface(record: Record) -> str | None:
    """Tell a port from a router's interface, and from those that leave with the network, router or floating IP."""
    owner = record.get("device_owner") or ""
    if owner in INTERFACES:
        return "router_interface"
    return None if owner in GO_WITH_THEIR_OWNER else "port"


ROWS: tuple[Row, ...] = (
    Row(
        "server", "/servers/detail", "servers", facts.server, NOVA, owners=("tenant_id",),
        doubt=cells_down, remove=removals.server,
    ),
    Row(
        "floating_ip", "/floatingips", "floatingips", facts.floating_ip, NEUTRON, name="floating_ip_address",
        fields=(*OWNED, "floating_ip_address", "port_id"), extension="router",
    ),
    Row(
        "router_interface", "/ports", "ports", facts.router_interface, NEUTRON, remove=removals.router_interface,
    ),
    Row(
        "router", "/routers", "routers", facts.router, NEUTRON,
        fields=(*OWNED, "routes", "external_gateway_info"), extension="router",
    ),
    Row(
        "port", "/ports", "ports", facts.port, NEUTRON,
        fields=(*OWNED, "network_id", "device_owner", "device_id", "fixed_ips"), sorted_out=port_or_interface,
    ),
    Row("subnet", "/subnets", "subnets", facts.subnet, NEUTRON, fields=(*OWNED, "network_id", "cidr")),
    Row(
        "network", "/networks", "networks", facts.network, NEUTRON,
        fields=(*OWNED, "shared", "router:external"), remove=removals.network,
    ),
    # Neutron makes the `default` group of the first project named in the filter anew, whatever `fields` says; so the
    # first one named is our own (measured on 2026.2; neutron db/securitygroups_db.py get_security_groups).
    Row(
        "security_group", "/security-groups", "security_groups", facts.security_group, NEUTRON,
        fields=OWNED, own_first=True, extension="security-group",
    ),
    Row(
        "volume_snapshot", "/snapshots/detail", "snapshots", facts.volume_snapshot, CINDER,
        owners=(removals.SNAPSHOT_OWNER,),
    ),
    Row(
        "volume", "/volumes/detail", "volumes", facts.volume, CINDER, owners=("os-vol-tenant-attr:tenant_id",),
        remove=removals.volume,
    ),
    # Glance hides `os_hidden` images from the plain list.
    Row(
        "image", "/images", "images", facts.image, GLANCE, owners=("owner",),
        also=({"os_hidden": "true"},), remove=removals.image,
    ),
)  # fmt: skip

BY_KIND: dict[str, Row] = {row.kind: row for row in ROWS}
