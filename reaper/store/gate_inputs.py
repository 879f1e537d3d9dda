"""Small facts the ledger keeps under a name, and what the gates ask it for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, String, Table, and_, delete, func, insert, select, type_coerce, update
from sqlalchemy.exc import IntegrityError

from reaper.letters.mail_health import read_health
from reaper.model import CensusMark, GateInputs, LetterState
from reaper.store.migrate import revision_of
from reaper.store.reading import BEYOND_TIME, living
from reaper.store.rows import NO_MOMENT
from reaper.store.tables import censuses, events, facts, letters, tenants
from reaper.store.types import MomentColumn, Unreadable

#: The ledger's own facts; a space keeps them apart from what `note` is given.
BEAT, PAUSED, MAIL = "the beat", "the pause", "the mail"
#: A person has said that events of the future are those of a clock that was wrong.
CLOCK = "clock"
_UNSENT = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED)


def put(connection: Connection, table: Table, key: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Write the row with this key, whether it is there or not, and whoever else does so at the same time."""
    wanted = and_(*(table.c[name] == value for name, value in key.items()))
    change = update(table).where(wanted).values(**row)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(**row))
    except IntegrityError:
        connection.execute(change)


def note(connection: Connection, name: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        connection.execute(delete(facts).where(facts.c.name == name))
    else:
        put(connection, facts, {"name": name}, {"name": name, "value": value})


def noted(connection: Connection, name: str) -> str | None:
    """Return a fact."""
    return connection.scalar(select(facts.c.value).where(facts.c.name == name))


def note_moment(connection: Connection, name: str, at: datetime) -> None:
    """Keep a moment."""
    note(connection, name, MomentColumn().process_bind_param(at, connection.dialect))


def gate_inputs(connection: Connection, now: datetime, head: str) -> GateInputs:
    """Read what the gates ask for. A moment that cannot be read counts as long ago, which closes its gate."""
    taken = tenants.c.taken_at > now - timedelta(days=1)
    beat = MomentColumn().process_result_value(noted(connection, BEAT), connection.dialect)
    return GateInputs(
        beat_at=_readable(beat),
        last_event_at=_latest(connection, events.c.at, now if noted(connection, CLOCK) else None),
        paused=noted(connection, PAUSED),
        at_head=revision_of(connection) == head,
        tenants=connection.scalar(select(func.count()).select_from(tenants).where(living())) or 0,
        taken_last_day=connection.scalar(select(func.count()).select_from(tenants).where(taken)) or 0,
        last_accepted_at=_latest(connection, letters.c.accepted_at),
        oldest_unsent_at=_oldest_unsent(connection),
        censuses=_censuses(connection),
        mail_incident=read_health(noted(connection, MAIL), now).incident,
    )


def _latest(connection: Connection, column: Column[Any], until: datetime | None = None) -> datetime | None:
    found = select(func.max(column)).where(type_coerce(column, String) < BEYOND_TIME)
    return _readable(connection.scalar(found if until is None else found.where(column <= until)))


def _oldest_unsent(connection: Connection) -> datetime | None:
    # One look at the index for each state; with IN the database would walk through all that wait.
    first = [select(func.min(letters.c.queued_at)).where(letters.c.state == state) for state in _UNSENT]
    found = [_readable(connection.scalar(one)) for one in first]
    return min((at for at in found if at is not None), default=None)


def _censuses(connection: Connection) -> dict[str, CensusMark]:
    rows = connection.execute(select(censuses)).mappings()
    marks = [CensusMark(**{name: _legible(name, row[name]) for name in row}) for row in rows]
    return {mark.cloud: mark for mark in marks}


def _legible(name: str, value: Any) -> Any:
    return _readable(value) if name in ("at", "complete_at") else value


def _readable(value: datetime | Unreadable | None) -> datetime | None:
    return NO_MOMENT if isinstance(value, Unreadable) else value


def tenants_by_state(connection: Connection) -> dict[str, int]:
    """Count tenants by state."""
    counted = select(tenants.c.state, func.count().label("how_many")).group_by(tenants.c.state)
    return {row.state: row.how_many for row in connection.execute(counted)}


def letters_by_state(connection: Connection) -> dict[str, int]:
    """Count letters by state."""
    counted = select(letters.c.state, func.count().label("how_many")).group_by(letters.c.state)
    return {row.state: row.how_many for row in connection.execute(counted)}


def happened(connection: Connection, since: datetime) -> dict[str, int]:
    """Count events since then by what happened."""
    counted = select(events.c.what, func.count().label("how_many")).where(events.c.at > since).group_by(events.c.what)
    return {row.what: row.how_many for row in connection.execute(counted)}
