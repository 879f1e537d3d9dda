"""What the verbs ask of the outside world: cloud, ledger, outbox, mail and clock, as narrow protocols."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

from reaper.model import (
    Census,
    CensusMark,
    Event,
    Letter,
    LetterKind,
    Listing,
    Person,
    Project,
    Pulse,
    Resource,
    Tenant,
)


class Clock(Protocol):
    """The time, and waiting; the only place where either comes from."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""

    def wait(self, seconds: float) -> None:
        """Let so much time pass; returns earlier when the process is asked to stop."""

    @property
    def stopped(self) -> bool:
        """Whether the process was asked to stop: whoever works in a loop ends it then."""


class CloudReader(Protocol):
    """A cloud that can only be looked at: it has no way to write."""

    name: str

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the cloud's entry and its catalog name."""

    def census(self) -> Census:
        """Read all projects and their people; O(pages) calls. Never raises for an answer cut short: `complete` says it.

        Raises:
            Temporary: Keystone does not answer.
            Unusable: the credentials are refused, or no such entry in clouds.yaml.
        """

    def project(self, project_id: str) -> Project:
        """Read one project afresh.

        Raises:
            Gone: it does not exist.
            Temporary: Keystone does not answer.
        """

    def resources(self, kind: str, region: str, project_ids: Collection[str] | None) -> Listing:
        """List one kind in one region, of these projects or (None) of the whole cloud, every page to the end.

        The outside world never makes it raise: a listing that failed or was cut short comes back incomplete with the
        reason. Resources keep the owner that the service names, which a caller must compare once more.
        """

    def explain(self, resource: Resource) -> str | None:
        """Say what of another project holds a refused resource, None: nothing known. Raises where it cannot be told."""


class Cloud(CloudReader, Protocol):
    """A cloud that can be written to.

    Every call raises Gone when the object does not exist, Refused when the service says no (409, or 400 where it
    means a conflict) with its sentence, Temporary for 5xx, 429, time-outs, and Permanent for 403.
    """

    def close_project(self, project_id: str) -> None:
        """Disable the project; idempotent. Users and role assignments are not touched."""

    def open_project(self, project_id: str) -> None:
        """Enable the project; idempotent."""

    def delete_project(self, project_id: str) -> None:
        """Delete the project, which deletes no resource: only after everything was verified gone."""

    def lock(self, server: Resource, project_id: str) -> None:
        """Lock a server so that its users cannot start it; with a reason where the service takes one (2.73)."""

    def unlock(self, server: Resource, project_id: str) -> None:
        """Take the lock off."""

    def stop(self, server: Resource, project_id: str) -> None:
        """Ask a server to stop; it is asynchronous."""

    def start(self, server: Resource, project_id: str) -> None:
        """Ask a server to start; it is asynchronous."""

    def clear_routes(self, router: Resource, project_id: str) -> None:
        """Take a router's static routes away, which otherwise hold its interfaces."""

    def delete(self, resource: Resource, project_id: str) -> None:
        """Ask for one resource to be deleted, after comparing its owner once more.

        Raises:
            Refused: also when the owner is unknown or not `project_id`; nothing was sent then.
        """

    def rescue(self, resource: Resource, project_id: str) -> str:
        """Try the way out for a resource whose delete was accepted and that does not go; returns what was done.

        Raises:
            Refused: there is no way out for this kind in this state; nothing was sent.
        """


@dataclass(frozen=True)
class Queued:
    """A letter to be put into the outbox together with a change of state."""

    kind: LetterKind
    before: timedelta | None = None


@dataclass(frozen=True)
class Step:
    """One row of a tenant's reclaim journal: what was planned, asked, and is gone."""

    resource: Resource
    planned_at: datetime
    asked_at: datetime | None = None
    gone_at: datetime | None = None
    attempts: int = 0
    answer: str = ""  # the last refusal, in the service's words


