"""Letters on their way: the outbox, what turns facts into words, and who carries them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

from reaper.letters import Appointment
from reaper.letters.answer_scope import Stage
from reaper.letters.mail_health import MailHealth
from reaper.model import Letter, ReportKind


class Outbox(Protocol):
    """Letters on their way. A letter is claimed by a conditional update, so that two deliverers never share one."""

    def claim(self, now: datetime, claim_for: timedelta) -> Letter | None:
        """Take the next letter that is queued, deferred until now, or whose earlier claim has run out; attempts + 1."""

    def release(self, is_over: Callable[[str], bool], now: datetime) -> int:
        """Give back at once what claimers had in hand that are no more (asked by the name each claims under)."""

    def hold(self, letter: Letter, until: datetime) -> None:
        """Put a claimed letter back until then; it was not tried."""

    def companions(self, letter: Letter, now: datetime, addresses: Sequence[str]) -> list[Letter]:
        """List what could go to these addresses in one message with a claimed letter; nothing is claimed.

        Of a message that was tried before: everything else that was in it, or nothing if any of that is missing.
        """

    def due_soon(self, letter: Letter, addresses: Sequence[str], by: datetime) -> list[str]:
        """Name other tenants of these people (all of them, as far as they are asked for) that come due until then."""

    def join(self, letter: Letter, others: Sequence[Letter], now: datetime, claim_for: timedelta) -> list[Letter]:
        """Claim others to go in one message with a claimed letter; written before it is sent, with its name.

        Returns all of them with the claimed one first, or nothing when it goes by itself.
        """

    def apart(self, letter: Letter, now: datetime, answer: str) -> None:
        """Let a claimed letter go by itself from now on: the message it was part of is refused. With event."""

    def accepted(
        self,
        letter: Letter,
        now: datetime,
        told_at: datetime | None,
        recipients: Sequence[str],
        lost: Mapping[str, str] | None = None,
    ) -> None:
        """The server took it for at least one person. With event; the tenant becomes due now.

        `lost` says what was answered for whom it did not take it. What came back meanwhile is taken off.
        """

    def deferred(
        self,
        letter: Letter,
        until: datetime,
        answer: str,
        recipients: Sequence[str],
        lost: Mapping[str, str] | None = None,
        asked_at: datetime | None = None,
    ) -> None:
        """Try again then; `recipients` are those that already have it, `lost` those that never will.

        `asked_at`: when "later" was said of its addresses; None when they were not asked, or it was said of us.
        """

    def progress(self, in_hand: Sequence[Letter], until: datetime) -> bool:
        """Write who of a claimed message has it and who never will, and keep the claim until then.

        Returns whether it is still claimed; else nothing of it is to be sent any more.
        """

    def refused(self, letter: Letter, now: datetime, answer: str, lost: Mapping[str, str] | None = None) -> None:
        """Nobody can be reached. With event; the tenant becomes due now."""

    def named(self, ref: str) -> list[Letter]:
        """The letters that a return address names: one, those that went together, or none."""

    def bounced(self, ref: str, words: Mapping[str, str], now: datetime) -> list[Letter]:
        """Take a letter back from these addresses; returns what changed. With event; the tenant becomes due now.

        A letter that nobody has any more was not accepted. What is told twice, or of others, changes nothing.
        """

    def doubted(self, ref: str, words: str, now: datetime, again: Collection[str]) -> list[Letter]:
        """Take an accepted letter for one of which nobody can say who has it; returns what changed.

        With event; the tenant becomes due now. Those of the ids in `again` are queued once more, each letter once.
        """

    def delayed(self, ref: str, words: str, now: datetime) -> int:
        """Note that a letter is still on its way. With event; nothing hangs on it."""

    def tell_admins(self, kind: ReportKind, once: str, now: datetime) -> bool:
        """Queue a letter to the admins about everything, unless one of this name was queued before."""

    def waiting_since(self, before: datetime) -> list[Letter]:
        """Letters about tenants, queued before then and tried, that are not delivered, oldest first; a few of them."""

    def mail_health(self, now: datetime) -> MailHealth:
        """How well mail goes out, as far as it was noted."""

    def change_mail_health(self, how: Callable[[MailHealth], MailHealth], now: datetime) -> MailHealth:
        """Change that; when no incident is open, no letter waits long for the end of one."""

    def forgive(self, same: Callable[[str, str], bool], since: datetime, now: datetime) -> int:
        """Take back what was booked since then against addresses where `same(address, answer)`.

        Letters that were given up for it are queued again, and their tenants are due. Returns how many.
        """

    def any_waiting(self) -> bool:
        """Whether a letter is not delivered yet."""

    def superseded(self, letter: Letter, now: datetime, why: str) -> None:
        """What it would say is no longer true, so it is not sent. With event."""

    def letters(self, tenant_id: str | None = None) -> list[Letter]:
        """Letters (of a tenant), oldest first."""


@dataclass(frozen=True)
class Sent:
    """What the mail server said for one letter, by address."""

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)  # for good (5xx)
    deferred: Mapping[str, str] = field(default_factory=dict)  # for now (4xx)
    stages: Mapping[str, Stage] = field(default_factory=dict, compare=False)  # if not at RCPT


@dataclass(frozen=True)
class Message:
    """One letter rendered, ready for any transport. `headers` are extra ones; all text is unescaped Unicode.

    `ref` names it to whom it comes back to. `appointments` go along as one file for calendars.
    """

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ref: str = ""
    appointments: tuple[Appointment, ...] = ()


class Renderer(Protocol):
    """Turns the facts of a letter into words."""

    def render(self, kind: str, language: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
        """Return subject, text and HTML; English where the language has no such letter.

        Raises:
            Unusable: a template is missing or broken (which file, line).
        """

    def calendar(self, language: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """Return title and description of the entry in a calendar that goes along with a letter."""


class Postman(Protocol):
    """Delivers messages over one connection. Use as a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def send(self, message: Message) -> Sent:
        """Hand over one message; each address gets its own answer.

        Raises:
            Temporary: the server cannot be reached or broke off; whether it took the message is unknown.
            Permanent: the server will never take anything (authentication, TLS): a person must look.
        """
