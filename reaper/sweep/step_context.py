"""StepContext again before each step, and what follows when it fails: shared by all that changes the cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from reaper.errors import Overtaken, Permanent, ReaperError, Temporary, Withheld
from reaper.execute import Facts
from reaper.judge import About, Absent, Evidence, Known, Permit, Refusal, Step, may
from reaper.judge.steps import AS_FOUND, CLOSED
from reaper.lifecycle import Reclaim, Restore, Suspend
from reaper.lifecycle.transitions import back_off, postpone, quarantine, vanish
from reaper.model import EventKind, Judged, QuarantineCause, State, Tenant
from reaper.ports import Clock, Cloud, Ledger
from reaper.sweep.ledger_steps import Standing
from reaper.sweep.tally import Tally

#: After so many failed attempts a person has to look.
ATTEMPTS = 3
#: The first wait after a failure; it doubles. A cloud that does not answer is asked again soon and counts as none.
BACK_OFF, SOON = timedelta(minutes=10), timedelta(minutes=1)


#: What begins or goes on with a decision, as the judge's table has it.
STEPS: Mapping[type[Suspend | Restore | Reclaim], Step] = {
    Suspend: Step.SUSPEND,
    Restore: Step.RESTORE,
    Reclaim: Step.RECLAIM,
}


@dataclass(frozen=True)
class StepContext:
    """Asks the judge from what is true at the moment of each step, and books what went wrong."""

    ledger: Ledger
    clouds: Mapping[str, Cloud]
    standing: Standing
    facts: Facts
    clock: Clock
    tally: Tally

    def judge(self, step: Step, tenant: Tenant, add: Callable[[Evidence], Evidence] = lambda known: known) -> Permit:
        """Look at everything afresh and judge a step on a tenant; `add` says what else is known for it.

        Raises:
            Withheld: it is not to be taken.
            Temporary: something that has to be known for it cannot be told just now.
        """
        self.facts.look([tenant])
        answer = may(step, add(self.facts.of(tenant)), self.clock.now())
        if isinstance(answer, Permit):
            return answer
        raise Temporary(str(answer)) if answer.doubtful else Withheld(str(answer))

    def again(self, tenant: Tenant, wanted: type[Suspend | Restore | Reclaim]) -> Judged:
        """Judge once more, from ledger, policies and Keystone at this moment, what the sweep has decided.

        Returns the tenant as it is now.

        Raises:
            Withheld: it is not to be done; what follows from why is recorded.
            Temporary: something that has to be known for it cannot be told just now.
        """
        self.facts.look([tenant])
        known = self.facts.of(tenant)
        answer = may(STEPS[wanted], known, self.clock.now())
        if isinstance(answer, Permit) and isinstance(known.ledger, Known):
            return known.ledger.value
        if isinstance(answer, Refusal):
            self._conclude(known, answer)
            raise Temporary(str(answer)) if answer.doubtful else Withheld(str(answer))
        raise Temporary("what the ledger says is not known")

    def _conclude(self, known: Evidence, refusal: Refusal) -> None:
        """Record what a refusal tells for longer than this pass: a project that is gone, or one a person has switched.

        The needs before that about the project were met: otherwise the refusal would be another.
        """
        project, current = known.project, known.ledger
        if refusal.need.about is not About.PROJECT or not (isinstance(project, Known) and isinstance(current, Known)):
            return
        if isinstance(project.value, Absent):
            self.ledger.record(vanish(self.ledger.tenant(known.tenant.id), self.clock.now()))
        elif refusal.need in (AS_FOUND, CLOSED):
            self.quarantine(current.value, QuarantineCause.MEDDLED, str(refusal))

    def failed(self, tenant: Tenant, text: str, *, temporary: bool, halts: bool = False) -> None:
        """Back off; raises Overtaken when somebody has changed the tenant since, for then it was not its fault.

        `halts`: nothing at all could be done, because the services do not answer.
        """
        now = self.clock.now()
        self.tally.add("failed", tenant, text)
        if temporary:
            self.ledger.record(postpone(tenant, text, now + SOON, now, EventKind.POSTPONED, halts=halts))
        elif tenant.failures + 1 >= ATTEMPTS:
            self.quarantine(tenant, QuarantineCause.FAILED, text)
        else:
            self.ledger.record(back_off(tenant, text, now + BACK_OFF * 2**tenant.failures, now, ATTEMPTS))

    def quarantine(self, tenant: Tenant, cause: QuarantineCause, reason: str) -> None:
        """Stop at a tenant until a person has looked, and count it."""
        self.ledger.record(quarantine(tenant, cause, reason, self.clock.now()))
        self.tally.add("quarantined", tenant, reason)

    def guarded(self, tenant: Tenant, step: Callable[[], None]) -> None:
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
            outage = isinstance(error, Temporary)
            self.failed(current, str(error), temporary=outage, halts=outage)
        except ReaperError as worse:
            self.tally.add("failed", tenant, f"{error}; and it could not be recorded: {worse}")
