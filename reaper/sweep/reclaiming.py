"""Reclaiming: all due tenants of a cloud in rounds, or one that a person has named; booked when verified empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from reaper.errors import Gone
from reaper.execute import Outcome, Progress, Reclaimer, carry_out
from reaper.execute.guard import guarded
from reaper.lifecycle import Reclaim, Suspend, decide
from reaper.model import Afterwards, Event, LetterKind, State, Tenant, Unfinished
from reaper.ports import Archives, Cloud, Journal, Queued
from reaper.sweep.archiving import Archiving
from reaper.sweep.asking import Asking, Withheld
from reaper.sweep.suspending import Suspending
from reaper.unseen import unseen_in

#: What the journal says of what a policy keeps.
KEPT = "kept by its policy"


@dataclass(frozen=True)
class Reclaiming:
    """Carries out reclaims."""

    asking: Asking
    suspending: Suspending
    journal: Journal
    progress: Progress | None = None
    patience: float = 120.0
    archives: Archives | None = None

    @property
    def archiving(self) -> Archiving:
        """What is kept of a tenant before anything of it goes."""
        return Archiving(self.asking, self.archives, self.suspending.pools)

    def reclaim_all(self, tenants: Sequence[Tenant]) -> None:
        """Reclaim tenants cloud by cloud, all of one cloud together in rounds."""
        for name, cloud in self.asking.clouds.items():
            self._reclaim_on(cloud, [tenant for tenant in tenants if tenant.cloud == name])

    def _reclaim_on(self, cloud: Cloud, tenants: Sequence[Tenant]) -> None:
        begun: list[Tenant] = []
        for tenant in tenants:
            self.asking.guarded(tenant, partial(self._begin_reclaim, tenant, begun))
        rounds = Reclaimer(
            guarded(cloud, self.archiving.covered(begun)),
            self.journal,
            self.suspending.pools,
            self.asking.clock,
            self.asking.permit,
            self.patience,
            self.progress,
        )
        for outcome in rounds.reclaim(begun):
            self.asking.guarded(outcome.tenant, partial(self._finish, outcome))

    def _begin_reclaim(self, tenant: Tenant, begun: list[Tenant]) -> None:
        emptied = self._emptied_before(tenant)
        if emptied:
            self._part_with(tenant, emptied)
            return
        tenant = self.asking.again(tenant, Reclaim)
        if tenant.state is not State.RECLAIMING:
            now = self.asking.clock.now()
            begins = replace(tenant, state=State.RECLAIMING, reclaiming_at=now, failures=0, retry_at=None)
            tenant = self.asking.ledger.record(begins, [Event(now, "reclaiming", "the suspension is over")])
        archived = self.archiving.ready(tenant)
        if archived is not None:
            begun.append(archived)

    def _emptied_before(self, tenant: Tenant) -> str | None:
        """Return what an earlier pass found when it had emptied a tenant, and could not part with the project."""
        if tenant.state is not State.RECLAIMING or tenant.lease.terms.afterwards is Afterwards.CLOSE:
            return None
        # Whatever came after it, a person's release above all, may have filled it again.
        telling = ("reclaiming", "emptied", "released", "quarantined", "suspended")
        steps = [e for e in self.asking.ledger.history(tenant.id) if e.what in telling]
        return steps[-1].text if steps and steps[-1].what == "emptied" else None

    def reclaim_by_hand(self, tenant: Tenant, by: str) -> None:
        """Reclaim now one tenant that a person has named, lease and suspension notwithstanding; nothing else gives way.

        It is suspended first, so that what ran is remembered and nobody makes anything new; then the same rounds
        verify that it is empty. A crash in between leaves a suspension, which its people can renew from.
        """
        self.asking.guarded(tenant, partial(self._condemn, tenant, by))
        current = self.asking.standing(self.asking.ledger.tenant(tenant.id))
        if current.state is State.RECLAIMING:
            self.reclaim_all([current])

    def _condemn(self, tenant: Tenant, by: str) -> None:
        cloud, now = self.asking.clouds[tenant.cloud], self.asking.clock.now()
        current = self.asking.protected(self.asking.ledger.tenant(tenant.id), cloud.project(tenant.project_id))
        refusal = self.asking.ledger.paused() or _stands_against(current, now)
        if refusal:
            raise Withheld(f"it stays: {refusal}")
        if current.state is State.ACTIVE:
            current = self.suspending.begin(current)
        if current.unfinished is Unfinished.SUSPEND:
            carried = carry_out(
                Suspend(now),
                current,
                cloud,
                self.suspending.pools,
                self.asking.clock,
                self.suspending.remember,
                self.asking.unchanged,
            )
            current = carried.tenant
            if not carried.done:
                raise Withheld(carried.stopped or f"it could not be suspended first: {'; '.join(carried.errors)}")
        condemned = replace(current, state=State.RECLAIMING, unfinished=None, retry_at=None)
        if current.state is not State.RECLAIMING:  # to ask again is no new beginning: its images are under way
            condemned = replace(condemned, reclaiming_at=now, failures=0)
        self.asking.ledger.record(replace(condemned, next_due_at=now), [Event(now, "reclaiming", "by hand", by)])

    def _finish(self, outcome: Outcome) -> None:
        self._write_down_what_stays(outcome)
        if outcome.done:
            self._emptied(outcome)
        elif outcome.stopped:
            self.asking.tally.add("held", outcome.tenant, outcome.stopped)
        else:
            text = "; ".join((outcome.doubts if outcome.temporary else outcome.blockers) or (outcome.stuck or "",))
            self.asking.failed(outcome.tenant, text, temporary=outcome.temporary)

    def _write_down_what_stays(self, outcome: Outcome) -> None:
        """Give what is kept and what is left alone its rows in the journal: the receipt is made of those."""
        why = {one.key: KEPT for one in outcome.kept}
        why |= {finding.resource.key: f"left alone: {finding.why}" for finding in outcome.findings}
        if why:
            staying = [*outcome.kept, *(finding.resource for finding in outcome.findings)]
            self.journal.plan(outcome.tenant, staying, self.asking.clock.now())
            self.journal.left(outcome.tenant, why)

    def _emptied(self, outcome: Outcome) -> None:
        """Settle every row of the journal of a tenant that was read empty, and part with its project."""
        tenant, now = outcome.tenant, self.asking.clock.now()
        staying = {r.key for r in outcome.kept} | {finding.resource.key for finding in outcome.findings}
        settled = [step for step in self.journal.steps(tenant) if step.resource.key not in staying]
        self.journal.gone(tenant, [step.resource.key for step in settled if step.gone_at is None], now)
        text = f"{len(settled)} resources verified gone"
        if staying:
            stays = [f"{r} (kept by its policy)" for r in outcome.kept] + [str(f) for f in outcome.findings]
            text += f"; left alone: {'; '.join(stays)}"
        if unseen := unseen_in(tenant.cloud, self.asking.ledger.noted):
            text += f"; not verified: {'; '.join(map(str, unseen))}"
        if staying and tenant.lease.terms.afterwards is Afterwards.DELETE:
            self._book(tenant, f"{text}; so its project stays, closed")
            return
        if tenant.lease.terms.afterwards is not Afterwards.CLOSE:
            # Recorded first: a project that is found deleted or open after a crash was so by us.
            tenant = self.asking.ledger.record(tenant, [Event(now, "emptied", text)])
        self._part_with(tenant, text)

    def _part_with(self, tenant: Tenant, text: str) -> None:
        """Do with the empty project what the terms say, and book the tenant as reclaimed."""
        refusal = self.asking.permit(tenant)
        if refusal:
            raise Withheld(refusal)
        cloud = self.asking.clouds[tenant.cloud]
        if tenant.lease.terms.afterwards is Afterwards.DELETE:
            _unless_gone(lambda: cloud.delete_project(tenant.project_id))
        elif tenant.lease.terms.afterwards is Afterwards.REOPEN:
            _unless_gone(lambda: cloud.open_project(tenant.project_id))
        self._book(tenant, text)

    def _book(self, tenant: Tenant, text: str) -> None:
        text += self.archiving.seal(tenant)
        now = self.asking.clock.now()
        free = replace(tenant, memory=(), failures=0, blocker=None, retry_at=None, next_due_at=None)
        done = replace(free, state=State.RECLAIMED, reclaimed_at=now)
        self.asking.ledger.record(done, [Event(now, "reclaimed", text)], [Queued(LetterKind.RECLAIMED)])
        self.asking.tally.add("reclaimed", tenant, text)


def _stands_against(tenant: Tenant, now: datetime) -> str | None:
    """Say what speaks against taking a tenant back by hand: everything but its lease and its letters."""
    decision = decide(replace(tenant, state=State.RECLAIMING, unfinished=None, retry_at=None), now)
    return None if isinstance(decision, Reclaim) else str(decision)


def _unless_gone(ask: Callable[[], None]) -> None:
    try:
        ask()
    except Gone:
        return
