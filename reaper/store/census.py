"""What a census brings: new tenants, and how the known ones look today; batches, never one query for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, insert, or_, select, update

from reaper.lifecycle.transitions import reappear
from reaper.model import CensusMark, Event, Person, Project, Tenant
from reaper.store import people
from reaper.store.gate_inputs import put
from reaper.store.reading import in_batches, living, load
from reaper.store.tables import censuses, leases, tenants
from reaper.store.types import legible
from reaper.store.writing import add_events, lease_row, record, tenant_row


@dataclass(frozen=True)
class CensusLook:
    """How the projects of one cloud look now; `people` None when that could not be read in full."""

    people: Mapping[str, Sequence[Person]] | None
    cloud: str
    now: datetime


def enrol(connection: Connection, newcomers: Iterable[Tenant], event: Event) -> int:
    """Add tenants that are not known yet. Returns how many."""
    return sum(_enrol_batch(connection, batch, event) for batch in in_batches(newcomers))


def _enrol_batch(connection: Connection, batch: Sequence[Tenant], event: Event) -> int:
    named = select(tenants.c.cloud, tenants.c.project_id).where(
        tenants.c.project_id.in_([tenant.project_id for tenant in batch])
    )
    known = {(row.cloud, row.project_id) for row in connection.execute(named)}
    unique = {(tenant.cloud, tenant.project_id): tenant for tenant in reversed(batch)}
    fresh = [tenant for key, tenant in reversed(unique.items()) if key not in known]
    if fresh:
        connection.execute(insert(tenants), [tenant_row(tenant, event.at) for tenant in fresh])
        connection.execute(insert(leases), [lease_row(tenant) for tenant in fresh])
        people.write(connection, {tenant.id: people.as_kept(tenant.people) for tenant in fresh})
        add_events(connection, [(tenant.id, event) for tenant in fresh])
    return len(fresh)


def meet(connection: Connection, projects: Iterable[Project], look: CensusLook) -> None:
    """Refresh what changed about known tenants, and note that they were seen."""
    there = {project.id: project for project in projects}
    columns = (tenants.c[name] for name in ("id", "project_id", "name", "domain", "tags", "vanished_at"))
    # All of the cloud at once: asked for by cloud and many project ids, PostgreSQL compares each with each.
    rows = connection.execute(select(*columns).where(tenants.c.cloud == look.cloud)).mappings().all()
    for batch in in_batches(row for row in rows if row["project_id"] in there):
        _meet_batch(connection, batch, there, look)


def _meet_batch(
    connection: Connection, rows: Sequence[RowMapping], there: Mapping[str, Project], look: CensusLook
) -> None:
    _welcome_back(connection, rows, look.now)
    _rename(connection, [(row, there[row["project_id"]]) for row in rows], look.now)
    if look.people is not None:
        people.meet(connection, {row["id"]: look.people.get(row["project_id"], ()) for row in rows}, look.now)
    these = tenants.c.id.in_([row["id"] for row in rows])
    connection.execute(update(tenants).where(these).values(last_seen_at=look.now))


def _welcome_back(connection: Connection, rows: Sequence[RowMapping], now: datetime) -> None:
    """Go on with tenants that were taken for vanished: the listings that did not show them were wrong."""
    back = [row["id"] for row in rows if row["vanished_at"] is not None]
    if back:
        for tenant in load(connection, back):
            record(connection, reappear(tenant, now), "")


def _rename(connection: Connection, met: Iterable[tuple[RowMapping, Project]], now: datetime) -> None:
    """Write names and tags that changed. Such a tenant is due: another policy or an exemption may hold now."""
    changed = []
    for row, project in met:
        name, domain = (legible(text)[:255] for text in (project.name, project.domain))
        if (row["name"], row["domain"], row["tags"]) != (name, domain, tuple(sorted(project.tags))):
            changed.append({"its_id": row["id"], "name": name, "domain": domain, "tags": project.tags})
    if changed:
        renamed = update(tenants).where(tenants.c.id == bindparam("its_id"))
        connection.execute(renamed.values(next_due_at=now, version=tenants.c.version + 1), changed)


def unseen_since(connection: Connection, cloud: str, moment: datetime) -> list[Tenant]:
    """Load living tenants of a cloud that no census has seen since."""
    unseen = or_(tenants.c.last_seen_at < moment, tenants.c.last_seen_at.is_(None))
    wanted = select(tenants.c.id).where(tenants.c.cloud == cloud, living(), unseen).order_by(tenants.c.name)
    return load(connection, list(connection.scalars(wanted)))


def protected(connection: Connection, cloud: str) -> dict[str, str]:
    """Return why tenants of a cloud are protected, by project id."""
    shielded = and_(tenants.c.cloud == cloud, tenants.c.protection.is_not(None))
    rows = connection.execute(select(tenants.c.project_id, tenants.c.protection).where(shielded))
    return {row.project_id: row.protection for row in rows}


def known(connection: Connection, cloud: str) -> dict[str, str]:
    """Return the state of every tenant of a cloud, by project id."""
    rows = connection.execute(select(tenants.c.project_id, tenants.c.state).where(tenants.c.cloud == cloud))
    return {row.project_id: row.state for row in rows}


def mark(connection: Connection, census: CensusMark) -> None:
    """Keep how the last census of a cloud went."""
    put(connection, censuses, {"cloud": census.cloud}, vars(census))
