"""The table of kinds: what is fact and order about each, in the order of a reader, not of work.

The facts that each kind's resources carry (`Resource.facts`), as far as the service tells them:

    server            addresses (tuple of str), locked (bool), task_state (str or None), power_state (number, see
                      server_states.py), created_at (ISO text), flavor,
                      launched_at (ISO text, None: it never ran), from_volume (bool: its disk is a volume), disks (ids
                      of the volumes that go, or may go, when it is deleted)
    floating_ip       address, port_id (or None: it is on no port)
    port_forwarding   floating_ip_id, port_id
    router_interface  router_id, network_id
    router            routes (bool: it has static ones), external (bool: it has a gateway)
    trunk             port_id
    port              network_id, device_owner, device_id, addresses
    managed_port      the same, owner_kind (network, router, floating_ip) and owner_id of what it serves
    subnet            network_id, cidr
    network           shared (bool), external (bool)
    subnet_pool, address_scope, address_group, qos_policy, security_group    shared (bool)
    rbac_policy       object_kind, object_id, target (a project's id, or * for everybody)
    volume            size (GB), attached (bool), servers (tuple of ids), created_at, group_id (or None)
    volume_snapshot   volume_id, size (GB), created_at
    backup            volume_id, size (GB), incremental (bool), created_at
    load_balancer     address
    dns_zone          shared (bool: with single projects)
    cluster, stack    failed (bool: deleting it failed, so that what it made has to go by itself)
    object_container  objects (number), size (bytes)
    image             visibility, protected (bool), size (bytes or None), created_at, members (number; only of images
                      whose visibility is `shared`, and only when they were listed by project)
"""

from __future__ import annotations

from reaper.kinds.kind import Kind, Parent, Told, When

#: Kinds that made others and remove what they made in an order of their own: everything else waits for them.
MAKERS = ("cluster", "stack")

