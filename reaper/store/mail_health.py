"""What the ledger keeps of how well mail goes out, and letters whose refusals turn out to have been about us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select, update

from reaper.letters.mail_health import MailHealth, read_health
from reaper.model import Event, EventKind, Letter, LetterState
from reaper.store.engine import Database
from reaper.store.gate_inputs import MAIL, note, noted
from reaper.store.rows import letter_from
from reaper.store.tables import letters
from reaper.store.writing import lock_tenant, tell, wake_one

UNSENT = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED)
#: After an incident nobody waits longer than this to be asked again.
_SOON = timedelta(minutes=15)


def kept(connection: Connection, now: datetime) -> MailHealth:
    """Read it."""
    return read_health(noted(connection, MAIL), now)


def change(connection: Connection, how: Callable[[MailHealth], MailHealth], now: datetime) -> MailHealth:
    """Read, change and keep it; at the end of an incident whoever waits for it is asked again."""
    before = kept(connection, now)
    health = how(before)
    if health != before:
        note(connection, MAIL, str(health))
    if before.incident is not None and health.incident is None:
        ask_soon(connection, now)
    return health


def refused_since(connection: Connection, since: datetime) -> list[Letter]:
    """Load letters of which something was lost by refusal and that were claimed last since then."""
    states = (LetterState.REFUSED, LetterState.DEFERRED)
    wanted = select(letters).where(letters.c.state.in_(states), letters.c.claimed_at >= since)
    return [letter_from(row) for row in connection.execute(wanted.order_by(letters.c.number)).mappings()]


def forgive_all(database: Database, same: Callable[[str, str], bool], since: datetime, now: datetime) -> int:
    """Take back what was booked since then; each letter in a transaction of its own, for two could lock each other."""
    with database.reading() as connection:
        found = refused_since(connection, since)
    done = 0
    for letter in found:
        with database.writing() as connection:
            done += forgive(connection, letter, same, now)
    return done


def forgive(connection: Connection, letter: Letter, same: Callable[[str, str], bool], now: datetime) -> bool:
    """Take off what was booked against addresses of a letter; one that was given up for it is queued again."""
    lock_tenant(connection, letter.tenant_id)
    left = {address: said for address, said in letter.lost.items() if not same(address, said)}
    if len(left) == len(letter.lost):
        return False
    as_seen = and_(letters.c.id == letter.id, letters.c.state == letter.state, letters.c.attempts == letter.attempts)
    fresh: dict[str, Any] = {"lost": left, "asked": 0, "asked_since": None, "next_attempt_at": now}
    if letter.state is LetterState.REFUSED:
        fresh |= {"state": LetterState.QUEUED, "answer": ""}
    if not connection.execute(update(letters).where(as_seen).values(fresh)).rowcount:
        return False
    text = f"the {letter.kind} letter goes again: what it was refused with was about us, not about its addresses"
    if letter.tenant_id:
        wake_one(connection, letter.tenant_id, now)
    tell(connection, letter.tenant_id, Event(now, EventKind.LETTER_DEFERRED, text))
    return True


def ask_soon(connection: Connection, now: datetime) -> None:
    """Let letters that wait for the end of an incident go now, where they would wait for long."""
    late = and_(letters.c.state == LetterState.DEFERRED, letters.c.asked == 0, letters.c.next_attempt_at > now + _SOON)
    connection.execute(update(letters).where(late).values(next_attempt_at=now))


class KeepsMailHealth:
    """The part of an outbox that knows how well mail goes out; see `reaper.ports.Outbox`."""

    database: Database

    def mail_health(self, now: datetime) -> MailHealth:
        """Return what the ledger keeps of how well mail goes out."""
        with self.database.reading() as connection:
            return kept(connection, now)

    def change_mail_health(self, how: Callable[[MailHealth], MailHealth], now: datetime) -> MailHealth:
        """Change it; at the end of an incident whoever waits for it is asked again."""
        with self.database.writing() as connection:
            return change(connection, how, now)

    def forgive(self, same: Callable[[str, str], bool], since: datetime, now: datetime) -> int:
        """Take back what was booked since then against addresses, where `same(address, answer)`. Returns how many."""
        return forgive_all(self.database, same, since, now)

    def any_waiting(self) -> bool:
        """Whether a letter is not delivered yet."""
        waiting = select(letters.c.id).where(letters.c.state.in_(UNSENT)).limit(1)
        with self.database.reading() as connection:
            return connection.scalar(waiting) is not None
