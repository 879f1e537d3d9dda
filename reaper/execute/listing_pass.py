"""Reading what tenants own: every kind in every region, each with whether the answer can be believed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reaper import kinds
from reaper.errors import ReaperError
from reaper.execute.pools import Pools, Task
from reaper.kinds import BY_NAME, LISTED, Key
from reaper.model import Listing, Resource
from reaper.ports import CloudReader

if TYPE_CHECKING:
    from reaper.execute.tenant_reclaim import TenantReclaim

#: A kind in a region.
Place = tuple[str, str]


@dataclass(frozen=True)
class ListingPass:
    """Listings by kind and region, taken together."""

    listings: Mapping[Place, Listing]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What could not be listed to the end, and why."""
        return tuple(f"{kind} in {region}: {li.why}" for (kind, region), li in self.listings.items() if not li.complete)

    def owned_by(self, project_id: str) -> list[Resource]:
        """Return the resources whose own project id is this one."""
        return [r for listing in self.listings.values() for r in listing.resources if r.project_id == project_id]


def survey(
    cloud: CloudReader, pools: Pools, project_ids: Collection[str] | None, kinds: Iterable[str] | None = None
) -> ListingPass:
    """List kinds (all, unless named) in every region at once, of these projects or (None) of the whole cloud."""
    names = [kind.name for kind in LISTED] if kinds is None else list(kinds)
    return take(cloud, pools, {(name, region): project_ids for name in names for region in cloud.regions})


def take(cloud: CloudReader, pools: Pools, wanted: Mapping[Place, Collection[str] | None]) -> ListingPass:
    """List each kind and region once, for just the projects that ask for it."""
    places = list(wanted)
    answers = pools.run([_listing(cloud, place, wanted[place]) for place in places])
    return ListingPass(
        {
            place: Listing(*place, complete=False, why=str(answer)) if isinstance(answer, ReaperError) else answer
            for place, answer in zip(places, answers, strict=True)
        }
    )


def _listing(cloud: CloudReader, place: Place, project_ids: Collection[str] | None) -> Task[Listing]:
    kind, region = place
    return Task(BY_NAME[kind].service, lambda: cloud.resources(kind, region, project_ids))


def share_out(seen: ListingPass) -> Callable[[Place, str], Listing]:
    """Make the view that each project has of listings taken for many; what has no owner is in every view.

    Sorting each listing by owner once keeps a round with many tenants from reading all of it for each of them.
    """
    sorted_by_owner: dict[Place, dict[str | None, list[Resource]]] = {}
    for place, listing in seen.listings.items():
        owners = sorted_by_owner.setdefault(place, {})
        for resource in listing.resources:
            owners.setdefault(resource.project_id, []).append(resource)

    def view(place: Place, project_id: str) -> Listing:
        owners = sorted_by_owner[place]
        mine = (*owners.get(project_id, ()), *owners.get(None, ()))
        return replace(seen.listings[place], resources=mine)

    return view


def wanted(reclaim: TenantReclaim, every: AbstractSet[Place]) -> set[Place]:
    """Say what to list next: the kinds of what was asked to go, or when that looks empty what was read too seldom.

    What only waits behind them has no need to be looked at; with nothing asked, all that is left is looked at.
    """
    if not reclaim.known or reclaim.doubts or reclaim.wary or reclaim.standstill.lasts(reclaim.timing.idle):
        return set(every)  # what a lie has hidden may be what everything else waits for
    if not reclaim.remaining:
        return reclaim.verification.lacking(every)
    asked = [key for key in reclaim.remaining if key in reclaim.answers]
    looked_for = asked or ([] if reclaim.under_way else list(reclaim.remaining))
    return {place for place in map(shown_in, looked_for) if place in every}


def wanted_too(reclaim: TenantReclaim, before: Mapping[Key, Resource], every: AbstractSet[Place]) -> set[Place]:
    """Say what to list in the same round: what may have left with what is gone, or the rest when that was all."""
    if not reclaim.remaining and not reclaim.doubts:
        return set() if reclaim.verification.looks else set(every)
    vanished = {(key[0], key[1]) for key in before if key not in reclaim.remaining}
    # What waits for all of a kind is looked at once, when the last one has gone.
    over = vanished - {(key[0], key[1]) for key in reclaim.remaining}
    return {
        shown_in(key)
        for key in reclaim.remaining
        if any((key[0], one) in (over if one in BY_NAME[key[1]].after else vanished) for one in kinds.takers(key[1]))
    }


def shown_in(key: Key) -> Place:
    """Name the listing that shows a resource."""
    region, kind, _ = key
    return (BY_NAME[kind].listed_with or kind, region)
