"""Writing tenants: the state, its events and its letters, which stand or fall together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, literal, or_, select, update

from reaper.errors import Gone, Overtaken, Permanent
from reaper.letters import CATALOG, spec_of
from reaper.model import Change, Event, EventKind, Lease, LetterState, Notice, Queued, Tenant
from reaper.store.reading import living
from reaper.store.rows import NO_VERSION
from reaper.store.tables import events, leases, letters, tenants
from reaper.store.terms import as_kept

#: Letters that speak of the running round of warnings, and are untrue once another round has begun.
OF_ONE_ROUND = tuple(spec.kind for spec in CATALOG if spec.once_per_round)
_WAITING = (LetterState.QUEUED, LetterState.DEFERRED)
#: Behind every version there will be; what SQLite keeps there if it is no number sorts behind it.
_BEYOND_VERSIONS = 2**31 - 1


def record(connection: Connection, change: Change, mail_domain: str) -> Tenant:
    """Write a change while the stored version is the tenant's; see `reaper.ports.Ledger.record`."""
    tenant = change.tenant
    _advance(connection, tenant)
    if tenant.damaged is None:
        _write_lease(connection, tenant, new=change.new_lease)
        _supersede_earlier(connection, tenant)
    add_events(connection, [(tenant.id, event) for event in change.events])
    queued = _queue(connection, change, mail_domain)
    lease = replace(tenant.lease, notices=(*tenant.lease.notices, *queued))
    return replace(tenant, version=max(tenant.version, 0) + 1, lease=lease)


def _advance(connection: Connection, tenant: Tenant) -> None:
    """Write the tenant's row if nobody else has since it was read; this is where two writers are told apart."""
    mine = tenants.c.version == tenant.version
    if tenant.version == NO_VERSION:
        mine = or_(tenants.c.version.is_(None), tenants.c.version > _BEYOND_VERSIONS)
    values = _stopped(tenant) if tenant.damaged else _columns(tenant)
    values["version"] = max(tenant.version, 0) + 1
    done = connection.execute(update(tenants).where(tenants.c.id == tenant.id, mine).values(values))
    if done.rowcount:
        return
    if connection.scalar(select(tenants.c.id).where(tenants.c.id == tenant.id)) is None:
        raise Gone(f"there is no tenant with the id {tenant.id!r} in the ledger")
    raise Overtaken(f"{tenant.full_name} was changed by somebody else since it was read; read it again")


def _stopped(tenant: Tenant) -> dict[str, Any]:
    """Return the columns that say that, and why, nothing more is done. What cannot be read stays as it is."""
    names = ["state", "failures", "blocker", "retry_at", "next_due_at", "protection"]
    names += ["quarantined_from", "quarantine_cause", "quarantine_reason"]
    return {name: getattr(tenant, name) for name in names} | (_hold(tenant) if tenant.hold else {})


def _columns(tenant: Tenant) -> dict[str, Any]:
    names = ["unfinished", "suspended_at", "reclaiming_at", "archived_at", "emptied_at", "reclaimed_at"]
    names += ["vanished_at", "halted_at", "decided_under"]
    written = _stopped(tenant) | _hold(tenant) | {name: getattr(tenant, name) for name in names}
    written |= {"lease_id": tenant.lease.id, "memory": [vars(server) for server in tenant.memory]}
    taken = [at for at in (tenant.suspended_at, tenant.reclaiming_at) if at is not None]
    return written | ({"taken_at": max(taken)} if taken else {})


def _hold(tenant: Tenant) -> dict[str, Any]:
    hold = tenant.hold
    return {
        "hold_until": hold.until if hold else None,
        "hold_reason": hold.reason if hold else None,
        "hold_by": hold.by if hold else None,
    }


def tenant_row(tenant: Tenant, seen_at: datetime) -> dict[str, Any]:
    """Return all columns of a tenant that is new."""
    named = {name: getattr(tenant, name) for name in ("id", "cloud", "project_id", "name", "domain", "tags", "version")}
    return _columns(tenant) | named | {"last_seen_at": seen_at, "taken_at": None}


def lease_row(tenant: Tenant) -> dict[str, Any]:
    """Return all columns of a tenant's lease."""
    lease = tenant.lease
    names = ("id", "started_at", "expires_at", "renewals", "arming", "away_until", "given_back_at")
    named = {name: getattr(lease, name) for name in names}
    return named | {"tenant_id": tenant.id, "policy": lease.terms.policy, "terms": as_kept(lease.terms)}


def _write_lease(connection: Connection, tenant: Tenant, *, new: bool) -> None:
    row = lease_row(tenant)
    if new:
        connection.execute(insert(leases), [row])
        return
    wanted = and_(leases.c.id == row.pop("id"), leases.c.tenant_id == row.pop("tenant_id"))
    if not connection.execute(update(leases).where(wanted).values(row)).rowcount:
        raise Permanent(f"{tenant.full_name} has no lease {tenant.lease.id!r} in the ledger: nothing was written")


def add_events(connection: Connection, happened: Iterable[tuple[str, Event]]) -> None:
    """Add lines to the histories of tenants, given by id."""
    rows = [
        {"tenant_id": tenant_id, "at": event.at, "what": event.what, "text": event.text, "by_whom": event.by}
        for tenant_id, event in happened
    ]
    if rows:
        connection.execute(insert(events), rows)


