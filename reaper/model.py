"""The words of the domain as frozen values: tenant, lease, notice, resource, plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a tenant stands in its life."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RECLAIMING = "RECLAIMING"
    RECLAIMED = "RECLAIMED"
    QUARANTINED = "QUARANTINED"


class Unfinished(StrEnum):
    """A change that is decided and recorded, but not yet carried out to its end in the cloud."""

    SUSPEND = "suspend"
    RESTORE = "restore"


class Enforce(StrEnum):
    """How far a policy goes: the operator's staged roll-out."""

    OBSERVE = "observe"
    NOTIFY = "notify"
    SUSPEND = "suspend"
    RECLAIM = "reclaim"

    def reaches(self, other: Enforce) -> bool:
        """Whether this stage includes the other."""
        order = list(Enforce)
        return order.index(self) >= order.index(other)


class Afterwards(StrEnum):
    """What becomes of the project once it is empty."""

    CLOSE = "close"
    DELETE = "delete"
    REOPEN = "reopen"


class Archive(StrEnum):
    """What is kept of a tenant before it is reclaimed."""

    NONE = "none"
    SERVERS = "servers"


class LetterKind(StrEnum):
    """The letters that exist; a folder of templates bears each name. The last one goes to the admins."""

    WELCOME = "welcome"
    WARNING = "warning"
    SUSPENDED = "suspended"
    RENEWED = "renewed"
    RESTORED = "restored"
    RECLAIMED = "reclaimed"
    ORPHAN = "orphan"

    @property
    def for_admins(self) -> bool:
        """Whether the cloud's admins get it instead of the tenant's people."""
        return self is LetterKind.ORPHAN


class LetterState(StrEnum):
    """What became of a letter; only `accepted` lets a deadline come."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Terms:
    """What a lease is worth: copied from the policy when the lease starts, so that later edits take nothing away."""

    policy: str
    lasts: timedelta
    warn_before: tuple[timedelta, ...]
    notice: timedelta
    renew_by: timedelta
    renew_times: int
    at_most: timedelta
    opens_before: timedelta
    suspension_lasts: timedelta
    orphans_wait: timedelta
    keep: frozenset[str] = frozenset()
    archive: Archive = Archive.NONE
    afterwards: Afterwards = Afterwards.CLOSE
    language: str = "en"
    contacts: tuple[str, ...] = ("admin", "member")

    @property
    def last_warning(self) -> timedelta:
        """How long before the end the warning goes out that must have been accepted before anything is done."""
        return min(self.warn_before)


@dataclass(frozen=True)
class Notice:
    """One letter of the current lease and round of warnings, and what became of it.

    `before` tells which warning it was; `told_at` is the deadline it named when the mail server accepted it.
    """

    kind: LetterKind
    state: LetterState
    queued_at: datetime
    before: timedelta | None = None
    accepted_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def undeliverable(self) -> bool:
        """Every address refused it, or there was none."""
        return self.state is LetterState.REFUSED


@dataclass(frozen=True)
class Lease:
    """A tenant's running term. `arming` counts the rounds of warnings: a renewal starts a new one."""

    id: str
    started_at: datetime
    expires_at: datetime
    terms: Terms
    renewals: int = 0
    arming: int = 0
    notices: tuple[Notice, ...] = ()  # of the current arming only


@dataclass(frozen=True)
class Person:
    """Somebody with a role on the project; `email` may be missing."""

    user_id: str
    name: str
    email: str | None = None
    roles: frozenset[str] = frozenset()
    language: str | None = None
    enabled: bool = True


@dataclass(frozen=True)
class Hold:
    """A person has said "do not touch" until a review date."""

    until: datetime
    reason: str
    by: str


@dataclass(frozen=True)
class StoppedServer:
    """What one server was like before suspension, so that restoring reverses exactly that."""

    region: str
    id: str
    name: str
    was_running: bool
    was_locked: bool


@dataclass(frozen=True)
class Tenant:
    """A Keystone project under a policy, with everything that decides about it.

    `enforce` and `exempt` are not kept in the ledger: whoever loads a tenant fills them from today's policies and
    facts. `enforce` None means that the lease's policy no longer exists.
    """

    id: str
    cloud: str
    project_id: str
    name: str
    lease: Lease
    state: State = State.ACTIVE
    unfinished: Unfinished | None = None
    version: int = 0
    domain: str = "default"
    tags: frozenset[str] = frozenset()
    people: tuple[Person, ...] = ()
    hold: Hold | None = None
    suspended_at: datetime | None = None
    reclaiming_at: datetime | None = None
    reclaimed_at: datetime | None = None
    vanished_at: datetime | None = None
    memory: tuple[StoppedServer, ...] = ()
    failures: int = 0
    blocker: str | None = None
    retry_at: datetime | None = None
    quarantined_from: State | None = None
    quarantine_reason: str | None = None
    next_due_at: datetime | None = None
    enforce: Enforce | None = Enforce.OBSERVE
    exempt: str | None = None

    @property
    def full_name(self) -> str:
        """The name under which the CLI knows it: cloud/name."""
        return f"{self.cloud}/{self.name}"


@dataclass(frozen=True)
class Project:
    """A project as Keystone tells it. `protected` says why it can never be a tenant, if so."""

    cloud: str
    id: str
    name: str
    domain_id: str
    domain: str
    enabled: bool
    tags: frozenset[str] = frozenset()
    immutable: bool = False
    protected: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Census:
    """All projects of one cloud and the people on them, with whether the listing can be believed."""

    cloud: str
    projects: tuple[Project, ...]
    people: Mapping[str, tuple[Person, ...]]  # by project id
    complete: bool
    why: str = ""  # when incomplete: what was missing


@dataclass(frozen=True)
class Resource:
    """One object in the cloud. `project_id` None means that its owner is unknown: nobody touches it.

    `facts` holds the few attributes that plans and letters ask for (see `kinds.py` for which kind has which).
    """

    kind: str
    region: str
    id: str
    name: str
    project_id: str | None
    status: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other object of the cloud."""
        return (self.region, self.kind, self.id)

    def __str__(self) -> str:
        """Render as a person would name it."""
        return f"{self.kind.replace('_', ' ')} {self.name or self.id}"


@dataclass(frozen=True)
class Listing:
    """The answer to one LIST. Incomplete never reads as empty: `why` says what stood in the way."""

    kind: str
    region: str
    resources: tuple[Resource, ...] = ()
    complete: bool = True
    absent: bool = False  # the region's catalog has no such service
    why: str = ""


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
