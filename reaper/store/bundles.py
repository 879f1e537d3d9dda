"""Letters that go together: which may, who claims them, and the name that their one message keeps for ever."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, null, or_, select, update

from reaper.letters import WITHIN, spec_of
from reaper.model import Letter, LetterState
from reaper.store.rows import letter_from
from reaper.store.tables import letters, people, tenants

#: So many go in one message: each is drawn up while the others are claimed, and a person has to read it.
MOST = 20
#: So many of the readers narrow down what may go along; whether all of them are the same is judged letter by letter.
_ASKED_FOR = 4
_UNSENT = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED)


class Incomplete(Exception):  # noqa: N818 - no error: it takes the claims back and goes no further
    """Not all of them can be had."""


def claimed(letter: Letter) -> ColumnElement[bool]:
    """Say that a letter is still in the hands of who claimed it."""
    return and_(
        letters.c.id == letter.id,
        letters.c.state == LetterState.SENDING,
        letters.c.attempts == letter.attempts,
    )


def companions(connection: Connection, letter: Letter, now: datetime, addresses: Sequence[str]) -> list[Letter]:
    """List letters that may go with a claimed one to these addresses, oldest first.

    What was sent together once goes together again only if nothing of it is missing: under the name of a message
    nothing else may go, or a mailbox that has it would throw the new one away. The first try alone decides.
    """
    if letter.bundle is not None:
        return _as_formed(connection, letter, now)
    if not spec_of(letter.kind).bundled or letter.attempts > 1:
        return []
    wanted = select(letters).where(
        *_of_others(letters.c.tenant_id, letter, addresses),
        letters.c.kind == letter.kind,
        # coalesce(): by way of the people, not of all that wait or of all that have never gone with others.
        func.coalesce(letters.c.state, "") == LetterState.QUEUED,
        func.coalesce(letters.c.bundle, "") == "",
        letters.c.attempts == 0,
        letters.c.queued_at.between(letter.queued_at - WITHIN, letter.queued_at + WITHIN),
    )
    rows = connection.execute(wanted.order_by(letters.c.number).limit(MOST - 1)).mappings()
    found = [letter_from(row) for row in rows]
    latest = min((other.queued_at for other in (letter, *found)), default=now) + WITHIN
    return [other for other in found if other.queued_at <= latest]


def due_soon(connection: Connection, letter: Letter, addresses: Sequence[str], by: datetime) -> list[str]:
    """List other tenants of these people that the sweeper looks at until then, the first of them first."""
    due_at = func.coalesce(tenants.c.next_due_at, null())  # by way of the people, not of all that are due
    soon = select(tenants.c.id).where(*_of_others(tenants.c.id, letter, addresses), due_at <= by)
    return list(connection.scalars(soon.order_by(due_at, tenants.c.id).limit(MOST)))


def _of_others(tenant_id: ColumnElement[str], letter: Letter, addresses: Sequence[str]) -> list[ColumnElement[bool]]:
    """Say that it is another tenant than the letter's, and that these people belong to it."""
    theirs = (select(people.c.tenant_id).where(people.c.email == address) for address in addresses[:_ASKED_FOR])
    return [tenant_id != letter.tenant_id, *(tenant_id.in_(them) for them in theirs)]


def join(connection: Connection, letter: Letter, others: Sequence[Letter], taken: Mapping[str, Any]) -> list[Letter]:
    """Claim others for the message of a claimed letter; who goes with it is written before anything is sent.

    The claim of the first begins anew with theirs: those that a crash leaves behind come due at one moment.

    Raises:
        Incomplete: another deliverer was faster with one of them; nothing is claimed then.
    """
    name = letter.bundle or uuid.uuid4().hex
    till = {"bundle": name, "claimed_at": taken["claimed_at"], "next_attempt_at": taken["next_attempt_at"]}
    mine = connection.execute(update(letters).where(claimed(letter)).values(till)).rowcount
    if not mine or not all(_take(connection, other, {**taken, "bundle": name}) for other in others):
        raise Incomplete
    wanted = select(letters).where(letters.c.id.in_([other.id for other in others])).order_by(letters.c.number)
    rows = connection.execute(wanted).mappings()
    return [replace(letter, bundle=name), *(letter_from(row) for row in rows)]


def part(connection: Connection, letter: Letter, now: datetime, answer: str) -> bool:
    """Let a claimed letter go by itself at once. Its bundle stays written, for what may still come back."""
    change = {"state": LetterState.DEFERRED, "next_attempt_at": now, "apart_at": now, "answer": answer}
    return bool(connection.execute(update(letters).where(claimed(letter)).values(change)).rowcount)


def _as_formed(connection: Connection, letter: Letter, now: datetime) -> list[Letter]:
    rows = connection.execute(select(letters).where(letters.c.bundle == letter.bundle).order_by(letters.c.number))
    found = rows.mappings().all()
    others = [row for row in found if row["id"] != letter.id]
    due = all(_due(row, now) for row in others)
    together = due and not any(row["apart_at"] for row in found)
    return [letter_from(row) for row in others] if together else []


def _due(row: RowMapping, now: datetime) -> bool:
    """Whether it may be claimed; one that was put back to wait for its turn may go along with another's."""
    state, at = row["state"], row["next_attempt_at"]
    return state == LetterState.QUEUED or (state in _UNSENT and at is not None and at <= now)


def _take(connection: Connection, other: Letter, taken: dict[str, Any]) -> bool:
    as_seen = and_(
        letters.c.id == other.id,
        letters.c.state == other.state,
        letters.c.attempts == other.attempts,
        letters.c.apart_at.is_(None),
        or_(letters.c.bundle.is_(None), letters.c.bundle == taken["bundle"]),
    )
    return bool(connection.execute(update(letters).where(as_seen).values(taken)).rowcount)
