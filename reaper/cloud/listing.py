"""Listing one kind in one region: which questions are asked, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from reaper.cloud.facts import Record
from reaper.cloud.pages import Pages, Params, read_pages
from reaper.cloud.rows import BY_KIND, Row
from reaper.cloud.wire import Wire
from reaper.errors import Gone, ReaperError
from reaper.kinds import BY_NAME
from reaper.model import Listing, Resource

#: Where a service names one project per call (Nova, Cinder, Glance): up to so many projects are asked one by one.
#: One project's servers cost a real Nova 0.13 s, however large the cloud; all servers cost 8.5 ms each, so 17 s at
#: 2,000. Thirty-two calls cost about as much as 500 servers: below that size either way is cheap, above it only the
#: calls by project are. More projects than that are in work only in a rush, and then the whole cloud is read once.
PER_PROJECT_UP_TO = 32


def list_kind(wire: Wire, kind: str, region: str, project_ids: Collection[str] | None) -> Listing:
    """List one kind, and those that show up in its listing (`listed_with`).

    Never raises for what the cloud does: it comes back incomplete, with the reason.
    """
    row = BY_KIND[BY_NAME[kind].listed_with or kind]
    try:
        if not wire.offers(BY_NAME[kind].service, region):
            return Listing(kind, region, absent=True)
        own = wire.own_project() if row.own_first else None
    except ReaperError as error:
        return Listing(kind, region, complete=False, why=str(error))
    reasons: list[str] = []
    found: dict[tuple[str, str, str], Resource] = {}
    for params in questions(row, project_ids, own):
        pages = _read(wire, row, region, params)
        if isinstance(pages.stopped, Gone) and _not_offered(wire, row, region):
            return Listing(kind, region, absent=True)
        resources, doubts = _understood(pages, row, region)
        reasons += filter(None, [pages.why, *doubts])
        found.update((one.key, one) for one in resources)
    if row.doubt and not reasons:
        reasons += filter(None, [row.doubt(wire, region)])
    if own and project_ids is not None and own not in project_ids:
        found = {key: one for key, one in found.items() if one.project_id != own}  # named as a shield only
    wanted = tuple(one for one in found.values() if kind in {row.kind, one.kind})
    return Listing(kind, region, wanted, complete=not reasons, why="; ".join(dict.fromkeys(reasons)))


def questions(row: Row, project_ids: Collection[str] | None, own: str | None = None) -> Iterator[Params]:
    """Give the query of every call that a listing takes, before paging."""
    common: dict[str, str | list[str]] = {**(row.filter.everybody or {})}
    if row.fields:
        common["fields"] = list(row.fields)
    for extra in ({}, *row.also):
        for some in groups(row, project_ids):
            named = [own, *some] if own and some else list(some)
            chosen: Params = {row.filter.by: named} if some else {}
            yield {**common, **extra, **chosen}


def groups(row: Row, project_ids: Collection[str] | None) -> list[tuple[str, ...]]:
    """Divide the projects among the calls; an empty group means the whole cloud.

    A service that takes several projects at once gets them in groups. One that takes a single project is asked one by
    one up to PER_PROJECT_UP_TO of them, beyond that once for the whole cloud.
    """
    if project_ids is None:
        return [()]
    ids = sorted(set(project_ids))
    if row.filter.at_once == 1 and len(ids) > PER_PROJECT_UP_TO:
        return [()]
    rest = iter(ids)
    return list(iter(lambda: tuple(islice(rest, row.filter.at_once)), ()))


def _read(wire: Wire, row: Row, region: str, params: Params) -> Pages:
    service = BY_NAME[row.kind].service
    return read_pages(lambda page: wire.get(service, region, row.path, page), row.key, params)


def _understood(pages: Pages, row: Row, region: str) -> tuple[list[Resource], list[str]]:
    """Make resources of the records, and say why a list that came whole is still not to be believed."""
    resources, doubts = [], []
    for record in pages.records:
        kind = row.sorted_out(record) if row.sorted_out else row.kind
        try:
            resources += [resource(BY_KIND[kind], region, record)] if kind else []
        except (AttributeError, KeyError, TypeError) as error:
            doubts.append(f"{row.kind} {record['id']} is not as expected: {error!r}")
    silent = sum(record.get("status") == "UNKNOWN" for record in pages.records)
    if row.kind == "server" and silent:
        doubts.append(f"{silent} servers are UNKNOWN: a Nova cell does not answer")
    return resources, doubts


def resource(row: Row, region: str, record: Record) -> Resource:
    """Make our value of a service's record; an owner that is missing or empty is unknown."""
    owner = next((str(record[name]) for name in row.owners if record.get(name)), None)
    facts: Mapping[str, object] = MappingProxyType(row.facts(record))
    return Resource(
        row.kind, region, record["id"], str(record.get(row.name) or ""), owner, str(record.get("status") or ""), facts
    )


def _not_offered(wire: Wire, row: Row, region: str) -> bool:
    """After a 404: whether Neutron runs without the extension that brings this kind."""
    if row.extension is None:
        return False
    known = read_extensions(wire, region)
    return bool(known) and row.extension not in known


def read_extensions(wire: Wire, region: str) -> frozenset[str]:
    """Return the aliases of Neutron's extensions; empty when it does not say."""
    try:
        every = wire.get("network", region, "/extensions").get("extensions")
    except (ReaperError, AttributeError):
        return frozenset()
    return frozenset(one["alias"] for one in every or () if isinstance(one, Mapping) and one.get("alias"))
