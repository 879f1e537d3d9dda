"""Suspending and restoring: begun in the ledger, carried out, booked when a fresh look finds it true."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from reaper.errors import Withheld
from reaper.execute import Carried, Pools, carry_out
from reaper.lifecycle import Restore, Suspend
from reaper.lifecycle.suspension_changes import begin_suspension, remember_servers, restored, still_running, suspended
from reaper.model import StoppedServer, Tenant
from reaper.sweep.step_context import ATTEMPTS, StepContext

#: After so long it is tried again to stop what could not be stopped.
AGAIN = timedelta(hours=1)
#: Tenants suspended or restored side by side.
SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Suspending:
    """Carries out suspensions and restorations."""

    context: StepContext
    pools: Pools

    def settle_all(self, deeds: Sequence[tuple[Tenant, Suspend | Restore]]) -> None:
        """Suspend or restore tenants side by side, each in its own try."""
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="tenant") as threads:
            list(threads.map(lambda deed: self.context.guarded(deed[0], partial(self._settle, *deed)), deeds))

    def _settle(self, tenant: Tenant, decision: Suspend | Restore) -> None:
        tenant = self.context.again(tenant, type(decision))
        if isinstance(decision, Suspend) and tenant.unfinished is None:
            tenant = self.begin(tenant)
        carried = self._carry_out(decision, tenant)
        # Not read again: a renewal that came in between must win, and does so by its version.
        tenant = carried.tenant
        if carried.stopped:
            raise Withheld(carried.stopped)
        if not carried.done and self._is_to_be_booked(decision, carried):
            self._still_running(carried)
        elif not carried.done:
            self.context.failed(tenant, "; ".join(carried.errors), temporary=carried.temporary)
        elif isinstance(decision, Suspend):
            self._suspended(tenant, carried)
        else:
            self._restored(tenant)

    def _carry_out(self, decision: Suspend | Restore, tenant: Tenant) -> Carried:
        cloud = self.context.clouds[tenant.cloud]
        return carry_out(decision, tenant, cloud, self.pools, self.context.clock, self.remember, self.context.facts)

    def begin(self, tenant: Tenant) -> Tenant:
        """Record the intention before the first request, so that a crash resumes instead of forgetting."""
        return self.context.ledger.record(begin_suspension(tenant, self.context.clock.now()))

    def remember(self, tenant: Tenant, memory: tuple[StoppedServer, ...]) -> Tenant:
        """Keep what a look found before anything is asked because of it."""
        return self.context.ledger.record(remember_servers(tenant, memory))

    def _is_to_be_booked(self, decision: Suspend | Restore, carried: Carried) -> bool:
        """Whether a suspension is booked with servers that run: tried often or long enough, or booked so before.

        What a service cannot do just now counts as no failure, but one server that it cannot stop for an hour, while it
        lists all of them, keeps nobody from being told.
        """
        tenant = carried.tenant
        if not isinstance(decision, Suspend) or not carried.running:
            return False
        if carried.temporary:
            begun = tenant.suspended_at or self.context.clock.now()
            return tenant.is_told_of_suspension or self.context.clock.now() - begun >= AGAIN
        return tenant.is_told_of_suspension or tenant.failures + 1 >= ATTEMPTS

    def _still_running(self, carried: Carried) -> None:
        """Say what runs although its project is suspended: to its people, to the admins, and in the ledger."""
        now = self.context.clock.now()
        servers = {(server.region, server.id) for server in carried.running}
        change = still_running(carried.tenant, servers, "; ".join(carried.errors), now + AGAIN, now)
        self.context.ledger.record(change)
        self.context.tally.add("suspended", carried.tenant, str(change.tenant.blocker))

    def _suspended(self, tenant: Tenant, carried: Carried) -> None:
        stopped = sum(server.was_running for server in carried.plan.memory)
        text = f"the project is closed, {len(carried.plan.memory)} servers stand still, {stopped} of them were running"
        self.context.ledger.record(suspended(tenant, text, self.context.clock.now()))
        self.context.tally.add("suspended", tenant, text)

    def _restored(self, tenant: Tenant) -> None:
        text = f"{sum(s.was_running for s in tenant.memory)} servers run again, the project is open"
        self.context.ledger.record(restored(tenant, text, self.context.clock.now()))
        self.context.tally.add("restored", tenant, text)
