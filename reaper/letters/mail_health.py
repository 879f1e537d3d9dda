"""How well the mail server takes our letters: what it said lately, and whether there is an incident. Pure values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reaper.letters.answer_scope import AnswerScope, ServerAnswer, Stage, scope_of
from reaper.model import MailIncident

#: So many refusals are remembered, for so long; what is older says nothing of today.
_MOST, _KEPT = 18, timedelta(days=30)
_WORDS = 160


@dataclass(frozen=True)
class MailHealth:
    """Refusals that were heard since letters were last taken, and the incident that is open.

    `incidents` are over; `lost` is how long they lasted together. `taken_at` is when a letter was taken last.
    """

    heard: tuple[ServerAnswer, ...] = ()
    incident: MailIncident | None = None
    incidents: int = 0
    lost: timedelta = timedelta(0)
    taken_at: datetime | None = None
    alone: tuple[str, ...] = ()  # who refused us when others were taken: it is about them, until they take a letter

    def judge(self, answer: ServerAnswer, now: datetime) -> tuple[AnswerScope, MailHealth]:
        """Say what a refusal of one recipient is about, and how things stand after it.

        What is said of us to one address alone, while others are taken, is in the end about that address: then this
        says "cannot tell", as of what is said to several for longer than an incident of some may last.
        """
        answer = replace(answer, text=answer.text[:_WORDS], at=now)
        me = answer.address.casefold()
        before = tuple(one for one in self.heard if one.at and now - one.at < _KEPT)
        scope = scope_of(answer, before)
        if scope is AnswerScope.US and answer.stage is Stage.MAIL:
            return scope, self.refused(f"{answer.code} {answer.text}", now)
        others = tuple(one for one in before if one.address.casefold() != me)
        mine = next((one for one in before if one.address.casefold() == me), None)
        first_at = mine.at if mine is not None and mine.fingerprint == answer.fingerprint else now
        after = replace(self, heard=(*others, replace(answer, at=first_at))[-_MOST:])
        if scope is not AnswerScope.US:
            return scope, after
        told = [one for one in after.heard if one.fingerprint == answer.fingerprint or scope_of(one) is AnswerScope.US]
        if len(told) > 1:
            ours = self.incident is None or self.incident.shuts(now)
        elif me in self.alone:
            ours = False
        else:
            ours = self.taken_at is None or first_at is None or self.taken_at <= first_at
        return (AnswerScope.US, after.opened(told, answer, now)) if ours else (AnswerScope.UNKNOWN, after)

    def opened(self, told: list[ServerAnswer], answer: ServerAnswer, now: datetime) -> MailHealth:
        """Open an incident, or add to the one that is open."""
        old = self.incident
        if old is not None and not old.addresses:
            return self
        known = dict.fromkeys((*(old.addresses if old else ()), *(one.address.casefold() for one in told)))
        began = old.began_at if old else min((one.at for one in told if one.at is not None), default=now)
        said = f"{answer.code} {answer.text}"[:_WORDS]
        open_ = MailIncident(began, said, tuple(known)[:_MOST], old.others_taken_at if old else None)
        return replace(self, incident=open_)

    def refused(self, said: str, now: datetime) -> MailHealth:
        """The server takes nothing from us, whoever it is for."""
        began = self.incident.began_at if self.incident is not None else now
        return replace(self, incident=MailIncident(began, said[:_WORDS]))

    def took(self, address: str, now: datetime) -> MailHealth:
        """The server took a letter to somebody. That ends an incident of everybody, of this domain, or of one alone."""
        domain = address.rpartition("@")[2].casefold()
        heard = tuple(one for one in self.heard if one.domain != domain and scope_of(one) is not AnswerScope.ADDRESS)
        incident = self.incident
        only = incident.addresses if incident is not None and len(incident.addresses) == 1 else ()
        known = dict.fromkeys((*self.alone, *only))
        known.pop(address.casefold(), None)
        well = replace(self, heard=heard, taken_at=now, alone=tuple(known)[-_MOST:])
        if incident is None:
            return well
        if len(incident.addresses) > 1 and domain not in incident.domains:
            return replace(well, incident=replace(incident, others_taken_at=now))
        return well.over(now)

    def over(self, now: datetime) -> MailHealth:
        """Close the incident."""
        if self.incident is None:
            return self
        lost = self.lost + max(now - self.incident.began_at, timedelta(0))
        return replace(self, incident=None, incidents=self.incidents + 1, lost=lost)

    def __str__(self) -> str:
        """Render as the ledger keeps it."""
        incident = self.incident and {
            "began_at": self.incident.began_at.isoformat(),
            "said": self.incident.said,
            "addresses": self.incident.addresses,
            "others_taken_at": _written(self.incident.others_taken_at),
        }
        heard = [[one.stage, one.code, one.text, one.address, _written(one.at)] for one in self.heard]
        kept = {"heard": heard, "incident": incident, "incidents": self.incidents, "lost": self.lost.total_seconds()}
        return json.dumps({**kept, "taken_at": _written(self.taken_at), "alone": self.alone}, ensure_ascii=False)


def read_health(text: str | None, now: datetime) -> MailHealth:
    """Read what the ledger keeps. What cannot be read counts as an incident, which the next letter taken ends."""
    if text is None:
        return MailHealth()
    try:
        kept = json.loads(text)
        incident = kept["incident"] and {**kept["incident"], "addresses": tuple(kept["incident"]["addresses"])}
        for name in ("began_at", "others_taken_at"):
            if incident:
                incident[name] = _read(incident[name])
        return MailHealth(
            heard=tuple(ServerAnswer(Stage(s), int(c), str(t), str(a), _read(at)) for s, c, t, a, at in kept["heard"]),
            incident=MailIncident(**incident) if incident else None,
            incidents=int(kept["incidents"]),
            lost=timedelta(seconds=kept["lost"]),
            taken_at=_read(kept["taken_at"]),
            alone=tuple(map(str, kept["alone"])),
        )
    except (ValueError, TypeError, KeyError, OverflowError) as unreadable:
        return MailHealth(incident=MailIncident(now, f"what the ledger knows of mail cannot be read: {unreadable}"))


def books_the_same(answer: ServerAnswer) -> Callable[[str, str], bool]:
    """Return a judge of what was booked: whether an address was lost by this answer, or by one that is about us."""

    def same(address: str, said: str) -> bool:
        one = answer_in(said, address)
        return fingerprint_of(one) == fingerprint_of(answer) or scope_of(one) is AnswerScope.US

    return same


def fingerprint_of(answer: ServerAnswer) -> str:
    """Return it without the stage, which the ledger does not keep."""
    return answer.fingerprint.partition(" ")[2]


def answer_in(said: str, address: str, stage: Stage = Stage.RCPT, at: datetime | None = None) -> ServerAnswer:
    """Read an answer from its words as they are written down: the code, then the text."""
    code, _, text = said.partition(" ")
    return ServerAnswer(stage, int(code) if code.isdecimal() and len(code) == len("550") else 0, text, address, at)


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _read(text: str | None) -> datetime | None:
    at = datetime.fromisoformat(text) if text is not None else None
    if at is not None and at.tzinfo is None:
        raise ValueError(f"{text!r} is no moment")
    return at
