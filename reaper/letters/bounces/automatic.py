"""What comes back by itself and is no report: answers of the absent, read receipts, spam reports, tickets, riddles."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.message import Message

from reaper.letters.bounces import words
from reaper.letters.bounces.mime import Parts, addressees, first

_MACHINES = re.compile(
    r"^(?:mail(?:er)?[-_.]?daemon|postmaster|mdaemon|mail[-_.]?delivery\w*|mmdf|(?:e?mail)?admin\w*|mailmaster|no-?reply"
    r"|root|post[-_.]master|mta|ndr|(?:mail[-_.]?)?system|(?:double-?)?bounces?|daemon|uucp|smtp\w*)(?:[+-]|$)",
    re.IGNORECASE,
)
_DISPLAYED = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|system|administrator|router)|delivery (?:sub)?system|postmaster|mail server"
    r"|system ?administrator|microsoft outlook|microsoft exchange|internet mail",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 2_000
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|回复|答复|回覆|返信)\s*(?:\[\d+\])?\s*[:\uff1a]", re.IGNORECASE)
_ANSWERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-vacation",
    "x-mail-autoreply",
    "x-auto-reply",
)
_OTHER_REPORTS = (
    "message/disposition-notification",
    "message/feedback-report",
    "message/global-disposition-notification",
)


def subject(message: Message) -> str:
    """Return the subject as people read it."""
    text = first(message, "subject")[:_LONGEST_SUBJECT]
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):  # a charset that is none, or octets that are not in it
        return text


def is_machine(message: Message) -> bool:
    """Whether the sender has the name of a mail system, or none."""
    senders = addressees(message, "from", "sender")
    if any(_MACHINES.match(address.rpartition("@")[0] or address) for address in senders):
        return True
    named = first(message, "from")
    nameless = not named.strip("<> ") and (message.get("from") is not None or first(message, "return-path") == "<>")
    return nameless or _DISPLAYED.search(named) is not None


def heads_report(message: Message) -> bool:
    """Whether the subject is one of a report: with it an ordinary name may be a machine's, too."""
    title = subject(message)
    if words.FAILURE.search(title):
        return True
    return _ANSWER.match(title) is None and any(known.search(title) for known in (words.SUBJECT, words.DELAY))


def from_a_machine(message: Message) -> bool:
    """Whether a mail system has sent it, by its name or by the subject."""
    return is_machine(message) or heads_report(message)


def is_other_report(message: Message, parts: Parts) -> bool:
    """Whether it is a read receipt (RFC 8098) or what somebody reports as spam (RFC 5965)."""
    kind = str(message.get_param("report-type") or "").lower()
    return bool(parts.types.intersection(_OTHER_REPORTS)) or kind in {"disposition-notification", "feedback-report"}


def is_answer(message: Message, said: str) -> bool:
    """Whether a machine answers for a person, confirms a ticket, or asks to prove that one is a person."""
    flat = " ".join(said.split())
    if words.CHALLENGE.search(flat) and not words.CODE.search(flat):
        return True
    if any(message.get(name) is not None for name in _ANSWERS):
        return True
    if first(message, "precedence").lower() in {"auto_reply", "auto-reply"}:
        return True
    title = subject(message)
    if words.AWAY_SUBJECT.search(title):
        return True
    told = words.FAILURE.search(title) or (is_machine(message) and words.FAILURE.search(flat))
    return words.AUTOMATIC_SUBJECT.search(title) is not None and not told


def is_automatic(message: Message) -> bool:
    """Whether a machine has sent it (RFC 3834): it says so, or has no address to answer to."""
    marked = first(message, "auto-submitted").lower()
    return first(message, "return-path") == "<>" or (bool(marked) and marked != "no") or from_a_machine(message)


def is_rejection(message: Message, parts: Parts, said: str) -> bool:
    """Whether a receipt says that a filter has refused the letter, as Dovecot's and Sieve's do (RFC 5429)."""
    kinds = "message/disposition-notification" in parts.types
    marked = "reject" in first(message, "auto-submitted").lower() or "reject" in subject(message).lower()
    return kinds and marked and words.FAILURE.search(" ".join(said.split())) is not None
