"""Reaper's own engine as a contestant: the Reclaimer with the writing client and a real journal."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reaper.clock import SystemClock
from reaper.cloud import connect
from reaper.execute import Outcome, Pools, Reclaimer
from reaper.model import Event, Lease, State, Tenant, Terms
from reaper.paths import share
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


def reclaim(
    entry: str, clouds_yaml: Path, projects: Mapping[str, str], *, protect: Sequence[str], patience: float = 120.0
) -> Taken:
    """Reclaim projects (id to name) of one entry of a clouds.yaml from a cold start, tokens and versions included."""
    with ledger() as store, Pools(WORKERS) as pools:
        cloud = connect(entry, protect=protect, workers=WORKERS, config_files=[str(clouds_yaml)])
        tenants = [tenant_of(entry, project_id, name) for project_id, name in projects.items()]
        store.ledger.enrol(tenants, Event(tenants[0].lease.started_at, "enrolled", "for a benchmark"))
        reclaimer = Reclaimer(
            cloud, store.journal, pools, SystemClock(), permit=lambda _tenant: None, patience=patience
        )
        wall, processor = time.perf_counter(), time.process_time()
        outcomes = reclaimer.reclaim(tenants)
        return Taken(time.perf_counter() - wall, time.process_time() - processor, tuple(outcomes))
