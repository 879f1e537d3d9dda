"""How each kind is found and removed: one row per kind, in the order of `kinds.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reaper.cloud import explain, facts, removals, storage, stuck_states, swift
from reaper.cloud.cells import cells_down
from reaper.cloud.client import Client
from reaper.cloud.enrich import with_members
from reaper.cloud.explain import Users
from reaper.cloud.facts import Facts, Record
from reaper.cloud.pages import PAGE
from reaper.cloud.removals import Remove
from reaper.cloud.stuck_states import ForceReset

Params = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Filter:
    """How a service lists everybody's objects, and those of some projects.

    `by` is the filter's name; `at_once` how many projects one call may name; `everybody` must be there in any case.
    Without `by` there is no filter, and the whole cloud is read. With `address` the project stands in the address of
    the call: there is no list of the whole cloud, and what is listed is that project's.
    """

    by: str | None
    at_once: int = 1
    everybody: Params | None = None
    address: bool = False


@dataclass(frozen=True)
class Row:
    """One kind: where it is listed, who owns one, what is told about it, how it is removed.

    `identity`, `name` and `status` are the attributes that hold these. `fields` are the only attributes asked for,
    where the service can cut its answer. `also` are further questions, for what the plain list hides. `own_first`: the
    filter must name our own token's project before the others.

    `sorted_out` gives the row under which a record of this list stands; None: it goes with its owner and is nobody's to
    remove. `within` finds records of other kinds inside one of this list. `closer` completes a record of a project that
    was asked for, by further calls. `extension` is Neutron's alias without which there is no such kind, `since` the
    microversion. `offset`: pages are counted, not marked; `page` None: no size of a page is named. `doubt` says why a
    list that came whole may still lack something, `judge` why its records cannot be believed. `words` turns a record
    of an old release into today's. `needs` is what a person has to provide when the service forbids it.

    `remove` asks one to go with all that hangs on it, `remove_alone` without (None: that is never done). `users` tells
    who of another project uses one, `force_reset` is the way out when one that was asked to go does not.
    """

    kind: str
    path: str
    key: str
    facts: Callable[[Record], Facts]
    filter: Filter
    owners: tuple[str, ...] = ("project_id", "tenant_id")
    fields: tuple[str, ...] = ()
    identity: str = "id"
    name: str = "name"
    status: str = "status"
    also: tuple[Params, ...] = ()
    own_first: bool = False
    extension: str | None = None
    since: tuple[int, int] | None = None
    offset: bool = False
    page: int | None = PAGE
    words: Callable[[Record], Record] | None = None
    sorted_out: Callable[[Record], str | None] | None = None
    within: Callable[[Record], Iterable[tuple[str, Record]]] | None = None
    closer: Callable[[Client, str, Record], Record] | None = None
    doubt: Callable[[Client, str], str] | None = None
    judge: Callable[[tuple[Record, ...]], str] | None = None
    needs: str = ""
    remove: Remove = removals.plainly
    remove_alone: Remove | None = None
    users: Users = explain.nobody_known
    force_reset: ForceReset = stuck_states.no_way_out


# Nova drops `project_id` and lists the caller's own project unless `all_tenants` is given, and it hides servers that
# wait for the end of their reclaim interval, and still hold their ports, unless `soft_deleted` is.
NOVA = Filter(by="project_id", everybody={"all_tenants": "1", "soft_deleted": "true"})
CINDER = Filter(by="project_id", everybody={"all_tenants": "1"})
# `tenant_id` is valid on every Neutron; before Newton `project_id` was ignored and everybody's objects came.
# Repeating it means "any of these"; fifty keep the request with its token below the 4 kB that uWSGI reads.
NEUTRON = Filter(by="tenant_id", at_once=50)
GLANCE = Filter(by="owner", everybody={"visibility": "all"})
# Nova filters server groups by nothing.
GROUPS = Filter(by=None, everybody={"all_projects": "1"})
OCTAVIA = Filter(by="project_id")  # two of them are answered with a 500
# An admin's plain list holds everybody's stacks, whatever project stands in the address (since Pike); the list that is
# called global needs a policy that nobody has by default (heat db/api.py _query_stack_get_all, policies/stacks.py).
HEAT = Filter(by="tenant", at_once=40, everybody={"show_hidden": "true"})
MAGNUM = Filter(by=None)  # an admin's list holds everybody's, and there is no filter
DESIGNATE = Filter(by=None)  # the whole cloud by a header, see wire.HEADERS
SWIFT = Filter(by=None, everybody={"format": "json"}, address=True)

OWNED = ("id", "name", "status", "project_id", "tenant_id")
SHARED = ("id", "name", "project_id", "tenant_id", "shared")

INTERFACES = frozenset(  # what remove_router_interface takes (neutron-lib ROUTER_INTERFACE_OWNERS)
    {"network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"}
)


def port_or_interface(record: Record) -> str:
    """Tell a port from a router's interface, and from what Neutron made for a network, router or floating IP."""
    owner = record.get("device_owner") or ""
    if owner in INTERFACES:
        return "router_interface"
    return "managed_port" if owner in facts.SERVED else "port"


