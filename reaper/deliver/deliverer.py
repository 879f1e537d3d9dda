"""Delivering: claim a letter, see whether it is still true, draw it up, hand it over, write down what was said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from reaper.deliver.fates import SOON, Delivered, asked_enough, pause_after
from reaper.deliver.pace import Pace
from reaper.errors import Gone, Permanent, ReaperError, Temporary
from reaper.letters import (
    KNOWN,
    appointment_for,
    facts_for,
    language_for,
    names_deadline,
    readers,
    recipients,
    root_of,
    sane_addresses,
    still_true,
    tells_losses,
    template_for,
)
from reaper.lifecycle import deadline
from reaper.model import Letter, LetterKind, Resource, Tenant
from reaper.ports import Clock, Ledger, Message, Outbox, Postman, Renderer, Sent


@dataclass(frozen=True)
class Manners:
    """The settings that letters depend on. `cloud_titles` names clouds as people know them; `support` is an address.

    `languages` are those that there are letters in. A claim must outlast the slowest mail server's answers to one
    letter, or a second deliverer would send it too. `pace` is the same from pass to pass. `unsubscribe` is where one
    writes to get no more letters of the kind that come every day.
    """

    admins: tuple[str, ...] = ()
    admins_language: str = "en"
    cloud_titles: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    support: str | None = None
    languages: Collection[str] = KNOWN
    claim_for: timedelta = timedelta(minutes=5)
    pace: Pace = field(default_factory=Pace)
    unsubscribe: str = ""


@dataclass(frozen=True)
class Deliverer:
    """Carries letters from the outbox to the mail server.

    `standing` fills in what today's policies say about a tenant. `losses` lists what a tenant owns (of a reclaimed one:
    what was taken), None when it cannot be read. `link_for` makes the link to a tenant's page. `report` gathers what a
    letter to the admins about everything says in a language.
    """

    ledger: Ledger
    outbox: Outbox
    renderer: Renderer
    postman: Callable[[], Postman]
    clock: Clock
    standing: Callable[[Tenant], Tenant]
    losses: Callable[[Tenant], Sequence[Resource] | None]
    link_for: Callable[[Tenant], str]
    manners: Manners = field(default_factory=Manners)
    report: Callable[[Letter, str], Mapping[str, object]] = lambda _letter, _language: {}

    def deliver(self) -> Delivered:
        """Send what is to be sent now, one letter at a time, over one connection.

        A mail server that is down, or takes nothing from us, ends the pass: only the letter in hand waits a little,
        the others stay as they are. Anything else that goes wrong with a letter is that letter's alone.

        Raises:
            Temporary: the ledger cannot be written to. A letter in hand is tried again when its claim has run out.
        """
        so_far = Delivered()
        with self.postman() as postman:
            while so_far.goes_on and not self.clock.stopped:
                letter = self.outbox.claim(self.clock.now(), self.manners.claim_for)
                if letter is None:
                    break
                so_far = so_far.plus(self._deliver_one(letter, postman))
        return so_far

    def _deliver_one(self, letter: Letter, postman: Postman) -> Delivered:
        """See one letter to an end and write it down; what is raised here comes from the ledger."""
        try:
            return self._send_report(letter, postman) if not letter.tenant_id else self._send_letter(letter, postman)
        except Gone as gone:
            return self._supersede(letter, str(gone))
        except _LedgerError as failed:
            raise failed.error from failed
        except Temporary as error:
            return replace(self._later(letter, error), temporary_error=str(error))
        except Permanent as error:
            return replace(self._later(letter, error), permanent_error=str(error))
        except Exception as error:  # noqa: BLE001 - one letter that cannot be drawn up never stops the rest
            return replace(self._later(letter, error), broken=(_in_words(error),))

    def _send_letter(self, letter: Letter, postman: Postman) -> Delivered:
        tenant = self.standing(self.ledger.tenant(letter.tenant_id))
        now = self.clock.now()
        untrue = still_true(tenant, letter, now)
        if untrue is not None:
            return self._written(lambda: self._supersede(letter, untrue))
        to = self._still_to_ask(letter, self._addresses(tenant, letter))
        turn = self.manners.pace.turn_of(letter.id, to, now)
        if turn > now:
            return self._written(lambda: self._hold(letter, turn))
        sent = postman.send(self._draw_up(tenant, letter, now, to)) if to else Sent()
        told_at = deadline(tenant, now) if names_deadline(letter) else None
        return self._written(lambda: self._mark(letter, sent, told_at))

    def _send_report(self, letter: Letter, postman: Postman) -> Delivered:
        """Send a letter to the admins about everything."""
        to = self._still_to_ask(letter, sane_addresses(self.manners.admins))
        language = self.manners.admins_language
        facts = self.report(letter, language)
        parts = self.renderer.render(letter.kind.value, language, facts)
        message = Message(letter.message_id, to, *parts, language, self._daily(letter), ref=letter.id)
        sent = postman.send(message) if to else Sent()
        return self._written(lambda: self._mark(letter, sent, None))

    def _daily(self, letter: Letter) -> dict[str, str]:
        wanted = self.manners.unsubscribe and letter.kind is LetterKind.DIGEST
        return {"List-Unsubscribe": f"<mailto:{self.manners.unsubscribe}?subject=unsubscribe>"} if wanted else {}

    def _written(self, write: Callable[[], Delivered]) -> Delivered:
        """Write down what became of a letter; that the ledger failed is no fault of letter or mail server."""
        try:
            return write()
        except Exception as error:
            raise _LedgerError(error) from error

    def _still_to_ask(self, letter: Letter, addresses: Sequence[str]) -> tuple[str, ...]:
        """Leave out who has the letter and who will never take it."""
        settled = {address.casefold() for address in (*letter.recipients, *letter.lost)}
        return tuple(address for address in addresses if address.casefold() not in settled)

    def _hold(self, letter: Letter, until: datetime) -> Delivered:
        self.outbox.hold(letter, until)
        return Delivered(held=1)

    def _addresses(self, tenant: Tenant, letter: Letter) -> tuple[str, ...]:
        return sane_addresses(self.manners.admins) if letter.kind.for_admins else recipients(tenant, letter)

    def _draw_up(self, tenant: Tenant, letter: Letter, now: datetime, to: tuple[str, ...]) -> Message:
        language = self._language(tenant, letter)
        facts = facts_for(
            tenant,
            letter,
            now,
            link=self.link_for(tenant),
            losses=self._losses(tenant) if tells_losses(letter) else (),
            cloud_title=self.manners.cloud_titles.get(tenant.cloud, tenant.cloud),
            language=language,
            zone=self.manners.zone,
            support=self.manners.support,
        )
        parts = self.renderer.render(template_for(tenant, letter), language, facts)
        entry = appointment_for(tenant, letter, now, lambda: self.renderer.calendar(language, facts))
        first = root_of(tenant, letter)
        thread = {"References": first, "In-Reply-To": first}
        return Message(letter.message_id, to, *parts, language, thread, ref=letter.id, appointment=entry)

    def _language(self, tenant: Tenant, letter: Letter) -> str:
        if letter.kind.for_admins:
            return self.manners.admins_language
        return language_for(tenant.lease.terms, readers(tenant), self.manners.languages)

    def _losses(self, tenant: Tenant) -> Sequence[Resource] | None:
        """Read what the tenant owns; a warning must not wait for a cloud that does not answer."""
        try:
            return self.losses(tenant)
        except ReaperError:
            return None

    def _mark(self, letter: Letter, sent: Sent, told_at: datetime | None) -> Delivered:
        """Write down what became of a letter.

        While some have it and others are told "later", it stays deferred for about twenty minutes, so that
        greylisting costs nobody a letter; then those who have it are enough. Meanwhile the deadline waits: it is never
        earlier than any letter said, and an address that always says "later" cannot hold it for long.
        """
        now = self.clock.now()
        have = (*letter.recipients, *sent.accepted)
        said = {**letter.lost, **sent.refused, **sent.deferred}
        answer = "; ".join(f"{address}: {words}" for address, words in said.items())
        if sent.deferred and not asked_enough(letter, have, now):
            self.outbox.deferred(letter, now + pause_after(letter), answer, have, sent.refused)
            return Delivered(deferred=1)
        if have:
            self.outbox.accepted(letter, now, told_at, have, {**letter.lost, **sent.refused})
            return Delivered(accepted=1)
        self.outbox.refused(letter, now, answer or "there is no address to send it to", sent.refused)
        return Delivered(refused=1)

    def _supersede(self, letter: Letter, why: str) -> Delivered:
        self.outbox.superseded(letter, self.clock.now(), why)
        return Delivered(superseded=1)

    def _later(self, letter: Letter, error: Exception) -> Delivered:
        until = self.clock.now() + min(pause_after(letter), SOON)
        self.outbox.deferred(letter, until, _in_words(error), letter.recipients)
        return Delivered(deferred=1)


def _in_words(error: Exception) -> str:
    """Say what went wrong; an error that is not of our tree tells its name too, since its text may be bare."""
    return str(error) if isinstance(error, ReaperError) else f"{type(error).__name__}: {error}"


class _LedgerError(Exception):
    """Carries an error of the ledger past the answers to errors of letters."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error
