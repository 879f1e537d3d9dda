"""The journal of reclaiming: what was planned, asked and found gone, row by row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, select, update

from reaper.model import Resource, Tenant
from reaper.ports import JournalStep
from reaper.store.engine import Database
from reaper.store.rows import step_from
from reaper.store.tables import steps

Key = tuple[str, str, str]


@dataclass(frozen=True)
class SqlJournal:
    """The rows of reclaim plans; see `reaper.ports.Journal`. Every method is one transaction."""

    database: Database

    def plan(self, tenant: Tenant, resources: Iterable[Resource], now: datetime) -> None:
        """Add what is not there yet. What was taken for gone and shows up again is open again."""
        listed = {resource.key: resource for resource in resources}
        with self.database.writing() as connection:
            rows = connection.execute(select(steps).where(_of(tenant))).mappings().all()
            there = {(row["region"], row["kind"], row["resource_id"]): row["gone_at"] for row in rows}
            fresh = [_row(tenant, resource, now) for key, resource in listed.items() if key not in there]
            if fresh:
                connection.execute(insert(steps), fresh)
            back = [_named(key) for key in listed if there.get(key) is not None]
            if back:
                connection.execute(update(steps).where(_of(tenant), _same()).values(gone_at=None), back)

    def asked(self, tenant: Tenant, answers: Mapping[Key, str], now: datetime) -> None:
        """Note that deletes were asked and what the service said; counts the attempt."""
        said = [_named(key) | {"answer": answer} for key, answer in answers.items()]
        self._write(tenant, {"asked_at": now, "attempts": steps.c.attempts + 1}, said)

    def gone(self, tenant: Tenant, keys: Collection[Key], now: datetime) -> None:
        """Note what a complete listing no longer shows; the first time counts."""
        self._write(tenant, {"gone_at": now}, [_named(key) for key in keys], steps.c.gone_at.is_(None))

    def left(self, tenant: Tenant, why: Mapping[Key, str]) -> None:
        """Note why resources stay that were planned: nobody has asked them to go."""
        with_reasons = [_named(key) | {"answer": reason} for key, reason in why.items()]
        self._write(tenant, {}, with_reasons)

    def steps(self, tenant: Tenant) -> list[JournalStep]:
        """All rows of the tenant's current lease, in the order they were planned."""
        with self.database.reading() as connection:
            rows = connection.execute(select(steps).where(_of(tenant)).order_by(steps.c.number)).mappings()
            return [step_from(row) for row in rows]

    def _write(
        self, tenant: Tenant, values: Mapping[str, Any], rows: list[dict[str, Any]], *only: ColumnElement[bool]
    ) -> None:
        if rows:
            with self.database.writing() as connection:
                connection.execute(update(steps).where(_of(tenant), _same(), *only).values(values), rows)

    def freed(self, since: datetime) -> dict[str, int]:
        """Count by kind what was found gone since then, of all tenants."""
        counted = select(steps.c.kind, func.count().label("how_many")).where(steps.c.gone_at > since)
        with self.database.reading() as connection:
            rows = connection.execute(counted.group_by(steps.c.kind).order_by(steps.c.kind)).all()
        return {row.kind: row.how_many for row in rows}


def _of(tenant: Tenant) -> ColumnElement[bool]:
    return and_(steps.c.tenant_id == tenant.id, steps.c.lease_id == tenant.lease.id)


def _same() -> ColumnElement[bool]:
    return and_(
        steps.c.region == bindparam("its_region"),
        steps.c.kind == bindparam("its_kind"),
        steps.c.resource_id == bindparam("its_id"),
    )


def _named(key: Key) -> dict[str, Any]:
    return dict(zip(("its_region", "its_kind", "its_id"), key, strict=True))


def _row(tenant: Tenant, resource: Resource, now: datetime) -> dict[str, Any]:
    names = ("region", "kind", "name", "project_id", "status", "facts")
    return {name: getattr(resource, name) for name in names} | {
        "tenant_id": tenant.id,
        "lease_id": tenant.lease.id,
        "resource_id": resource.id,
        "planned_at": now,
        "attempts": 0,
        "answer": "",
    }
