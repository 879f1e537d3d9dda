"""Reclaiming: all due tenants of a cloud in rounds, or one that a person has named; booked when verified empty."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from reaper.errors import Gone
from reaper.execute import Outcome, Progress, Reclaimer, carry_out
from reaper.execute.guard import guarded
from reaper.lifecycle import Reclaim, Suspend, decide
from reaper.lifecycle.transitions import begin_reclaim, emptied, if_condemned, reclaim_by_hand, reclaimed
from reaper.model import Afterwards, EventKind, Judged, Project, State, Tenant, Unfinished
from reaper.ports import Archives, Cloud, Journal
from reaper.sweep.archiving import Archiving
from reaper.sweep.step_context import StepContext, Withheld
from reaper.sweep.suspending import Suspending
from reaper.unseen import unseen_in

#: What the journal says of what a policy keeps.
KEPT = "kept by its policy"


@dataclass(frozen=True)
class Reclaiming:
    """Carries out reclaims."""

    context: StepContext
    suspending: Suspending
    journal: Journal
    progress: Progress | None = None
    patience: float = 120.0
    archives: Archives | None = None

    @property
    def archiving(self) -> Archiving:
        """What is kept of a tenant before anything of it goes."""
        return Archiving(self.context, self.archives, self.suspending.pools)

    def reclaim_all(self, tenants: Sequence[Tenant]) -> None:
        """Reclaim tenants cloud by cloud, all of one cloud together in rounds."""
        for name, cloud in self.context.clouds.items():
            self._reclaim_on(cloud, [tenant for tenant in tenants if tenant.cloud == name])

    def _reclaim_on(self, cloud: Cloud, tenants: Sequence[Tenant]) -> None:
        begun: list[Tenant] = []
        for tenant in tenants:
            self.context.guarded(tenant, partial(self._begin_reclaim, tenant, begun))
        rounds = Reclaimer(
            guarded(cloud, self.archiving.covered(begun)),
            self.journal,
            self.suspending.pools,
            self.context.clock,
            self.context.permit,
            self.patience,
            self.progress,
        )
        for outcome in rounds.reclaim(begun):
            self.context.guarded(outcome.tenant, partial(self._finish, outcome))

    def _begin_reclaim(self, tenant: Tenant, begun: list[Tenant]) -> None:
        if tenant.emptied_at is not None and self._parted_before(tenant):
            return
        tenant = self.context.again(tenant, Reclaim)
        if tenant.state is not State.RECLAIMING:
            tenant = self.context.ledger.record(begin_reclaim(tenant, self.context.clock.now()))
        archived = self.archiving.ready(tenant)
        if archived is not None:
            begun.append(archived)

    def _parted_before(self, tenant: Tenant) -> bool:
        """Book a tenant that an earlier pass had emptied and parted with, when a crash came in between.

        That it was empty then says nothing about a project that is still there: it is verified empty once more.
        """
        refusal = self.context.permit(tenant)
        if refusal:
            raise Withheld(refusal)
        project = self._project(tenant)
        reopened = tenant.lease.terms.afterwards is Afterwards.REOPEN
        if project is not None and not (reopened and project.enabled):
            return False
        told = [e.text for e in self.context.ledger.history(tenant.id) if e.what is EventKind.EMPTIED]
        self._book(tenant, told[-1] if told else "everything was verified gone")
        return True

    def _project(self, tenant: Tenant) -> Project | None:
        """Read its project from Keystone now; None: it is gone."""
        try:
            return self.context.clouds[tenant.cloud].project(tenant.project_id)
        except Gone:
            return None

    def reclaim_by_hand(self, tenant: Tenant, by: str) -> None:
        """Reclaim now one tenant that a person has named, lease and suspension notwithstanding; nothing else gives way.

        It is suspended first, so that what ran is remembered and nobody makes anything new; then the same rounds
        verify that it is empty. A crash in between leaves a suspension, which its people can renew from.
        """
        self.context.guarded(tenant, partial(self._condemn, tenant, by))
        current = self.context.standing(self.context.ledger.tenant(tenant.id))
        if current.state is State.RECLAIMING:
            self.reclaim_all([current])

    def _condemn(self, tenant: Tenant, by: str) -> None:
        cloud, now = self.context.clouds[tenant.cloud], self.context.clock.now()
        judged = self.context.protected(self.context.ledger.tenant(tenant.id), cloud.project(tenant.project_id))
        refusal = self.context.ledger.paused() or _stands_against(judged, now)
        if refusal:
            raise Withheld(f"it stays: {refusal}")
        current = self.suspending.begin(judged) if judged.state is State.ACTIVE else judged
        if current.unfinished is Unfinished.SUSPEND:
            carried = carry_out(
                Suspend(now),
                current,
                cloud,
                self.suspending.pools,
                self.context.clock,
                self.suspending.remember,
                self.context.unchanged,
            )
            current = carried.tenant
            if not carried.done:
                raise Withheld(carried.stopped or f"it could not be suspended first: {'; '.join(carried.errors)}")
        self.context.ledger.record(reclaim_by_hand(current, by, now))

    def _finish(self, outcome: Outcome) -> None:
        self._write_down_what_stays(outcome)
        if outcome.done:
            self._emptied(outcome)
        elif outcome.stopped:
            self.context.tally.add("held", outcome.tenant, outcome.stopped)
        else:
            text = "; ".join((outcome.doubts if outcome.temporary else outcome.blockers) or (outcome.stuck or "",))
            halts = outcome.temporary and not outcome.gone
            self.context.failed(outcome.tenant, text, temporary=outcome.temporary, halts=halts)

    def _write_down_what_stays(self, outcome: Outcome) -> None:
        """Give what is kept and what is left alone its rows in the journal: the receipt is made of those."""
        why = {one.key: KEPT for one in outcome.kept}
        why |= {finding.resource.key: f"left alone: {finding.why}" for finding in outcome.findings}
        if why:
            staying = [*outcome.kept, *(finding.resource for finding in outcome.findings)]
            self.journal.plan(outcome.tenant, staying, self.context.clock.now())
            self.journal.left(outcome.tenant, why)

    def _emptied(self, outcome: Outcome) -> None:
        """Settle every row of the journal of a tenant that was read empty, and part with its project."""
        tenant, now = outcome.tenant, self.context.clock.now()
        staying = {r.key for r in outcome.kept} | {finding.resource.key for finding in outcome.findings}
        settled = [step for step in self.journal.steps(tenant) if step.resource.key not in staying]
        self.journal.gone(tenant, [step.resource.key for step in settled if step.gone_at is None], now)
        text = f"{len(settled)} resources verified gone"
        if staying:
            stays = [f"{r} (kept by its policy)" for r in outcome.kept] + [str(f) for f in outcome.findings]
            text += f"; left alone: {'; '.join(stays)}"
        if unseen := unseen_in(tenant.cloud, self.context.ledger.noted):
            text += f"; not verified: {'; '.join(map(str, unseen))}"
        if staying and tenant.lease.terms.afterwards is Afterwards.DELETE:
            self._book(tenant, f"{text}; so its project stays, closed")
            return
        if tenant.lease.terms.afterwards is not Afterwards.CLOSE:
            # Recorded first: a project that is found deleted or open after a crash was so by us.
            tenant = self.context.ledger.record(emptied(tenant, text, now))
        self._part_with(tenant, text)

    def _part_with(self, tenant: Tenant, text: str) -> None:
        """Do with the empty project what the terms say, if it is still closed, and book the tenant as reclaimed."""
        afterwards, cloud = tenant.lease.terms.afterwards, self.context.clouds[tenant.cloud]
        refusal = self.context.permit(tenant)
        if refusal:
            raise Withheld(refusal)
        if afterwards is not Afterwards.CLOSE and self._project(tenant) is not None:
            tenant = self.context.again(tenant, Reclaim)
            part = cloud.delete_project if afterwards is Afterwards.DELETE else cloud.open_project
            with suppress(Gone):
                part(tenant.project_id)
        self._book(tenant, text)

    def _book(self, tenant: Tenant, text: str) -> None:
        text += self.archiving.seal(tenant)
        self.context.ledger.record(reclaimed(tenant, text, self.context.clock.now()))
        self.context.tally.add("reclaimed", tenant, text)


def _stands_against(tenant: Judged, now: datetime) -> str | None:
    """Say what speaks against taking a tenant back by hand: everything but its lease and its letters."""
    decision = decide(if_condemned(tenant, now), now)
    return None if isinstance(decision, Reclaim) else str(decision)
