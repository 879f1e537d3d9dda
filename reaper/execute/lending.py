"""What another project uses, though its service would delete it all the same: it stays, with what it needs."""

from __future__ import annotations

from reaper.execute.work import Work
from reaper.kinds import BY_NAME, router_of
from reaper.model import Resource


def maybe_lent(work: Work) -> list[Resource]:
    """Return what is plugged into or points to something that was not seen to be the tenant's own."""
    held = [(one, BY_NAME[one.kind].held_by) for one in work.remaining.values()]
    return [one for one, by in held if by and one.facts.get(by) and (one.region, str(one.facts[by])) not in work.own]


def leave_lent(work: Work, lent: Resource, why: str) -> None:
    """Leave alone what something of another project uses, and what that would lose with it.

    With a port that is its network and the way out of it: addresses on it, the network's interfaces and their routers.
    """
    work.excuse(lent, why)
    for one in list(work.remaining.values()):
        if one.region == lent.region and _serves(one, lent):
            work.excuse(one, f"{lent} needs it, which is left alone: {why}")
    interfaces = [one.resource for one in work.findings.values() if one.resource.kind == "router_interface"]
    for key in filter(None, map(router_of, interfaces)):
        if key in work.remaining:
            work.excuse(work.remaining[key], f"{lent} needs it, which is left alone: {why}")


def _serves(one: Resource, lent: Resource) -> bool:
    if lent.kind != "port":
        return False
    if one.kind in ("floating_ip", "port_forwarding"):
        return one.facts.get("port_id") == lent.id
    network = lent.facts.get("network_id")
    if network is None:
        return False
    return (one.kind, one.id) == ("network", network) or (
        one.kind in ("router_interface", "subnet") and one.facts.get("network_id") == network
    )
