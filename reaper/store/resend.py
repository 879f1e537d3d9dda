"""Letters that no step of a tenant's life queues: to the admins about everything, and copies that people ask for."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from reaper.model import Letter, LetterKind, LetterState, ReportKind
from reaper.store.rows import letter_from
from reaper.store.tables import idle_things, letters


def queue_for_admins(connection: Connection, kind: ReportKind, once: str, now: datetime, mail_domain: str) -> bool:
    """Queue a letter about no single tenant; the name under which it may stand here only once decides."""
    if connection.scalar(select(letters.c.id).where(letters.c.once == once)) is not None:
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(letters), [_row(kind, now, mail_domain) | {"once": once}])
    except IntegrityError:  # another daemon was first
        return False
    return True


def sent_as_one(connection: Connection, ref: str) -> list[Letter]:
    """Load the letter of this id with all that went in its message, or what went under this name; oldest first.

    Of those that were bound together, some may have gone by themselves in the end: they were put apart, or what they
    said was no longer true.
    """
    one = connection.execute(select(letters).where(letters.c.id == ref)).mappings().first()
    if one is not None and (one["bundle"] is None or one["apart_at"] is not None):
        return [letter_from(one)]
    together = letters.c.bundle == (ref if one is None else one["bundle"])
    went = and_(letters.c.apart_at.is_(None), letters.c.state != LetterState.SUPERSEDED)
    wanted = select(letters).where(together, or_(went, letters.c.id == ref)).order_by(letters.c.number)
    return [letter_from(row) for row in connection.execute(wanted).mappings()]


def repeat(connection: Connection, letter: Letter, now: datetime, mail_domain: str) -> None:
    """Queue the same letter once more; beside the other, so that what became of that one stays written.

    Idle things that waited for the other one wait for this one now.
    """
    about = {"tenant_id": letter.tenant_id or None, "lease_id": letter.lease_id, "arming": letter.arming}
    copy = _row(letter.kind, now, mail_domain) | about | {"before_us": letter.before}
    connection.execute(insert(letters), [copy])
    for column in (idle_things.c.letter_id, idle_things.c.receipt_id):
        connection.execute(update(idle_things).where(column == letter.id).values({column.name: copy["id"]}))


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
