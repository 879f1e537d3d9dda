"""Gathering what goes to the same people into one message; whatever speaks against it leaves a letter by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.deliver.bookkeeping import written
from reaper.deliver.composer import Drafter
from reaper.deliver.drawn import Bundle, Drawn, draft_of, same_readers
from reaper.errors import Gone
from reaper.letters import WITHIN, Part, may_wait, recipients, still_true
from reaper.lifecycle import Warn, decide
from reaper.model import Judged, Letter
from reaper.ports import Clock, Outbox

_Ready = tuple[Drawn, Part]
#: After a warning has come due it takes a pass to be queued.
_A_PASS = timedelta(minutes=2)


class BundleOvertaken(Exception):  # noqa: N818 - no error: the letter in hand has to be judged and drawn up anew
    """Something happened to its tenant while the others were drawn up."""


@dataclass(frozen=True)
class Gathering:
    """Finds what may go along with a letter. Everything is drawn up before anything is claimed."""

    drafter: Drafter
    outbox: Outbox
    clock: Clock

    def wait_until(self, tenant: Judged, letter: Letter, now: datetime) -> datetime:
        """Say until when a letter waits for others to the same people; `now` when it does not.

        Only a letter on which nothing stands waits, only for warnings that are known to come, and never longer than
        `WITHIN`. Whichever of them goes first takes it along.
        """
        by, to = letter.queued_at + WITHIN, self.drafter.to(tenant, letter)
        if now >= by or not to or not may_wait(tenant, letter):
            return now
        others = written(lambda: self.outbox.due_soon(letter, to, by))
        coming = [at for other in others if (at := self._warned_at(other, letter, to, now)) is not None]
        return min(by, max(coming) + _A_PASS) if coming else now

    def _warned_at(self, tenant_id: str, letter: Letter, to: Sequence[str], now: datetime) -> datetime | None:
        """Say when another tenant's warning goes to exactly these people, if that is what comes next."""
        try:
            tenant = self.drafter.standing(self.drafter.ledger.tenant(tenant_id))
            at = max(now, tenant.next_due_at or now)
            warns = same_readers(recipients(tenant, letter), to) and isinstance(decide(tenant, at), Warn)
        except Exception:  # noqa: BLE001 - whatever is wrong with another tenant, this letter does not wait for it
            return None
        return at if warns else None

    def bundle(self, drawn: Drawn, now: datetime) -> Bundle | None:
        """Put into one message what waits for exactly the same people; None for a letter that goes by itself.

        Raises:
            Overtaken: what the letter in hand says may no longer be true.
            LedgerError: the ledger does not answer.
        """
        waiting = written(lambda: self.outbox.companions(drawn.letter, now, drawn.to))
        others = self._companions(drawn, waiting, now) if waiting else []
        mine = drawn.part(self.drafter.renderer) if others else None
        if mine is None:
            return None
        everybody = self._as_they_were([(drawn, mine), *others])
        again = drawn.letter.bundle is not None
        if len(everybody) == 1 or (again and len(everybody) <= len(waiting)):
            return None
        return self._claimed(everybody)

    def _companions(self, drawn: Drawn, waiting: Sequence[Letter], now: datetime) -> list[_Ready]:
        """Draw up what goes along, as long as the claim of the first letter has time left for the mail server."""
        found: dict[str, _Ready] = {}
        for letter in waiting:
            if self.clock.now() - now >= self.drafter.manners.claim_for / 3:
                break
            try:
                tenant = self.drafter.tenant(letter)
                if tenant.id not in found and self._goes(tenant, letter, drawn, now):
                    other = self.drafter.drawn(tenant, letter, now)
                    part = other.part(self.drafter.renderer) if drawn.goes_with(other) else None
                    found |= {tenant.id: (other, part)} if part else {}
            except Exception:  # noqa: BLE001, S112 - it is told when the letter's own turn comes
                continue
        return list(found.values())

    def _goes(self, tenant: Judged, letter: Letter, drawn: Drawn, now: datetime) -> bool:
        """Ask first what costs little: what a tenant owns is read from the cloud."""
        return same_readers(self.drafter.to(tenant, letter), drawn.to) and still_true(tenant, letter, now) is None

    def _as_they_were(self, everybody: Sequence[_Ready]) -> list[_Ready]:
        """Look at the tenants once more: while many were drawn up, somebody may have renewed."""
        unchanged = [self._unchanged(drawn) for drawn, _ in everybody]
        if not unchanged[0]:
            raise BundleOvertaken
        return [ready for ready, same in zip(everybody, unchanged, strict=True) if same]

    def _unchanged(self, drawn: Drawn) -> bool:
        try:
            return _standing(self.drafter.tenant(drawn.letter)) == _standing(drawn.tenant)
        except Gone:
            return False

    def _claimed(self, everybody: Sequence[_Ready]) -> Bundle | None:
        manners = self.drafter.manners
        drawn, parts = zip(*everybody, strict=True)
        draft = draft_of(drawn, parts, self.drafter.renderer, manners.of_digests)
        mine, *others = (one.letter for one in drawn)
        claimed = written(lambda: self.outbox.join(mine, others, self.clock.now(), manners.claim_for))
        manners.pace.forget(letter.id for letter in claimed)
        return draft.claimed_as(claimed) if claimed else None


def _standing(tenant: Judged) -> tuple[object, ...]:
    """Say what a letter stands on: the row, which every change gives a new version, and what is not kept in it."""
    return tenant.version, tenant.people, tenant.enforce, tenant.exempt
