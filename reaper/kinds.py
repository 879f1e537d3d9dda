"""What is fact and order about each kind of resource: one table, in the order of a reader, not of work.

The facts that each kind's resources carry (`Resource.facts`), as far as the service tells them:

    server            addresses (tuple of str), locked (bool), task_state (str or None), created_at (ISO text), flavor
    floating_ip       address, port_id (or None)
    router_interface  router_id, network_id
    router            routes (bool: it has static ones), external (bool: it has a gateway)
    port              network_id, device_owner, device_id, addresses
    subnet            network_id, cidr
    network           shared (bool), external (bool)
    volume            size (GB), attached (bool), servers (tuple of ids), created_at
    volume_snapshot   volume_id, size (GB)
    image             visibility, protected (bool), size (bytes or None), created_at
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of resource, and what must be gone before one of it may be asked to go.

    `after` names kinds of the same tenant that must be absent first. `listed_with` names the kind whose LIST also
    shows this one. `at_once` means that the service's yes to a DELETE is the absence itself (Neutron), so that what
    waits for it need not wait for the next listing. `goes_with` names a kind whose deletion takes this along.
    """

    name: str
    service: str  # service type in the catalog
    after: tuple[str, ...] = ()
    listed_with: str | None = None
    at_once: bool = False
    goes_with: str | None = None


KINDS: tuple[Kind, ...] = (
    Kind("server", "compute"),
    Kind("floating_ip", "network", at_once=True),
    # An interface is a port by nature and is found in the listing of ports; it leaves through its router.
    Kind("router_interface", "network", after=("floating_ip",), listed_with="port", at_once=True),
    Kind("router", "network", after=("router_interface",), at_once=True),
    # Nova unbinds ports it was given and deletes those it made: what is left after the servers is asked here.
    Kind("port", "network", after=("server",), at_once=True),
    # Subnets leave with their network; only one that hangs on somebody else's network is asked to go by itself.
    Kind("subnet", "network", after=("port", "router_interface"), at_once=True, goes_with="network"),
    Kind("network", "network", after=("port", "router_interface", "router"), at_once=True),
    Kind("security_group", "network", after=("server", "port"), at_once=True),
    # Cinder's cascade takes the snapshots of a loose volume; a snapshot whose volume stays is asked by itself.
    Kind("volume_snapshot", "block-storage", goes_with="volume"),
    Kind("volume", "block-storage", after=("server",)),
    Kind("image", "image"),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
NAMES: frozenset[str] = frozenset(BY_NAME)
#: The kinds that are asked of a service; the others show up in these listings.
LISTED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.listed_with is None)
