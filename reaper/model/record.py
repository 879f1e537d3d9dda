"""What the ledger keeps of what was said and done: events, letters, censuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reaper.model.incident import MailIncident
from reaper.model.tenant import Tenant
from reaper.model.words import EventKind, LetterKind, LetterState


@dataclass(frozen=True)
class Event:
    """One line of a tenant's history."""

    at: datetime
    what: EventKind
    text: str
    by: str = "reaper"


@dataclass(frozen=True)
class Queued:
    """A letter to be put into the outbox together with a change of a tenant."""

    kind: LetterKind
    before: timedelta | None = None


@dataclass(frozen=True)
class Change:
    """What is written about one tenant in one transaction: how it is now, its events and its letters.

    Only the functions of `reaper.lifecycle` that own the transitions make one. With `new_lease`, `tenant.lease` is a
    new one beside the old.
    """

    tenant: Tenant
    events: Sequence[Event] = ()
    letters: Sequence[Queued] = ()
    new_lease: bool = False


@dataclass(frozen=True)
class Letter:
    """One outbox row: which letter to whom about which lease; what it says is drawn up when it is sent.

    A letter to the admins about everything has no tenant and no lease: both are empty.
    """

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
    recipients: tuple[str, ...] = ()  # that have accepted it so far, and from whom it did not come back
    lost: Mapping[str, str] = field(default_factory=dict)  # addresses that will never take it, with the server's words
    asked: int = 0  # how often "later", or what nobody can read, was said of its addresses and not of us
    asked_since: datetime | None = None
    bundle: str | None = None  # names the message in which it goes together with others


@dataclass(frozen=True)
class CensusMark:
    """How the last census of one cloud went."""

    cloud: str
    at: datetime
    complete: bool
    why: str
    projects: int
    complete_at: datetime | None = None  # of the last complete one
    complete_projects: int = 0
    previous_projects: int = 0  # what the shrink is measured against: the last complete one that had not shrunk
    people: int = 0  # addresses on all projects of the last listing, each once on each
    measured_people: int = 0  # what their shrink is measured against


@dataclass(frozen=True)
class GateInputs:
    """What the gates ask the ledger about."""

    beat_at: datetime | None  # end of the last sweep
    last_event_at: datetime | None
    paused: str | None  # who paused and why
    at_head: bool  # database schema is current
    tenants: int  # living ones: not reclaimed, not vanished
    taken_last_day: int  # tenants that began suspension or reclaim within 24 h
    last_accepted_at: datetime | None  # any letter
    oldest_unsent_at: datetime | None  # earliest queued_at among letters not yet accepted or given up
    censuses: Mapping[str, CensusMark] = field(default_factory=dict)  # by cloud
    mail_incident: MailIncident | None = None  # while the mail server refuses us
    behind: str | None = None  # why the database is older than what was promised, as after a backup was put back
