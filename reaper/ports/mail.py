"""Letters on their way: the outbox, what turns facts into words, and who carries them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

from reaper.model import Letter


class Outbox(Protocol):
    """Letters on their way. A letter is claimed by a conditional update, so that two deliverers never share one."""

    def claim(self, now: datetime, claim_for: timedelta) -> Letter | None:
        """Take the next letter that is queued, deferred until now, or whose earlier claim has run out; attempts + 1."""

    def release(self, is_over: Callable[[str], bool], now: datetime) -> int:
        """Give back at once what claimers had in hand that are no more (asked by the name each claims under)."""

    def accepted(self, letter: Letter, now: datetime, told_at: datetime | None, recipients: Sequence[str]) -> None:
        """The server took it for at least one person. With event; the tenant becomes due now."""

    def deferred(self, letter: Letter, until: datetime, answer: str, recipients: Sequence[str]) -> None:
        """Try again then; `recipients` are those that already have it."""

    def refused(self, letter: Letter, now: datetime, answer: str) -> None:
        """Nobody can be reached. With event; the tenant becomes due now."""

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


@dataclass(frozen=True)
class Message:
    """One letter rendered, ready for any transport. `headers` are extra ones; all text is unescaped Unicode."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Renderer(Protocol):
    """Turns the facts of a letter into words."""

    def render(self, kind: str, language: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
        """Return subject, text and HTML; English where the language has no such letter.

        Raises:
            Unusable: a template is missing or broken (which file, line).
        """


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
