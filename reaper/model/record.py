"""What the ledger keeps of what was said and done: events and letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.model.words import LetterKind, LetterState


@dataclass(frozen=True)
class Event:
    """One line of a tenant's history."""

    at: datetime
    what: str  # a stable word: observed, warned, suspended, renewed ...
    text: str
    by: str = "reaper"


@dataclass(frozen=True)
class Letter:
    """One outbox row: which letter to whom about which lease; what it says is drawn up when it is sent."""

    id: str
    tenant_id: str
    lease_id: str
    arming: int
    kind: LetterKind
    queued_at: datetime
    message_id: str
    state: LetterState = LetterState.QUEUED
    before: timedelta | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    accepted_at: datetime | None = None
    told_at: datetime | None = None
    answer: str = ""
    recipients: tuple[str, ...] = ()  # that have accepted it so far
