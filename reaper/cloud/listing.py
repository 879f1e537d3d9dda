"""Listing one kind in one region: which questions are asked, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from reaper.cloud.client import Client
from reaper.cloud.dialect.old_releases import row_of
from reaper.cloud.facts import Record
from reaper.cloud.list_queries import list_queries
from reaper.cloud.list_scope import TooMany
from reaper.cloud.pages import PageReader, Params, read_pages
from reaper.cloud.rows import BY_KIND, Row
from reaper.errors import Gone, Permanent, ReaperError
from reaper.kinds import BY_NAME
from reaper.model import Listing, Resource

#: Neutron's extension that says it knows pages.
PAGES = frozenset({"pagination"})


def list_kind(client: Client, kind: str, region: str, project_ids: Collection[str] | None) -> Listing:
    """List one kind, and those that show up in its listing (`listed_with`).

    Never raises for what the cloud does: it comes back incomplete, with the reason.
    """
    try:
        row = _row_here(client, BY_NAME[kind].listed_with or kind, region)
        if row is None:
            return Listing(kind, region, absent=True)
        own = client.own_project() if row.own_first else None
    except ReaperError as error:
        return Listing(kind, region, complete=False, why=str(error))
    reasons: list[str] = []
    found: dict[tuple[object, ...], Resource] = {}
    if row.filter.address and project_ids is None:
        reasons.append(f"{kind} can only be listed project by project")
    single = project_ids is not None and row.filter.by and row.filter.at_once == 1
    most = client.list_scope.most_worth_reading(kind, region, len(set(project_ids or ()))) if single else None
    for project, params in _calls(row, None if most else project_ids, own):
        pages = read_row(client, row, region, params, project, most)
        if isinstance(pages.stopped, TooMany):
            client.list_scope.note(kind, region, most or 0)
            return list_kind(client, kind, region, project_ids)
        if isinstance(pages.stopped, Gone) and _not_offered(client, row, region):
            client.capabilities.note(row.kind, region)
            return Listing(kind, region, absent=True)
        pages = _looked_at(client, pages, row, region, project_ids or ())
        resources, doubts = _understood(pages, row, region, project)
        needed = row.needs if isinstance(pages.stopped, Permanent) else ""
        reasons += filter(None, [pages.why, needed, *doubts])
        found.update(((*one.key, one.project_id), one) for one in resources)
    if row.doubt and not reasons:
        reasons += filter(None, [row.doubt(client, region)])
    if own and project_ids and not any(one.project_id == own for one in found.values()):
        # Neutron has just made that group if it was not there: a Neutron that has just started shows nothing at all.
        reasons.append(f"the {kind} of our own project, which is always there, is not shown")
    if own and project_ids is not None and own not in project_ids:
        found = {key: one for key, one in found.items() if one.project_id != own}  # named as a shield only
    wanted = tuple(one for one in found.values() if kind in {row.kind, one.kind})
    return Listing(kind, region, wanted, complete=not reasons, why="; ".join(dict.fromkeys(reasons)))


def _calls(row: Row, project_ids: Collection[str] | None, own: str | None) -> Iterator[tuple[str | None, Params]]:
    """Give each call's query, and the project that stands in its address where that is how a service is asked."""
    if not row.filter.address:
        yield from ((None, params) for params in list_queries(row, project_ids, own))
        return
    for project in sorted(set(project_ids or ())):
        yield from ((project, params) for params in list_queries(row, None))


def read_row(
    client: Client, row: Row, region: str, params: Params, project: str | None, most: int | None
) -> PageReader:
    """Read all pages; with `most` stop with TooMany when there are more than so many records."""
    service, limit = BY_NAME[row.kind].service, row.page and min(row.page, most or row.page)
    asked = 0

    def fetch(page: Params) -> Any:
        nonlocal asked
        if most and limit and asked * limit >= most:
            raise TooMany(f"the cloud holds more than {most} of {row.key}")
        asked += 1
        answer = (
            client.get(service, region, row.path, page, project)
            if project
            else client.get(service, region, row.path, page)
        )
        return _with_ids(row, answer)

    pages = read_pages(fetch, row.key, params, limit, offset=row.offset)
    if pages.stuck and service == "network" and PAGES.isdisjoint(_extensions(client, service, region) or PAGES):
        # A Neutron without pages (until Ocata, unless its operator chose otherwise) has given everything at once.
        return read_pages(fetch, row.key, params, None)
    return pages


