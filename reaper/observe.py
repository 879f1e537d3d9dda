"""Observing: the cloud's projects and people become rows of the ledger; new tenants get their first lease."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import Overtaken, ReaperError
from reaper.gates import Limits, fewer_people, shrunk
from reaper.lifecycle.transitions import lease_again, protect, unprotect, vanish
from reaper.model import Census, CensusMark, Change, Event, EventKind, Lease, Project, State, Tenant
from reaper.policy import Policies, Policy
from reaper.policy.coverage import coverings, with_tags
from reaper.ports import Clock, CloudReader, Ledger
from reaper.uninspectable import unseen_note, written


@dataclass(frozen=True)
class Observed:
    """What one look at all clouds found. `covered` counts projects that a policy covers."""

    projects: int = 0
    covered: int = 0
    enrolled: int = 0
    returned: int = 0
    vanished: int = 0
    troubles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observer:
    """Looks at every cloud; one that does not answer is marked so, and stops only what must not go on without it."""

    ledger: Ledger
    clouds: Mapping[str, CloudReader]
    policies: Callable[[], Policies]
    clock: Clock
    limits: Limits

    def observe(self) -> Observed:
        """Look at each cloud once: O(pages) calls."""
        self._wake_after_edits()
        seen = Observed()
        for cloud in self.clouds.values():
            now = self.clock.now()
            try:
                seen = self._take_in(self._look_at(cloud), seen, now)
            except ReaperError as error:
                self.ledger.mark_census(self._mark(cloud.name, now, None, str(error)))
                seen = replace(seen, troubles=(*seen.troubles, f"{cloud.name}: {error}"))
        return seen

    def _look_at(self, cloud: CloudReader) -> Census:
        """Read projects and people, and what is set apart for whom when a policy asks: unread, nobody is judged."""
        census = cloud.census()
        return with_tags(census, cloud.dedicated()) if self.policies().ask_what_is_set_apart else census

    def _wake_after_edits(self) -> None:
        """Let every tenant be looked at again when the policies are no longer those of the last time."""
        fingerprint = self.policies().fingerprint()
        if self.ledger.noted("policies") != fingerprint:
            self.ledger.wake(self.clock.now())
            self.ledger.note("policies", fingerprint)

    def _take_in(self, census: Census, seen: Observed, now: datetime) -> Observed:
        policies, known = self.policies(), self.ledger.known(census.cloud)
        covered = list(coverings(census, policies))
        elsewhere = self._known_elsewhere(census)
        newcomers = [(p, policy) for p, policy in covered if p.enabled and p.id not in known and p.id not in elsewhere]
        people = census.people
        fewer = self._fewer_people(census, now)
        fresh = [replace(first_lease(p, policy, now), people=tuple(people.get(p.id, ()))) for p, policy in newcomers]
        event = Event(now, EventKind.OBSERVED, "first seen; the lease starts now")
        enrolled = self.ledger.enrol(fresh, event)
        # People that a listing cut short does not name are not gone: they would miss a letter for ever.
        believed = people if census.complete and not fewer else None
        self.ledger.meet(census.projects, believed, census.cloud, now)
        returned = sum(self._welcome_back(p, policy, known, now) for p, policy in covered)
        doubts = (*elsewhere.values(), self._lost_services(census), fewer)
        self._note_unseen(census)
        if any(doubts):
            said = dict.fromkeys(filter(None, (census.why, *doubts)))
            census = replace(census, complete=False, why="; ".join(said))
        mark = self._mark(census.cloud, now, census, census.why)
        self._protect(census, known, now)
        vanished = self._bury(census, now) if census.complete and not shrunk(mark, self.limits) else 0
        self.ledger.mark_census(mark)
        return Observed(
            seen.projects + len(census.projects),
            seen.covered + len(covered),
            seen.enrolled + enrolled,
            seen.returned + returned,
            seen.vanished + vanished,
            seen.troubles if census.complete else (*seen.troubles, f"{census.cloud}: {census.why}"),
            (*seen.remarks, *(f"{census.cloud}: {sentence}" for sentence in census.remarks)),
        )

    def _known_elsewhere(self, census: Census) -> dict[str, str]:
        """Return, with what is wrong, the projects that are tenants under another name of the same Keystone.

        Two leases for one project would let one of them end what was renewed in the other.
        """
        shown = {project.id for project in census.projects}
        others = [name for name in self.clouds if name != census.cloud]
        return {
            project_id: f"it has the projects of cloud {name}: keep one of these entries in DEFAULT.clouds"
            for name in others
            for project_id in shown & self.ledger.known(name).keys()
        }

    def _lost_services(self, census: Census) -> str:
        """Compare with what the catalog offered before; what a service holds is not gone because it is not named."""
        note = services_of(census.cloud)
        before = frozenset(filter(None, (self.ledger.noted(note) or "").split("\n")))
        missing = sorted(before - census.services)
        if census.services - before:
            self.ledger.note(note, "\n".join(sorted(before | census.services)))
        if not missing:
            return ""
        opens = f"`reaper gate accept inventory --cloud {census.cloud}` opens it"
        return f"the catalog no longer offers {', '.join(missing)}; if that is right, {opens}"

    def _fewer_people(self, census: Census, now: datetime) -> str:
        """Compare with how many people could be reached before: a directory that is away shows none without a word."""
        before = self.ledger.gate_inputs(now).censuses.get(census.cloud)
        if not census.complete or not fewer_people(before, census.addresses, self.limits):
            return ""
        measure = before.measured_people if before is not None else 0
        opens = f"`reaper gate accept inventory --cloud {census.cloud}` opens it"
        return f"it named {census.addresses} people who can be reached, and {measure} before; if that is right, {opens}"

    def _note_unseen(self, census: Census) -> None:
        """Keep what cannot be looked into: plans, receipts and letters name it."""
        note, told = unseen_note(census.cloud), written(census.unseen)
        if self.ledger.noted(note) != told:
            self.ledger.note(note, told)

    def _welcome_back(self, project: Project, policy: Policy, known: Mapping[str, str], now: datetime) -> bool:
        """Give a project that was reclaimed and has been opened again a lease of its own."""
        if known.get(project.id) != State.RECLAIMED or not project.enabled:
            return False
        tenant = self.ledger.find(project.id, project.cloud)
        return self._record(lease_again(tenant, first_lease(project, policy, now), now))

    def _protect(self, census: Census, known: Mapping[str, str], now: datetime) -> None:
        """Note which tenants have become protected, and which are so no longer.

        They get no letters about an end that will not come, and do not count among those that are due. A person's
        hold is neither written nor ended here. What somebody else has changed meanwhile is found by the next census.
        """
        before = self.ledger.protected(census.cloud)
        for project in census.projects:
            if known.get(project.id) in (None, State.RECLAIMED):
                continue
            why = f"protected: {project.protected}" if project.protected else None
            if why == before.get(project.id):
                continue
            tenant = self.ledger.find(project.id, census.cloud)
            self._record(unprotect(tenant, now) if why is None else protect(tenant, why, now))

    def _record(self, change: Change) -> bool:
        """Write what a census has found; False when somebody else was first: the next census finds the same."""
        try:
            self.ledger.record(change)
        except Overtaken:
            return False
        return True

    def _bury(self, census: Census, now: datetime) -> int:
        """Mark tenants whose project two complete listings in a row no longer show."""
        mark = self.ledger.gate_inputs(now).censuses.get(census.cloud)
        if mark is None or not mark.complete:
            return 0
        there = {project.id for project in census.projects}  # whatever the clocks of two observers say
        unseen = [t for t in self.ledger.unseen_since(census.cloud, mark.at) if t.project_id not in there]
        return sum(self._record(vanish(tenant, now)) for tenant in unseen)

    def _mark(self, cloud: str, now: datetime, census: Census | None, why: str) -> CensusMark:
        """Keep how it went. A count that fell too far does not become the measure of the next one by itself."""
        before = self.ledger.gate_inputs(now).censuses.get(cloud)
        seen = len(census.projects) if census else 0
        people = census.addresses if census else 0
        last = before or CensusMark(cloud, now, complete=False, why="", projects=0)
        if census is None or not census.complete:
            return replace(last, at=now, complete=False, why=why, projects=seen, people=people)
        measure = last.previous_projects if shrunk(last, self.limits) else last.complete_projects
        return CensusMark(cloud, now, True, "", seen, now, seen, measure, people, people)  # noqa: FBT003 - a row


def services_of(cloud: str) -> str:
    """Name the fact under which the ledger keeps what a cloud's catalog has offered."""
    return f"services of {cloud}"


def first_lease(project: Project, policy: Policy, now: datetime) -> Tenant:
    """Make a tenant of a project: its lease starts now, whatever its age. Keystone knows no creation date."""
    terms = policy.terms()
    lease = Lease(uuid.uuid4().hex, now, now + terms.lasts, terms)
    return Tenant(
        id=uuid.uuid4().hex,
        cloud=project.cloud,
        project_id=project.id,
        name=project.name,
        lease=lease,
        domain=project.domain,
        tags=project.tags,
        next_due_at=now,
        decided_under=policy.enforce,
    )
