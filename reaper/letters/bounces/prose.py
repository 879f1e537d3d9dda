"""Reports that say it in words only: which addresses they name as failed, whatever program has written them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reaper.letters.addresses import same_address
from reaper.letters.bounces import words
from reaper.letters.bounces.addresses import PLAIN, in_text

_HEADER = re.compile(r"^\s{0,8}[>*•-]?\s*([A-Z][A-Za-z-]{1,30}|Message-I[dD])\s*:\s?\S?")
_BEGINS = re.compile(r"^\s*(?:received|return-path|dkim-signature|mime-version)\s*:", re.IGNORECASE)
_HEADERS = re.compile(
    r"(?:from|to|cc|bcc|subject|date|sent|message-id|reply-to|sender|importance|received|return-path|mime-version|references"
    r"|in-reply-to|von|an|betreff|gesendet|datum|de|para|asunto|fecha|objet|envoyé|à|x-.*|content-.*)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:mail from|\bfrom|sender|reply-to|return-path|message-?id|contact\w*|write to|call|questions?|help|support"
    r"|assist\w*|report (?:this|it)|on behalf of|sent by|abuse|administrator|webmaster|hostmaster|postmaster|\bcc|\bbcc"
    r"|forward\w*|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|отправител\w*|absender|expéditeur|remitente|e-?mail us)"
    r"[^\n@]{0,30}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:recipients?|addressee|address(?:es)?|user|mailbox|account|destination|rcpt(?: to)?|mailto|empfänger|for"
    r"|destinat[aá]ri[oa]s?|destinataires?|收件人|收信人|收件者|宛先|受信者|받는 사람|수신자|получател\w+|smtp|to"
    r"|unknown user|user unknown|invalid user|undeliverable (?:to|address)|did not reach|failed|exceeds? [a-z ]*size)"
    r"(?:\(e?s\))?(?: address(?:es)?)?(?: is| was| unknown)?\s*[:=\uff1a]\s*[\[<\"'(]*$",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?:deliver\w*|reach\w*|sen[dt]|recipients?|address(?:ed|es)?|user|mailbox|account|message|mail|e-?mail|rcpt|inbox"
    r"|(?:deliver\w*|mail|message|sen[dt]|attempt\w*|failed|failure|reach|address\w*)\b[^\n@]{0,40}\b(?:to|for))"
    r"\s*(?:\(e?s\))?\W{1,4}$",
    re.IGNORECASE,
)
_TO_LINE = re.compile(r"^\s*(?:to|an|para|à|a|to address|intended recipients?)\s*:\s*[<\[\"']*$", re.IGNORECASE)
_SENDER_ABOVE = re.compile(
    r"(?:^|\s)(?:sender(?: address)?|from|发件人|absender|expéditeur|remitente)\s*[:\uff1a]?$", re.IGNORECASE
)
_ADVICE = re.compile(r"\b(?:e\.g\.|(?:for example|such as|try e-?mailing|finger|please try)\b)[^@]*$", re.IGNORECASE)
_AT_ONCE = re.compile(r"^[\W\d_]{0,12}$")
_ALIAS = re.compile(
    rf"(?:expanded|generated|forwarded|redirected|translated|derived)\s+from:?\s*<?({PLAIN})>?", re.IGNORECASE
)
_MACHINES = re.compile(r"(?:(?:double-)?bounce|postmaster|mdaemon|mail(?:er)?[-_.]?daemon)", re.IGNORECASE)
_LOCAL = re.compile(r"^[\s>*<-]*([A-Za-z0-9._-]{2,40})>?\s*(?:\(|:|$|\.\.\.)")
_QUOTED = 200
#: More lines, or more addresses on one, are no report.
_MOST_LINES, _MOST_ON_A_LINE = 2_000, 20


@dataclass(frozen=True)
class NamedAddresses:
    """What a text names: `named` as failed in a place where reports do that, `also` elsewhere, `origins` of aliases."""

    named: dict[str, str]
    also: dict[str, str]
    local_parts: tuple[str, ...]
    origins: dict[str, str]
    text: str


def without_letter(text: str, *, heads: bool = False) -> str:
    """Cut off the letter that a text quotes, and take out what it repeats of its head unless `heads` may stay."""
    lines = text.split("\n")
    kept: list[str] = []
    told = named = False  # whether what is kept has said that something failed, and of whom
    for place, line in enumerate(lines):
        if (told and words.CUT.search(line)) or (kept and _BEGINS.match(line)):
            break
        if _in_head(lines, place):
            if told and named:
                break
            if not heads:
                continue
        if not _is_quote(lines, place):
            kept.append(line)
            told = told or _tells(" ".join(kept[-3:]))
            named = named or any(True for _ in in_text(line))
    return "\n".join(kept)


def _tells(text: str) -> bool:
    return any(known.search(text) for known in (words.FAILURE, words.CODE, words.DELAY))


def _in_head(lines: Sequence[str], place: int) -> bool:
    """Whether a line belongs to two or more that look like the head of a letter."""
    if not _is_header(lines[place]):
        return False
    if re.match(r"^\s*subject:", lines[place], re.IGNORECASE):
        return True
    beside = [lines[near] for near in (place - 1, place + 1, place - 2, place + 2) if 0 <= near < len(lines)]
    return any(_is_header(line) for line in beside)


def _is_header(line: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and _HEADERS.fullmatch(found[1]) is not None


def _is_quote(lines: Sequence[str], place: int) -> bool:
    """Whether a line is one of three or more that are quoted as people do; a transcript writes `>>>`."""

    def quoted(line: str) -> bool:
        return re.match(r"^\s?>(?!>>)", line) is not None

    around = lines[max(0, place - 2) : place + 3]
    return quoted(lines[place]) and sum(map(quoted, around)) > 2  # noqa: PLR2004


def read(text: str, not_meant: Iterable[str], *, waiting: bool = False) -> NamedAddresses:
    """Find whom a text, without the letter it quotes, names as failed, or as `waiting`.

    `not_meant` are who sent what and who is asked for help.
    """
    named: dict[str, str] = {}
    also: dict[str, str] = {}
    strangers = {same_address(address) for address in not_meant}
    lines = text.split("\n") if waiting else list(_telling(text.split("\n")))
    for place, line in enumerate(lines[:_MOST_LINES]):
        for address, at in itertools.islice(in_text(line), _MOST_ON_A_LINE):
            before = f"{_line_above(lines, place)} {line[:at]}"
            rank = _rank(line[:at], before)
            if rank and not (same_address(address) in strangers or _is_machine(address)):
                (named if rank > 1 else also).setdefault(address, _reason(lines, place))
    locals_ = () if named else tuple(found[1] for line in lines if (found := _LOCAL.match(line)))
    origins = dict(_aliases(lines))
    return NamedAddresses(named, also, locals_, origins, "\n".join(lines))


def _aliases(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each address that a text says to be made of another, in the form that is compared, with that other."""
    for place, line in enumerate(lines[:_MOST_LINES]):
        for address, _ in itertools.islice(in_text(line), _MOST_ON_A_LINE):
            origin = _ALIAS.search(" ".join(lines[place : place + 4]))
            if origin and same_address(address) != same_address(origin[1]):
                yield same_address(address), origin[1].rstrip(".")


