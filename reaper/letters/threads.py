"""What binds a tenant's letters together: which template each takes, one conversation, and one entry in a calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.lifecycle import deadline
from reaper.model import Letter, LetterKind, State, Tenant

#: Folders of templates that stand for a kind of letter in one of its turns.
LAST_WARNING, LAST_RENEWAL = "last_warning", "no_renewals_left"
#: The template around letters that go to the same people in one message.
TOGETHER = "together"
VARIANTS = (LAST_WARNING, LAST_RENEWAL, TOGETHER)
_IN_CALENDARS = frozenset(LetterKind) - {
    *(LetterKind.ORPHAN, LetterKind.QUARANTINED),
    *(LetterKind.IDLE_WARNING, LetterKind.IDLE_GIVEN_BACK),
}


@dataclass(frozen=True)
class Appointment:
    """The end of a lease as an entry of a calendar. The same `uid` with a higher `sequence` replaces what was there."""

    uid: str
    sequence: int
    at: datetime
    said_at: datetime
    summary: str
    description: str
    cancelled: bool = False


def template_for(tenant: Tenant, letter: Letter) -> str:
    """Name the folder of templates: that of the kind, or of the turn that it takes."""
    lease = tenant.lease
    if letter.kind is LetterKind.WARNING and letter.before is not None and letter.before <= lease.terms.last_warning:
        return LAST_WARNING
    if letter.kind is LetterKind.RENEWED and lease.renewals >= lease.terms.renew_times:
        return LAST_RENEWAL
    return letter.kind.value


def root_of(tenant: Tenant, letter: Letter) -> str:
    """Return the Message-ID that all letters of a tenant refer to, so that mail programs show one conversation.

    No letter bears it: it needs no memory of which one came first, and holds when that one was never delivered.
    """
    return f"<{tenant.id}.conversation@{letter.message_id.strip('<>').rpartition('@')[2]}>"


def appointment_for(
    tenant: Tenant, letter: Letter, now: datetime, words: Callable[[], tuple[str, str]]
) -> Appointment | None:
    """Draw up the calendar's entry that goes with a letter, None where it has none.

    The sequence is the age of the lease in seconds: it grows with every letter, on whatever machine it is written.
    `words` are asked for summary and description.
    """
    if letter.kind not in _IN_CALENDARS:
        return None
    gone = tenant.state is State.RECLAIMED
    lease = tenant.lease
    summary, description = words()
    return Appointment(
        uid=f"{lease.id}@{letter.message_id.strip('<>').rpartition('@')[2]}",
        sequence=max(0, (now - lease.started_at) // timedelta(seconds=1)),
        at=tenant.reclaimed_at or lease.expires_at if gone else deadline(tenant, now),
        said_at=now,
        summary=summary,
        description=description,
        cancelled=gone,
    )