KINDS: tuple[Kind, ...] = (
    Kind(
        "server", "compute", after=MAKERS, told=Told.NAMED, beside=("volume",),
        idle_when=frozenset({When.STOPPED, When.OLDER}),
        at_rest=frozenset({"ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED", "ERROR"}),
    ),
    # Nova lets a group go while it has members.
    Kind("server_group", "compute", after=MAKERS, at_once=True),
    # An attached floating IP goes at once; one with port forwardings is refused as long as it has any.
    Kind(
        "floating_ip", "network", after=(*MAKERS, "port_forwarding"), at_once=True, told=Told.NAMED,
        leaves_with=frozenset({"load_balancer"}), idle_when=frozenset({When.UNATTACHED}), held_by="port_id",
    ),
    # Shown with the floating IP it belongs to. It would leave with its port, but that waits for the servers.
    Kind(
        "port_forwarding", "network", after=MAKERS, listed_with="floating_ip", at_once=True,
        leaves_with=frozenset({"floating_ip", "port", "server"}), held_by="port_id",
    ),
    # With its listeners, pools and members; its port and the floating IP on it stay or go by themselves.
    Kind("load_balancer", "load-balancer", after=MAKERS),
    # An interface is a port by nature and is found in the listing of ports; it leaves through its router.
    Kind(
        "router_interface", "network", after=(*MAKERS, "floating_ip"), listed_with="port", at_once=True,
        leaves_with=frozenset({"router"}), told=Told.NOT_AT_ALL,
    ),
    Kind("router", "network", after=(*MAKERS, "router_interface"), at_once=True),
    # Neutron refuses a trunk whose parent port has a server, and both kinds of its ports while there is a trunk.
    Kind("trunk", "network", after=(*MAKERS, "server"), at_once=True),
    # Nova unbinds ports it was given and deletes those it made: what is left after the servers is asked here.
    Kind(
        "port", "network", after=(*MAKERS, "server", "load_balancer", "trunk", "share_network"), at_once=True,
        leaves_with=frozenset({"server", "network", "router", "load_balancer", "share_network"}),
        told=Told.NOT_AT_ALL, held_by="device_id",
    ),
    # A port that Neutron made for itself leaves with what it serves; a stale one, whose owner is gone, is asked itself.
    Kind(
        "managed_port", "network", after=MAKERS, listed_with="port", at_once=True,
        parent=Parent("owner_id", kind_fact="owner_kind"), part_of_parent=True,
        leaves_with=frozenset({"network", "router", "floating_ip"}), told=Told.NOT_AT_ALL,
    ),
    # Subnets leave with their network; only one that hangs on somebody else's network is asked to go by itself.
    Kind(
        "subnet", "network", after=(*MAKERS, "port", "router_interface"), at_once=True,
        parent=Parent("network_id", "network"), part_of_parent=True, told=Told.NOT_AT_ALL,
    ),
    Kind("network", "network", after=(*MAKERS, "port", "router_interface", "router"), at_once=True, shareable=True),
    Kind("subnet_pool", "network", after=(*MAKERS, "subnet", "network"), at_once=True, shareable=True),
    Kind("address_scope", "network", after=(*MAKERS, "subnet_pool"), at_once=True, shareable=True),
    # Neutron makes every project a group called default as soon as anybody asks for its groups.
    Kind(
        "security_group", "network", after=(*MAKERS, "server", "port"), at_once=True,
        leaves_with=frozenset({"load_balancer"}), witness=True, shareable=True,
    ),
    Kind("address_group", "network", after=(*MAKERS, "security_group"), at_once=True, shareable=True),
    Kind(
        "qos_policy", "network", after=(*MAKERS, "floating_ip", "router", "port", "network"), at_once=True,
        shareable=True,
    ),
    # A policy leaves with what it shares; only one about somebody else's object is asked to go by itself.
    Kind(
        "rbac_policy", "network", after=MAKERS, at_once=True, parent=Parent("object_id", kind_fact="object_kind"),
        part_of_parent=True,
    ),
    # Cinder's cascade takes the snapshots of a loose volume; a snapshot whose volume stays is asked by itself.
    Kind(
        "volume_snapshot", "block-storage", after=MAKERS, parent=Parent("volume_id", "volume"), keepable=True,
        leaves_with=frozenset({"volume_group"}), told=Told.NAMED,
        idle_when=frozenset({When.OLDER}), at_rest=frozenset({"available", "error"}),
    ),
    # A volume in a group leaves with the group, by the group's flag delete-volumes.
    Kind(
        "volume", "block-storage", after=(*MAKERS, "server"), parent=Parent("group_id", "volume_group"),
        leaves_with=frozenset({"server"}), told=Told.NAMED, beside=("volume_snapshot",),
        idle_when=frozenset({When.UNATTACHED}), at_rest=frozenset({"available"}), transferable=True,
        in_use=frozenset({"in-use", "attaching", "reserved"}),
    ),
    Kind("volume_group", "block-storage", after=(*MAKERS, "server")),
    # Independent of its volume. Cinder refuses one on which incremental ones stand: the newest go first.
    Kind(
        "backup", "block-storage", after=MAKERS, keepable=True,
        idle_when=frozenset({When.OLDER}), at_rest=frozenset({"available", "error"}),
    ),
    # Nova deletes the image of a shelved server with the server.
    Kind(
        "image", "image", after=MAKERS, keepable=True, leaves_with=frozenset({"server"}), told=Told.NAMED,
        cloned_by=("server", "volume", "volume_snapshot", "backup"),
        idle_when=frozenset({When.OLDER}), at_rest=frozenset({"active"}),
    ),
    # Heat removes what a stack made, in its own order; everything else waits, unless Heat has failed at it.
    Kind("stack", "orchestration", after=("cluster",)),
    Kind("cluster", "container-infra"),
    # With its objects. Swift answers when it is gone.
    Kind("object_container", "object-store", after=MAKERS, at_once=True, keepable=True),
    Kind("dns_zone", "dns", after=MAKERS, keepable=True, transferable=True),
    Kind("share", "shared-file-system", after=MAKERS, transferable=True),
    # It holds ports in the tenant's networks for the servers that give out its shares.
    Kind("share_network", "shared-file-system", after=(*MAKERS, "share")),
)  # fmt: skip

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
NAMES: frozenset[str] = frozenset(BY_NAME)
KEEPABLE: frozenset[str] = frozenset(kind.name for kind in KINDS if kind.keepable)
#: The kinds that are asked of a service; the others show up in these listings.
LISTED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.listed_with is None)
#: The services of the kinds, in the order of the table.
SERVICES: tuple[str, ...] = tuple(dict.fromkeys(kind.service for kind in KINDS))
#: By service, the kind whose list always shows something that is known to be there, or comes back incomplete.
WITNESSES: dict[str, str] = {kind.service: kind.name for kind in KINDS if kind.witness}
#: A kind that a policy may keep, and the kind whose deletion would take it along: unseen, it holds the other back.
HOLDERS: dict[str, str] = {
    kind.name: kind.parent.kind for kind in KINDS if kind.keepable and kind.parent and kind.parent.kind
}
