"""Letters that go together or repeat: digests for one person, letters to the admins, and copies that people ask for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, select

from reaper.model import Letter, LetterKind, LetterState
from reaper.store.tables import letters, people


def beside(letter: Letter, addresses: Sequence[str], now: datetime) -> Select[Any]:
    """Choose what goes into one digest with a letter: what did so before, else fresh letters to the same people.

    A letter that was tried by itself goes on by itself, so that what a server may have taken keeps its Message-ID.
    """
    waiting = letters.c.state.in_((LetterState.QUEUED, LetterState.DEFERRED))
    if letter.bundle is not None:
        chosen = and_(letters.c.bundle == letter.bundle, waiting)
    elif letter.attempts > 1:
        return select(letters).where(letters.c.id.is_(None))
    else:
        fresh = and_(letters.c.state == LetterState.QUEUED, letters.c.attempts == 0, letters.c.bundle.is_(None))
        due = and_(letters.c.next_attempt_at <= now, letters.c.kind == letter.kind)
        chosen = and_(fresh, due, _theirs(letter, addresses))
    return select(letters).where(chosen, letters.c.id != letter.id).order_by(letters.c.number).limit(_MOST)


def last_to(letter: Letter, addresses: Sequence[str], since: datetime) -> Select[Any]:
    """Choose the latest letter of a kind that somebody with one of these addresses got about another tenant."""
    taken = and_(letters.c.accepted_at > since, letters.c.kind == letter.kind, letters.c.tenant_id != letter.tenant_id)
    return select(func.max(letters.c.accepted_at)).where(taken, _theirs(letter, addresses))


def queue_for_admins(connection: Connection, kind: LetterKind, once: str, now: datetime, mail_domain: str) -> bool:
    """Queue a letter about no single tenant; the name under which it may stand here only once decides."""
    if connection.scalar(select(letters.c.id).where(letters.c.once == once)) is not None:
        return False
    connection.execute(insert(letters), [_row(kind, now, mail_domain) | {"once": once}])
    return True


def repeat(connection: Connection, letter: Letter, now: datetime, mail_domain: str) -> None:
    """Queue the same letter once more; beside the other, so that what became of that one stays written."""
    about = {"tenant_id": letter.tenant_id or None, "lease_id": letter.lease_id, "arming": letter.arming}
    connection.execute(insert(letters), [_row(letter.kind, now, mail_domain) | about | {"before_us": letter.before}])


#: One digest names so many tenants at most; the others follow in the next.
_MOST = 50


def _theirs(letter: Letter, addresses: Sequence[str]) -> ColumnElement[bool]:
    spelled = {*addresses, *(address.casefold() for address in addresses)}
    shared = exists().where(people.c.tenant_id == letters.c.tenant_id, people.c.email.in_(spelled))
    return and_(letters.c.tenant_id != letter.tenant_id, shared)


def _row(kind: LetterKind, now: datetime, mail_domain: str) -> dict[str, Any]:
    letter_id = uuid.uuid4().hex
    return {
        "id": letter_id,
        "tenant_id": None,
        "lease_id": "",
        "arming": 0,
        "kind": kind,
        "before_us": None,
        "once": None,
        "message_id": f"<{letter_id}@{mail_domain}>",
        "state": LetterState.QUEUED,
        "queued_at": now,
        "attempts": 0,
        "next_attempt_at": now,
        "answer": "",
        "recipients": (),
        "lost": {},
    }
