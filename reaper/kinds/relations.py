"""How resources hang together, told by the table of kinds and their facts: pure functions of resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reaper.kinds.table import BY_NAME, KINDS, MAKERS
from reaper.model import Resource

#: Region, kind and id: what tells a resource from every other one of a cloud.
Key = tuple[str, str, str]


def parent_of(resource: Resource) -> Key | None:
    """Name what takes this along when it goes: a network its subnets, a volume its snapshots, anything its sharing."""
    kind = BY_NAME.get(resource.kind)
    if kind is None or kind.parent is None:
        return None
    above = kind.parent.kind or resource.facts.get(kind.parent.kind_fact)
    one = resource.facts.get(kind.parent.fact)
    return (resource.region, str(above), str(one)) if above and one else None


def whole_of(resource: Resource, staying: Mapping[Key, Resource]) -> Resource | None:
    """Return what stays and has this as a mere part: a network its subnets and its sharing."""
    above = parent_of(resource) if BY_NAME[resource.kind].part_of_parent else None
    return staying.get(above) if above else None


def leaves_surely(part: Resource, whole: Resource) -> bool:
    """Whether something is a mere part of another, so that nobody has to ask for it once that is gone."""
    return BY_NAME[part.kind].part_of_parent and parent_of(part) == whole.key


def needed_by(resource: Resource, staying: Collection[Resource]) -> Resource | None:
    """Return one of what stays that a service may need this for: of a kind that would have to go first."""
    before = BY_NAME[resource.kind].after
    return next((one for one in staying if one.region == resource.region and one.kind in before), None)


def may_be_needed(
    resource: Resource, staying: Collection[Resource], remaining: Collection[Resource], *, long: bool
) -> str | None:
    """Say why something that was refused, and moves no more, is to be left alone: what may need it; or None.

    `long`: nothing has moved for so long that also a use is believed which no list shows.
    """
    whose = needed_by(resource, staying)
    if whose is not None:
        return f"{whose}, which is left alone, may need it"
    clones = BY_NAME[resource.kind].cloned_by
    if clones and long and not any(one.kind in clones and one.region == resource.region for one in remaining):
        return "nothing of the tenant's can be what uses it: others may, in ways that no list shows"
    return None


def router_of(interface: Resource) -> Key | None:
    """Name the router that an interface is one of; None for everything else."""
    if interface.kind != "router_interface":
        return None
    return (interface.region, "router", str(interface.facts.get("router_id")))


def stands_on(newer: Resource, older: Resource) -> bool:
    """Whether a backup is an incremental one on another: Cinder refuses the older as long as the newer is there."""
    if (newer.kind, older.kind) != ("backup", "backup"):
        return False
    if newer.region != older.region or not newer.facts.get("incremental"):
        return False
    same = newer.facts.get("volume_id") == older.facts.get("volume_id")
    return same and str(newer.facts.get("created_at")) > str(older.facts.get("created_at"))


def takers(kind: str) -> frozenset[str]:
    """Return the kinds whose deletion may take one of this kind along; sharing leaves with whatever was shared."""
    one = BY_NAME[kind]
    if one.parent is None:
        return _OTHERS[kind]
    return _OTHERS[kind] | ({one.parent.kind} if one.parent.kind else _SHAREABLE)


def may_have_left(key: Key, accepted: Collection[Key]) -> bool:
    """Whether it is no wonder that it is gone, given which deletes the services have said yes to."""
    if key in accepted:
        return True
    region, kind, _ = key
    return not takers(kind).isdisjoint(one[1] for one in accepted if one[0] == region)


def on_its_way(resource: Resource) -> bool:
    """Whether a delete that was accepted still shows; what is back in another state has to be asked again.

    Nova gives a server back as it was when Neutron failed it during the delete, and keeps a soft-deleted one.
    """
    status = resource.status.lower()
    if resource.facts.get("task_state") == "deleting":
        return "error" not in status
    return "delet" in status and "error" not in status and "failed" not in status and status != "soft_deleted"


_OTHERS: dict[str, frozenset[str]] = {kind.name: kind.leaves_with | frozenset(MAKERS) for kind in KINDS}
_SHAREABLE = frozenset(kind.name for kind in KINDS if kind.shareable)
