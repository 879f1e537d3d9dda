"""Suspending and restoring: begun in the ledger, carried out, booked when a fresh look finds it true."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from reaper.errors import Withheld
from reaper.execute import Carried, Pools, carry_out
from reaper.lifecycle import Restore, Suspend
from reaper.model import Event, LetterKind, State, StoppedServer, Tenant, Unfinished
from reaper.ports import Queued
from reaper.sweep.asking import Asking

#: Tenants suspended or restored side by side.
SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Suspending:
    """Carries out suspensions and restorations."""

    asking: Asking
    pools: Pools

    def settle_all(self, deeds: Sequence[tuple[Tenant, Suspend | Restore]]) -> None:
        """Suspend or restore tenants side by side, each in its own try."""
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="tenant") as threads:
            list(threads.map(lambda deed: self.asking.guarded(deed[0], partial(self._settle, *deed)), deeds))

    def _settle(self, tenant: Tenant, decision: Suspend | Restore) -> None:
        tenant = self.asking.again(tenant, type(decision))
        if isinstance(decision, Suspend) and tenant.unfinished is None:
            tenant = self.begin(tenant)
        carried = self._carry_out(decision, tenant)
        # Not read again: a renewal that came in between must win, and does so by its version.
        tenant = carried.tenant
        if carried.stopped:
            raise Withheld(carried.stopped)
        if not carried.done:
            self.asking.failed(tenant, "; ".join(carried.errors), temporary=carried.temporary)
        elif isinstance(decision, Suspend):
            self._suspended(tenant, carried)
        else:
            self._restored(tenant)

    def _carry_out(self, decision: Suspend | Restore, tenant: Tenant) -> Carried:
        cloud = self.asking.clouds[tenant.cloud]
        return carry_out(decision, tenant, cloud, self.pools, self.asking.clock, self.remember, self.asking.facts)

    def begin(self, tenant: Tenant) -> Tenant:
        """Record the intention before the first request, so that a crash resumes instead of forgetting."""
        now = self.asking.clock.now()
        begun = replace(tenant, state=State.SUSPENDED, unfinished=Unfinished.SUSPEND, suspended_at=now, memory=())
        why = "the lease is over" if tenant.lease.given_back_at is None else "its people gave it back"
        return self.asking.ledger.record(begun, [Event(now, "suspending", f"{why}; servers will be stopped")])

    def remember(self, tenant: Tenant, memory: tuple[StoppedServer, ...]) -> Tenant:
        """Keep what a look found before anything is asked because of it."""
        return self.asking.ledger.record(replace(tenant, memory=memory))

    def _suspended(self, tenant: Tenant, carried: Carried) -> None:
        now = self.asking.clock.now()
        stopped = sum(server.was_running for server in carried.plan.memory)
        text = f"the project is closed, {len(carried.plan.memory)} servers stand still, {stopped} of them were running"
        # The suspension lasts from when everything stands still, not from when it was begun.
        done = replace(
            tenant, unfinished=None, suspended_at=now, failures=0, blocker=None, retry_at=None, next_due_at=now
        )
        self.asking.ledger.record(done, [Event(now, "suspended", text)], [Queued(LetterKind.SUSPENDED)])
        self.asking.tally.add("suspended", tenant, text)

    def _restored(self, tenant: Tenant) -> None:
        now = self.asking.clock.now()
        text = f"{sum(s.was_running for s in tenant.memory)} servers run again, the project is open"
        done = replace(tenant, unfinished=None, memory=(), failures=0, blocker=None, retry_at=None, next_due_at=now)
        self.asking.ledger.record(done, [Event(now, "restored", text)], [Queued(LetterKind.RESTORED)])
        self.asking.tally.add("restored", tenant, text)
