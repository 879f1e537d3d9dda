"""What a mail server's refusal is about: this address, this message, us, or nobody can tell. A pure function.

A refusal about us (our name, our host, our sender, our standing) says nothing about whom we write to: taken for one
about the address it would turn everybody into somebody who cannot be reached, and their time would run out unheard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reaper.letters.answer_words import fingerprint, spoken_of, without_names


class Stage(StrEnum):
    """Where in a conversation by SMTP an answer was given; `dot` is the end of the letter itself."""

    CONNECT = "connect"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "dot"


class AnswerScope(StrEnum):
    """What a refusal is about."""

    ADDRESS = "this address"
    MESSAGE = "this message"
    US = "us"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class ServerAnswer:
    """What a mail server said: at which stage, to which recipient, with which code and words, and when."""

    stage: Stage
    code: int
    text: str = ""
    address: str = ""
    at: datetime | None = None

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """The subject and detail of its enhanced code (RFC 3463), which qmail writes as (#5.1.1) at the end."""
        found = _ENHANCED.match(self.text) or _AT_THE_END.search(self.text)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def yes(self) -> bool:
        """Whether it was no refusal."""
        return self.code < _LATER

    @property
    def for_good(self) -> bool:
        """Whether it is meant for good; else for now."""
        return self.code >= _FOR_GOOD

    @property
    def domain(self) -> str:
        """The domain of the recipient."""
        return self.address.rpartition("@")[2].casefold()

    @property
    def fingerprint(self) -> str:
        """What it has in common with the same answer to somebody else."""
        return f"{self.stage} {self.code} {fingerprint(self.text, self.address)}"


_ENHANCED = re.compile(r"\s*(?:\d{3}[ -])?[245]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_AT_THE_END = re.compile(r"\(#[245]\.(\d{1,3})\.(\d{1,3})\b")
_LATER, _FOR_GOOD = 400, 500
_BEFORE_ANY_RECIPIENT = (Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL)
#: RFC 5321 and 4954: closing, bad syntax or order of what we say, log in or encrypt first.
_CODES_OF_US = frozenset({421, 454, 500, 502, 503, 504, 530, 534, 535, 538, 555})
#: RFC 5321, 7504: this user is not here; this domain takes no mail.
_CODES_OF_ADDRESS = frozenset({251, 551, 556})

#: The registry of enhanced status codes (RFC 3463, 4954, 5248, 7293, 7372, 7505 ...), as far as a code says what it is
#: about. Of the others (x.0.0, x.1.0, x.5.0, x.7.0, x.7.1 ...) servers make whatever they like: words decide there.
_US, _ADDRESS, _MESSAGE = AnswerScope.US, AnswerScope.ADDRESS, AnswerScope.MESSAGE
_BY_ENHANCED: dict[tuple[int, int], AnswerScope] = {
    **{(1, n): _ADDRESS for n in (1, 2, 3, 4, 5, 6, 9, 10)},
    **{(1, n): _US for n in (7, 8)},  # the sender's address, the sender's domain
    **{(2, n): _ADDRESS for n in (1, 2, 4)},
    (2, 3): _MESSAGE,
    **{(3, n): _US for n in (1, 2, 3, 5, 6)},  # the system's storage, state, configuration
    (3, 4): _MESSAGE,  # too big
    **{(4, n): _ADDRESS for n in (2, 4, 6, 7)},  # its host, route
    (4, 5): _US,  # congestion; Gmail: the day's quota of the sender
    **{(5, n): _US for n in (1, 4, 5, 6)},
    (5, 3): _MESSAGE,  # too many recipients
    **{(6, n): _MESSAGE for n in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10)},
    (6, 7): _ADDRESS,  # it needs SMTPUTF8
    **{(7, n): _MESSAGE for n in (3, 7, 15, 16)},
    **{(7, n): _US for n in (4, 5, 6, 8, 9, 10, 11, 12, 13, 14)},
    **{(7, n): _ADDRESS for n in (17, 18, 19)},  # mailbox or domain has another owner now
    **{(7, n): _US for n in range(20, 31)},  # DKIM, SPF, reverse DNS, several of them, null MX, flood, ARC, TLS
    # Exchange and Exchange Online: a recipient whom not everybody may write to ...
    **{(7, n): _ADDRESS for n in (120, 121, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 193)},
    # ... and our account, tenant, host or standing.
    **{(7, n): _US for n in (57, 60, 64, 232, 233, 703, 705, 708, 711, 712, 750)},
    **{(7, n): _US for n in (*range(501, 521), *range(606, 660), *range(700, 751))},
}
_WORDS = {"us": _US, "address": _ADDRESS, "message": _MESSAGE}
#: The same answer to so many, and nobody taken meanwhile, is about us; for how long it must have been said at least.
_ALIKE = {AnswerScope.UNKNOWN: 2, AnswerScope.MESSAGE: 2, AnswerScope.ADDRESS: 3}
_AT_LEAST = {
    AnswerScope.UNKNOWN: timedelta(0),
    AnswerScope.MESSAGE: timedelta(0),
    AnswerScope.ADDRESS: timedelta(hours=1),
}
#: "Later" for everybody is what greylisting says to a new sender, and means nothing before this has passed.
_LATER_FOR = timedelta(hours=4)


def scope_of(answer: ServerAnswer, others: Sequence[ServerAnswer] = ()) -> AnswerScope:
    """Say what a refusal is about.

    Args:
        answer: The refusal.
        others: What this server said lately to others, oldest first, those it took included.
    """
    alone = _alone(answer)
    if alone is AnswerScope.US or not answer.address:
        return alone
    return AnswerScope.US if _said_to_all(answer, alone, others) else alone


def _alone(answer: ServerAnswer) -> AnswerScope:
    """Judge by stage, code and enhanced code; by words where these leave it open."""
    plain = without_names(answer.text, answer.address)
    spoken = [_WORDS[what] for what in spoken_of(plain)]
    if answer.stage in _BEFORE_ANY_RECIPIENT:
        return AnswerScope.MESSAGE if _is_about_size(answer) else AnswerScope.US
    if answer.code in _CODES_OF_US:
        return _not_us(spoken) if answer.enhanced in _TELLING_OTHERWISE else AnswerScope.US
    by_enhanced = _BY_ENHANCED.get(answer.enhanced) if answer.enhanced else None
    if by_enhanced is not None:
        return by_enhanced
    if answer.code in _CODES_OF_ADDRESS and AnswerScope.US not in spoken:
        return AnswerScope.ADDRESS
    return _by_words(answer, spoken)


#: Codes of the address that some servers give with the wrong basic code.
_TELLING_OTHERWISE = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (2, 1), (2, 2)})


