"""Reclaiming: all due tenants of a cloud in rounds, or one that a person has named; booked when verified empty."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from reaper.errors import Gone, Withheld
from reaper.execute import Outcome, Progress, Reclaimer, carry_out
from reaper.judge import Absent, Evidence, Known, Step
from reaper.lifecycle import Reclaim, Suspend
from reaper.lifecycle.transitions import begin_reclaim, emptied, if_condemned, reclaim_by_hand, reclaimed, retry_now
from reaper.model import Afterwards, EventKind, Judged, State, Tenant, Unfinished
from reaper.ports import Archives, Cloud, Journal
from reaper.sweep.archiving import Archiving
from reaper.sweep.step_context import StepContext
from reaper.sweep.suspending import Suspending
from reaper.uninspectable import unseen_in

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
            cloud,
            self.journal,
            self.suspending.pools,
            self.context.clock,
            self.context.facts,
            self.patience,
            self.progress,
            covered=self.archiving.covered(begun),
        )
        for outcome in rounds.outcomes(begun):
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
        self.context.judge(Step.BOOK, tenant)
        if not self._parted(tenant):
            return False
        told = [e.text for e in self.context.ledger.history(tenant.id) if e.what is EventKind.EMPTIED]
        self._book(tenant, told[-1] if told else "everything was verified gone")
        return True

    def _parted(self, tenant: Tenant) -> bool:
        """Whether what was last read shows the project as its terms say: gone, or open again."""
        project = self.context.facts.of(tenant).project
        if not isinstance(project, Known):
            return False
        reopens = tenant.lease.terms.afterwards is Afterwards.REOPEN
        return isinstance(project.value, Absent) or (reopens and project.value.enabled)

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
        judged = self._may_be_taken(tenant)
        current = self.suspending.begin(judged) if judged.state is State.ACTIVE else judged
        if current.retry_at is not None:  # a person has said now
            current = self.context.ledger.record(retry_now(current, now))
        if current.unfinished is Unfinished.SUSPEND:
            carried = carry_out(
                Suspend(now),
                current,
                cloud,
                self.suspending.pools,
                self.context.clock,
                self.suspending.remember,
                self.context.facts,
            )
            current = carried.tenant
            if not carried.done and not (carried.running and current.is_told_of_suspension):
                raise Withheld(carried.stopped or f"it could not be suspended first: {'; '.join(carried.errors)}")
        self.context.ledger.record(reclaim_by_hand(current, by, now))

    def _may_be_taken(self, tenant: Tenant) -> Judged:
        """Judge a tenant as if its lease and its suspension were over; returns it as it is now.

        Raises:
            Withheld: it stays, whoever asks.
            Temporary: something that has to be known for it cannot be told just now.
        """

        def condemned(known: Evidence) -> Evidence:
            if not isinstance(known.ledger, Known):
                return known
            over = if_condemned(known.ledger.value, self.context.clock.now())
            return replace(known, ledger=replace(known.ledger, value=over))

        try:
            self.context.judge(Step.CONDEMN, tenant, condemned)
        except Withheld as why:
            raise Withheld(f"it stays: {why}") from None
        current = self.context.facts.of(tenant).ledger
        if not isinstance(current, Known):
            raise Withheld("it stays: what the ledger says is not known")
        return current.value

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
        self._part_with(tenant, outcome)
        self._book(tenant, text)

    def _part_with(self, tenant: Tenant, outcome: Outcome) -> None:
        """Do with the project what the terms say, on the strength of an emptiness that was verified just now."""
        cloud, afterwards = self.context.clouds[tenant.cloud], tenant.lease.terms.afterwards
        self.context.judge(Step.BOOK, tenant)
        if afterwards is Afterwards.CLOSE or self._parted(tenant):
            return
        self.context.again(tenant, Reclaim)
        step = Step.DELETE_PROJECT if afterwards is Afterwards.DELETE else Step.REOPEN_PROJECT
        empty = Known(outcome.done, "all listings", outcome.at)
        permit = self.context.judge(step, tenant, lambda known: replace(known, empty=empty))
        with suppress(Gone):
            (cloud.delete_project if afterwards is Afterwards.DELETE else cloud.open_project)(permit)

    def _book(self, tenant: Tenant, text: str) -> None:
        text += self.archiving.seal(tenant)
        self.context.ledger.record(reclaimed(tenant, text, self.context.clock.now()))
        self.context.tally.add("reclaimed", tenant, text)
