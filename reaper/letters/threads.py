"""What binds a tenant's letters together: which template each takes, one conversation, and one entry in a calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from reaper.letters.catalog import LastTurn, spec_of
from reaper.lifecycle import deadline
from reaper.model import Letter, State, Tenant


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
    last_turn = spec_of(letter.kind).last_turn
    return last_turn.value if last_turn is not None and _is(last_turn, tenant, letter) else letter.kind.value


def _is(turn: LastTurn, tenant: Tenant, letter: Letter) -> bool:
    """Whether no other letter of its kind follows."""
    terms = tenant.lease.terms
    match turn:
        case LastTurn.WARNING:
            return letter.before is not None and letter.before <= terms.last_warning
        case LastTurn.RENEWAL:
            return tenant.lease.renewals >= terms.renew_times
        case _:
            assert_never(turn)


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
    if not spec_of(letter.kind).calendar:
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
