"""What changes something in the cloud: each step asked for again at that moment, begun in the ledger, then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from reaper.errors import Gone, Overtaken, Permanent, ReaperError, Temporary
from reaper.execute import Carried, Outcome, Pools, Progress, Reclaimer, carry_out
from reaper.lifecycle import Reclaim, Restore, Suspend, decide
from reaper.model import Afterwards, Event, LetterKind, Project, State, StoppedServer, Tenant, Unfinished
from reaper.ports import Clock, Cloud, Journal, Ledger, Queued
from reaper.sweep.mild import Standing, quarantine
from reaper.sweep.tally import Tally

#: After so many failed attempts a person has to look.
ATTEMPTS = 3
#: The first wait after a failure; it doubles. A cloud that does not answer is asked again soon and counts as none.
BACK_OFF, SOON = timedelta(minutes=10), timedelta(minutes=1)
#: Tenants suspended or restored side by side.
SIDE_BY_SIDE = 8

Deed = tuple[Tenant, Suspend | Restore | Reclaim]


class Withheld(Exception):  # noqa: N818 - no error: asked again, the answer was no
    """The step is no longer due, seen afresh; why."""


@dataclass(frozen=True)
class Taking:
    """Carries out suspensions, restorations and reclaims."""

    ledger: Ledger
    journal: Journal
    clouds: Mapping[str, Cloud]
    standing: Standing
    protected: Callable[[Tenant, Project], Tenant]
    clock: Clock
    pools: Pools
    tally: Tally
    progress: Progress | None = None
    patience: float = 120.0

    # ------------------------------------------------------------------ suspend and restore

    def settle_all(self, deeds: Sequence[tuple[Tenant, Suspend | Restore]]) -> None:
        """Suspend or restore tenants side by side, each in its own try."""
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="tenant") as threads:
            list(threads.map(lambda deed: self._guarded(deed[0], partial(self._settle, *deed)), deeds))

    def _settle(self, tenant: Tenant, decision: Suspend | Restore) -> None:
        tenant = self._again(tenant, type(decision))
        if isinstance(decision, Suspend) and tenant.unfinished is None:
            tenant = self._begin_suspension(tenant)
        carried = carry_out(decision, tenant, self.clouds[tenant.cloud], self.pools, self.clock, self._remember)
        # Not read again: a renewal that came in between must win, and does so by its version.
        tenant = carried.tenant
        if not carried.done:
            self._failed(tenant, "; ".join(carried.errors), temporary=carried.temporary)
        elif isinstance(decision, Suspend):
            self._suspended(tenant, carried)
        else:
            self._restored(tenant)

    def _begin_suspension(self, tenant: Tenant) -> Tenant:
        """Record the intention before the first request, so that a crash resumes instead of forgetting."""
        now = self.clock.now()
        begun = replace(tenant, state=State.SUSPENDED, unfinished=Unfinished.SUSPEND, suspended_at=now, memory=())
        return self.ledger.record(begun, [Event(now, "suspending", "the lease is over; servers will be stopped")])

    def _remember(self, tenant: Tenant, memory: tuple[StoppedServer, ...]) -> Tenant:
        return self.ledger.record(replace(tenant, memory=memory))

    def _suspended(self, tenant: Tenant, carried: Carried) -> None:
        now = self.clock.now()
        stopped = sum(server.was_running for server in carried.plan.memory)
        text = f"the project is closed, {len(carried.plan.memory)} servers locked, {stopped} of them were running"
        # The suspension lasts from when everything stands still, not from when it was begun.
        done = replace(
            tenant, unfinished=None, suspended_at=now, failures=0, blocker=None, retry_at=None, next_due_at=now
        )
        self.ledger.record(done, [Event(now, "suspended", text)], [Queued(LetterKind.SUSPENDED)])
        self.tally.add("suspended", tenant, text)

    def _restored(self, tenant: Tenant) -> None:
        now = self.clock.now()
        text = f"{sum(s.was_running for s in tenant.memory)} servers run again, the project is open"
        done = replace(tenant, unfinished=None, memory=(), failures=0, blocker=None, retry_at=None, next_due_at=now)
        self.ledger.record(done, [Event(now, "restored", text)], [Queued(LetterKind.RESTORED)])
        self.tally.add("restored", tenant, text)

    # ------------------------------------------------------------------ reclaim

    def reclaim_all(self, tenants: Sequence[Tenant]) -> None:
        """Reclaim tenants cloud by cloud, all of one cloud together in rounds."""
        for name, cloud in self.clouds.items():
            self._reclaim_on(cloud, [tenant for tenant in tenants if tenant.cloud == name])

    def _reclaim_on(self, cloud: Cloud, tenants: Sequence[Tenant]) -> None:
        begun: list[Tenant] = []
        for tenant in tenants:
            self._guarded(tenant, partial(self._begin_reclaim, tenant, begun))
        rounds = Reclaimer(cloud, self.journal, self.pools, self.clock, self._permit, self.patience, self.progress)
        for outcome in rounds.reclaim(begun):
            self._guarded(outcome.tenant, partial(self._finish, outcome))

    def _begin_reclaim(self, tenant: Tenant, begun: list[Tenant]) -> None:
        emptied = self._emptied_before(tenant)
        if emptied:
            self._part_with(tenant, emptied)
            return
        tenant = self._again(tenant, Reclaim)
        if tenant.state is not State.RECLAIMING:
            now = self.clock.now()
            begins = replace(tenant, state=State.RECLAIMING, reclaiming_at=now, failures=0, retry_at=None)
            tenant = self.ledger.record(begins, [Event(now, "reclaiming", "the suspension is over")])
        begun.append(tenant)

    def _emptied_before(self, tenant: Tenant) -> str | None:
        """Return what an earlier pass found when it had emptied a tenant, and could not part with the project."""
        if tenant.state is not State.RECLAIMING or tenant.lease.terms.afterwards is Afterwards.CLOSE:
            return None
        steps = [e for e in self.ledger.history(tenant.id) if e.what in ("reclaiming", "emptied")]
        return steps[-1].text if steps and steps[-1].what == "emptied" else None

    def reclaim_by_hand(self, tenant: Tenant, by: str) -> None:
        """Reclaim now one tenant that a person has named, lease and suspension notwithstanding; nothing else gives way.

        Its project is closed first, what it owns is journaled, and the same rounds verify that it is empty.
        """
        self._guarded(tenant, partial(self._condemn, tenant, by))
        current = self.standing(self.ledger.tenant(tenant.id))
        if current.state is State.RECLAIMING:
            self.reclaim_all([current])

    def _condemn(self, tenant: Tenant, by: str) -> None:
        cloud = self.clouds[tenant.cloud]
        current = self.protected(self.ledger.tenant(tenant.id), cloud.project(tenant.project_id))
        now = self.clock.now()
        condemned = replace(
            current, state=State.RECLAIMING, unfinished=None, reclaiming_at=now, failures=0, retry_at=None
        )
        decision = decide(condemned, now)
        if not isinstance(decision, Reclaim):
            raise Withheld(f"it stays: {decision}")
        cloud.close_project(tenant.project_id)
        self.ledger.record(replace(condemned, next_due_at=now), [Event(now, "reclaiming", "by hand", by)])

    def _permit(self, tenant: Tenant) -> str | None:
        """Ask again, from the ledger as it is now, whether this tenant may still be taken from."""
        paused = self.ledger.paused()
        if paused:
            return f"paused: {paused}"
        current = self.standing(self.ledger.tenant(tenant.id))
        if current.version != tenant.version:
            return "somebody else changed the tenant"
        decision = decide(current, self.clock.now())
        return None if isinstance(decision, Reclaim) else f"no longer due: {decision}"

    def _finish(self, outcome: Outcome) -> None:
        if outcome.done:
            self._emptied(outcome)
        elif outcome.stopped:
            self.tally.add("held", outcome.tenant, outcome.stopped)
        else:
            text = "; ".join((outcome.doubts if outcome.temporary else outcome.blockers) or (outcome.stuck or "",))
            self._failed(outcome.tenant, text, temporary=outcome.temporary)

    def _emptied(self, outcome: Outcome) -> None:
        """Settle every row of the journal of a tenant that was read empty, and part with its project."""
        tenant, now = outcome.tenant, self.clock.now()
        staying = {r.key for r in outcome.kept} | {finding.resource.key for finding in outcome.findings}
        settled = [step for step in self.journal.steps(tenant) if step.resource.key not in staying]
        self.journal.gone(tenant, [step.resource.key for step in settled if step.gone_at is None], now)
        text = f"{len(settled)} resources verified gone"
        if staying:
            stays = [f"{r} (kept by its policy)" for r in outcome.kept] + [str(f) for f in outcome.findings]
            text += f"; left alone: {'; '.join(stays)}"
        if staying and tenant.lease.terms.afterwards is Afterwards.DELETE:
            self._book(tenant, f"{text}; so its project stays, closed")
            return
        if tenant.lease.terms.afterwards is not Afterwards.CLOSE:
            # Recorded first: a project that is found deleted or open after a crash was so by us.
            tenant = self.ledger.record(tenant, [Event(now, "emptied", text)])
        self._part_with(tenant, text)

    def _part_with(self, tenant: Tenant, text: str) -> None:
        """Do with the empty project what the terms say, and book the tenant as reclaimed."""
        refusal = self._permit(tenant)
        if refusal:
            raise Withheld(refusal)
        cloud = self.clouds[tenant.cloud]
        if tenant.lease.terms.afterwards is Afterwards.DELETE:
            _unless_gone(lambda: cloud.delete_project(tenant.project_id))
        elif tenant.lease.terms.afterwards is Afterwards.REOPEN:
            _unless_gone(lambda: cloud.open_project(tenant.project_id))
        self._book(tenant, text)

    def _book(self, tenant: Tenant, text: str) -> None:
        now = self.clock.now()
        free = replace(tenant, memory=(), failures=0, blocker=None, retry_at=None, next_due_at=None)
        done = replace(free, state=State.RECLAIMED, reclaimed_at=now)
        self.ledger.record(done, [Event(now, "reclaimed", text)], [Queued(LetterKind.RECLAIMED)])
        self.tally.add("reclaimed", tenant, text)

    # ------------------------------------------------------------------ asked again, and failures

    def _again(self, tenant: Tenant, wanted: type[Suspend | Restore | Reclaim]) -> Tenant:
        """Decide once more from what ledger, policies and Keystone say at this moment."""
        current = self.ledger.tenant(tenant.id)
        if current.version != tenant.version:
            raise Withheld("somebody else changed the tenant")
        try:
            project = self.clouds[tenant.cloud].project(tenant.project_id)
        except Gone:
            now = self.clock.now()
            event = Event(now, "vanished", "its project is no longer in Keystone; nothing more is done")
            self.ledger.record(replace(current, vanished_at=now, next_due_at=None), [event])
            raise Withheld("its project is gone") from None
        current = self.protected(current, project)
        decision = decide(current, self.clock.now())
        if not isinstance(decision, wanted):
            raise Withheld(f"asked again, it is no longer due: {decision}")
        odd = _meddled(current, project, wanted)
        if odd:
            quarantine(current, odd, self.ledger, self.clock.now())
            self.tally.add("quarantined", tenant, odd)
            raise Withheld(odd)
        return current

    def _failed(self, tenant: Tenant, text: str, *, temporary: bool) -> None:
        """Back off; raises Overtaken when somebody has changed the tenant since, for then it was not its fault."""
        now = self.clock.now()
        self.tally.add("failed", tenant, text)
        if temporary:
            later = replace(tenant, retry_at=now + SOON, next_due_at=now + SOON, blocker=text)
            self.ledger.record(later, [Event(now, "postponed", text)])
            return
        failures = tenant.failures + 1
        if failures >= ATTEMPTS:
            quarantine(replace(tenant, failures=failures, blocker=text), text, self.ledger, now)
            self.tally.add("quarantined", tenant, text)
            return
        retry_at = now + BACK_OFF * 2 ** (failures - 1)
        later = replace(tenant, failures=failures, blocker=text, retry_at=retry_at, next_due_at=retry_at)
        self.ledger.record(later, [Event(now, "failed", f"attempt {failures} of {ATTEMPTS}: {text}")])

    def _guarded(self, tenant: Tenant, step: Callable[[], None]) -> None:
        """Keep one tenant's trouble from everybody else."""
        try:
            step()
        except Withheld as why:
            self.tally.add("held", tenant, str(why))
        except Overtaken:
            self.tally.add("held", tenant, "somebody else changed the tenant")
        except ReaperError as error:
            self._guarded_failure(tenant, error)
        except Exception as error:  # noqa: BLE001 - the boundary: one tenant's fault never stops the rest
            wrapped = Permanent(f"an unexpected fault: {type(error).__name__}: {error}")
            wrapped.__cause__ = error
            self._guarded_failure(tenant, wrapped)

    def _guarded_failure(self, tenant: Tenant, error: ReaperError) -> None:
        try:
            current = self.standing(self.ledger.tenant(tenant.id))
            if current.lease.arming != tenant.lease.arming or current.state in (State.QUARANTINED, State.RECLAIMED):
                self.tally.add("held", tenant, "somebody else changed the tenant")
                return
            self._failed(current, str(error), temporary=isinstance(error, Temporary))
        except ReaperError as worse:
            self.tally.add("failed", tenant, f"{error}; and it could not be recorded: {worse}")


def _meddled(tenant: Tenant, project: Project, wanted: type[Suspend | Restore | Reclaim]) -> str | None:
    """Notice a person's hand: a project that is open or closed although Reaper left it otherwise."""
    if wanted is Suspend and tenant.unfinished is None and not project.enabled:
        return "its project was disabled by somebody else"
    if wanted is Reclaim and project.enabled:
        return "its project was opened by somebody else while it was suspended"
    return None


def _unless_gone(ask: Callable[[], None]) -> None:
    try:
        ask()
    except Gone:
        return