def _not_us(spoken: Sequence[AnswerScope]) -> AnswerScope:
    return AnswerScope.US if spoken[:1] == [AnswerScope.US] else AnswerScope.ADDRESS


def _by_words(answer: ServerAnswer, spoken: Sequence[AnswerScope]) -> AnswerScope:
    first = spoken[0] if spoken else AnswerScope.UNKNOWN
    if answer.enhanced in ((4, 1), (4, 0), (4, 3), (2, 0), (7, 2)) and first is not AnswerScope.US:
        return AnswerScope.ADDRESS  # Exchange Online says 5.4.1 of a mailbox that its directory does not have
    if answer.stage in (Stage.DATA, Stage.DOT) and first is AnswerScope.UNKNOWN:
        return AnswerScope.MESSAGE
    return first


def _is_about_size(answer: ServerAnswer) -> bool:
    return answer.stage is Stage.MAIL and (answer.enhanced == (3, 4) or answer.code == 552)  # noqa: PLR2004 - RFC 1870


def _said_to_all(answer: ServerAnswer, alone: AnswerScope, others: Sequence[ServerAnswer]) -> bool:
    """Whether others were answered the same, and since the first of them nobody was taken whom that would concern.

    Where the answer names the address as what is wrong, anybody who was taken shows that the server is well; where it
    does not, somebody of the same domains.
    """
    alike = [one for one in others if one.address and one.fingerprint == answer.fingerprint]
    domains = {one.domain for one in (*alike, answer)}
    taken = [n for n, one in enumerate(others) if one.yes and (alone is AnswerScope.ADDRESS or one.domain in domains)]
    since = others[taken[-1] + 1 :] if taken else others
    alike = [one for one in since if one in alike]
    people = {one.address.casefold() for one in (*alike, answer)}
    least = _AT_LEAST[alone] if answer.for_good else _LATER_FOR
    return len(people) >= _ALIKE[alone] and _lasted(alike, answer) >= least


def _lasted(alike: Sequence[ServerAnswer], answer: ServerAnswer) -> timedelta:
    moments = [one.at for one in (*alike, answer) if one.at is not None]
    return max(moments) - min(moments) if len(moments) > 1 else timedelta(0) if moments else timedelta.max
