"""Taking a letter back: a mail server's report is believed for the one letter that its address names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reaper.errors import Gone, Temporary
from reaper.letters import overtaken, recipients, spec_of
from reaper.letters.bounces import LONGEST, Bounce, read_bounce
from reaper.letters.verp import ReturnAddress
from reaper.model import Letter, LetterState, Tenant
from reaper.ports import Clock, Ledger, Outbox

__all__ = ["LONGEST", "Returned", "Verdict"]


class Verdict(StrEnum):
    """What a report came to."""

    BOUNCED = "bounced"  # somebody does not have the letter after all
    DELAYED = "delayed"  # it is still on its way
    IN_DOUBT = "in_doubt"  # somebody may not have it, and the report does not say who: it is sent once more
    NOTHING = "nothing"  # nothing changed: no report of a failure, or one read before
    FOREIGN = "foreign"  # no address in it was signed here


@dataclass(frozen=True)
class Returned:
    """Reads reports. `admins` are the addresses that letters to the admins go to."""

    ledger: Ledger
    outbox: Outbox
    clock: Clock
    returns: ReturnAddress
    admins: Callable[[], Sequence[str]]

    def expects(self, address: str) -> bool:
        """Whether a report may be for this address."""
        return self.returns.expects(address)

    def take_back(self, raw: bytes, sent_to: Sequence[str] = ()) -> tuple[Verdict, list[Letter]]:
        """Read one report; `sent_to` are addresses it went to as the mail server names them, beside its headers.

        Only the letter that the signed address names can be changed, and only for addresses that it was sent to.
        """
        bounce = read_bounce(raw)
        ref = self.returns.letter_named_in((*sent_to, *bounce.sent_to))
        if ref is None:
            return Verdict.FOREIGN, []
        letters = self.outbox.named(ref)
        had = tuple(dict.fromkeys(address for letter in letters for address in self._had(letter)))
        lost = bounce.failed_of(had)
        back = self.outbox.bounced(ref, lost, self.clock.now()) if lost else []
        if back:
            return Verdict.BOUNCED, back
        if letters and not lost and bounce.leaves_open(had):
            return self._doubt(bounce, ref, letters)
        return self._note_delay(bounce, ref, letters)

    def _doubt(self, bounce: Bounce, ref: str, letters: list[Letter]) -> tuple[Verdict, list[Letter]]:
        """Take the letters for undelivered, and send once more what is still true.

        Raises:
            Temporary: one of them is on its way still; what became of it is not known before.
        """
        if any(letter.state in (LetterState.SENDING, LetterState.DEFERRED) for letter in letters):
            raise Temporary("the letter that this is about is still being sent")
        now = self.clock.now()
        again = {letter.id for letter in letters if self._is_true(letter, now)}
        words = next(iter(bounce.failed.values()), "") or bounce.unnamed or "no words that can be read"
        changed = self.outbox.doubted(ref, words, now, again)
        return (Verdict.IN_DOUBT, changed) if changed else (Verdict.NOTHING, [])

    def _is_true(self, letter: Letter, now: datetime) -> bool:
        tenant = self._tenant(letter) if letter.tenant_id else None
        return tenant is not None and overtaken(tenant, letter, now) is None

    def _note_delay(self, bounce: Bounce, ref: str, letters: list[Letter]) -> tuple[Verdict, list[Letter]]:
        if not bounce.delayed or not letters:
            return Verdict.NOTHING, []
        words = "; ".join(f"{address}: {text}" for address, text in bounce.delayed.items())
        self.outbox.delayed(ref, words, self.clock.now())
        return Verdict.DELAYED, letters

    def _had(self, letter: Letter) -> Sequence[str]:
        """Say who had a letter, also from whom it came back; of one on its way, who may have it by now."""
        if letter.state not in (LetterState.SENDING, LetterState.DEFERRED):
            return (*letter.recipients, *letter.lost)
        if spec_of(letter.kind).for_admins:
            return (*letter.recipients, *self.admins())
        tenant = self._tenant(letter)
        return (*letter.recipients, *(recipients(tenant, letter) if tenant else ()))

    def _tenant(self, letter: Letter) -> Tenant | None:
        try:
            return self.ledger.tenant(letter.tenant_id)
        except Gone:
            return None
