"""Reaper's own engine as a contestant: the Reclaimer with the writing client and a real journal."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reaper.clock import SystemClock
from reaper.cloud import connect
from reaper.execute import Outcome, Pools, Reclaimer
from reaper.judge import Evidence, Known, Unknown
from reaper.model import CensusMark, Enforce, Event, EventKind, Judged, Lease, State, Tenant, Terms
from reaper.paths import share
from reaper.ports import Clock, Cloud
from reaper.store import Store, open_store

WORKERS = 16  # the default of `limits.workers`
TERMS = Terms(
    policy="benchmark",
    lasts=timedelta(days=3),
    warn_before=(timedelta(days=1),),
    notice=timedelta(days=1),
    renew_by=timedelta(days=1),
    renew_times=0,
    at_most=timedelta(days=3),
    opens_before=timedelta(days=1),
    suspension_lasts=timedelta(days=1),
    orphans_wait=timedelta(days=1),
)


@dataclass(frozen=True)
class Taken:
    """How long one reclaim took, in seconds by the wall and of this process's processors, and how it ended."""

    wall: float
    processor: float
    outcomes: tuple[Outcome, ...]


@contextmanager
def ledger() -> Iterator[Store]:
    """Open an empty ledger in a folder of its own, in memory where the machine has such folders."""
    memory = Path("/dev/shm")  # noqa: S108 - only a place for the folder, whose name is random
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        store = open_store(f"sqlite:///{folder}/reaper.db", share("migrations"), create=True)
        try:
            yield store
        finally:
            store.close()


def tenant_of(cloud: str, project_id: str, name: str) -> Tenant:
    """Make the tenant whose lease and suspension are over."""
    now = datetime.now(UTC)
    lease = Lease(f"lease-{project_id}", now - timedelta(days=5), now - timedelta(days=2), TERMS)
    return Tenant(f"tenant-{project_id}", cloud, project_id, name, lease, state=State.RECLAIMING, suspended_at=now)


def _judged(tenant: Tenant) -> Judged:
    known = {one.name: getattr(tenant, one.name) for one in fields(Tenant)}
    return Judged(**known, enforce=Enforce.RECLAIM, exempt=None)


@dataclass(frozen=True)
class AllDue:
    """Facts about tenants whose reclaim is due: Keystone is asked as in earnest, the rest is said.

    A project counts as closed, though these tenants were not suspended before. `says` names what speaks against one.
    """

    cloud: Cloud
    clock: Clock
    says: Callable[[Tenant], str | None] = lambda _tenant: None
    _known: dict[str, Evidence] = field(default_factory=dict)

    def look(self, tenants: Sequence[Tenant]) -> None:
        """Read their projects."""
        now, projects = self.clock.now(), self.cloud.projects({tenant.project_id for tenant in tenants})
        for tenant in tenants:
            found = projects.get(tenant.project_id)
            self._known[tenant.id] = Evidence(
                tenant,
                ledger=Known(_judged(tenant), "a benchmark", now),
                pause=Known(self.says(tenant) or "", "a benchmark", now),
                gates=Known((), "a benchmark", now),
                census=Known(CensusMark(tenant.cloud, now, complete=True, why="", projects=1), "a benchmark", now),
                project=Known(replace(found, enabled=False), "Keystone", now) if found else Unknown("it is not there"),
            )

    def refresh(self, tenants: Sequence[Tenant]) -> None:
        """Do the same: what is asked too often shows in the figures."""
        self.look(tenants)

    def of(self, tenant: Tenant) -> Evidence:
        """Return what was read."""
        return replace(self._known.get(tenant.id, Evidence(tenant)), tenant=tenant)


def reclaim(
    entry: str, clouds_yaml: Path, projects: Mapping[str, str], *, protect: Sequence[str], patience: float = 120.0
) -> Taken:
    """Reclaim projects (id to name) of one entry of a clouds.yaml from a cold start, tokens and versions included."""
    with ledger() as store, Pools(WORKERS) as pools:
        cloud = connect(entry, protect=protect, workers=WORKERS, config_files=[str(clouds_yaml)])
        tenants = [tenant_of(entry, project_id, name) for project_id, name in projects.items()]
        store.ledger.enrol(tenants, Event(tenants[0].lease.started_at, EventKind.OBSERVED, "for a benchmark"))
        clock = SystemClock()
        facts = AllDue(cloud, clock)
        reclaimer = Reclaimer(cloud, store.journal, pools, clock, facts, patience=patience)
        wall, processor = time.perf_counter(), time.process_time()
        outcomes = reclaimer.reclaim(tenants)
        return Taken(time.perf_counter() - wall, time.process_time() - processor, tuple(outcomes))
