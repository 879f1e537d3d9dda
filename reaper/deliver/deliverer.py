"""Delivering: claim a letter, see whether it is still true, draw it up, hand it over, write down what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce

from reaper.deliver.bookkeeping import LedgerError, written
from reaper.deliver.bundling import BundleOvertaken, Gathering
from reaper.deliver.carrier import IN_A_ROW, Carrier, Heard
from reaper.deliver.composer import Drafter, Manners, still_to_ask
from reaper.deliver.drawn import Bundle, Drawn
from reaper.deliver.retry_policy import SOON, Delivered, asked_enough, pause_after
from reaper.errors import Gone, Permanent, ReaperError, Temporary
from reaper.letters import Scope, sane_addresses, spec_of, still_true
from reaper.model import IdleThing, Judged, Letter, LetterKind, Resource, Tenant
from reaper.ports import Clock, Ledger, Message, Outbox, Postman, Renderer

#: A letter about the last day that could not go out for so long is not sent any more.
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Deliverer:
    """Carries letters from the outbox to the mail server.

    `standing` fills in what today's policies say about a tenant. `losses` lists what a tenant owns (of a reclaimed one:
    what was taken), None when it cannot be read. `link_for` makes the link to a tenant's page. `report` gathers what a
    letter to the admins about everything says in a language. `idle` finds the idle things that a letter is about.
    """

    ledger: Ledger
    outbox: Outbox
    renderer: Renderer
    postman: Callable[[], Postman]
    clock: Clock
    standing: Callable[[Tenant], Judged]
    losses: Callable[[Tenant], Sequence[Resource] | None]
    link_for: Callable[[Tenant], str]
    manners: Manners = field(default_factory=Manners)
    report: Callable[[Letter, str], Mapping[str, object]] = lambda _letter, _language: {}
    idle: Callable[[Letter], Sequence[IdleThing]] = lambda _letter: ()

    def deliver(self) -> Delivered:
        """Send what is to be sent now, one letter at a time, over one connection.

        A mail server that is down, or takes nothing from us, ends the pass: only the letter in hand waits a little,
        the others stay as they are. Anything else that goes wrong with a letter is that letter's alone.

        Raises:
            Temporary: the ledger cannot be written to. A letter in hand is tried again when its claim has run out.
        """
        so_far = Delivered()
        with self.postman() as postman:
            carrier = Carrier(postman, self.outbox, self.clock)
            try:
                carrier.look()
                while so_far.goes_on and carrier.in_a_row < IN_A_ROW and not self.clock.stopped:
                    letter = self.outbox.claim(self.clock.now(), self.manners.claim_for)
                    if letter is None:
                        break
                    so_far = so_far.plus(self._deliver_one(letter, carrier))
            except LedgerError as failed:
                raise failed.error from failed
        return replace(so_far, permanent_error=so_far.permanent_error or carrier.said)

    @property
    def _drafter(self) -> Drafter:
        return Drafter(self.ledger, self.renderer, self.standing, self.losses, self.link_for, self.manners, self.idle)

    @property
    def _gathering(self) -> Gathering:
        return Gathering(self._drafter, self.outbox, self.clock)

    def _deliver_one(self, letter: Letter, carrier: Carrier) -> Delivered:
        """See one letter to an end and write it down; what is raised here comes from the ledger."""
        in_hand = [letter]
        try:
            return self._send_report(in_hand, carrier) if not letter.tenant_id else self._send_letters(in_hand, carrier)
        except Gone as gone:
            return self._supersede(letter, str(gone))
        except LedgerError as failed:
            raise failed.error from failed
        except Temporary as error:
            return replace(self._later(in_hand, error), temporary_error=str(error))
        except Permanent as error:
            return replace(self._later(in_hand, error), permanent_error=str(error))
        except Exception as error:  # noqa: BLE001 - one letter that cannot be drawn up never stops the rest
            return replace(self._later(in_hand, error), broken=(_in_words(error),))

    def _send_letters(self, in_hand: list[Letter], carrier: Carrier) -> Delivered:
        """Send a claimed letter, with what goes to the same people; what else is claimed for that is in hand too."""
        letter, now = in_hand[0], self.clock.now()
        tenant = self._drafter.tenant(letter)
        untrue = still_true(tenant, letter, now) or self._about_nothing(letter)
        if untrue is not None:
            return written(lambda: self._supersede(letter, untrue))
        turn = self._turn_of(tenant, letter, now)
        if turn > now:
            return written(lambda: self._hold(letter, turn))
        drawn = self._drafter.drawn(tenant, letter, now)
        try:
            bundle, odd = self._bundle_of(drawn, now)
        except BundleOvertaken:
            return written(lambda: self._hold(letter, now))
        if bundle is not None:
            in_hand[:] = [one.letter for one in bundle.drawn]
            return self._send_together(bundle, in_hand, carrier, now)
        heard = self._carry(drawn.message(self.renderer), in_hand, carrier)
        return written(lambda: self._mark(letter, heard, drawn.told_at(now), self.clock.now())).plus(odd)

    def _carry(self, message: Message, in_hand: list[Letter], carrier: Carrier) -> Heard:
        """Send a message to each of its people by itself; what is in hand knows after each who has it.

        That is written before the next is asked, so that a crash between two neither loses nor doubles one.
        """
        claimed = tuple(in_hand)

        def progress(heard: Heard) -> bool:
            lost = dict(heard.never)
            in_hand[:] = [
                replace(one, recipients=(*one.recipients, *heard.accepted), lost={**one.lost, **lost})
                for one in claimed
            ]
            until = self.clock.now() + self.manners.claim_for
            return written(lambda: self.outbox.progress(in_hand, until))

        alone = len(message.to) == 1 and not any(one.recipients or one.lost for one in claimed)
        return carrier.send_each(message, progress, alone=alone)

    def _turn_of(self, tenant: Judged, letter: Letter, now: datetime) -> datetime:
        """Say when a letter may go: after others that it waits for, and at the pace of its servers."""
        waits = self._gathering.wait_until(tenant, letter, now)
        if waits > now:
            return waits
        return self.manners.pace.turn_of(letter.id, self._drafter.to(tenant, letter), now)

    def _bundle_of(self, drawn: Drawn, now: datetime) -> tuple[Bundle | None, Delivered]:
        """Gather what goes along; that this went wrong is told, and no reason for a letter to wait."""
        try:
            return self._gathering.bundle(drawn, now) if drawn.to else None, Delivered()
        except (LedgerError, BundleOvertaken):
            raise
        except Exception as error:  # noqa: BLE001 - a broken frame around letters stops none of them
            return None, Delivered(broken=(_in_words(error),))

    def _send_together(self, bundle: Bundle, in_hand: list[Letter], carrier: Carrier, now: datetime) -> Delivered:
        """Send several as one message and book each; all at one moment, so that they come due together again."""
        heard = self._carry(bundle.message, in_hand, carrier)
        at = self.clock.now()
        if not heard.accepted and not heard.about_us and any(map(_for_good, _said(heard).values())):
            return self._each(bundle, lambda one: self._apart(one.letter, heard, at))
        return self._each(bundle, lambda one: self._mark(one.letter, heard, one.told_at(now), at))

    def _each(self, bundle: Bundle, write: Callable[[Drawn], Delivered]) -> Delivered:
        """Write down what became of each letter of a message, each by itself."""
        return written(lambda: reduce(Delivered.plus, map(write, bundle.drawn), Delivered()))

    def _about_nothing(self, letter: Letter) -> str | None:
        """Say that nothing of what a letter was to tell of is idle any more."""
        about_things = spec_of(letter.kind).scope is Scope.THINGS
        return "nothing that it is about is idle any more" if about_things and not self.idle(letter) else None

    def _send_report(self, in_hand: list[Letter], carrier: Carrier) -> Delivered:
        """Send a letter to the admins about everything."""
        letter = in_hand[0]
        if letter.kind is LetterKind.DIGEST and self.clock.now() - letter.queued_at > _A_DAY:
            return self._supersede(letter, "the letter of a later day says more")
        to = still_to_ask(letter, sane_addresses(self.manners.admins))
        language = self.manners.admins_language
        facts = self.report(letter, language)
        parts = self.renderer.render(letter.kind.value, language, facts)
        headers = self.manners.of_digests if spec_of(letter.kind).unsubscribe else {}
        message = Message(letter.message_id, to, *parts, language, headers, ref=letter.id)
        heard = self._carry(message, in_hand, carrier)
        return written(lambda: self._mark(letter, heard, None, self.clock.now()))

    def _hold(self, letter: Letter, until: datetime) -> Delivered:
        self.outbox.hold(letter, until)
        return Delivered(held=1)

    def _mark(self, letter: Letter, heard: Heard, told_at: datetime | None, now: datetime) -> Delivered:
        """Write down what became of a letter.

        While some have it and others are told "later", it stays deferred for about twenty minutes, so that
        greylisting costs nobody a letter; then those who have it are enough. Meanwhile the deadline waits: it is never
        earlier than any letter said, and an address that always says "later" cannot hold it for long. What was said of
        us is no answer of anybody's: the letter waits until the server takes letters again, and all have been asked.
        """
        have = (*letter.recipients, *heard.accepted)
        answer = _in_one_line({**letter.lost, **_said(heard)})
        if heard.about_us or heard.unasked:
            self.outbox.deferred(letter, now + min(pause_after(letter), SOON), answer, have, heard.never)
            return Delivered(deferred=1)
        if heard.later and not asked_enough(letter, have, now):
            self.outbox.deferred(letter, now + pause_after(letter), answer, have, heard.never, now)
            return Delivered(deferred=1)
        if have:
            self.outbox.accepted(letter, now, told_at, have, {**letter.lost, **heard.never})
            return Delivered(accepted=1)
        lost = {**heard.never, **heard.later}
        self.outbox.refused(letter, now, answer or "there is no address to send it to", lost)
        return Delivered(refused=1)

    def _supersede(self, letter: Letter, why: str) -> Delivered:
        self.outbox.superseded(letter, self.clock.now(), why)
        return Delivered(superseded=1)

    def _apart(self, letter: Letter, heard: Heard, now: datetime) -> Delivered:
        """Let a letter try by itself: what was refused may be the message with all of them, not the address."""
        self.outbox.apart(letter, now, _in_one_line(_said(heard)))
        return Delivered(deferred=1)

    def _later(self, in_hand: Sequence[Letter], error: Exception) -> Delivered:
        now = self.clock.now()
        for letter in in_hand:
            self.outbox.deferred(letter, now + min(pause_after(letter), SOON), _in_words(error), letter.recipients)
        return Delivered(deferred=len(in_hand))


def _said(heard: Heard) -> dict[str, str]:
    return {**heard.never, **heard.later, **heard.about_us}


def _in_one_line(said: Mapping[str, str]) -> str:
    return "; ".join(f"{address}: {words}" for address, words in said.items())


def _for_good(words: str) -> bool:
    return words.startswith("5")


def _in_words(error: Exception) -> str:
    """Say what went wrong; an error that is not of our tree tells its name too, since its text may be bare."""
    return str(error) if isinstance(error, ReaperError) else f"{type(error).__name__}: {error}"
