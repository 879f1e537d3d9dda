"""Rows of the database as values of the model; what cannot be read is named and replaced, never raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from reaper.letters import spec_of
from reaper.model import (
    Enforce,
    Event,
    EventKind,
    Hold,
    Lease,
    Letter,
    LetterKind,
    LetterState,
    Notice,
    NoticeKind,
    Person,
    QuarantineCause,
    Resource,
    State,
    StoppedServer,
    Tenant,
    Terms,
    Unfinished,
)
from reaper.ports import JournalStep
from reaper.store.terms import as_read, no_terms
from reaper.store.types import Unreadable

W = TypeVar("W", bound=StrEnum)

#: Stands for a moment that cannot be read.
NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
#: Stands for a version that cannot be read.
NO_VERSION = -1


@dataclass
class RowReader:
    """Reads rows column by column and collects what could not be read."""

    damage: list[str] = field(default_factory=list)
    table: str = ""
    row: RowMapping | None = None

    def turn_to(self, table: str, row: RowMapping) -> RowReader:
        """Go on with another row; the damage found so far is kept."""
        self.table, self.row = table, row
        return self

    def value(self, column: str) -> Any:
        """Return what the column holds."""
        return None if self.row is None else self.row[column]

    def doubt(self, column: str, held: object) -> None:
        """Note that a column makes no sense."""
        quoted = held if isinstance(held, Unreadable) else Unreadable(held)
        self.damage.append(f"{self.table}.{column} holds {quoted}")

    def optional(self, column: str, kind: type[Any]) -> Any:
        """Return a value of this type, or None where there is none or it cannot be read."""
        held = self.value(column)
        if held is None or (isinstance(held, kind) and not isinstance(held, bool)):
            return held
        self.doubt(column, held)
        return None

    def required(self, column: str, stand_in: Any) -> Any:
        """Return a value of the same type as the stand-in, which takes its place if there is none."""
        held = self.value(column)
        if isinstance(held, type(stand_in)) and not isinstance(held, bool):
            return held
        self.doubt(column, held)
        return stand_in

    def word(self, column: str, words: type[W], stand_in: W) -> W:
        """Return one of the words of an enumeration."""
        held = self.value(column)
        try:
            return words(held)
        except ValueError:
            self.doubt(column, held)
            return stand_in

    def optional_word(self, column: str, words: type[W]) -> W | None:
        """Return one of the words of an enumeration, or None where there is none."""
        held = self.value(column)
        if held is None or held in list(words):
            return None if held is None else words(held)
        self.doubt(column, held)
        return None

    def shaped(self, column: str, shape: Callable[[Any], Any], stand_in: Any) -> Any:
        """Return what `shape` makes of the column."""
        held = self.value(column)
        try:
            return shape(held)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            self.doubt(column, held)
            return stand_in


def tenant_from(
    row: RowMapping, lease: RowMapping | None, people: Sequence[RowMapping], letters: Sequence[RowMapping]
) -> Tenant:
    """Make a tenant of its rows. `damaged` names every column that could not be read."""
    read = RowReader().turn_to("tenants", row)
    quarantined_from = read.optional_word("quarantined_from", State)
    hold, cause = _hold(read), read.optional_word("quarantine_cause", QuarantineCause)
    columns: dict[str, Any] = {
        "state": read.word("state", State, State.ACTIVE),
        "unfinished": read.optional_word("unfinished", Unfinished),
        "version": read.required("version", NO_VERSION),
        "name": read.required("name", "?"),
        "domain": read.required("domain", "?"),
        "tags": read.shaped("tags", _word_set, frozenset()),
        "memory": read.shaped("memory", _servers, ()),
        "failures": read.required("failures", 0),
        "decided_under": read.word("decided_under", Enforce, Enforce.OBSERVE),
    }
    columns |= {name: read.optional(name, datetime) for name in _MOMENTS}
    columns |= {name: read.optional(name, str) for name in ("blocker", "quarantine_reason", "protection")}
    known = tuple(_person(read.turn_to("people", person)) for person in people)
    running = _lease(read, row["lease_id"], lease, letters)
    return Tenant(
        id=row["id"],
        cloud=row["cloud"],
        project_id=row["project_id"],
        lease=running,
        people=known,
        hold=hold,
        quarantined_from=quarantined_from,
        quarantine_cause=cause,
        damaged="; ".join(read.damage) or None,
        **columns,
    )


_MOMENTS = (
    *("suspended_at", "reclaiming_at", "archived_at", "emptied_at", "reclaimed_at", "vanished_at", "halted_at"),
    *("retry_at", "next_due_at"),
)


def _hold(read: RowReader) -> Hold | None:
    until = read.optional("hold_until", datetime)
    return until and Hold(until, str(read.value("hold_reason") or ""), str(read.value("hold_by") or ""))


def _lease(read: RowReader, lease_id: str, row: RowMapping | None, letters: Sequence[RowMapping]) -> Lease:
    if row is None:
        read.damage.append(f"leases has no row {lease_id!r}")
        return Lease(lease_id, NO_MOMENT, NO_MOMENT, no_terms("?"))
    read.turn_to("leases", row)
    policy = read.required("policy", "?")
    terms: Terms = read.shaped("terms", lambda kept: as_read(policy, kept), no_terms(policy))
    lease = Lease(
        id=lease_id,
        started_at=read.required("started_at", NO_MOMENT),
        expires_at=read.required("expires_at", NO_MOMENT),
        terms=terms,
        renewals=read.required("renewals", 0),
        arming=read.required("arming", 0),
        away_until=read.optional("away_until", datetime),
        given_back_at=read.optional("given_back_at", datetime),
    )
    current = [letter for letter in letters if letter["arming"] == lease.arming]
    notices = tuple(_notice(read.turn_to("letters", letter)) for letter in current)
    return replace(lease, notices=notices)


def _notice(read: RowReader) -> Notice:
    state = read.word("state", LetterState, LetterState.QUEUED)
    came_back = state in (LetterState.BOUNCED, LetterState.IN_DOUBT)
    return Notice(
        kind=read.shaped("kind", _notice_kind, LetterKind.WARNING),
        state=state,
        queued_at=read.required("queued_at", NO_MOMENT),
        before=read.optional("before_us", timedelta),
        accepted_at=None if came_back else read.optional("accepted_at", datetime),
        told_at=None if came_back else read.optional("told_at", datetime),
    )


def _notice_kind(held: Any) -> NoticeKind:
    """Read the kind of a letter that a lease remembers; any other is damage."""
    kind = spec_of(LetterKind(held)).notice
    if kind is None:
        raise ValueError(f"{held} is no notice")
    return kind


def person_from(row: RowMapping) -> Person:
    """Make a person of a row."""
    return _person(RowReader().turn_to("people", row))


def _person(read: RowReader) -> Person:
    return Person(
        user_id=str(read.value("user_id")),
        name=read.required("name", "?"),
        email=read.optional("email", str),
        roles=read.shaped("roles", _word_set, frozenset()),
        language=read.optional("language", str),
        enabled=bool(read.value("enabled")),
    )


_MOMENTS_OF_LETTERS = ("next_attempt_at", "accepted_at", "told_at", "asked_since")


def letter_from(row: RowMapping) -> Letter:
    """Make a letter of a row; of one that cannot be read, `answer` says what."""
    read = RowReader().turn_to("letters", row)
    letter: dict[str, Any] = {name: row[name] for name in ("id", "lease_id", "message_id")}
    letter |= {"tenant_id": row["tenant_id"] or "", "bundle": row["bundle"]}
    letter |= {name: read.optional(name, datetime) for name in _MOMENTS_OF_LETTERS}
    letter |= {
        "arming": read.required("arming", 0),
        "kind": read.word("kind", LetterKind, LetterKind.WARNING),
        "queued_at": read.required("queued_at", NO_MOMENT),
        "state": read.word("state", LetterState, LetterState.SUPERSEDED),
        "before": read.optional("before_us", timedelta),
        "attempts": read.required("attempts", 0),
        "asked": read.required("asked", 0),
        "recipients": read.shaped("recipients", _several_words, ()),
        "lost": read.shaped("lost", _words_by_name, {}),
    }
    answer = read.required("answer", "")
    return Letter(**letter, answer=f"unreadable: {'; '.join(read.damage)}" if read.damage else answer)


def event_from(row: RowMapping) -> Event:
    """Make an event of a row."""
    read = RowReader().turn_to("events", row)
    at, what = read.required("at", NO_MOMENT), read.word("what", EventKind, EventKind.UNREADABLE)
    text = str(row["text"]) + (f" (unreadable: {'; '.join(read.damage)})" if read.damage else "")
    return Event(at, what, text, str(row["by_whom"]))


def step_from(row: RowMapping) -> JournalStep:
    """Make a step of a row. A moment that cannot be read counts as not yet come: it is asked and looked at again."""
    read = RowReader().turn_to("steps", row)
    names = ("kind", "region", "name", "project_id", "status")
    resource = Resource(**{name: row[name] for name in names}, id=row["resource_id"], facts=_facts(row["facts"]))
    return JournalStep(
        resource=resource,
        planned_at=read.required("planned_at", NO_MOMENT),
        asked_at=read.optional("asked_at", datetime),
        gone_at=read.optional("gone_at", datetime),
        attempts=read.required("attempts", 0),
        answer=read.required("answer", ""),
    )


def _facts(held: Any) -> dict[str, object]:
    return held if isinstance(held, dict) else {}


def _servers(held: Iterable[Any]) -> tuple[StoppedServer, ...]:
    if not isinstance(held, tuple):
        raise TypeError("a list was expected")
    return tuple(StoppedServer(**server) for server in held)


def _several_words(held: Any) -> tuple[str, ...]:
    if not isinstance(held, tuple) or not all(isinstance(word, str) for word in held):
        raise TypeError("a list of words was expected")
    return held


def _word_set(held: Any) -> frozenset[str]:
    return frozenset(_several_words(held))


def _words_by_name(held: Any) -> dict[str, str]:
    if not isinstance(held, dict) or not all(isinstance(word, str) for word in held.values()):
        raise TypeError("words by name were expected")
    return held
