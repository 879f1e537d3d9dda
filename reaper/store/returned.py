"""Letters that came back: who never had them after all, written beside the tenant whose deadline stood on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select, update

from reaper.model import Event, EventKind, Letter, LetterState
from reaper.store.rows import letter_from
from reaper.store.tables import letters
from reaper.store.writing import lock_tenant, tell, wake_one

_QUOTED = 200


def still_with(
    row: RowMapping, recipients: Sequence[str], lost: Mapping[str, str] | None
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return who has a letter and who never will, with what has been written of it since the letter was claimed."""
    kept = row["lost"] if isinstance(row["lost"], dict) else {}
    gone = {**kept, **(lost or {})}
    out_of_reach = {address.casefold() for address in gone}
    return tuple(address for address in recipients if address.casefold() not in out_of_reach), gone


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
    if letter.state is LetterState.ACCEPTED:
        change["answer"] = "; ".join(filter(None, [letter.answer, said]))
        change["state"] = LetterState.ACCEPTED if have else LetterState.BOUNCED
    connection.execute(update(letters).where(letters.c.id == letter.id).values(change))
    _tell_of_it(connection, letter, said, have, now)
    return letter_from(connection.execute(select(letters).where(letters.c.id == letter.id)).mappings().one())


def _lost_now(letter: Letter, words: Mapping[str, str]) -> dict[str, str]:
    """Say which addresses the letter is taken off from.

    Of one that is settled, those that had it. One that is on its way may be with somebody whose yes is not written
    down yet, so that is believed of any address; it is believed once.
    """
    known = {address.casefold() for address in letter.lost}
    fresh = {address: text for address, text in words.items() if address.casefold() not in known}
    if letter.state in (LetterState.SENDING, LetterState.DEFERRED):
        return fresh
    if letter.state is not LetterState.ACCEPTED:
        return {}
    had = {address.casefold() for address in letter.recipients}
    return {address: text for address, text in fresh.items() if address.casefold() in had}


def _tell_of_it(connection: Connection, letter: Letter, said: str, have: Sequence[str], now: datetime) -> None:
    nobody = letter.state is LetterState.ACCEPTED and not have
    text = f"the {letter.kind} letter came back{': nobody has it' if nobody else ''}: {said[:_QUOTED]}"
    wake_one(connection, letter.tenant_id, now)
    tell(connection, letter.tenant_id, Event(now, EventKind.LETTER_BOUNCED, text, "a mail server"))
