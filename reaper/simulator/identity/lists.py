"""Keystone's lists and records: filters, pages, `truncated`, links."""

from collections.abc import Iterable

from reaper.simulator.exchange import ApiAnswer, Record, Request, refuse
from reaper.simulator.paging import limit_asked, page_of

HIDDEN = frozenset({"password", "secret"})
FALSE = frozenset({"false", "0", "no", "off"})


def shown(ask: Request, kind: str, record: Record) -> Record:
    """Show a record with its link and without its secrets."""
    visible = {key: value for key, value in record.items() if key not in HIDDEN}
    return visible | {"links": {"self": f"{ask.base}/v3/{kind}/{record['id']}"}}


def found(ask: Request, kind: str, record_id: str, word: str) -> Record:
    """Find a record by id or refuse with 404."""
    record = ask.cloud.identity[kind].get(record_id)
    if record is None:
        refuse("identity", 404, f"Could not find {word}: {record_id}.")
    return record


def _is(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return value is (wanted.lower() not in FALSE)
    return str(value) == wanted


def filtered(ask: Request, records: Iterable[Record], keys: tuple[str, ...]) -> list[Record]:
    """Keep the records that the query's filters name; unknown keys are ignored, as Keystone does."""
    wanted = [(key, value) for key, value in ask.query if key in keys]
    return [record for record in records if all(_is(record.get(key), value) for key, value in wanted)]


def listed(ask: Request, kind: str, records: Iterable[Record]) -> ApiAnswer:
    """Answer a list ordered by id, a page at a time; a page that is not the last says `truncated`."""
    ordered = sorted(records, key=lambda record: str(record["id"]))
    page, query = page_of(ask, ordered, limit_asked(ask, "limit"), lambda mark: _lost(ask, mark))
    here = f"{ask.base}{ask.path}"
    links = {
        "next": None if query is None else f"{here}?{query}",
        "self": f"{here}?{ask.rawquery}" if ask.rawquery else here,
        "previous": None,
    }
    document: Record = {kind: [shown(ask, kind, record) for record in page], "links": links}
    return ApiAnswer(200, document if query is None else document | {"truncated": True})


def _lost(ask: Request, marker: str) -> None:
    refuse(ask.service, 404, f"Marker {marker} could not be found.")