def forwardings(floating: Record) -> list[tuple[str, Record]]:
    """Find a floating IP's port forwardings, which are shown in it (extension expose-port-forwarding-in-fip)."""
    owner = {"floating_ip_id": floating["id"], "project_id": floating.get("project_id") or floating.get("tenant_id")}
    every = floating.get("port_forwardings") or ()
    return [("port_forwarding", {**one, **owner}) for one in every if one.get("id")]


ROWS: tuple[Row, ...] = (
    Row(
        "server", "/servers/detail", "servers", facts.server, NOVA, owners=("tenant_id",),
        doubt=cells_down, remove=removals.server, remove_alone=removals.server, force_reset=stuck_states.reset_server,
    ),
    Row("server_group", "/os-server-groups", "server_groups", facts.nothing, GROUPS, offset=True),
    Row(
        "floating_ip", "/floatingips", "floatingips", facts.floating_ip, NEUTRON, name="floating_ip_address",
        fields=(*OWNED, "floating_ip_address", "port_id", "port_forwardings"), extension="router", within=forwardings,
        remove_alone=removals.plainly,
    ),
    Row(
        "port_forwarding", "/floatingips", "floatingips", facts.port_forwarding, NEUTRON, name="description",
        remove=removals.port_forwarding,
    ),
    Row(
        "load_balancer", "/lbaas/loadbalancers", "loadbalancers", facts.load_balancer, OCTAVIA,
        fields=("id", "name", "project_id", "provisioning_status", "vip_address"), status="provisioning_status",
        remove=removals.load_balancer,
    ),
    Row(
        "router_interface", "/ports", "ports", facts.router_interface, NEUTRON, remove=removals.router_interface,
        users=explain.OF_INTERFACE,
    ),
    Row(
        "router", "/routers", "routers", facts.router, NEUTRON,
        fields=(*OWNED, "routes", "external_gateway_info"), extension="router", users=explain.OF_ROUTER,
    ),
    Row(
        "trunk", "/trunks", "trunks", facts.trunk, NEUTRON, fields=(*OWNED, "port_id"), extension="trunk",
    ),
    Row(
        "port", "/ports", "ports", facts.port, NEUTRON,
        fields=(*OWNED, "network_id", "device_owner", "device_id", "fixed_ips"), sorted_out=port_or_interface,
        users=explain.OF_PORT,
    ),
    Row("managed_port", "/ports", "ports", facts.managed_port, NEUTRON, users=explain.OF_MANAGED_PORT),
    Row(
        "subnet", "/subnets", "subnets", facts.subnet, NEUTRON, fields=(*OWNED, "network_id", "cidr"),
        users=explain.ON_SUBNET,
    ),
    Row(
        "network", "/networks", "networks", facts.network, NEUTRON,
        fields=(*OWNED, "shared", "router:external"), remove=removals.network, users=explain.ON_NETWORK,
    ),
    Row(
        "subnet_pool", "/subnetpools", "subnetpools", facts.shared, NEUTRON,
        fields=SHARED, extension="subnet_allocation", remove=removals.unless_shared, users=explain.OF_SUBNET_POOL,
    ),
    Row(
        "address_scope", "/address-scopes", "address_scopes", facts.shared, NEUTRON,
        fields=SHARED, extension="address-scope", remove=removals.unless_shared, users=explain.OF_ADDRESS_SCOPE,
    ),
    # Neutron makes the `default` group of the first project named in the filter anew, whatever `fields` says; so the
    # first one named is our own (measured on 2026.2; neutron db/securitygroups_db.py get_security_groups).
    Row(
        "security_group", "/security-groups", "security_groups", facts.shared, NEUTRON,
        fields=SHARED, own_first=True, extension="security-group", remove=removals.unless_shared,
        users=explain.IN_SECURITY_GROUP,
    ),
    Row(
        "address_group", "/address-groups", "address_groups", facts.shared, NEUTRON,
        fields=SHARED, extension="address-group", remove=removals.unless_shared, users=explain.IN_RULES,
    ),
    Row(
        "qos_policy", "/qos/policies", "policies", facts.shared, NEUTRON,
        fields=SHARED, extension="qos", remove=removals.unless_shared, users=explain.UNDER_QOS_POLICY,
    ),
    Row(
        "rbac_policy", "/rbac-policies", "rbac_policies", facts.rbac_policy, NEUTRON, name="object_id",
        fields=("id", "project_id", "tenant_id", "object_type", "object_id", "target_tenant"),
        extension="rbac-policies", users=explain.BY_SHARING,
    ),
    Row(
        "volume_snapshot", "/snapshots/detail", "snapshots", facts.volume_snapshot, CINDER,
        owners=(storage.SNAPSHOT_OWNER,), remove=storage.by_force_after_an_error, remove_alone=removals.plainly,
        force_reset=stuck_states.reset_snapshot,
    ),
    Row(
        "volume", "/volumes/detail", "volumes", facts.volume, CINDER, owners=(storage.VOLUME_OWNER,),
        remove=storage.volume, remove_alone=removals.plainly, users=explain.of_volume,
        force_reset=stuck_states.reset_volume,
    ),
    # Cinder tells a group's owner since 3.58: of an older one it is unknown, and nobody touches it.
    Row(
        "volume_group", "/groups/detail", "groups", facts.nothing, CINDER, since=(3, 13), remove=storage.volume_group,
        force_reset=stuck_states.reset_group,
    ),
    Row(
        "backup", "/backups/detail", "backups", facts.backup, CINDER, owners=(storage.BACKUP_OWNER,),
        remove=storage.by_force_after_an_error, remove_alone=removals.plainly, force_reset=stuck_states.reset_backup,
    ),
    # Glance hides `os_hidden` images from the plain list.
    Row(
        "image", "/images", "images", facts.image, GLANCE, owners=("owner",),
        also=({"os_hidden": "true"},), closer=with_members, remove=removals.image,
        remove_alone=removals.image, users=explain.of_image,
    ),
    Row(
        "stack", "/stacks", "stacks", facts.stack, HEAT, owners=("project",), name="stack_name", status="stack_status",
        remove=removals.stack,
    ),
    Row(
        "cluster", "/clusters/detail", "clusters", facts.cluster, MAGNUM, identity="uuid",
    ),
    Row(
        "object_container", "", "containers", facts.object_container, SWIFT, owners=(), identity="name",
        needs="Reaper's user needs the role that Swift calls reseller_admin_role, usually ResellerAdmin",
        remove=swift.object_container,
    ),
    Row(
        "dns_zone", "/zones", "zones", facts.zone, DESIGNATE, remove=removals.unless_shared, users=explain.of_zone,
    ),
    Row(
        "share", "/shares/detail", "shares", facts.share, CINDER, offset=True, remove=storage.share,
        force_reset=stuck_states.reset_share,
    ),
    Row("share_network", "/share-networks/detail", "share_networks", facts.nothing, CINDER, offset=True),
)  # fmt: skip

BY_KIND: dict[str, Row] = {row.kind: row for row in ROWS}
