"""A tenant and its lease, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.model.words import (
    NOT_DELIVERED,
    Afterwards,
    Archive,
    Enforce,
    LetterKind,
    LetterState,
    NoticeKind,
    QuarantineCause,
    State,
    Unfinished,
)


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
    archive_kept: timedelta = timedelta(days=30)
    afterwards: Afterwards = Afterwards.CLOSE
    language: str = "en"
    contacts: tuple[str, ...] = ("admin", "member")
    away: timedelta = timedelta(0)

    @property
    def required_warning(self) -> timedelta:
        """How long before the end the warning goes out that must have been accepted before anything is done.

        It is the last one that lies at least `notice` before the end, so that a lease whose letters went out in time
        ends on its day. Later ones are reminders. A lease that has no such warning needs its first one.
        """
        return min((before for before in self.warn_before if before >= self.notice), default=max(self.warn_before))

    @property
    def last_warning(self) -> timedelta:
        """How long before the end the warning goes out after which no other comes."""
        return min(self.warn_before)


@dataclass(frozen=True)
class Notice:
    """One letter of the current lease and round of warnings, and what became of it.

    `before` tells which warning it was; `told_at` is the deadline it named when the mail server accepted it. A letter
    that came back was not accepted by anybody: it has neither.
    """

    kind: NoticeKind
    state: LetterState
    queued_at: datetime
    before: timedelta | None = None
    accepted_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def undeliverable(self) -> bool:
        """Every address refused it or sent it back, there was none, or nobody can say who has it."""
        return self.state in NOT_DELIVERED


@dataclass(frozen=True)
class Lease:
    """A tenant's running term. `arming` counts the rounds of warnings: a renewal starts a new one.

    `away_until` is set once, when its people say that they are away; `given_back_at` when they are done with it.
    """

    id: str
    started_at: datetime
    expires_at: datetime
    terms: Terms
    renewals: int = 0
    arming: int = 0
    notices: tuple[Notice, ...] = ()  # of the current arming only
    away_until: datetime | None = None
    given_back_at: datetime | None = None


@dataclass(frozen=True)
class Person:
    """Somebody with a role on the project; `email` may be missing.

    Of one that is `unread` the cloud has told the role and nothing else: what was known of them before still holds.
    """

    user_id: str
    name: str
    email: str | None = None
    roles: frozenset[str] = frozenset()
    language: str | None = None
    enabled: bool = True
    unread: bool = False


@dataclass(frozen=True)
class Hold:
    """A person has said "do not touch" until a review date."""

    until: datetime
    reason: str
    by: str


@dataclass(frozen=True)
class StoppedServer:
    """What one server was like before suspension, so that restoring reverses exactly that.

    `was_rescued`: it ran from a rescue disk. `still_runs` says why it could not be brought to a standstill; while there
    is such a reason it may be running, whatever else is known of it.
    """

    region: str
    id: str
    name: str
    was_running: bool
    was_locked: bool
    was_rescued: bool = False
    still_runs: str | None = None


@dataclass(frozen=True)
class Tenant:
    """A Keystone project under a policy, as its row has it; what today's policies say of it a `Judged` adds.

    `decided_under` is the stage of the policy at which its running warnings were given. `damaged` says what of its
    rows could not be read.

    `hold` is a person's word alone; `protection` says why the machine found the project protected, and is only ever
    written by the look that finds it. `archived_at` and `emptied_at` are when the running reclaim came so far.
    `halted_at` is since when its next step could not be taken; see `reaper.lifecycle.halts`.
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
    protection: str | None = None
    suspended_at: datetime | None = None
    reclaiming_at: datetime | None = None
    archived_at: datetime | None = None
    emptied_at: datetime | None = None
    reclaimed_at: datetime | None = None
    vanished_at: datetime | None = None
    halted_at: datetime | None = None
    memory: tuple[StoppedServer, ...] = ()
    failures: int = 0
    blocker: str | None = None
    retry_at: datetime | None = None
    quarantined_from: State | None = None
    quarantine_cause: QuarantineCause | None = None
    quarantine_reason: str | None = None
    next_due_at: datetime | None = None
    decided_under: Enforce = Enforce.OBSERVE
    damaged: str | None = None

    @property
    def is_told_of_suspension(self) -> bool:
        """Whether the letter about its suspension belongs to the running round: then the suspension is booked."""
        return any(notice.kind is LetterKind.SUSPENDED for notice in self.lease.notices)

    @property
    def still_running(self) -> tuple[str, ...]:
        """The names of its servers that suspending could not bring to a standstill."""
        return tuple(server.name or server.id for server in self.memory if server.still_runs)

    @property
    def full_name(self) -> str:
        """The name under which the CLI knows it: cloud/name."""
        return f"{self.cloud}/{self.name}"
