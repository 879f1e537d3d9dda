"""What is known of the snapshots of volumes at the moment when the volumes are asked to go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from reaper.errors import ReaperError
from reaper.execute.pools import Pools, Task
from reaper.kinds import BY_NAME, Key, parent_of
from reaper.model import Resource
from reaper.ports import Cloud

#: A volume to be deleted, and all that its tenant still has.
Leaving = tuple[Resource, Mapping[Key, Resource]]


def with_snapshots(cloud: Cloud, pools: Pools, leaving: Iterable[Leaving]) -> dict[Key, Resource]:
    """Tell volumes how many snapshots of them were seen: they are asked to go another way then.

    Whether others have snapshots of them, too, is asked for all at once where there are several; the fact `alone` says
    that nobody has. Without it each is asked by itself.
    """
    counted = {one.key: _counted(one, remaining) for one, remaining in leaving if one.kind == "volume"}
    with_some = [one for one in counted.values() if one.facts.get("snapshots")]
    for region in sorted({one.region for one in with_some}):
        here = [one for one in with_some if one.region == region]
        if len(here) > 1:
            ask = Task(BY_NAME["volume"].service, partial(cloud.without_strangers, region, here))
            (answer,) = pools.run([ask])
            alone = frozenset() if isinstance(answer, ReaperError) else answer
            counted |= {o.key: replace(o, facts={**o.facts, "alone": True}) for o in here if o.id in alone}
    return counted


def _counted(volume: Resource, remaining: Mapping[Key, Resource]) -> Resource:
    number = sum(parent_of(other) == volume.key for other in remaining.values())
    return replace(volume, facts={**volume.facts, "snapshots": number}) if number else volume
