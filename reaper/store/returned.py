"""Letters that came back: who never had them after all, written beside the tenant whose deadline stood on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select, update

from reaper.model import Event, EventKind, Letter, LetterState
from reaper.store.rows import letter_from
from reaper.store.tables import letters
from reaper.store.writing import lock_tenant, tell, wake_one

_QUOTED = 200
_SETTLED = (LetterState.ACCEPTED, LetterState.IN_DOUBT)


class Doubt(Enum):
    """How often a letter has come into doubt."""

    FIRST = "first"  # it is to be sent once more
    AGAIN = "again"  # once more was in vain, or it is not true any more: a person has to know


def still_with(
    row: RowMapping, recipients: Sequence[str], lost: Mapping[str, str] | None
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return who has a letter and who never will, with what has been written of it since the letter was claimed."""
    kept = row["lost"] if isinstance(row["lost"], dict) else {}
    gone = {**kept, **(lost or {})}
    out_of_reach = {address.casefold() for address in gone}
    return tuple(address for address in recipients if address.casefold() not in out_of_reach), gone


def progress(connection: Connection, letter: Letter, claimed: ColumnElement[bool], until: datetime) -> bool:
    """Write how far a claimed letter is with its people. Returns whether it is still claimed."""
    row = connection.execute(select(letters).where(claimed).with_for_update()).mappings().first()
    if row is None:
        return False
    have, gone = still_with(row, letter.recipients, letter.lost)
    change = update(letters).where(claimed).values(recipients=have, lost=gone, next_attempt_at=until)
    return bool(connection.execute(change).rowcount)


def note_delay(connection: Connection, ref: str, words: str, now: datetime) -> int:
    """Write into the histories that a letter is still on its way."""
    found = named(connection, ref)
    for letter in found:
        text = f"the {letter.kind} letter is still on its way: {words}"
        tell(connection, letter.tenant_id, Event(now, EventKind.LETTER_DELAYED, text, "a mail server"))
    return len(found)


def named(connection: Connection, ref: str) -> list[Letter]:
    """Load the letter of this id, or all that went together under this name."""
    wanted = select(letters).where(or_(letters.c.id == ref, letters.c.bundle == ref)).order_by(letters.c.number)
    return [letter_from(row) for row in connection.execute(wanted).mappings()]


def take_back(connection: Connection, seen: Letter, words: Mapping[str, str], now: datetime) -> Letter | None:
    """Note from whom a letter came back; None when that says nothing new of it."""
    lock_tenant(connection, seen.tenant_id)
    wanted = select(letters).where(letters.c.id == seen.id).with_for_update()
    letter = letter_from(connection.execute(wanted).mappings().one())
    lost = _lost_now(letter, words)
    if not lost:  # of whatever length else: only addresses that it went to are named here
        return None
    gone = {address.casefold() for address in lost}
    have = tuple(address for address in letter.recipients if address.casefold() not in gone)
    said = "; ".join(f"{address}: {text}" for address, text in lost.items())
    change: dict[str, Any] = {"recipients": have, "lost": {**letter.lost, **lost}}
    if letter.state in _SETTLED:
        change["answer"] = "; ".join(filter(None, [letter.answer, said]))
        change["state"] = letter.state if have else LetterState.BOUNCED
    connection.execute(update(letters).where(letters.c.id == letter.id).values(change))
    _tell_of_it(connection, letter, said, have, now)
    return letter_from(connection.execute(select(letters).where(letters.c.id == letter.id)).mappings().one())


def doubt(connection: Connection, seen: Letter, words: str, now: datetime, still_true: bool) -> Doubt | None:  # noqa: FBT001
    """Take an accepted letter for one that nobody may have; None for any other, which this says nothing new of."""
    lock_tenant(connection, seen.tenant_id)
    change = update(letters).where(letters.c.id == seen.id, letters.c.state == LetterState.ACCEPTED)
    answer = "; ".join(filter(None, [seen.answer, words]))
    if not connection.execute(change.values(state=LetterState.IN_DOUBT, answer=answer)).rowcount:
        return None
    found = Doubt.FIRST if still_true and not _doubted_before(connection, seen) else Doubt.AGAIN
    follows = "it is sent once more" if found is Doubt.FIRST else "nobody can say who has it"
    text = f"the {seen.kind} letter came back with a report that cannot be read: {follows}: {words[:_QUOTED]}"
    wake_one(connection, seen.tenant_id, now)
    tell(connection, seen.tenant_id, Event(now, EventKind.LETTER_IN_DOUBT, text, "a mail server"))
    return found


def _doubted_before(connection: Connection, seen: Letter) -> bool:
    """Whether the same letter, of which this is a copy, has been in doubt already."""
    same = [letters.c[name] == getattr(seen, name) for name in ("tenant_id", "lease_id", "arming", "kind")]
    before = letters.c.before_us.is_(None) if seen.before is None else letters.c.before_us == seen.before
    another = and_(*same, before, letters.c.state == LetterState.IN_DOUBT, letters.c.id != seen.id)
    return connection.scalar(select(letters.c.id).where(another).limit(1)) is not None


def _lost_now(letter: Letter, words: Mapping[str, str]) -> dict[str, str]:
    """Say which addresses the letter is taken off from.

    Of one that is settled, those that had it. One that is on its way may be with somebody whose yes is not written
    down yet, so that is believed of any address; it is believed once.
    """
    known = {address.casefold() for address in letter.lost}
    fresh = {address: text for address, text in words.items() if address.casefold() not in known}
    if letter.state in (LetterState.SENDING, LetterState.DEFERRED):
        return fresh
    if letter.state not in _SETTLED:
        return {}
    had = {address.casefold() for address in letter.recipients}
    return {address: text for address, text in fresh.items() if address.casefold() in had}


def _tell_of_it(connection: Connection, letter: Letter, said: str, have: Sequence[str], now: datetime) -> None:
    nobody = letter.state in _SETTLED and not have
    text = f"the {letter.kind} letter came back{': nobody has it' if nobody else ''}: {said[:_QUOTED]}"
    wake_one(connection, letter.tenant_id, now)
    tell(connection, letter.tenant_id, Event(now, EventKind.LETTER_BOUNCED, text, "a mail server"))
