"""StepContext again before each step, and what follows when it fails: shared by all that changes the cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from reaper.errors import Gone, Overtaken, Permanent, ReaperError, Temporary
from reaper.lifecycle import Reclaim, Restore, Suspend, decide
from reaper.lifecycle.transitions import back_off, postpone, quarantine, vanish
from reaper.model import EventKind, Judged, Project, QuarantineCause, State, Tenant
from reaper.ports import Clock, Cloud, Ledger
from reaper.sweep.ledger_steps import Standing
from reaper.sweep.tally import Tally

#: After so many failed attempts a person has to look.
ATTEMPTS = 3
#: The first wait after a failure; it doubles. A cloud that does not answer is asked again soon and counts as none.
BACK_OFF, SOON = timedelta(minutes=10), timedelta(minutes=1)


class Withheld(Exception):  # noqa: N818 - no error: asked again, the answer was no
    """The step is no longer due, seen afresh; why."""


@dataclass(frozen=True)
class StepContext:
    """Asks ledger, policies and Keystone at the moment of each step, and books what went wrong."""

    ledger: Ledger
    clouds: Mapping[str, Cloud]
    standing: Standing
    protected: Callable[[Tenant, Project], Judged]
    clock: Clock
    tally: Tally

    def permit(self, tenant: Tenant, wanted: type[Suspend | Restore | Reclaim] = Reclaim) -> str | None:
        """Ask again, from the ledger as it is now, whether this step may be taken; a pause lets restorations go on."""
        paused = None if wanted is Restore else self.ledger.paused()
        if paused:
            return f"paused: {paused}"
        current = self.standing(self.ledger.tenant(tenant.id))
        if current.version != tenant.version:
            return "somebody else changed the tenant"
        decision = decide(current, self.clock.now())
        return None if isinstance(decision, wanted) else f"no longer due: {decision}"

    def unchanged(self, tenant: Tenant) -> str | None:
        """Ask whether anybody paused or changed the tenant."""
        paused = self.ledger.paused()
        if paused:
            return f"paused: {paused}"
        changed = self.ledger.tenant(tenant.id).version != tenant.version
        return "somebody else changed the tenant" if changed else None

    def again(self, tenant: Tenant, wanted: type[Suspend | Restore | Reclaim]) -> Judged:
        """Decide once more from what ledger, policies and Keystone say at this moment."""
        refusal = self.permit(tenant, wanted)
        if refusal:
            raise Withheld(refusal)
        kept = self.ledger.tenant(tenant.id)
        try:
            project = self.clouds[tenant.cloud].project(tenant.project_id)
        except Gone:
            self.ledger.record(vanish(kept, self.clock.now()))
            raise Withheld("its project is gone") from None
        current = self.protected(kept, project)
        decision = decide(current, self.clock.now())
        if not isinstance(decision, wanted):
            raise Withheld(f"asked again, it is no longer due: {decision}")
        odd = _meddled(current, project, wanted)
        if odd:
            self.quarantine(current, QuarantineCause.MEDDLED, odd)
            raise Withheld(odd)
        return current

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


def _meddled(tenant: Tenant, project: Project, wanted: type[Suspend | Restore | Reclaim]) -> str | None:
    """Notice a person's hand: a project that is open or closed although Reaper left it otherwise."""
    if wanted is Suspend and tenant.unfinished is None and not project.enabled:
        return "its project was disabled by somebody else"
    if wanted is Reclaim and project.enabled:
        return "its project was opened by somebody else while it was suspended"
    return None
