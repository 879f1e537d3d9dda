"""What of a tenant stays: kept by its policy, used by others, a part of what stays; and why, for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reaper.kinds import BY_NAME, Key, may_be_needed, parent_of, router_of, whole_of
from reaper.model import Resource
from reaper.plan import Finding, Sorted

if TYPE_CHECKING:
    from reaper.execute.tenant_reclaim import TenantReclaim


@dataclass
class LeftAlone:
    """What stays of one tenant. Something once excused stays so for the run, whatever later listings show."""

    findings: dict[Key, Finding] = field(default_factory=dict)
    kept: dict[Key, Resource] = field(default_factory=dict)
    _excused: dict[Key, str] = field(default_factory=dict)

    @property
    def keys(self) -> set[Key]:
        """What tells each of them from everything else."""
        return {*self.kept, *self.findings}

    @property
    def resources(self) -> dict[Key, Resource]:
        """Return all of it."""
        return {**self.kept, **{key: finding.resource for key, finding in self.findings.items()}}

    def excuse(self, resource: Resource, why: str) -> None:
        """Leave something alone that was to go."""
        self._excused[resource.key] = why
        self.findings[resource.key] = Finding(resource, why)

    def take(self, before: Collection[Key], ours: Sorted) -> None:
        """Take in a listing that had shown `before`: what is not shown any more is not left alone any more."""
        for key in before:
            del self.findings[key]
        excused = {key: one for key, one in ours.mine.items() if key in self._excused}
        self.findings.update({key: Finding(one, self._excused[key]) for key, one in excused.items()})
        self.findings.update({f.resource.key: f for f in ours.findings if f.resource.project_id is not None})
        self.kept.update({one.key: one for one in ours.kept})

    def parts_among(self, remaining: Mapping[Key, Resource]) -> Iterator[tuple[Resource, str]]:
        """Find what is a mere part of what stays, and say so."""
        staying = self.resources
        for resource in list(remaining.values()) if staying else ():
            whole = whole_of(resource, staying)
            if whole is not None:
                yield resource, f"it is a part of {whole}, which is left alone"


def maybe_lent(reclaim: TenantReclaim) -> list[Resource]:
    """Return what is plugged into or points to something that was not seen to be the tenant's own."""
    held = [(one, BY_NAME[one.kind].held_by) for one in reclaim.remaining.values()]
    return [one for one, by in held if by and one.facts.get(by) and (one.region, str(one.facts[by])) not in reclaim.own]


def leave_lent(reclaim: TenantReclaim, lent: Resource, why: str) -> None:
    """Leave alone what something of another project uses, and what that would lose with it.

    With a port that is its network and the way out of it: addresses on it, the network's interfaces and their routers.
    """
    reclaim.excuse(lent, why)
    for one in list(reclaim.remaining.values()):
        if one.region == lent.region and _serves(one, lent):
            reclaim.excuse(one, f"{lent} needs it, which is left alone: {why}")
    interfaces = [
        one.resource for one in reclaim.left_alone.findings.values() if one.resource.kind == "router_interface"
    ]
    for key in filter(None, map(router_of, interfaces)):
        if key in reclaim.remaining:
            reclaim.excuse(reclaim.remaining[key], f"{lent} needs it, which is left alone: {why}")


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


def leave_what_others_need(reclaim: TenantReclaim) -> None:
    """When nothing moves any more, leave alone what was refused and may be needed by something that stays.

    What was not asked yet waits behind what was refused, and is asked once that is left alone.
    """
    left = [one for one in reclaim.remaining.values() if parent_of(one) not in reclaim.remaining]
    asked = [one for one in left if one.key in reclaim.answers]
    if not reclaim.timing.rests or any(not reclaim.answers[one.key] for one in asked):
        return
    staying, remaining = list(reclaim.left_alone.resources.values()), list(reclaim.remaining.values())
    for resource in asked:
        why = may_be_needed(resource, staying, remaining, long=reclaim.timing.stands_still)
        if why and resource.key not in reclaim.unheard:
            reclaim.excuse(resource, f"{reclaim.answers[resource.key]} ({why})")
