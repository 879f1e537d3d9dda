"""What a mail server says when a letter comes back: reports of RFC 3464, and those from before it."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

#: Nothing behind this many octets is looked at: a report has its say at the beginning.
LONGEST = 1_000_000
_QUOTED = 200
_FOR_GOOD = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b|\b55[0-9]\b")
_POSTMASTERS = ("mailer-daemon", "postmaster")
_TO = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True)
class Bounce:
    """A report taken apart: addresses that will never take the letter, and those that still may, with the words.

    `unnamed` is what an old report says that names nobody in a way to rely on; empty where there is a proper one.
    `sent_to` is where it went: one of them tells which letter it is about.
    """

    sent_to: tuple[str, ...]
    failed: dict[str, str] = field(default_factory=dict)
    delayed: dict[str, str] = field(default_factory=dict)
    unnamed: str = ""

    def failed_of(self, recipients: tuple[str, ...]) -> dict[str, str]:
        """Say which of those that had the letter it came back from.

        A report may name where an address led to instead of the address: that is clear if only one had the letter.
        """
        by_name = {address.casefold(): words for address, words in self.failed.items()}
        if self.unnamed:
            text = self.unnamed.casefold()
            by_name = {a.casefold(): self.unnamed[:_QUOTED] for a in recipients if a.casefold() in text}
        found = {a: by_name[a.casefold()] for a in recipients if a.casefold() in by_name}
        if found or len(recipients) != 1 or not (self.failed or self.unnamed):
            return found
        return {recipients[0]: next(iter(self.failed.values()), self.unnamed[:_QUOTED])}


def read_bounce(raw: bytes) -> Bounce:
    """Take a report apart. Anything else (an answer of a person or of a machine that is away) says nothing failed."""
    message = email.message_from_bytes(raw[:LONGEST], policy=compat32)  # the newer policies stumble over odd headers
    sent_to = tuple(address for name in _TO for _, address in getaddresses(_headers(message, name)))
    reports = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    if reports:
        failed, delayed = _taken_apart(reports[0])
        return Bounce(sent_to, failed, delayed)
    return Bounce(sent_to, unnamed=_old_report(message))


def _taken_apart(report: Message) -> tuple[dict[str, str], dict[str, str]]:
    failed: dict[str, str] = {}
    delayed: dict[str, str] = {}
    for group in _groups(report):
        action = _first(group, "action").lower()
        status = _first(group, "status")
        names = [_address(_first(group, name)) for name in ("original-recipient", "final-recipient")]
        words = " ".join(f"{status} {_first(group, 'diagnostic-code')}".split())[:_QUOTED] or action
        # A 4.x.x that has "failed" was given up after days: it will not be tried again either.
        kept = failed if action == "failed" else delayed if action == "delayed" else None
        if kept is not None:
            kept.update(dict.fromkeys(filter(None, names), words))
    return failed, delayed


def _groups(report: Message) -> Iterator[Message]:
    """Yield the groups of fields, the first of which is about the message as a whole."""
    content = report.get_payload()
    if isinstance(content, list):
        yield from (group for group in content[1:] if isinstance(group, Message))


def _old_report(message: Message) -> str:
    """Return the text of a report from before RFC 3464, and nothing for what only looks like one."""
    answers = _first(message, "auto-submitted").lower().startswith("auto-replied")
    from_whom = [address.rpartition("@")[0].lower() for _, address in getaddresses(_headers(message, "from"))]
    returned = _first(message, "return-path") == "<>"
    if answers or not (returned or any(name in _POSTMASTERS for name in from_whom)):
        return ""
    text = " ".join(next(_texts(message), "").split())
    return text if _FOR_GOOD.search(text) else ""


def _texts(message: Message) -> Iterator[str]:
    """Yield what stands in it to be read, without the letters that it quotes as attachments."""
    if message.get_content_maintype() == "text":
        yield _text(message)
    elif message.get_content_maintype() == "multipart":
        content = message.get_payload()
        for part in content if isinstance(content, list) else ():
            if isinstance(part, Message):
                yield from _texts(part)


def _text(message: Message) -> str:
    octets = message.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    try:
        return octets.decode(message.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # no charset, or one that is no text
        return octets.decode("utf-8", "replace")


def _headers(message: Message, name: str) -> list[str]:
    """Return them as they came, each on one line; octets that are no text become question marks."""
    found = (str(value) for value in message.get_all(name) or ())
    return [" ".join(one.encode("utf-8", "replace").decode().splitlines()) for one in found]


def _first(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "").strip()


def _address(field_: str) -> str:
    """Read `rfc822;ann@example.org`, where odd characters are written as +2B (RFC 3461 section 4)."""
    kind, _, name = field_.partition(";")
    address = name.strip().strip("<>")
    if kind.strip().lower() == "rfc822":
        return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), address)
    return address
