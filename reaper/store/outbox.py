"""The outbox: letters are claimed one by one, and what became of each is written beside the tenant it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, select, update

from reaper.model import Event, Letter, LetterState
from reaper.store.engine import Database
from reaper.store.pulse import letters_by_state
from reaper.store.rows import NO_MOMENT, letter_from
from reaper.store.tables import letters, tenants
from reaper.store.writing import add_events

_UNSENT = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED)
#: Words from the mail server take part of a sentence of the history, not all of it.
_QUOTED = 200


@dataclass(frozen=True)
class SqlOutbox:
    """Letters on their way; see `reaper.ports.Outbox`. Every method is one transaction."""

    database: Database
    claimer: str = ""

    def claim(self, now: datetime, claim_for: timedelta) -> Letter | None:
        """Take the next letter whose time has come; attempts + 1. One that another deliverer takes is passed over."""
        while candidates := self._candidates(now):
            for candidate in candidates:
                claimed = self._take(candidate, now, claim_for)
                if claimed is not None:
                    return claimed
        return None

    def accepted(self, letter: Letter, now: datetime, told_at: datetime | None, recipients: Sequence[str]) -> None:
        """The server took it. Also when the claim has run out or the letter was superseded meanwhile: it is a fact."""
        told = {"accepted_at": now, "told_at": told_at, "recipients": tuple(recipients), "answer": ""}
        text = f"the mail server took the {_name(letter)} for {', '.join(recipients)}"
        self._settle(letter, LetterState.ACCEPTED, told, Event(now, "letter_accepted", text))

    def refused(self, letter: Letter, now: datetime, answer: str) -> None:
        """Nobody can be reached."""
        event = Event(now, "letter_refused", f"the {_name(letter)} reaches nobody: {answer[:_QUOTED]}")
        self._settle(letter, LetterState.REFUSED, {"answer": answer}, event)

    def superseded(self, letter: Letter, now: datetime, why: str) -> None:
        """What it would say is no longer true, so it is not sent; the same letter may be queued again."""
        event = Event(now, "letter_superseded", f"the {_name(letter)} was not sent: {why[:_QUOTED]}")
        self._settle(letter, LetterState.SUPERSEDED, {"answer": why, "once": None}, event)

    def deferred(self, letter: Letter, until: datetime, answer: str, recipients: Sequence[str]) -> None:
        """Try again then. Nothing is written if the claim was lost meanwhile: whoever has the letter now decides."""
        mine = and_(
            letters.c.id == letter.id,
            letters.c.state == LetterState.SENDING,
            letters.c.attempts == letter.attempts,
        )
        waiting = {"state": LetterState.DEFERRED, "next_attempt_at": until, "answer": answer}
        with self.database.writing() as connection:
            claimed_at = connection.scalar(select(letters.c.claimed_at).where(mine))
            change = update(letters).where(mine).values(**waiting, recipients=tuple(recipients))
            if connection.execute(change).rowcount:
                at = claimed_at if isinstance(claimed_at, datetime) else NO_MOMENT
                text = f"the {_name(letter)} goes again at {until:%Y-%m-%d %H:%M:%S} UTC: {answer[:_QUOTED]}"
                add_events(connection, [(letter.tenant_id, Event(at, "letter_deferred", text))])

    def release(self, is_over: Callable[[str], bool], now: datetime) -> int:
        """Give back at once what claimers had in hand that are no more. Returns how many letters."""
        held = select(letters.c.claimed_by).where(letters.c.state == LetterState.SENDING).distinct()
        with self.database.reading() as connection:
            claimers = [claimer for claimer in connection.scalars(held) if claimer]
        over = [claimer for claimer in claimers if is_over(claimer)]
        if not over:
            return 0
        theirs = and_(letters.c.state == LetterState.SENDING, letters.c.claimed_by.in_(over))
        with self.database.writing() as connection:
            return connection.execute(update(letters).where(theirs).values(next_attempt_at=now)).rowcount

    def letters(self, tenant_id: str | None = None) -> list[Letter]:
        """Letters (of a tenant), oldest first."""
        wanted = select(letters).order_by(letters.c.number)
        if tenant_id is not None:
            wanted = wanted.where(letters.c.tenant_id == tenant_id)
        with self.database.reading() as connection:
            return [letter_from(row) for row in connection.execute(wanted).mappings()]

    def by_state(self) -> dict[str, int]:
        """Count letters by state."""
        with self.database.reading() as connection:
            return letters_by_state(connection)

    def _candidates(self, now: datetime) -> Sequence[RowMapping]:
        # coalesce() keeps the database from sorting all that wait by way of the index on states.
        due = and_(letters.c.next_attempt_at <= now, func.coalesce(letters.c.state, "").in_(_UNSENT))
        first = select(letters).where(due).order_by(letters.c.next_attempt_at, letters.c.number).limit(20)
        with self.database.reading() as connection:
            return connection.execute(first).mappings().all()

    def _take(self, candidate: RowMapping, now: datetime, claim_for: timedelta) -> Letter | None:
        as_seen = [letters.c[name] == candidate[name] for name in ("number", "state", "attempts")]
        taken = {
            "state": LetterState.SENDING,
            "attempts": letters.c.attempts + 1,
            "claimed_at": now,
            "claimed_by": self.claimer,
            "next_attempt_at": now + claim_for,
        }
        with self.database.writing() as connection:
            if not connection.execute(update(letters).where(*as_seen).values(taken)).rowcount:
                return None
            row = connection.execute(select(letters).where(letters.c.number == candidate["number"])).mappings().one()
            return letter_from(row)

    def _settle(self, letter: Letter, state: LetterState, told: dict[str, Any], event: Event) -> None:
        """Write what became of a letter; a second time changes nothing. The tenant is due, in a new version."""
        with self.database.writing() as connection:
            # The tenant is locked first, as everywhere: two that lock in different order would block each other.
            connection.execute(select(tenants.c.id).where(tenants.c.id == letter.tenant_id).with_for_update())
            change = update(letters).where(letters.c.id == letter.id, _open_to(state))
            if connection.execute(change.values(told | {"state": state, "next_attempt_at": None})).rowcount:
                wake = {"next_due_at": event.at, "version": tenants.c.version + 1}
                connection.execute(update(tenants).where(tenants.c.id == letter.tenant_id).values(wake))
                add_events(connection, [(letter.tenant_id, event)])


def _open_to(state: LetterState) -> ColumnElement[bool]:
    """Say which letters may still become this: what was accepted stays so, whatever is said later."""
    if state is LetterState.ACCEPTED:
        return letters.c.state != LetterState.ACCEPTED
    return letters.c.state.in_(_UNSENT)


def _name(letter: Letter) -> str:
    return f"{letter.kind} letter"
