"""What stays because something else does: parts of what is left alone, and what the service needs for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reaper.kinds import BY_NAME
from reaper.model import Resource
from reaper.plan import Key, taken_along_by

#: Kinds that are part of something, and of no use or harm without it.
PARTS = frozenset({"subnet", "rbac_policy"})


def whole_of(resource: Resource, staying: Mapping[Key, Resource]) -> Resource | None:
    """Return what stays and has this as a part: a network its subnets and its sharing."""
    leader = taken_along_by(resource) if resource.kind in PARTS else None
    return staying.get(leader) if leader else None


def needed_by(resource: Resource, staying: Collection[Resource]) -> Resource | None:
    """Return one of what stays that a service may need this for: of a kind that would have to go first."""
    before = BY_NAME[resource.kind].after
    return next((one for one in staying if one.region == resource.region and one.kind in before), None)


def router_of(interface: Resource) -> Key | None:
    """Name the router that an interface is one of; None for everything else."""
    if interface.kind != "router_interface":
        return None
    return (interface.region, "router", str(interface.facts.get("router_id")))
