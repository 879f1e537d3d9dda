"""Leftovers: what the services still hold for projects that Keystone no longer has. They are told, never touched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reaper.errors import Gone, ReaperError
from reaper.execute import Pools, survey
from reaper.execute.listing_pass import take
from reaper.model import Listing, Resource
from reaper.ports import CloudReader, Ledger

#: Kinds of which a size is told, and how many bytes their services' unit has (Cinder and Manila count in GiB).
BYTES = {
    "volume": 2**30,
    "volume_snapshot": 2**30,
    "backup": 2**30,
    "share": 2**30,
    "image": 1,
    "object_container": 1,
}


@dataclass(frozen=True)
class Leftover:
    """One resource whose project does not exist. `size` is in bytes; both it and `created_at` None where not told."""

    cloud: str
    resource: Resource
    size: int | None
    created_at: datetime | None


@dataclass(frozen=True)
class Leftovers:
    """What one look at one cloud found.

    `doubts` say what could not be looked into: there may be more. `remarks` name kinds that a service lists project by
    project only: of them just what belongs to the vanished projects found otherwise is told.
    """

    cloud: str
    at: datetime
    found: tuple[Leftover, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many there are, by region and kind."""
        return Counter((one.resource.region, one.resource.kind) for one in self.found)

    @property
    def size(self) -> int:
        """Bytes of all that have a size."""
        return sum(one.size or 0 for one in self.found)


def find_leftovers(cloud: CloudReader, pools: Pools, now: datetime) -> Leftovers:
    """List the whole cloud, and what belongs to projects that Keystone does not know; reads only.

    An owner counts as gone only by Keystone's own 404 to a question about just that project, asked after the lists
    were read. A list that was cut short, or a project that could not be asked for, is a doubt and shows nothing
    as left over. Costs one cloud-wide list per kind and region, one list of the projects, and one call per owner that
    is not in it.

    Raises:
        Temporary: Keystone does not answer at all.
        Unusable: the credentials are refused.
    """
    seen = survey(cloud, pools, None)
    inventory = cloud.census()
    doubts = [f"projects: {inventory.why}"] if not inventory.complete else []
    known = {project.id for project in inventory.projects}
    owned = _owned(seen.listings.values())
    gone: set[str] = set()
    for project_id in sorted({one.project_id for one in owned if one.project_id and one.project_id not in known}):
        try:
            cloud.project(project_id)
        except Gone:
            gone.add(project_id)
        except ReaperError as error:
            doubts.append(f"project {project_id}: {error}")
    unlisted = {place for place, listing in seen.listings.items() if not listing.complete}
    again = take(cloud, pools, dict.fromkeys(unlisted, gone)) if gone else seen
    owned += _owned(again.listings[place] for place in unlisted)
    remarks = []
    for place in sorted(unlisted):
        where = f"{place[0]} in {place[1]}"
        if gone and again.listings[place].complete:
            remarks.append(f"{where}: only of the projects found by other kinds ({seen.listings[place].why})")
        else:
            doubts.append(f"{where}: {again.listings[place].why}")
    found = {one.key: leftover_of(cloud.name, one) for one in owned if one.project_id in gone}
    return Leftovers(cloud.name, now, tuple(sorted(found.values(), key=_place)), tuple(doubts), tuple(remarks))


def _owned(listings: Iterable[Listing]) -> list[Resource]:
    return [one for listing in listings for one in listing.resources if one.project_id]


def leftover_of(cloud: str, resource: Resource) -> Leftover:
    """Tell the size and age of one resource, as far as its service's list does."""
    size, created = resource.facts.get("size"), resource.facts.get("created_at")
    known = isinstance(size, int) and not isinstance(size, bool) and resource.kind in BYTES
    return Leftover(
        cloud,
        resource,
        int(str(size)) * BYTES[resource.kind] if known else None,
        _moment(created) if isinstance(created, str) else None,
    )


def note_of(cloud: str) -> str:
    """Name the fact under which the ledger keeps what the last look at a cloud found."""
    return f"leftovers of {cloud}"


def as_note(seen: Leftovers) -> str:
    """Write the figures of a look as the ledger keeps them: counts, bytes and doubts, not each resource."""
    counts = [[region, kind, number] for (region, kind), number in sorted(seen.counts.items())]
    return json.dumps({"at": seen.at.isoformat(), "counts": counts, "bytes": seen.size, "doubts": len(seen.doubts)})


@dataclass(frozen=True)
class Noted:
    """The figures that the ledger keeps of the last look at one cloud."""

    at: datetime
    counts: Mapping[tuple[str, str], int]
    size: int
    doubts: int

    @classmethod
    def read(cls, note: str | None) -> Noted | None:
        """Read what `as_note` wrote; None when nothing was kept, or nothing that can be read."""
        try:
            kept = json.loads(note or "")
            counts = {(str(region), str(kind)): int(number) for region, kind, number in kept["counts"]}
            return cls(datetime.fromisoformat(kept["at"]), counts, int(kept["bytes"]), int(kept["doubts"]))
        except (ValueError, KeyError, TypeError):
            return None

    def in_words(self, cloud: str) -> str | None:
        """Say it in one line for a person, or None when there is nothing to tell."""
        if not self.counts:
            return None
        by_kind: Counter[str] = Counter()
        for (_, kind), number in self.counts.items():
            by_kind[kind] += number
        told = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in by_kind.most_common())
        size = f", {self.size / 2**30:.1f} GiB" if self.size else ""
        return f"{cloud}: {told}{size} of projects that no longer exist; `reaper leftovers` names them"


def noted_leftovers(ledger: Ledger, clouds: Iterable[str]) -> Mapping[str, Noted]:
    """Return the figures that the ledger keeps of the last look at each cloud."""
    read = ((name, Noted.read(ledger.noted(note_of(name)))) for name in clouds)
    return {name: noted for name, noted in read if noted is not None}


def look_and_note(
    ledger: Ledger, clouds: Mapping[str, CloudReader], pools: Pools, now: Callable[[], datetime]
) -> list[Leftovers]:
    """Look on every cloud and keep the figures for metrics and the daily letter.

    Raises:
        ReaperError: what stood in the way on the last cloud that could not be looked at, after all were tried.
    """
    seen, trouble = [], None
    for name, cloud in clouds.items():
        try:
            seen.append(find_leftovers(cloud, pools, now()))
        except ReaperError as error:
            trouble = error
            continue
        ledger.note(note_of(name), as_note(seen[-1]))
    if trouble is not None:
        raise trouble
    return seen


def projects_of(found: Collection[Leftover]) -> int:
    """Count the vanished projects that something is left of."""
    return len({one.resource.project_id for one in found})


def _moment(text: str) -> datetime | None:
    """Read a service's moment; those without a zone are UTC, as in every OpenStack service."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _place(one: Leftover) -> tuple[str, str, str, str]:
    resource = one.resource
    return (resource.region, str(resource.project_id), resource.kind, resource.id)
