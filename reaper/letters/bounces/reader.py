"""Reads what comes back: by the letter of RFC 3464 and 6533, by the words of programs that know neither."""

from __future__ import annotations

import email
from collections.abc import Iterable
from email.message import Message
from email.policy import compat32

from reaper.letters.addresses import same_address
from reaper.letters.bounces import automatic, prose, words
from reaper.letters.bounces.addresses import in_text
from reaper.letters.bounces.bounce import Bounce, Failure, Reading
from reaper.letters.bounces.library import named_by_library
from reaper.letters.bounces.mime import Parts, addressees, taken_apart
from reaper.letters.bounces.status import ReportEntry, ReportOutcome, entries, has_fields

#: Nothing behind this many octets is looked at: a report has its say at the beginning.
LONGEST = 1_000_000
#: So much of a text is read: more is a quoted letter that nobody has marked.
_LONGEST_TEXT = 60_000
_LONGEST_LINE = 2_000
#: The library reads all there is with many patterns, which takes seconds for what is large.
_LONGEST_FOR_LIBRARY = 100_000
_DEEPEST = 3
_QUOTED = 200
_TO = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_NAMED_IN_HEADERS = ("x-failed-recipients", "x-failed-recipient")


def read_bounce(raw: bytes) -> Bounce:
    """Take a report apart. Anything else (an answer of a person or of a machine that is away) says nothing failed."""
    try:
        message = email.message_from_bytes(
            raw[:LONGEST], policy=compat32
        )  # the newer policies stumble over odd headers
    except RecursionError:  # parts in parts in parts: nobody reports so
        return Bounce((), Reading.UNREADABLE)
    return _read(message, addressees(message, *_TO), _DEEPEST)


def _read(message: Message, sent_to: tuple[str, ...], depth: int) -> Bounce:
    parts = taken_apart(message)
    said = _cut(parts.said)
    if automatic.is_other_report(message, parts) and not automatic.is_rejection(message, parts, said):
        return Bounce(sent_to)
    found = [entry for text in parts.statuses for entry in entries(text)]
    if not found and has_fields(said):
        found = entries(said)
    read = _from_status(found, sent_to, said) if found else None
    if read is None and (parts.statuses or _may_be_report(message, said)):
        read = _from_words(message, parts, sent_to, said)
    if (read is None or not (read.failures or read.also or read.delays)) and depth and parts.nested:
        read = _read(parts.nested[0], sent_to, depth - 1)
    return read or Bounce(sent_to, _without_result(message, parts, said))


def _cut(said: str, *, heads: bool = False) -> str:
    lines = (line[:_LONGEST_LINE] for line in said[:_LONGEST_TEXT].split("\n"))
    return prose.without_letter("\n".join(lines), heads=heads)


def _without_result(message: Message, parts: Parts, said: str) -> Reading:
    if parts.statuses:
        return Reading.UNREADABLE
    if automatic.is_answer(message, said) or not automatic.is_automatic(message):
        return Reading.ANSWER
    return Reading.UNREADABLE if automatic.from_a_machine(message) else Reading.ANSWER


def _may_be_report(message: Message, said: str) -> bool:
    """Whether words may be believed: those of a mail system that is not answering for somebody."""
    if any(message.get(name) for name in _NAMED_IN_HEADERS):
        return True
    return automatic.from_a_machine(message) and not automatic.is_answer(message, said)


# ---------------------------------------------------------------- by the fields


def _from_status(found: list[ReportEntry], sent_to: tuple[str, ...], said: str) -> Bounce | None:
    """Make of the fields what they say; None when they leave open what became of it."""
    origins = prose.read(said, ()).origins
    failures = tuple(_failure(entry, origins) for entry in found if entry.outcome is ReportOutcome.FAILED)
    delays = tuple(_failure(entry, {}) for entry in found if entry.outcome is ReportOutcome.DELAYED)
    unknown = [entry for entry in found if entry.outcome is ReportOutcome.UNKNOWN]
    if unknown and not failures and not delays:
        flat = _flat(said)
        if words.DELAY.search(flat) or not (words.FAILURE.search(flat) or words.CODE.search(said)):
            return None
        failures = tuple(_failure(entry, origins) for entry in unknown)
    named = tuple(one for one in failures if one.names)
    nameless = (
        "" if len(named) == len(failures) else next((one.words for one in failures if not one.names), "") or "failed"
    )
    if nameless and not named:
        read = prose.read(said, sent_to)
        return Bounce(
            sent_to, Reading.REPORT, _failures(read.named, origins), delays, _failures(read.also, origins), (), nameless
        )
    locals_ = tuple(name for one in named for name in one.names if "@" not in name)
    text = said if locals_ and not any("@" in name for one in named for name in one.names) else ""
    return Bounce(sent_to, Reading.REPORT, named, delays, (), locals_, nameless, text)


