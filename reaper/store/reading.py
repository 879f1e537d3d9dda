"""Loading tenants: a bounded number of queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, String, Table, and_, or_, select, type_coerce

from reaper.errors import Gone, Unusable
from reaper.letters import CATALOG
from reaper.model import Event, LetterState, State, Tenant
from reaper.store.rows import event_from, tenant_from
from reaper.store.tables import events, leases, letters, people, tenants

#: How many rows one statement names: every database takes that many parameters.
BATCH = 500
#: Letters that a lease does not remember. All others are loaded with it, also those of a kind that cannot be read.
NO_NOTICES = tuple(spec.kind for spec in CATALOG if spec.notice is None)
#: Sorts behind every moment there will be, and before text that is none.
BEYOND_TIME = "9999-99"

T = TypeVar("T")


def in_batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut a stream into lists of at most so many."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def living() -> ColumnElement[bool]:
    """Say which tenants are neither reclaimed nor vanished."""
    return and_(tenants.c.state != State.RECLAIMED, tenants.c.vanished_at.is_(None))


def load(connection: Connection, ids: Sequence[str]) -> list[Tenant]:
    """Load these tenants, in this order; unknown ids are left out. Four queries for each 500."""
    found: dict[str, Tenant] = {}
    for batch in in_batches(ids):
        found |= {tenant.id: tenant for tenant in _load_batch(connection, batch)}
    return [found[tenant_id] for tenant_id in ids if tenant_id in found]


def _load_batch(connection: Connection, ids: Sequence[str]) -> list[Tenant]:
    rows = connection.execute(select(tenants).where(tenants.c.id.in_(ids))).mappings().all()
    lease_ids = [row["lease_id"] for row in rows]
    running = {row["id"]: row for row in _where(connection, leases, leases.c.id.in_(lease_ids))}
    known = _grouped(
        _where(connection, people, people.c.tenant_id.in_(ids), people.c.user_id, people.c.key), "tenant_id"
    )
    counted = and_(
        letters.c.lease_id.in_(lease_ids),
        letters.c.kind.not_in(NO_NOTICES),
        letters.c.state != LetterState.SUPERSEDED,
    )
    said = _grouped(_where(connection, letters, counted, letters.c.number), "lease_id")
    return [tenant_from(row, running.get(row["lease_id"]), known[row["id"]], said[row["lease_id"]]) for row in rows]


def _where(connection: Connection, table: Table, wanted: ColumnElement[bool], *order: object) -> Sequence[RowMapping]:
    return connection.execute(select(table).where(wanted).order_by(*order)).mappings().all()  # type: ignore[arg-type]


def _grouped(rows: Iterable[RowMapping], column: str) -> defaultdict[str, list[RowMapping]]:
    groups: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def due(connection: Connection, now: datetime, limit: int) -> list[Tenant]:
    """Load tenants whose time has come, and those whose time cannot be read: two walks along one index."""
    moment = tenants.c.next_due_at
    ordered = select(tenants.c.id).order_by(moment, tenants.c.id)
    ids = list(connection.scalars(ordered.where(moment <= now).limit(limit)))
    unreadable = type_coerce(moment, String) > BEYOND_TIME
    ids += connection.scalars(ordered.where(unreadable).limit(max(0, limit - len(ids))))
    return load(connection, ids)


def unfinished(connection: Connection) -> list[Tenant]:
    """Load tenants with whom something was begun that has not come to its end."""
    under_way = or_(tenants.c.unfinished.is_not(None), tenants.c.state == State.RECLAIMING)
    ordered = select(tenants.c.id).where(under_way).order_by(tenants.c.cloud, tenants.c.name)
    return load(connection, list(connection.scalars(ordered)))


def find(connection: Connection, reference: str, cloud: str | None = None) -> Tenant:
    """Load one by cloud/name, project id or Reaper's id. Raises Unusable: unknown, or several.

    Clouds that share a Keystone have the same project ids: who means a project of one names its `cloud`.
    """
    slashes = [place for place, sign in enumerate(reference) if sign == "/"]
    named = [and_(tenants.c.cloud == reference[:at], tenants.c.name == reference[at + 1 :]) for at in slashes]
    wanted = or_(tenants.c.project_id == reference, tenants.c.id == reference, *named)
    here = wanted if cloud is None else and_(wanted, tenants.c.cloud == cloud)
    rows = connection.execute(select(tenants.c.id, tenants.c.cloud, tenants.c.project_id).where(here)).all()
    if not rows:
        raise Unusable(f"there is no tenant {reference!r}: give cloud/name or a project id (see: reaper tenant list)")
    if len(rows) > 1:
        several = ", ".join(sorted(f"{row.project_id} ({row.cloud})" for row in rows))
        raise Unusable(f"{reference!r} is {len(rows)} tenants: give the project id of one of them: {several}")
    return one(connection, rows[0].id)


def one(connection: Connection, tenant_id: str) -> Tenant:
    """Load one by Reaper's id. Raises Gone."""
    loaded = load(connection, [tenant_id])
    if not loaded:
        raise Gone(f"there is no tenant with the id {tenant_id!r} in the ledger")
    return loaded[0]


def ids_by_name(connection: Connection, cloud: str | None) -> list[str]:
    """Return the ids of all tenants, ordered by cloud and name."""
    everybody = select(tenants.c.id).order_by(tenants.c.cloud, tenants.c.name, tenants.c.id)
    return list(connection.scalars(everybody if cloud is None else everybody.where(tenants.c.cloud == cloud)))


def history(connection: Connection, tenant_id: str) -> list[Event]:
    """Load all events of a tenant, oldest first."""
    rows = _where(connection, events, events.c.tenant_id == tenant_id, events.c.number)
    return [event_from(row) for row in rows]