def tell(connection: Connection, tenant_id: str, event: Event) -> None:
    """Add one line to a tenant's history; a letter about no single tenant has none to be written into."""
    if tenant_id:
        add_events(connection, [(tenant_id, event)])


def lock_tenant(connection: Connection, tenant_id: str) -> None:
    """Keep others from writing this tenant until the transaction ends."""
    connection.execute(select(tenants.c.id).where(tenants.c.id == tenant_id).with_for_update())


def wake_one(connection: Connection, tenant_id: str, now: datetime) -> None:
    """Make one tenant due; with a new version, for a sweeper that has read it before must read it again."""
    change = {"next_due_at": now, "version": tenants.c.version + 1}
    connection.execute(update(tenants).where(tenants.c.id == tenant_id).values(change))


def _supersede_earlier(connection: Connection, tenant: Tenant) -> None:
    """Keep letters of earlier rounds and leases from being sent: what they say is no longer true."""
    lease = tenant.lease
    earlier = or_(letters.c.lease_id != lease.id, letters.c.arming < lease.arming)
    supersede(connection, and_(letters.c.tenant_id == tenant.id, earlier))


def supersede(connection: Connection, which: ColumnElement[bool]) -> None:
    """Take letters of a round that wait out of the queue."""
    waiting = and_(which, letters.c.state.in_(_WAITING), letters.c.kind.in_(OF_ONE_ROUND))
    connection.execute(
        update(letters).where(waiting).values(state=LetterState.SUPERSEDED, once=None, next_attempt_at=None)
    )


def _queue(connection: Connection, change: Change, mail_domain: str) -> list[Notice]:
    """Put letters into the outbox; one that stands there already for this round is not doubled."""
    if not change.letters:
        return []
    if not change.events:
        raise ValueError("a letter is queued together with an event, which says when")
    queued_at = max(event.at for event in change.events)
    fresh = [_letter_row(change.tenant, queued, queued_at, mail_domain) for queued in change.letters]
    keys = [row["once"] for row in fresh if row["once"]]
    there = set(connection.scalars(select(letters.c.once).where(letters.c.once.in_(keys))))
    rows = list({row["once"] or row["id"]: row for row in fresh if row["once"] not in there}.values())
    if rows:
        connection.execute(insert(letters), rows)
    noticed = [(kind, row["before_us"]) for row in rows if (kind := spec_of(row["kind"]).notice) is not None]
    return [Notice(kind, LetterState.QUEUED, queued_at, before) for kind, before in noticed]


def _letter_row(tenant: Tenant, queued: Queued, queued_at: datetime, mail_domain: str) -> dict[str, Any]:
    letter_id = uuid.uuid4().hex
    return {
        "id": letter_id,
        "tenant_id": tenant.id,
        "lease_id": tenant.lease.id,
        "arming": tenant.lease.arming,
        "kind": queued.kind,
        "before_us": queued.before,
        "once": _once(tenant.lease, queued) if spec_of(queued.kind).once_per_round else None,
        "message_id": f"<{letter_id}@{mail_domain}>",
        "state": LetterState.QUEUED,
        "queued_at": queued_at,
        "attempts": 0,
        "next_attempt_at": queued_at,
        "answer": "",
        "recipients": (),
        "lost": {},
    }


def _once(lease: Lease, queued: Queued) -> str:
    before = "" if queued.before is None else f"{queued.before.total_seconds():.6f}"
    return f"{lease.id} {lease.arming} {queued.kind} {before}".rstrip()


def wake(connection: Connection, now: datetime, policy: str | None) -> int:
    """Make living tenants due; with a new version, for a sweeper that has read one before must read it again."""
    wanted = living()
    if policy is not None:
        running = exists().where(leases.c.id == tenants.c.lease_id, leases.c.policy == policy)
        wanted = and_(wanted, running)
    woken = update(tenants).where(wanted).values(next_due_at=now, version=tenants.c.version + 1)
    return connection.execute(woken).rowcount


def restart_warnings(connection: Connection, now: datetime, since: datetime) -> None:
    """Begin a new round of warnings for every living tenant: nothing said before counts any more."""
    wake(connection, now, None)
    unmarked = and_(living(), tenants.c.halted_at.is_(None))
    connection.execute(update(tenants).where(unmarked).values(halted_at=since))
    # EXISTS by primary key: MariaDB asks an IN (SELECT ...) once for each row that might change.
    running = exists().where(tenants.c.id == leases.c.tenant_id, tenants.c.lease_id == leases.c.id, living())
    connection.execute(update(leases).where(running).values(arming=leases.c.arming + 1))
    supersede(connection, exists().where(tenants.c.id == letters.c.tenant_id, living()))
    told = select(
        tenants.c.id,
        literal(now, events.c.at.type),
        literal(EventKind.REARMED.value),
        literal("warnings start afresh after a long outage"),
        literal("reaper"),
    ).where(living())
    connection.execute(insert(events).from_select(["tenant_id", "at", "what", "text", "by_whom"], told))