def _failure(entry: ReportEntry, origins: dict[str, str]) -> Failure:
    aliases = tuple(origins[same_address(name)] for name in entry.names if same_address(name) in origins)
    return Failure(tuple(dict.fromkeys((*aliases, *entry.names))), entry.words[:_QUOTED])


# ---------------------------------------------------------------- by the words


def _from_words(message: Message, parts: Parts, sent_to: tuple[str, ...], said: str) -> Bounce | None:
    """Read a report in plain words; None when these are none of a report."""
    flat = _flat(said)
    title = automatic.subject(message)
    headed = [address for name in _NAMED_IN_HEADERS for address in addressees(message, name)]
    sure = words.CODE.search(said) is not None
    headed_so = automatic.is_machine(message) and words.FAILURE.search(title) is not None
    phrase = headed_so or words.FAILURE.search(flat) is not None
    waits = _still_waits(title, flat) or _is_for_now(title, said)
    if not (phrase or sure or headed or waits):
        return None
    read = prose.read(said, _not_meant(message, parts, sent_to))
    if waits:
        read = prose.read(said, _not_meant(message, parts, sent_to), waiting=True)
        return Bounce(
            sent_to, Reading.REPORT, delays=_failures(read.named or read.also or dict.fromkeys(headed, flat), {})
        )
    if not phrase and not headed and not (sure and read.named):
        return None
    named = dict.fromkeys(headed, flat[:_QUOTED]) or read.named
    also = {} if headed else read.also
    if not named and len(parts.said) + sum(map(len, parts.quoted)) < _LONGEST_FOR_LIBRARY:
        named = _second_opinion(message, _cut(parts.said, heads=True), flat)
    unnamed = flat[:_QUOTED] or title or "undeliverable"
    failures = _failures(named, read.origins)
    text = "" if failures else read.text
    more = _failures(also, read.origins)
    sender = "" if automatic.is_machine(message) else next(iter(addressees(message, "from")), "")
    return Bounce(sent_to, Reading.REPORT, failures, (), more, read.local_parts, unnamed, text, sender)


def _still_waits(title: str, flat: str) -> bool:
    """Whether nothing is lost yet: it says that it goes on trying, and not that this has ended."""
    waits = words.DELAY.search(flat) or words.DELAY.search(title)
    return bool(waits) and not words.GIVEN_UP.search(flat)


def _is_for_now(title: str, said: str) -> bool:
    """Whether the only answers that a report tells are ones for now, and nothing says that they were the last."""
    if words.CODE.search(said) or not words.FOR_NOW.search(said):
        return False
    flat = f"{title} {_flat(said)}"
    return not (words.GIVEN_UP.search(flat) or words.FINAL.search(flat))


def _second_opinion(message: Message, said: str, flat: str) -> dict[str, str]:
    """Ask the library, and believe it only for what the report says itself: it may read on into the quoted letter."""
    _, failed = named_by_library(message)
    own = {same_address(address) for address, _ in in_text(said)}
    names = {word.casefold() for word in said.split()}
    believed = [one for one in failed if same_address(one) in own or same_address(one).partition("@")[0] in names]
    return dict.fromkeys(believed, flat[:_QUOTED])


def _failures(named: dict[str, str], origins: dict[str, str]) -> tuple[Failure, ...]:
    """Take addresses that stand for one, as an alias does, together."""
    made = (Failure(_names(address, origins), text) for address, text in named.items())
    by_first = {same_address(one.names[0]): one for one in reversed(list(made))}
    return tuple(reversed(by_first.values()))


def _names(address: str, origins: dict[str, str]) -> tuple[str, ...]:
    origin = origins.get(same_address(address))
    return (origin, address) if origin else (address,)


def _not_meant(message: Message, parts: Parts, sent_to: Iterable[str]) -> list[str]:
    """Say whom a report does not mean by naming them: itself, us, and the sender of the letter."""
    found = [*sent_to, *addressees(message, "from", "reply-to", "sender", "return-path", "errors-to")]
    for text in parts.quoted:
        quoted = email.message_from_string(text[:_LONGEST_TEXT].lstrip(), policy=compat32)
        found += addressees(quoted, "from", "reply-to", "sender", "return-path")
    return found


def _flat(said: str) -> str:
    return " ".join(said.split())
