"""When the absence of something is to be believed: what may leave unasked, and with whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reaper.kinds import BY_NAME
from reaper.model import Resource
from reaper.plan import Key

#: Whose deletion may take one of the kind on the left along. Nova deletes the ports, volumes and shelved image it made
#: with the server; Neutron a network's subnets, a port's forwardings, a router's own ports; Cinder snapshots.
LEAVES_WITH: Mapping[str, frozenset[str]] = {
    "port": frozenset({"server", "network", "router", "load_balancer", "share_network"}),
    "router_interface": frozenset({"router"}),
    "port_forwarding": frozenset({"floating_ip", "port", "server"}),
    "floating_ip": frozenset({"load_balancer"}),
    "security_group": frozenset({"load_balancer"}),
    "volume": frozenset({"server", "volume_group"}),
    "volume_snapshot": frozenset({"volume", "volume_group"}),
    "image": frozenset({"server"}),
}
#: Made by others and owning others: whatever they made leaves with them. Sharing leaves with what was shared.
OWNERS = frozenset({"stack", "cluster"})
SHARING = "rbac_policy"


def explained(key: Key, accepted: Collection[Key]) -> bool:
    """Whether it is no wonder that it is gone, given which deletes the services have said yes to."""
    if key in accepted:
        return True
    region, kind, _ = key
    asked = {one[1] for one in accepted if one[0] == region}
    return bool(asked & leaders(kind)) or (kind == SHARING and bool(asked))


def leaders(kind: str) -> frozenset[str]:
    """Return the kinds whose deletion may take one of this kind along."""
    return LEAVES_WITH.get(kind, frozenset()) | OWNERS | {BY_NAME[kind].goes_with or ""}


def on_its_way(resource: Resource) -> bool:
    """Whether a delete that was accepted still shows; what is back in another state has to be asked again.

    Nova gives a server back as it was when Neutron failed it during the delete, and keeps a soft-deleted one.
    """
    status = resource.status.lower()
    if resource.facts.get("task_state") == "deleting":
        return "error" not in status
    return "delet" in status and "error" not in status and "failed" not in status and status != "soft_deleted"
