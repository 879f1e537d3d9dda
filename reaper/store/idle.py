"""The record of idle things: rows that come and go with each look, and letters that stand on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from reaper.errors import Overtaken
from reaper.lifecycle import Stock
from reaper.lifecycle.transitions import tell as told
from reaper.model import Disk, Event, IdleThing, LetterKind, LetterState, Queued, Resource, Tenant
from reaper.store.engine import Database
from reaper.store.rows import NO_MOMENT, RowReader
from reaper.store.tables import idle_things, letters, tenants
from reaper.store.writing import add_events, record

_MOMENTS = ("asked_at", "absent_at", "gone_at")
_SEEN = ("name", "project_id", "status", "facts")


@dataclass(frozen=True)
class SqlIdleThings:
    """The rows of idle things; see `reaper.ports.IdleThings`. Every method is one transaction."""

    database: Database
    mail_domain: str = "reaper.localhost"

    def open(self, cloud: str) -> list[IdleThing]:
        """Return what is not gone yet of all tenants of a cloud."""
        here = select(tenants.c.id).where(tenants.c.cloud == cloud)
        return self._read(and_(idle_things.c.gone_at.is_(None), idle_things.c.tenant_id.in_(here)))

    def of(self, *tenant_ids: str) -> list[IdleThing]:
        """Return all of these tenants, also what is gone."""
        return self._read(idle_things.c.tenant_id.in_(tenant_ids)) if tenant_ids else []

    def told_in(self, letter_id: str) -> list[IdleThing]:
        """Return what a letter is about."""
        return self._read(or_(idle_things.c.letter_id == letter_id, idle_things.c.receipt_id == letter_id))

    def by_standing(self) -> dict[str, int]:
        """Count what is not gone: found, told of in a letter, asked to go."""
        told = [(idle_things.c.asked_at.is_not(None), "asked"), (idle_things.c.letter_id.is_not(None), "told")]
        standing = case(*told, else_="found").label("standing")
        counted = select(standing, func.count().label("how_many")).where(idle_things.c.gone_at.is_(None))
        with self.database.reading() as connection:
            return {row.standing: row.how_many for row in connection.execute(counted.group_by(standing.name))}

    def take_in(self, stock: Stock, events: Mapping[str, Sequence[Event]]) -> None:
        """Write what a look has found. What was asked to go meanwhile is not forgotten."""
        over, unasked = delete(idle_things).where(_mine()), idle_things.c.asked_at.is_(None)
        with self.database.writing() as connection:
            _each(connection, over.where(unasked), [_named(t) for t in stock.over if t.asked_at is None])
            _each(connection, over, [_named(t) for t in stock.over if t.asked_at is not None])
            # A thing that begins anew loses its row, whatever stood in it: also one that was gone and is back.
            again = delete(idle_things).where(_same_thing())
            _each(connection, again, [_thing(thing) for thing in stock.afresh])
            if stock.afresh:
                connection.execute(insert(idle_things), [_row(thing) for thing in stock.afresh])
            seen: dict[str, Any] = {"seen_at": bindparam("its_seen_at"), "absent_at": None}
            seen |= {name: bindparam(f"its_{name}") for name in _SEEN}
            _each(connection, update(idle_things).where(_mine()).values(seen), [_as_seen(t) for t in stock.still])
            missing = update(idle_things).where(_mine()).values(absent_at=bindparam("its_absent_at"))
            _each(connection, missing, [_named(t) | {"its_absent_at": t.absent_at} for t in stock.missing])
            add_events(connection, [(tenant_id, event) for tenant_id, told in events.items() for event in told])

    def warn(self, tenant: Tenant, things: Sequence[IdleThing], event: Event) -> Tenant:
        """Queue one letter about all of these, which waits for its acceptance."""
        with self.database.writing() as connection:
            after, letter_id = self._letter(connection, tenant, LetterKind.IDLE_WARNING, event)
            told: dict[str, Any] = {
                "letter_id": letter_id,
                "along": bindparam("its_along"),
                "asked_at": None,
                "answer": "",
            }
            rows = [_named(thing) | {"its_along": _disks(thing)} for thing in things]
            _all(connection, update(idle_things).where(_mine()).values(told), rows)
            return after

    def ask(self, tenant: Tenant, thing: IdleThing, event: Event) -> Tenant:
        """Write down that it is about to be asked to go, while the letter that it waits for is the same."""
        as_told = and_(_mine(), idle_things.c.letter_id == thing.letter_id, idle_things.c.gone_at.is_(None))
        with self.database.writing() as connection:
            after = record(connection, told(tenant, event), self.mail_domain)
            asked = update(idle_things).where(as_told).values(asked_at=event.at, answer="", absent_at=None)
            _all(connection, asked, [_named(thing)])
            return after

    def answered(self, thing: IdleThing, answer: str) -> None:
        """Write down what the service refused it with."""
        with self.database.writing() as connection:
            _each(connection, update(idle_things).where(_mine()).values(answer=answer), [_named(thing)])

    def gone(self, tenant: Tenant, things: Sequence[IdleThing], event: Event) -> Tenant:
        """Write down that these are verified gone, and queue one letter that says so."""
        with self.database.writing() as connection:
            after, letter_id = self._letter(connection, tenant, LetterKind.IDLE_GIVEN_BACK, event)
            change = update(idle_things).where(_mine(), idle_things.c.gone_at.is_(None))
            _all(connection, change.values(gone_at=event.at, receipt_id=letter_id), [_named(t) for t in things])
            return after

    def _letter(
        self, connection: Connection, tenant: Tenant, kind: LetterKind, event: Event
    ) -> tuple[Tenant, str | None]:
        """Queue a letter together with its event; returns its id."""
        after = record(connection, told(tenant, event, Queued(kind)), self.mail_domain)
        newest = select(letters.c.id).where(letters.c.tenant_id == tenant.id, letters.c.kind == kind)
        return after, connection.scalar(newest.order_by(letters.c.number.desc()).limit(1))

    def _read(self, wanted: ColumnElement[bool]) -> list[IdleThing]:
        about = [letters.c[name].label(f"letter_{name}") for name in ("state", "queued_at", "accepted_at")]
        both = idle_things.outerjoin(letters, letters.c.id == idle_things.c.letter_id)
        ordered = select(idle_things, *about).select_from(both).where(wanted).order_by(idle_things.c.number)
        with self.database.reading() as connection:
            return [thing_from(row) for row in connection.execute(ordered).mappings()]


def thing_from(row: RowMapping) -> IdleThing:
    """Make a thing of a row and its letter. Of what cannot be read `damaged` says so: nothing is concluded from it."""
    read = RowReader().turn_to("idle_things", row)
    resource = Resource(
        row["kind"],
        row["region"],
        row["resource_id"],
        read.required("name", "?"),
        row["project_id"],
        read.required("status", "?"),
        read.shaped("facts", _by_name, {}),
    )
    came_back = row["letter_state"] != LetterState.ACCEPTED
    return IdleThing(
        id=str(row["number"]),
        tenant_id=row["tenant_id"],
        rule=row["rule"],
        when=row["manner"],
        resource=resource,
        lasts=read.required("lasts_us", timedelta(0)),
        notice=read.required("notice_us", timedelta(0)),
        since=read.required("since", NO_MOMENT),
        seen_at=read.required("seen_at", NO_MOMENT),
        along=read.shaped("along", lambda held: tuple(Disk(**disk) for disk in held), ()),
        letter_id=row["letter_id"],
        letter_state=read.optional_word("letter_state", LetterState),
        queued_at=read.optional("letter_queued_at", datetime),
        accepted_at=None if came_back else read.optional("letter_accepted_at", datetime),
        answer=read.required("answer", ""),
        receipt_id=row["receipt_id"],
        **{name: read.optional(name, datetime) for name in _MOMENTS},
        damaged="; ".join(read.damage) or None,
    )


def _by_name(held: Any) -> dict[str, object]:
    if not isinstance(held, dict):
        raise TypeError("facts by name were expected")
    return held


def _row(thing: IdleThing) -> dict[str, Any]:
    """Return the columns of a thing that begins anew: nothing was told of it, and nothing asked."""
    resource = thing.resource
    return {name: getattr(resource, name) for name in _SEEN} | {
        "tenant_id": thing.tenant_id,
        "region": resource.region,
        "kind": resource.kind,
        "resource_id": resource.id,
        "rule": thing.rule,
        "manner": thing.when,
        "lasts_us": thing.lasts,
        "notice_us": thing.notice,
        "since": thing.since,
        "seen_at": thing.seen_at,
        "along": [],
        "answer": "",
    }


def _named(thing: IdleThing) -> dict[str, Any]:
    return {"its_number": int(thing.id)}


def _mine() -> ColumnElement[bool]:
    return idle_things.c.number == bindparam("its_number")


def _thing(thing: IdleThing) -> dict[str, Any]:
    region, kind, resource_id = thing.key
    return {
        "its_tenant": thing.tenant_id,
        "its_region": region,
        "its_kind": kind,
        "its_id": resource_id,
        "its_rule": thing.rule,
    }


def _same_thing() -> ColumnElement[bool]:
    return and_(
        idle_things.c.tenant_id == bindparam("its_tenant"),
        idle_things.c.region == bindparam("its_region"),
        idle_things.c.kind == bindparam("its_kind"),
        idle_things.c.resource_id == bindparam("its_id"),
        idle_things.c.rule == bindparam("its_rule"),
    )


def _as_seen(thing: IdleThing) -> dict[str, Any]:
    shown = {f"its_{name}": getattr(thing.resource, name) for name in _SEEN}
    return _named(thing) | shown | {"its_seen_at": thing.seen_at}


def _disks(thing: IdleThing) -> list[dict[str, Any]]:
    return [vars(disk) for disk in thing.along]


def _each(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _all(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    """Write to each of these rows, or to none at all: one that is there no more was changed by somebody else."""
    for row in rows:
        if not connection.execute(statement, row).rowcount:
            raise Overtaken("an idle thing was looked at by somebody else; look again")
