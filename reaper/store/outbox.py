"""The outbox: letters are claimed one by one, and what became of each is written beside the tenant it concerns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, select, update

from reaper.model import Event, EventKind, Letter, LetterState, ReportKind
from reaper.store import bundles, resend, returned
from reaper.store.bundles import claimed
from reaper.store.engine import Database
from reaper.store.gate_inputs import letters_by_state
from reaper.store.mail_health import KeepsMailHealth
from reaper.store.rows import NO_MOMENT, letter_from
from reaper.store.tables import letters
from reaper.store.writing import lock_tenant, tell, wake_one

_UNSENT = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED)
#: Words from the mail server take part of a sentence of the history, not all of it.
_QUOTED = 200
#: So many of the letters that wait for long are told by name.
_SOME = 20


@dataclass(frozen=True)
class SqlOutbox(KeepsMailHealth):
    """Letters on their way; see `reaper.ports.Outbox`. Every method is one transaction."""

    database: Database
    claimer: str = ""
    mail_domain: str = "reaper.localhost"

    def claim(self, now: datetime, claim_for: timedelta) -> Letter | None:
        """Take the next letter whose time has come; attempts + 1. One that another deliverer takes is passed over."""
        while candidates := self._candidates(now):
            for candidate in candidates:
                claimed = self._take(candidate, now, claim_for)
                if claimed is not None:
                    return claimed
        return None

    def hold(self, letter: Letter, until: datetime) -> None:
        """Put a claimed letter back until then; it was not tried."""
        mine = claimed(letter)
        back = {"state": LetterState.QUEUED, "attempts": letters.c.attempts - 1, "next_attempt_at": until}
        with self.database.writing() as connection:
            connection.execute(update(letters).where(mine).values(back))

    def companions(self, letter: Letter, now: datetime, addresses: Sequence[str]) -> list[Letter]:
        """List what could go in one message with a claimed letter; nothing is claimed."""
        with self.database.reading() as connection:
            return bundles.companions(connection, letter, now, addresses)

    def due_soon(self, letter: Letter, addresses: Sequence[str], by: datetime) -> list[str]:
        """Name other tenants of these people that come due until then."""
        with self.database.reading() as connection:
            return bundles.due_soon(connection, letter, addresses, by)

    def join(self, letter: Letter, others: Sequence[Letter], now: datetime, claim_for: timedelta) -> list[Letter]:
        """Claim others to go with a claimed letter. Returns all of them, or nothing when it goes by itself."""
        taken = _taken(self.claimer, now, claim_for)
        try:
            with self.database.writing() as connection:
                return bundles.join(connection, letter, others, taken)
        except bundles.Incomplete:
            return []

    def apart(self, letter: Letter, now: datetime, answer: str) -> None:
        """Send a claimed letter by itself from now on: the message it was part of is refused."""
        with self.database.writing() as connection:
            if bundles.part(connection, letter, now, answer):
                text = f"the {_name(letter)} goes by itself: {answer[:_QUOTED]}"
                tell(connection, letter.tenant_id, Event(now, EventKind.LETTER_DEFERRED, text))

    def accepted(
        self,
        letter: Letter,
        now: datetime,
        told_at: datetime | None,
        recipients: Sequence[str],
        lost: Mapping[str, str] | None = None,
    ) -> None:
        """The server took it. Also when the claim has run out or the letter was superseded meanwhile: it is a fact.

        What came back before this was written is taken off: a letter that came back from everybody has bounced.
        """
        told = {"accepted_at": now, "told_at": told_at, "answer": in_words(lost or {})}
        text = f"the mail server took the {_name(letter)} for {', '.join(recipients)}"
        if lost:
            text += f"; not for {in_words(lost)[:_QUOTED]}"
        self._settle(letter, LetterState.ACCEPTED, told, Event(now, EventKind.LETTER_ACCEPTED, text), recipients, lost)

    def refused(self, letter: Letter, now: datetime, answer: str, lost: Mapping[str, str] | None = None) -> None:
        """Nobody can be reached."""
        event = Event(now, EventKind.LETTER_REFUSED, f"the {_name(letter)} reaches nobody: {answer[:_QUOTED]}")
        self._settle(letter, LetterState.REFUSED, {"answer": answer}, event, letter.recipients, lost)

    def progress(self, in_hand: Sequence[Letter], until: datetime) -> bool:
        """Write who of a claimed message has it and who never will, and keep the claim until then."""
        with self.database.writing() as connection:
            return all(returned.progress(connection, letter, claimed(letter), until) for letter in in_hand)

    def superseded(self, letter: Letter, now: datetime, why: str) -> None:
        """What it would say is no longer true, so it is not sent; the same letter may be queued again."""
        event = Event(now, EventKind.LETTER_SUPERSEDED, f"the {_name(letter)} was not sent: {why[:_QUOTED]}")
        told = {"answer": why, "once": None}
        self._settle(letter, LetterState.SUPERSEDED, told, event, letter.recipients, None)

    def deferred(
        self,
        letter: Letter,
        until: datetime,
        answer: str,
        recipients: Sequence[str],
        lost: Mapping[str, str] | None = None,
        asked_at: datetime | None = None,
    ) -> None:
        """Try again then. Nothing is written if the claim was lost meanwhile: whoever has the letter now decides."""
        waiting = {"state": LetterState.DEFERRED, "next_attempt_at": until, "answer": answer}
        with self.database.writing() as connection:
            lock_tenant(connection, letter.tenant_id)
            row = connection.execute(select(letters).where(claimed(letter))).mappings().first()
            if row is None:
                return
            have, gone = returned.still_with(row, recipients, lost)
            asked = (
                {} if asked_at is None else {"asked": letter.asked + 1, "asked_since": letter.asked_since or asked_at}
            )
            change = update(letters).where(claimed(letter)).values(**waiting, **asked, recipients=have, lost=gone)
            if connection.execute(change).rowcount:
                at = row["claimed_at"] if isinstance(row["claimed_at"], datetime) else NO_MOMENT
                text = f"the {_name(letter)} goes again at {until:%Y-%m-%d %H:%M:%S} UTC: {answer[:_QUOTED]}"
                tell(connection, letter.tenant_id, Event(at, EventKind.LETTER_DEFERRED, text))

    def named(self, ref: str) -> list[Letter]:
        """Load the letter that a return address names, or those that went together."""
        with self.database.reading() as connection:
            return returned.named(connection, ref)

    def bounced(self, ref: str, words: Mapping[str, str], now: datetime) -> list[Letter]:
        """Note that a letter came back from these addresses; one that came back from everybody was never accepted.

        `ref` is a letter's id, or the name under which several went together. What is
        no recipient of it moves nothing, nor does a second report.
        Returns the letters that came back, each with its tenant due now, in a new version.
        """
        changed = []
        for letter in self.named(ref):  # each in a transaction of its own: two that lock several tenants could wait
            with self.database.writing() as connection:
                changed.append(returned.take_back(connection, letter, words, now))
        return [letter for letter in changed if letter is not None]

    def doubted(self, ref: str, words: str, now: datetime, again: Collection[str]) -> list[Letter]:
        """Note that something about a letter came back that cannot be read: it is not accepted any more.

        What may be sent once more, and was not yet, is queued again; `again` are the ids of letters still true.
        """
        changed = []
        for letter in self.named(ref):
            with self.database.writing() as connection:
                changed.append(returned.doubt(connection, letter, words[:_QUOTED], now, letter.id in again))
                if changed[-1] is returned.Doubt.FIRST:
                    resend.repeat(connection, letter, now, self.mail_domain)
        return [letter for letter in self.named(ref) if any(changed) and letter.state is LetterState.IN_DOUBT]

    def delayed(self, ref: str, words: str, now: datetime) -> int:
        """Note that a mail server still tries to pass a letter on. Returns how many letters that concerns."""
        with self.database.writing() as connection:
            return returned.note_delay(connection, ref, words[:_QUOTED], now)

    def tell_admins(self, kind: ReportKind, once: str, now: datetime) -> bool:
        """Queue a letter to the admins about everything, unless the one of this name was queued before."""
        with self.database.writing() as connection:
            return resend.queue_for_admins(connection, kind, once, now, self.mail_domain)

    def again(self, ref: str, now: datetime, by: str) -> list[Letter]:
        """Queue once more what went out as one message, under a new Message-ID, as a person has asked.

        `ref` is the id of one of its letters, or the name of several. What hung on a letter hangs on its copy. Returns
        the letters that are repeated, none if there is no such.
        """
        with self.database.writing() as connection:
            found = resend.sent_as_one(connection, ref)
            along = f" with {len(found) - 1} more, as they went" if len(found) > 1 else ""
            for letter in found:
                resend.repeat(connection, letter, now, self.mail_domain)
                text = f"the {_name(letter)} is queued again{along}"
                tell(connection, letter.tenant_id, Event(now, EventKind.LETTER, text, by))
            return found

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

    def waiting_since(self, before: datetime) -> list[Letter]:
        """Letters about tenants, queued before then and tried, that are not delivered; oldest first, a few of them."""
        late = and_(letters.c.state == LetterState.DEFERRED, letters.c.queued_at < before, letters.c.attempts > 0)
        tried = and_(late, letters.c.tenant_id.is_not(None))
        wanted = select(letters).where(tried).order_by(letters.c.queued_at).limit(_SOME)
        with self.database.reading() as connection:
            return [letter_from(row) for row in connection.execute(wanted).mappings()]

    def by_state(self) -> dict[str, int]:
        """Count letters by state."""
        with self.database.reading() as connection:
            return letters_by_state(connection)

    def _candidates(self, now: datetime) -> Sequence[RowMapping]:
        # coalesce() keeps the database from sorting all that wait by way of the index on states.
        due = and_(letters.c.next_attempt_at <= now, func.coalesce(letters.c.state, "").in_(_UNSENT))
        return self._read(select(letters).where(due).order_by(letters.c.next_attempt_at, letters.c.number).limit(20))

    def _read(self, wanted: Select[Any]) -> Sequence[RowMapping]:
        with self.database.reading() as connection:
            return connection.execute(wanted).mappings().all()

    def _take(self, candidate: RowMapping, now: datetime, claim_for: timedelta) -> Letter | None:
        as_seen = [letters.c[name] == candidate[name] for name in ("number", "state", "attempts")]
        taken = _taken(self.claimer, now, claim_for)
        with self.database.writing() as connection:
            if not connection.execute(update(letters).where(*as_seen).values(taken)).rowcount:
                return None
            row = connection.execute(select(letters).where(letters.c.number == candidate["number"])).mappings().one()
            return letter_from(row)

    def _settle(
        self,
        letter: Letter,
        state: LetterState,
        told: dict[str, Any],
        event: Event,
        recipients: Sequence[str],
        lost: Mapping[str, str] | None,
    ) -> None:
        """Write what became of a letter; a second time changes nothing. The tenant is due, in a new version."""
        with self.database.writing() as connection:
            # The tenant is locked first, as everywhere: two that lock in different order would block each other.
            lock_tenant(connection, letter.tenant_id)
            row = connection.execute(select(letters).where(letters.c.id == letter.id)).mappings().first()
            if row is None:
                return
            have, gone = returned.still_with(row, recipients, lost)
            came_back = state is LetterState.ACCEPTED and not have
            said = {"state": LetterState.BOUNCED if came_back else state, "next_attempt_at": None}
            change = update(letters).where(letters.c.id == letter.id, _open_to(state))
            if connection.execute(change.values(told | said | {"recipients": have, "lost": gone})).rowcount:
                wake_one(connection, letter.tenant_id, event.at)
                tell(connection, letter.tenant_id, event)


def _taken(claimer: str, now: datetime, claim_for: timedelta) -> dict[str, Any]:
    return {
        "state": LetterState.SENDING,
        "attempts": letters.c.attempts + 1,
        "claimed_at": now,
        "claimed_by": claimer,
        "next_attempt_at": now + claim_for,
    }


def in_words(lost: Mapping[str, str]) -> str:
    """Say in one line what was answered for each address."""
    return "; ".join(f"{address}: {said}" for address, said in lost.items())


def _open_to(state: LetterState) -> ColumnElement[bool]:
    """Say which letters may still become this: what was accepted stays so, whatever is said later."""
    if state is LetterState.ACCEPTED:
        return letters.c.state.not_in((LetterState.ACCEPTED, LetterState.BOUNCED, LetterState.IN_DOUBT))
    return letters.c.state.in_(_UNSENT)


def _name(letter: Letter) -> str:
    return f"{letter.kind} letter"
