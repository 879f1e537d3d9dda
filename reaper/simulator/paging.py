"""Paging as each service does it: a limit, a marker and a link to the next page."""

from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from reaper.simulator.exchange import ApiAnswer, Record, Request, refuse


def page_of(
    ask: Request, records: Sequence[Record], limit: int | None, lost: Callable[[str], None], key: str = "id"
) -> tuple[list[Record], str | None]:
    """Cut the page that `limit` and `marker` name; the second value is the next page's query, None on the last."""
    most = ask.cloud.page_limit
    size = most if limit is None else min(limit, most)
    start = 0
    marker = ask.asked("marker")
    if marker:
        start = next((at for at, record in enumerate(records, 1) if record[key] == marker), -1)
        if start < 0:
            lost(marker)
            start = 0
    page = list(records[start : start + size])
    # Keystone looks whether more follows; the others give a link whenever a page is full.
    more = start + size < len(records) if ask.service == "identity" else len(page) == size
    return page, next_query(ask, str(page[-1][key])) if more and page else None


def next_query(ask: Request, marker: str | None) -> str:
    """Give the same query with another marker, or with none."""
    pairs = [(name, value) for name, value in ask.query if name != "marker"]
    return urlencode(pairs + ([("marker", marker)] if marker else []), safe=":", quote_via=quote)


def limit_asked(ask: Request, message: str) -> int | None:
    """Read the `limit` of the query, None without one; refuse one that is no number."""
    text = ask.asked("limit")
    if text is None or text == "":
        return None
    if not text.isdecimal():
        kind = "BadRequest" if ask.service == "network" else ""
        refuse(ask.service, 400, message.format(text), kind)
    return int(text)


def linked(ask: Request, key: str, page: list[Record], query: str | None) -> ApiAnswer:
    """Answer a page as Nova and Cinder do, with `<kind>_links` when there is a next one."""
    document: Record = {key: page}
    if query is not None:
        document[f"{key}_links"] = [{"rel": "next", "href": f"{ask.base}{ask.path}?{query}"}]
    return ApiAnswer(200, document)
