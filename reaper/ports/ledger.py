"""The record of tenants and their reclaims: the ledger and the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reaper.model import CensusMark, Change, Event, GateInputs, Person, Project, Resource, Tenant


@dataclass(frozen=True)
class JournalStep:
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

    def find(self, reference: str, cloud: str | None = None) -> Tenant:
        """Load one (of a cloud) by cloud/name or project id. Raises Unusable: unknown, or several."""

    def tenants(self, cloud: str | None = None) -> Iterator[Tenant]:
        """Go through all, ordered by cloud and name, in batches."""

    def enrol(self, tenants: Iterable[Tenant], event: Event) -> int:
        """Add tenants with their first lease, unless (cloud, project_id) is known already. Returns how many."""

    def record(self, change: Change) -> Tenant:
        """Write a tenant, its lease, its events and its letters in one transaction; returns it with its new version.

        The write holds only while the stored version is `change.tenant.version` (then + 1). The tenant's people, name
        and tags are not written here, see `meet`.

        Raises:
            Overtaken: somebody else was first; nothing was written.
        """

    def meet(
        self, facts: Iterable[Project], people: Mapping[str, Sequence[Person]] | None, cloud: str, now: datetime
    ) -> None:
        """Refresh names, tags, domains and people (None: unread, they stay) of known tenants; note them as seen now."""

    def unseen_since(self, cloud: str, moment: datetime) -> list[Tenant]:
        """Return living tenants of a cloud that no census has seen since."""

    def protected(self, cloud: str) -> Mapping[str, str]:
        """Return by project id why tenants of a cloud are protected, in one query."""

    def known(self, cloud: str) -> Mapping[str, str]:
        """Return state by project id of all tenants of a cloud, in one query."""

    def wake(self, now: datetime, policy: str | None = None) -> int:
        """Make every living tenant (of a policy) due now; after a policy was edited. Returns how many."""

    def history(self, tenant_id: str) -> list[Event]:
        """All events of a tenant, oldest first."""

    def gate_inputs(self, now: datetime) -> GateInputs:
        """Read what the gates ask for."""

    def beat(self, now: datetime) -> None:
        """Note the end of a sweep."""

    def adopt(self, now: datetime) -> None:
        """Take this database for the one that counts, though it is older than what was promised: a person says so."""

    def restart_warnings(self, now: datetime, since: datetime | None = None) -> None:
        """Count no letter accepted before `now` as notice any more, after an outage `since` then; all become due."""

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

    def left(self, tenant: Tenant, why: Mapping[tuple[str, str, str], str]) -> None:
        """Note by resource key why something that was planned stays, though nobody has asked it to go."""

    def steps(self, tenant: Tenant) -> list[JournalStep]:
        """All rows of the tenant's current lease."""
