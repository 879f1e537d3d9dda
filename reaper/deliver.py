"""Delivering: claim a letter, see whether it is still true, draw it up, hand it over, write down what was said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from reaper.errors import Gone, Permanent, ReaperError, Temporary
from reaper.letters import (
    KNOWN,
    facts_for,
    language_for,
    names_deadline,
    readers,
    recipients,
    sane_addresses,
    still_true,
    tells_losses,
)
from reaper.lifecycle import deadline
from reaper.model import Letter, Resource, Tenant
from reaper.ports import Clock, Ledger, Message, Outbox, Postman, Renderer, Sent

#: How long a letter waits after each attempt; the last one repeats.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
#: After what is not about the letter itself (server down, broken template) it waits no longer than this.
SOON = PAUSES[2]
#: After so long and so many attempts, "later" means that the address will never take it.
GIVEN_UP_AFTER, GIVEN_UP_AT = timedelta(days=5), 10
#: Once some have a letter, the others are tried until this attempt, and once more at least.
PARTLY_AT = 4


@dataclass(frozen=True)
class Delivered:
    """What one pass came to. `broken` are sentences about letters that could not be drawn up, each once."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    superseded: int = 0
    temporary_error: str | None = None
    permanent_error: str | None = None
    broken: tuple[str, ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether another letter has a chance now."""
        return self.temporary_error is None and self.permanent_error is None

    def plus(self, other: Delivered) -> Delivered:
        """Add what became of further letters."""
        return Delivered(
            self.accepted + other.accepted,
            self.deferred + other.deferred,
            self.refused + other.refused,
            self.superseded + other.superseded,
            self.temporary_error or other.temporary_error,
            self.permanent_error or other.permanent_error,
            (*dict.fromkeys(self.broken + other.broken),),
        )


@dataclass(frozen=True)
class Manners:
    """The settings that letters depend on. `cloud_titles` names clouds as people know them; `support` is an address.

    `languages` are those that there are letters in. A claim must outlast the slowest mail server's answers to one
    letter, or a second deliverer would send it too.
    """

    admins: tuple[str, ...] = ()
    admins_language: str = "en"
    cloud_titles: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    support: str | None = None
    languages: Collection[str] = KNOWN
    claim_for: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Deliverer:
    """Carries letters from the outbox to the mail server.

    `standing` fills in what today's policies say about a tenant. `losses` lists what a tenant owns (of a reclaimed one:
    what was taken), None when it cannot be read. `link_for` makes the link to a tenant's page.
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
            tenant = self.standing(self.ledger.tenant(letter.tenant_id))
            now = self.clock.now()
            untrue = still_true(tenant, letter, now)
            sent = self._send(tenant, letter, now, postman) if untrue is None else Sent()
        except Gone as gone:
            return self._supersede(letter, str(gone))
        except Temporary as error:
            return replace(self._later(letter, error), temporary_error=str(error))
        except Permanent as error:
            return replace(self._later(letter, error), permanent_error=str(error))
        except Exception as error:  # noqa: BLE001 - one letter that cannot be drawn up never stops the rest
            return replace(self._later(letter, error), broken=(_in_words(error),))
        if untrue is not None:
            return self._supersede(letter, untrue)
        return self._mark(letter, sent, deadline(tenant, now) if names_deadline(letter) else None)

    def _send(self, tenant: Tenant, letter: Letter, now: datetime, postman: Postman) -> Sent:
        have = {address.casefold() for address in letter.recipients}
        to = tuple(address for address in self._addresses(tenant, letter) if address.casefold() not in have)
        return postman.send(self._draw_up(tenant, letter, now, to)) if to else Sent()

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
        subject, text, html = self.renderer.render(letter.kind.value, language, facts)
        return Message(letter.message_id, to, subject, text, html, language)

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
        answer = "; ".join(f"{address}: {said}" for address, said in [*sent.refused.items(), *sent.deferred.items()])
        if sent.deferred and not _enough(letter, have, now):
            self.outbox.deferred(letter, now + _pause(letter), answer, have)
            return Delivered(deferred=1)
        if have:
            self.outbox.accepted(letter, now, told_at, have)
            return Delivered(accepted=1)
        self.outbox.refused(letter, now, answer or "there is no address to send it to")
        return Delivered(refused=1)

    def _supersede(self, letter: Letter, why: str) -> Delivered:
        self.outbox.superseded(letter, self.clock.now(), why)
        return Delivered(superseded=1)

    def _later(self, letter: Letter, error: Exception) -> Delivered:
        until = self.clock.now() + min(_pause(letter), SOON)
        self.outbox.deferred(letter, until, _in_words(error), letter.recipients)
        return Delivered(deferred=1)


def _pause(letter: Letter) -> timedelta:
    return PAUSES[min(max(letter.attempts, 1), len(PAUSES)) - 1]


def _enough(letter: Letter, have: Sequence[str], now: datetime) -> bool:
    """Whether those who say "later" have been asked often enough."""
    if have:
        return bool(letter.recipients) and letter.attempts >= PARTLY_AT
    return letter.attempts >= GIVEN_UP_AT and now - letter.queued_at >= GIVEN_UP_AFTER


def _in_words(error: Exception) -> str:
    """Say what went wrong; an error that is not of our tree tells its name too, since its text may be bare."""
    return str(error) if isinstance(error, ReaperError) else f"{type(error).__name__}: {error}"