class Ledger(Protocol):
    """The record of tenants, leases, events and plans. Every method is one transaction."""

    def due(self, now: datetime, limit: int) -> list[Tenant]:
        """Return tenants whose `next_due_at` has come, most overdue first."""

    def tenant(self, tenant_id: str) -> Tenant:
        """Load one by Reaper's id. Raises Gone."""

    def find(self, reference: str) -> Tenant:
        """Load one by cloud/name or project id. Raises Unusable: unknown, or several."""

    def tenants(self, cloud: str | None = None) -> Iterator[Tenant]:
        """Go through all, ordered by cloud and name, in batches."""

    def enrol(self, tenants: Iterable[Tenant], event: Event) -> int:
        """Add tenants with their first lease, unless (cloud, project_id) is known already. Returns how many."""

    def record(
        self, tenant: Tenant, events: Sequence[Event] = (), letters: Sequence[Queued] = (), *, new_lease: bool = False
    ) -> Tenant:
        """Write a tenant, its lease, its events and its letters in one transaction; returns it with its new version.

        The write holds only while the stored version is `tenant.version` (then + 1). The tenant's people, name and
        tags are not written here, see `meet`. With `new_lease`, `tenant.lease` is a new one beside the old.

        Raises:
            Overtaken: somebody else was first; nothing was written.
        """

    def meet(
        self, facts: Iterable[Project], people: Mapping[str, Sequence[Person]] | None, cloud: str, now: datetime
    ) -> None:
        """Refresh names, tags, domains and people (None: unread, they stay) of known tenants; note them as seen now."""

    def unseen_since(self, cloud: str, moment: datetime) -> list[Tenant]:
        """Return living tenants of a cloud that no census has seen since."""

    def known(self, cloud: str) -> Mapping[str, str]:
        """Return state by project id of all tenants of a cloud, in one query."""

    def wake(self, now: datetime, policy: str | None = None) -> int:
        """Make every living tenant (of a policy) due now; after a policy was edited. Returns how many."""

    def history(self, tenant_id: str) -> list[Event]:
        """All events of a tenant, oldest first."""

    def pulse(self, now: datetime) -> Pulse:
        """Read what the gates ask for."""

    def beat(self, now: datetime) -> None:
        """Note the end of a sweep."""

    def restart_warnings(self, now: datetime) -> None:
        """Count no letter accepted before `now` as notice any more (after a long outage); all become due."""

    def mark_census(self, mark: CensusMark) -> None:
        """Keep how a census went."""

    def pause(self, by: str | None, now: datetime) -> None:
        """Stop destructive work (a text: who and why), or let it go on (None)."""

    def paused(self) -> str | None:
        """Return who paused and why, or None; asked before each round of deletes."""

    def note(self, key: str, value: str | None) -> None:
        """Keep one small fact under a name; None forgets it."""

    def noted(self, key: str) -> str | None:
        """Return such a fact."""


class Journal(Protocol):
    """The rows of reclaim plans: written before the first delete, so that a crash loses track of nothing."""

    def plan(self, tenant: Tenant, resources: Iterable[Resource], now: datetime) -> None:
        """Add what is not there yet."""

    def asked(self, tenant: Tenant, answers: Mapping[tuple[str, str, str], str], now: datetime) -> None:
        """Note by resource key that a delete was asked and what the service said ("" for yes); counts the attempt."""

    def gone(self, tenant: Tenant, keys: Collection[tuple[str, str, str]], now: datetime) -> None:
        """Note what a complete listing no longer shows."""

    def steps(self, tenant: Tenant) -> list[Step]:
        """All rows of the tenant's current lease."""


class Outbox(Protocol):
    """Letters on their way. A letter is claimed by a conditional update, so that two deliverers never share one."""

    def claim(self, now: datetime, claim_for: timedelta) -> Letter | None:
        """Take the next letter that is queued, deferred until now, or whose earlier claim has run out; attempts + 1."""

    def release(self, is_over: Callable[[str], bool], now: datetime) -> int:
        """Give back at once what claimers had in hand that are no more (asked by the name each claims under)."""

    def accepted(self, letter: Letter, now: datetime, told_at: datetime | None, recipients: Sequence[str]) -> None:
        """The server took it for at least one person. With event; the tenant becomes due now."""

    def deferred(self, letter: Letter, until: datetime, answer: str, recipients: Sequence[str]) -> None:
        """Try again then; `recipients` are those that already have it."""

    def refused(self, letter: Letter, now: datetime, answer: str) -> None:
        """Nobody can be reached. With event; the tenant becomes due now."""

    def superseded(self, letter: Letter, now: datetime, why: str) -> None:
        """What it would say is no longer true, so it is not sent. With event."""

    def letters(self, tenant_id: str | None = None) -> list[Letter]:
        """Letters (of a tenant), oldest first."""


@dataclass(frozen=True)
class Sent:
    """What the mail server said for one letter, by address."""

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)  # for good (5xx)
    deferred: Mapping[str, str] = field(default_factory=dict)  # for now (4xx)


@dataclass(frozen=True)
class Message:
    """One letter rendered, ready for any transport. `headers` are extra ones; all text is unescaped Unicode."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Renderer(Protocol):
    """Turns the facts of a letter into words."""

    def render(self, kind: str, language: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
        """Return subject, text and HTML; English where the language has no such letter.

        Raises:
            Unusable: a template is missing or broken (which file, line).
        """


class Postman(Protocol):
    """Delivers messages over one connection. Use as a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def send(self, message: Message) -> Sent:
        """Hand over one message; each address gets its own answer.

        Raises:
            Temporary: the server cannot be reached or broke off; whether it took the message is unknown.
            Permanent: the server will never take anything (authentication, TLS): a person must look.
        """
