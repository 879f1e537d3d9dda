"""What is fact and order about each kind of resource: one table, in the order of a reader, not of work.

The facts that each kind's resources carry (`Resource.facts`), as far as the service tells them:

    server            addresses (tuple of str), locked (bool), task_state (str or None), created_at (ISO text), flavor,
                      launched_at (ISO text, None: it never ran), from_volume (bool: its disk is a volume), disks (ids
                      of the volumes that go, or may go, when it is deleted)
    floating_ip       address, port_id (or None: it is on no port)
    port_forwarding   floating_ip_id, port_id
    router_interface  router_id, network_id
    router            routes (bool: it has static ones), external (bool: it has a gateway)
    trunk             port_id
    port              network_id, device_owner, device_id, addresses
    subnet            network_id, cidr
    network           shared (bool), external (bool)
    subnet_pool, address_scope, address_group, qos_policy, security_group    shared (bool)
    rbac_policy       object_kind, object_id, target (a project's id, or * for everybody)
    volume            size (GB), attached (bool), servers (tuple of ids), created_at, group_id (or None)
    volume_snapshot   volume_id, size (GB), created_at
    backup            volume_id, size (GB), incremental (bool), created_at
    load_balancer     address
    cluster, stack    failed (bool: deleting it failed, so that what it made has to go by itself)
    object_container  objects (number), size (bytes)
    image             visibility, protected (bool), size (bytes or None), created_at, members (number; only of images
                      whose visibility is `shared`, and only when they were listed by project)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of resource, and what must be gone before one of it may be asked to go.

    `after` names kinds of the same tenant that must be absent first. `listed_with` names the kind whose LIST also
    shows this one. `at_once` means that the service's yes to a DELETE is the absence itself (Neutron), so that what
    waits for it need not wait for the next listing. `goes_with` names a kind whose deletion takes this along.
    `keepable` kinds may stand in a policy's `keep`: the others hold something up, or leave with what they belong to.
    """

    name: str
    service: str  # service type in the catalog
    after: tuple[str, ...] = ()
    listed_with: str | None = None
    at_once: bool = False
    goes_with: str | None = None
    keepable: bool = False


#: Kinds that made others and remove what they made in an order of their own.
_OWNERS = ("cluster", "stack")

KINDS: tuple[Kind, ...] = (
    Kind("server", "compute", after=_OWNERS),
    # Nova lets a group go while it has members.
    Kind("server_group", "compute", after=_OWNERS, at_once=True),
    # An attached floating IP goes at once; one with port forwardings is refused as long as it has any.
    Kind("floating_ip", "network", after=(*_OWNERS, "port_forwarding"), at_once=True),
    # Shown with the floating IP it belongs to. It would leave with its port, but that waits for the servers.
    Kind("port_forwarding", "network", after=_OWNERS, listed_with="floating_ip", at_once=True),
    # With its listeners, pools and members; its port and the floating IP on it stay or go by themselves.
    Kind("load_balancer", "load-balancer", after=_OWNERS),
    # An interface is a port by nature and is found in the listing of ports; it leaves through its router.
    Kind("router_interface", "network", after=(*_OWNERS, "floating_ip"), listed_with="port", at_once=True),
    Kind("router", "network", after=(*_OWNERS, "router_interface"), at_once=True),
    # Neutron refuses a trunk whose parent port has a server, and both kinds of its ports while there is a trunk.
    Kind("trunk", "network", after=(*_OWNERS, "server"), at_once=True),
    # Nova unbinds ports it was given and deletes those it made: what is left after the servers is asked here.
    Kind("port", "network", after=(*_OWNERS, "server", "load_balancer", "trunk", "share_network"), at_once=True),
    # Subnets leave with their network; only one that hangs on somebody else's network is asked to go by itself.
    Kind("subnet", "network", after=(*_OWNERS, "port", "router_interface"), at_once=True, goes_with="network"),
    Kind("network", "network", after=(*_OWNERS, "port", "router_interface", "router"), at_once=True),
    Kind("subnet_pool", "network", after=(*_OWNERS, "subnet", "network"), at_once=True),
    Kind("address_scope", "network", after=(*_OWNERS, "subnet_pool"), at_once=True),
    Kind("security_group", "network", after=(*_OWNERS, "server", "port"), at_once=True),
    Kind("address_group", "network", after=(*_OWNERS, "security_group"), at_once=True),
    Kind("qos_policy", "network", after=(*_OWNERS, "floating_ip", "router", "port", "network"), at_once=True),
    # A policy leaves with what it shares; only one about somebody else's object is asked to go by itself.
    Kind("rbac_policy", "network", after=_OWNERS, at_once=True),
    # Cinder's cascade takes the snapshots of a loose volume; a snapshot whose volume stays is asked by itself.
    Kind("volume_snapshot", "block-storage", after=_OWNERS, goes_with="volume", keepable=True),
    # A volume in a group leaves with the group, by the group's flag delete-volumes.
    Kind("volume", "block-storage", after=(*_OWNERS, "server")),
    Kind("volume_group", "block-storage", after=(*_OWNERS, "server")),
    # Independent of its volume. Cinder refuses one on which incremental ones stand: the newest go first.
    Kind("backup", "block-storage", after=_OWNERS, keepable=True),
    Kind("image", "image", after=_OWNERS, keepable=True),
    # Heat removes what a stack made, in its own order; everything else waits, unless Heat has failed at it.
    Kind("stack", "orchestration", after=("cluster",)),
    Kind("cluster", "container-infra"),
    # With its objects. Swift answers when it is gone.
    Kind("object_container", "object-store", after=_OWNERS, at_once=True, keepable=True),
    Kind("dns_zone", "dns", after=_OWNERS, keepable=True),
    Kind("share", "shared-file-system", after=_OWNERS),
    # It holds ports in the tenant's networks for the servers that give out its shares.
    Kind("share_network", "shared-file-system", after=(*_OWNERS, "share")),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
NAMES: frozenset[str] = frozenset(BY_NAME)
KEEPABLE: frozenset[str] = frozenset(kind.name for kind in KINDS if kind.keepable)
#: The kinds that are asked of a service; the others show up in these listings.
LISTED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.listed_with is None)