def _line_above(lines: Sequence[str], place: int) -> str:
    """Return the last line above that says something."""
    return next((line.strip() for line in reversed(lines[max(0, place - 4) : place]) if line.strip()), "")


def _is_machine(address: str) -> bool:
    return _MACHINES.fullmatch(address.rpartition("@")[0]) is not None


def _rank(before: str, context: str) -> int:
    """Say how surely an address after these words is one that failed: 0 not at all, 1 perhaps, 2 as reports do."""
    if _SOURCE.search(before[-60:]) or _ADVICE.search(context[-160:]):
        return 0
    if _AT_ONCE.match(before) and _SENDER_ABOVE.search(context.removesuffix(before).strip()):
        return 0
    if _TO_LINE.match(before):
        return 1
    if (
        _AT_ONCE.match(before)
        or _LABEL.search(before[-100:])
        or words.CODE.search(f"{before[-100:]}x@")
        or _PHRASE.search(context[-120:])
    ):
        return 2
    return 1


def _telling(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that may name somebody who has lost something: none of what went well or still waits."""
    fine = False
    for place, line in enumerate(lines):
        heading = re.match(r"^\W*the following addresses? .*", line, re.IGNORECASE)
        if heading:
            fine = bool(re.search(r"success|transient|delayed|deferred|relayed|delivered\W*$", line, re.IGNORECASE))
        if re.match(r"^\W*transcript of", line, re.IGNORECASE):
            fine = False
        after = lines[place + 1] if place + 1 < len(lines) else ""
        if not (fine or _went_well(line, after)):
            yield line


def _went_well(line: str, after: str) -> bool:
    if re.match(r"^\s*>>> *rcpt", line, re.IGNORECASE):
        return re.match(r"^\s*<<< *[24]", after) is not None
    if words.CODE.search(line) or words.FAILURE.search(line):
        return False
    return words.FINE.search(line) is not None or words.WAITING.search(line) is not None


def _reason(lines: Sequence[str], place: int) -> str:
    """Return the words about an address: the line with a code near it, else what stands with it."""
    near = [line.strip() for line in lines[place : place + 8]]
    coded = next((line for line in near if words.CODE.search(line)), "")
    return " ".join((coded or " ".join(filter(None, near[:3]))).split())[:_QUOTED]