def _with_ids(row: Row, answer: Any) -> Any:
    """Bring a bare list under its key, and what tells records apart under `id`."""
    document = {row.key: answer} if isinstance(answer, list) else answer
    same = row.identity == "id" and row.words is None
    if same or not isinstance(document, Mapping) or not isinstance(document.get(row.key), list):
        return document
    put = row.words or (lambda one: {**one, "id": one.get(row.identity)})
    each = [put(one) if isinstance(one, Mapping) else one for one in document[row.key]]
    return {**document, row.key: each}


def _looked_at(client: Client, pages: PageReader, row: Row, region: str, project_ids: Collection[str]) -> PageReader:
    """Complete what belongs to the projects that were asked for; what cannot be completed makes the list incomplete."""
    if row.closer is None:
        return pages
    records, reasons = [], [pages.why] if pages.why else []
    for record in pages.records:
        try:
            records.append(row.closer(client, region, record) if _owner(row, record) in project_ids else record)
        except ReaperError as error:
            records.append(record)
            reasons.append(str(error))
    return replace(pages, records=tuple(records), why="; ".join(dict.fromkeys(reasons)))


def _understood(
    pages: PageReader, row: Row, region: str, project: str | None = None
) -> tuple[list[Resource], list[str]]:
    """Make resources of the records, and say why a list that came whole is still not to be believed."""
    resources, doubts = [], []
    for record in pages.records:
        try:
            resources += [resource(BY_KIND[kind], region, part, project) for kind, part in _parts(row, record)]
        except (AttributeError, KeyError, TypeError) as error:
            doubts.append(f"{row.kind} {record['id']} is not as expected: {error!r}")
    if row.judge and not pages.why:
        doubts += filter(None, [row.judge(pages.records)])
    silent = sum(record.get("status") == "UNKNOWN" for record in pages.records)
    if row.kind == "server" and silent:
        doubts.append(f"{silent} servers are UNKNOWN: a Nova cell does not answer")
    return resources, doubts


def _parts(row: Row, record: Record) -> Iterator[tuple[str, Record]]:
    """Give a record under its kind, and those of other kinds inside it."""
    kind = row.sorted_out(record) if row.sorted_out else row.kind
    if kind:
        yield kind, record
    if row.within:
        yield from row.within(record)


def _owner(row: Row, record: Record) -> str | None:
    return next((str(record[name]) for name in row.owners if record.get(name)), None)


def resource(row: Row, region: str, record: Record, project: str | None = None) -> Resource:
    """Make our value of a service's record; an owner that is missing or empty is unknown.

    What was found at an address that holds a project is that project's.
    """
    facts: Mapping[str, object] = MappingProxyType(row.facts(record))
    return Resource(
        row.kind,
        region,
        record["id"],
        str(record.get(row.name) or ""),
        project or _owner(row, record),
        str(record.get(row.status) or ""),
        facts,
    )


def _row_here(client: Client, kind: str, region: str) -> Row | None:
    """Return how a kind is asked for; None when the region has no such service, or in no version that knows it."""
    service = BY_NAME[kind].service
    if client.capabilities.knows(kind, region) or not client.offers(service, region):
        return None
    row = row_of(client, kind, region)
    known = row.since is None or (client.microversion(region, service) or (0, 0)) >= row.since
    return row if known else None


def _not_offered(client: Client, row: Row, region: str) -> bool:
    """After a 404: whether a service runs without the extension that brings this kind."""
    if row.extension is None:
        return False
    known = _extensions(client, BY_NAME[row.kind].service, region)
    return bool(known) and row.extension not in known


def _extensions(client: Client, service: str, region: str) -> frozenset[str]:
    return client.capabilities.extensions(f"{service} in {region}", lambda: read_extensions(client, service, region))


def read_extensions(client: Client, service: str, region: str) -> frozenset[str]:
    """Return the aliases of the extensions of Neutron, or of an old Cinder; empty when it does not say."""
    try:
        every = client.get(service, region, "/extensions").get("extensions")
    except (ReaperError, AttributeError):
        return frozenset()
    return frozenset(one["alias"] for one in every or () if isinstance(one, Mapping) and one.get("alias"))
