"""Reading a list to its end, page by page, and saying so when the end was not reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reaper.errors import ReaperError

Record = Mapping[str, Any]
Params = Mapping[str, str | list[str]]
Fetch = Callable[[Params], Any]

PAGE = 1000  # what Nova, Cinder and Glance give at most unless told otherwise
SMALLEST = 50  # no operator lets a service give smaller pages than this; a smaller one is the last


@dataclass(frozen=True)
class PageReader:
    """What was read of one list; with `why` it is not the whole of it."""

    records: tuple[Record, ...]
    why: str = ""
    stopped: ReaperError | None = None  # the error behind `why`, when there was one
    stuck: bool = False  # the same page came again: the service may know no pages


def read_pages(fetch: Fetch, key: str, params: Params, limit: int | None = PAGE, *, offset: bool = False) -> PageReader:
    """Read every page of a list whose records stand under `key`; never raises, what was read so far is kept.

    The next page is asked for by marker, not by the link in the answer: behind a proxy that link often names a host
    that cannot be reached. `limit` None leaves the size of a page to the service. With `offset` the next page is asked
    for by the number of records read so far, until one has no more than a few: the service may give less than `limit`.
    """
    if offset:
        return _read_counted(fetch, key, {**params, "limit": str(limit or PAGE)})
    found: dict[str, Record] = {}
    asked: Params = params if limit is None else {**params, "limit": str(limit)}
    marker: str | None = None
    while True:
        try:
            document = fetch({**asked, "marker": marker} if marker else asked)
        except ReaperError as error:
            return PageReader(tuple(found.values()), str(error), error)
        records, why = _records(document, key)
        before = len(found)
        found.update((record["id"], record) for record in records)
        marker = _next_marker(document, key, records, limit) if not why else None
        if marker and len(found) == before:
            why = f"the list of {key} does not move on after {marker}: the same page came again"
            return PageReader(tuple(found.values()), why, stuck=True)
        if why or not marker:
            return PageReader(tuple(found.values()), why)


def _read_counted(fetch: Fetch, key: str, asked: Params) -> PageReader:
    """Read a list whose pages are counted, as Nova's server groups and Manila's shares."""
    found: dict[str, Record] = {}
    while True:
        try:
            document = fetch({**asked, "offset": str(len(found))} if found else asked)
        except ReaperError as error:
            return PageReader(tuple(found.values()), str(error), error)
        records, why = _records(document, key)
        before = len(found)
        found.update((record["id"], record) for record in records)
        if records and len(found) < before + len(records):
            why = why or f"the list of {key} changed while it was read"
        if why or len(records) < SMALLEST:
            return PageReader(tuple(found.values()), why)


def _records(document: Any, key: str) -> tuple[list[Record], str]:
    """Take a page apart: its records that have an id, and what is wrong with it."""
    raw = document.get(key) if isinstance(document, Mapping) else None
    if not isinstance(raw, list):
        return [], f"the answer has no list of {key}"
    records = [one for one in raw if isinstance(one, Mapping) and isinstance(one.get("id"), str) and one["id"]]
    if len(records) < len(raw):
        return records, f"{len(raw) - len(records)} of the {key} came without an id"
    if document.get("truncated") and not _link(document, key):
        return records, f"the list of {key} was truncated by the service's list_limit"
    return records, ""


def _next_marker(document: Record, key: str, records: list[Record], limit: int | None) -> str | None:
    """Return where the next page begins; a full page without a link may hide more, so one more is asked for."""
    link = _link(document, key)
    if link:
        named = parse_qs(urlsplit(link).query).get("marker")
        return named[0] if named else str(records[-1]["id"] if records else key)
    return str(records[-1]["id"]) if limit is not None and len(records) == limit else None


def _link(document: Record, key: str) -> str | None:
    """Find the link to the next page: Nova, Cinder and Neutron `<key>_links`, Glance `next`, Keystone `links.next`."""
    if document.get("next"):
        return str(document["next"])
    links = document.get("links")
    if isinstance(links, Mapping):
        return str(links["next"]) if links.get("next") else None
    for link in document.get(f"{key}_links") or ():
        if isinstance(link, Mapping) and link.get("rel") == "next":
            return str(link.get("href"))
    return None
