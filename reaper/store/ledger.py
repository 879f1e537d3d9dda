"""The ledger: every method is one transaction, and says in one line what happens in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import Overtaken
from reaper.model import CensusMark, Change, Event, GateInputs, Person, Project, Tenant
from reaper.store import census, gate_inputs, reading, writing
from reaper.store.engine import Database
from reaper.store.high_water import HighWaterMark

#: Who did what Reaper did by itself.
OURSELVES = Event.by


@dataclass(frozen=True)
class SqlLedger:
    """The record of tenants, leases and events; see `reaper.ports.Ledger`, whose promises these are.

    Beside those, every method raises Temporary (the database is away, full or locked) and Unusable (it is damaged,
    not writable or not current).
    """

    database: Database
    head: str
    mail_domain: str
    mark: HighWaterMark | None = None

    def due(self, now: datetime, limit: int) -> list[Tenant]:
        """Return tenants whose `next_due_at` has come, most overdue first."""
        with self.database.reading() as connection:
            return reading.due(connection, now, limit)

    def tenant(self, tenant_id: str) -> Tenant:
        """Load one by Reaper's id. Raises Gone."""
        with self.database.reading() as connection:
            return reading.one(connection, tenant_id)

    def find(self, reference: str, cloud: str | None = None) -> Tenant:
        """Load one (of a cloud) by cloud/name or project id. Raises Unusable: unknown, or several."""
        with self.database.reading() as connection:
            return reading.find(connection, reference, cloud)

    def tenants(self, cloud: str | None = None) -> Iterator[Tenant]:
        """Go through all, ordered by cloud and name, in batches: no transaction stays open in between."""
        with self.database.reading() as connection:
            ids = reading.ids_by_name(connection, cloud)
        for batch in reading.in_batches(ids):
            with self.database.reading() as connection:
                loaded = reading.load(connection, batch)
            yield from loaded

    def enrol(self, tenants: Iterable[Tenant], event: Event) -> int:
        """Add tenants with their first lease, unless (cloud, project_id) is known already. Returns how many."""
        newcomers = list(tenants)
        if not newcomers:
            return 0
        try:
            return self._enrol(newcomers, event)
        except Overtaken:
            # Another observer has added some of them since we looked: now they are known.
            return self._enrol(newcomers, event)

    def _enrol(self, newcomers: Sequence[Tenant], event: Event) -> int:
        with self.database.writing() as connection:
            return census.enrol(connection, newcomers, event)

    def record(self, change: Change) -> Tenant:
        """Write a tenant, its lease, its events and its letters in one transaction; returns it with its new version.

        The letters are queued at the moment of the latest event. Of a damaged tenant only that it was stopped is
        written. Raises Overtaken, and Gone for one that was never enrolled.
        """
        with self.database.writing() as connection:
            written = writing.record(connection, change, self.mail_domain)
        people = [event.at for event in change.events if event.by != OURSELVES]
        if people:  # somebody is told that it is done: a backup that has forgotten it must be noticed
            self._promised(max(people))
        return written

    def meet(
        self, facts: Iterable[Project], people: Mapping[str, Sequence[Person]] | None, cloud: str, now: datetime
    ) -> None:
        """Refresh names, tags, domains and people of known tenants, and note which were seen now (batched).

        A project that `people` does not name has nobody; with None everybody stays. Tenants whose name, domain or tags
        changed become due, and those with other people if a letter of the running lease reached nobody.
        """
        with self.database.writing() as connection:
            census.meet(connection, facts, census.CensusLook(people, cloud, now))

    def unseen_since(self, cloud: str, moment: datetime) -> list[Tenant]:
        """Return living tenants of a cloud that no census has seen since."""
        with self.database.reading() as connection:
            return census.unseen_since(connection, cloud, moment)

    def protected(self, cloud: str) -> Mapping[str, str]:
        """Return by project id why tenants of a cloud are protected, in one query."""
        with self.database.reading() as connection:
            return census.protected(connection, cloud)

    def known(self, cloud: str) -> Mapping[str, str]:
        """Return state by project id of all tenants of a cloud, in one query."""
        with self.database.reading() as connection:
            return census.known(connection, cloud)

    def wake(self, now: datetime, policy: str | None = None) -> int:
        """Make every living tenant (of a policy) due now; after a policy was edited. Returns how many."""
        with self.database.writing() as connection:
            return writing.wake(connection, now, policy)

    def history(self, tenant_id: str) -> list[Event]:
        """All events of a tenant, oldest first."""
        with self.database.reading() as connection:
            return reading.history(connection, tenant_id)

    def gate_inputs(self, now: datetime) -> GateInputs:
        """Read what the gates ask for."""
        with self.database.reading() as connection:
            seen = gate_inputs.gate_inputs(connection, now, self.head)
        return seen if self.mark is None else replace(seen, behind=self.mark.behind())

    def beat(self, now: datetime) -> None:
        """Note the end of a sweep."""
        with self.database.writing() as connection:
            gate_inputs.note_moment(connection, gate_inputs.BEAT, now)
        self._promised(now)

    def restart_warnings(self, now: datetime, since: datetime | None = None) -> None:
        """Begin a new round of warnings for every living tenant: no letter of before counts; all become due."""
        with self.database.writing() as connection:
            writing.restart_warnings(connection, now, since or now)

    def mark_census(self, mark: CensusMark) -> None:
        """Keep how a census went."""
        with self.database.writing() as connection:
            census.mark(connection, mark)

    def pause(self, by: str | None, now: datetime) -> None:
        """Stop destructive work (a text: who and why), or let it go on (None)."""
        since = None if by is None else f"{by}, since {now:%Y-%m-%d %H:%M:%S} UTC"
        with self.database.writing() as connection:
            gate_inputs.note(connection, gate_inputs.PAUSED, since)
        self._promised(now)

    def paused(self) -> str | None:
        """Return who paused and why, or None."""
        return self.noted(gate_inputs.PAUSED)

    def note(self, key: str, value: str | None) -> None:
        """Keep one small fact under a name; None forgets it."""
        with self.database.writing() as connection:
            gate_inputs.note(connection, key, value)

    def noted(self, key: str) -> str | None:
        """Return such a fact."""
        with self.database.reading() as connection:
            return gate_inputs.noted(connection, key)

    def happened(self, since: datetime) -> dict[str, int]:
        """Count what happened to tenants since then, by the word under which the history keeps it."""
        with self.database.reading() as connection:
            return gate_inputs.happened(connection, since)

    def adopt(self, now: datetime) -> None:
        """Take this database for the one that counts, though it is older than what was promised: a person says so."""
        if self.mark is not None:
            self.mark.adopt(now)

    def _promised(self, now: datetime) -> None:
        if self.mark is not None:
            self.mark.advance(now)

    def unfinished(self) -> list[Tenant]:
        """Return tenants whose suspension, restoration or reclaim has begun and not ended, by name."""
        with self.database.reading() as connection:
            return reading.unfinished(connection)

    def by_state(self) -> dict[str, int]:
        """Count tenants by state."""
        with self.database.reading() as connection:
            return gate_inputs.tenants_by_state(connection)
