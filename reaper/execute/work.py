"""One tenant on its way to empty: what was seen, what was asked, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from reaper import kinds
from reaper.errors import Gone, ReaperError, Refused, Temporary
from reaper.execute.course import Course
from reaper.execute.emptiness import Emptiness, Standstill
from reaper.execute.survey import Place
from reaper.kinds import BY_NAME, HOLDERS, KINDS, Key, Kind
from reaper.model import Listing, Resource, Tenant
from reaper.plan import Call, Finding, Verb, holding, next_calls, sort_out, without_routes

#: Seconds between looks at an emptiness that came as a surprise: a Neutron that has just started answers with empty
#: lists for a while.
WARY_PAUSE = 3.0
#: Seconds after which a delete that was accepted and does not show is asked again; seconds without any change after
#: which the way out of a stuck state is tried, once in a run.
ASK_AGAIN, RESET_AFTER = 10.0, 30.0


@dataclass
class Work:
    """The running state of one tenant's reclaim; lives for one call of `reclaim`, the journal outlives it."""

    tenant: Tenant
    remaining: dict[Key, Resource] = field(default_factory=dict)
    planned: set[Key] = field(default_factory=set)
    gone: set[Key] = field(default_factory=set)
    answers: dict[Key, str] = field(default_factory=dict)
    accepted: dict[Key, float] = field(default_factory=dict)  # said yes to, in this run or by the journal; when
    unheard: dict[Key, str] = field(default_factory=dict)  # asked in this round, and the service did not answer
    excused: dict[Key, str] = field(default_factory=dict)  # refused because of somebody else: who
    explained: dict[Key, str] = field(default_factory=dict)  # refusals that were looked into already
    doubts: dict[Place, str] = field(default_factory=dict)
    findings: dict[Key, Finding] = field(default_factory=dict)
    kept: dict[Key, Resource] = field(default_factory=dict)
    reset: set[Key] = field(default_factory=set)
    refused: set[Key] = field(default_factory=set)  # in this run, by the service: what would go with it goes first
    expected: set[Key] = field(default_factory=set)  # what the journal knows and nothing has shown or settled yet
    known: bool = False  # whether everything of it was looked at in this run
    wary: bool = False
    emptiness: Emptiness = field(default_factory=Emptiness)
    standstill: Standstill = field(default_factory=lambda: Standstill(RESET_AFTER))
    began: datetime | None = None
    emptied: datetime | None = None  # when the last that was seen of it had gone
    listed: dict[Place, float] = field(default_factory=dict)  # to the end; when
    seen_at: dict[Place, datetime] = field(default_factory=dict)  # the same, as the moment when it was asked for
    own: set[tuple[str, str]] = field(default_factory=set)  # by region and id, all that was ever seen to be its own
    under_way: set[Key] = field(default_factory=set)  # asked, or about to be, and not answered yet
    waits: bool = False  # looks empty, and will be looked at together with others
    course: Course = field(default_factory=Course)
    stopped: str | None = None
    stuck: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done for it in this run."""
        return bool(self.stopped or self.stuck) or self.empty

    @property
    def empty(self) -> bool:
        """Whether emptiness was read often enough to be believed."""
        return not self.under_way and self.emptiness.believed(wary=self.wary)

    @property
    def before_a_look(self) -> bool:
        """Whether answers are to come first: nothing is awaited yet, or a service is still being asked for it."""
        return bool(self.under_way) and (not self.awaited or any(not BY_NAME[k[1]].at_once for k in self.under_way))

    def looked(self, pause: float) -> None:
        """Note when the next look comes; an emptiness that was a surprise is looked at more slowly."""
        slowly = self.wary and self.emptiness.looks
        self.course.next_look = self.course.now + (max(pause, WARY_PAUSE) if slowly else pause)

    @property
    def awaited(self) -> int:
        """How much of what was asked to go, and promised to, is still there."""
        return sum(self.answers.get(key) == "" for key in self.remaining)

    @property
    def awaited_kinds(self) -> frozenset[str]:
        """Of which kinds that is."""
        return frozenset(key[1] for key in self.remaining if self.answers.get(key) == "")

    def wants(self, every: AbstractSet[Place]) -> set[Place]:
        """Say what to list next: the kinds of what was asked to go, or when that looks empty what was read too seldom.

        What only waits behind them has no need to be looked at; with nothing asked, all that is left is looked at.
        """
        if not self.known or self.doubts or self.wary or self.standstill.lasts(self.course.idle):
            return set(every)  # what a lie has hidden may be what everything else waits for
        if not self.remaining:
            return self.emptiness.lacking(every)
        asked = [key for key in self.remaining if key in self.answers]
        looked_for = asked or ([] if self.under_way else list(self.remaining))
        return {place for place in map(shown_in, looked_for) if place in every}

    def wants_too(self, before: Mapping[Key, Resource], every: AbstractSet[Place]) -> set[Place]:
        """Say what to list in the same round: what may have left with what is gone, or the rest when that was all."""
        if not self.remaining and not self.doubts:
            return set() if self.emptiness.looks else set(every)
        vanished = {(key[0], key[1]) for key in before if key not in self.remaining}
        # What waits for all of a kind is looked at once, when the last one has gone.
        over = vanished - {(key[0], key[1]) for key in self.remaining}
        return {
            shown_in(key)
            for key in self.remaining
            if any(
                (key[0], one) in (over if one in BY_NAME[key[1]].after else vanished) for one in kinds.takers(key[1])
            )
        }

    def see(self, listings: Mapping[Place, Listing], at: datetime, *, everything: bool) -> set[Key]:
        """Take in a round's listings, asked for at `at`; returns the keys that a complete one no longer shows."""
        before = dict(self.remaining)
        for place, listing in listings.items():
            if not listing.complete and place[0] in self._keeps and place[0] not in HOLDERS:
                continue  # nothing of it would be asked to go anyway
            if not listing.complete:
                self.doubts[place] = f"{place[0]} in {place[1]} could not be listed: {listing.why}"
                continue
            self.doubts.pop(place, None)
            self.listed[place], self.seen_at[place] = self.course.taken, at
            self._take(place, listing)
        self._leave_parts_of_what_stays()
        for key, why in holding(self.kept.values(), self.remaining).items():
            self.excuse(self.remaining[key], why)
        vanished = {key for key in before if key not in self.remaining and key not in self.findings}
        self.gone |= vanished & self.accepted.keys()  # what left with others, too, once emptiness is believed
        self.wary |= self._surprising(vanished, everything=everything)
        calm = not self.doubts and not self.remaining
        told = {place: one for place, one in listings.items() if one.complete or place in self.doubts}
        self.emptiness.note(told, {shown_in(key) for key in self.remaining}, calm=calm, everything=everything)
        return vanished

    def _surprising(self, vanished: set[Key], *, everything: bool) -> bool:
        """Whether this look is one of a cloud that may not tell the truth.

        That is so when something is gone that no service agreed to remove, when what the journal knows never showed up,
        when nothing was there from the beginning, and when a service did not answer: it may lie as it comes back.
        """
        missing = self.expected - self.remaining.keys() - self.findings.keys() - self.kept.keys() if everything else ()
        asked = self.accepted.keys() | self.under_way
        unasked = any(not kinds.may_have_left(key, asked) for key in (*vanished, *missing))
        nothing = everything and not self.planned and not self.remaining
        return unasked or nothing or bool(self.doubts or self.unheard)

    def _take(self, place: Place, listing: Listing) -> None:
        ours = sort_out(self.tenant, listing.resources)
        self.own |= {(one.region, one.id) for one in listing.resources if one.project_id == self.tenant.project_id}
        for key in [k for k in self.remaining if shown_in(k) == place and k not in ours.mine]:
            del self.remaining[key]
        for key in [k for k in self.findings if shown_in(k) == place]:
            del self.findings[key]
        for key, resource in ours.mine.items():
            if key in self.excused:
                self.findings[key] = Finding(resource, self.excused[key])
                continue
            self.remaining[key] = resource
            if key in self.gone:  # the journal opens its row again when it is planned anew
                self.gone.discard(key)
                self.planned.discard(key)
        self.findings.update({f.resource.key: f for f in ours.findings if f.resource.project_id is not None})
        self.kept.update({r.key: r for r in ours.kept})

    @property
    def _keeps(self) -> frozenset[str]:
        return self.tenant.lease.terms.keep

    @property
    def staying(self) -> dict[Key, Resource]:
        """What is left alone: kept by a policy, or a finding."""
        return {**self.kept, **{key: finding.resource for key, finding in self.findings.items()}}

    def _leave_parts_of_what_stays(self) -> None:
        staying = self.staying
        for resource in list(self.remaining.values()):
            whole = kinds.whole_of(resource, staying) if staying else None
            if whole is not None:
                self.excuse(resource, f"it is a part of {whole}, which is left alone")

    def excuse(self, resource: Resource, why: str) -> None:
        """Leave something alone that was to go: it is a finding from now on."""
        self.excused[resource.key] = why
        self.findings[resource.key] = Finding(resource, why)
        self.remaining.pop(resource.key, None)
        self.answers.pop(resource.key, None)

    def seen(self, resource: Resource) -> datetime | None:
        """When the listing was asked for that showed it last."""
        return self.seen_at.get(shown_in(resource.key))

    def calls(self) -> list[Call]:
        """Return what may be asked now and was not asked in vain in this round already."""
        doubtful = {(region, kind.name) for kind in KINDS for region in self._regions_in_doubt(kind)}
        calls = [call for call in next_calls(self.remaining, doubtful, self.refused) if call.resource is not None]
        known = self.remaining.keys() | self.staying.keys() | self.gone
        for one in (call.resource for call in calls if call.resource is not None):
            router = kinds.router_of(one)
            if router and router not in known and one.key not in self.explained:
                self.answers[one.key] = f"it is an interface of router {router[2]}, which is not among the tenant's"
        held = {(region, HOLDERS[kind]) for kind, region in self.doubts if kind in HOLDERS and kind in self._keeps}
        resources = [call.resource for call in calls if call.resource is not None]
        done = self.answers.keys() | self.under_way
        free = {one.key for one in resources if one.key not in done and one.key[:2] not in held}
        return [call for call in calls if call.resource is not None and call.resource.key in free]

    def _regions_in_doubt(self, kind: Kind) -> set[str]:
        return {region for name, region in self.doubts if name == (kind.listed_with or kind.name)}

    def stuck_ones(self) -> list[Resource]:
        """Return what was asked to go and is still there long after, promised or refused: each once in a run."""
        if self.course.idle <= RESET_AFTER:
            return []
        return [
            resource
            for key, resource in self.remaining.items()
            if key not in self.reset and key not in self.unheard and self._may_be_stuck(resource)
        ]

    def _may_be_stuck(self, resource: Resource) -> bool:
        said = self.answers.get(resource.key)
        if said is None or resource.key in self.under_way:
            return False
        return kinds.may_be_stuck(resource.kind) if said else not BY_NAME[resource.kind].at_once

    def heard(self, verb: Verb, resource: Resource, answer: ReaperError | None) -> bool:
        """Take in one answer; returns whether what waits behind it may be asked at once."""
        self.under_way.discard(resource.key)
        if verb is Verb.CLEAR_ROUTES and answer is None:
            self.remaining[resource.key] = without_routes(resource)
            return True
        if answer is not None and not isinstance(answer, Gone):
            self.answers[resource.key] = str(answer)
            if isinstance(answer, Refused):
                self.refused.add(resource.key)
            if isinstance(answer, Temporary):
                self.unheard[resource.key] = str(answer)
            return False
        self.answers[resource.key] = ""
        if answer is None:
            self._accepted(resource.key)
        elif not kinds.may_have_left(resource.key, self.accepted):
            self.wary = True  # it was listed just now, and a Neutron that has just started denies what exists
        if BY_NAME[resource.kind].at_once or isinstance(answer, Gone):
            self._leave(resource)
            place = shown_in(resource.key)
            if answer is None and not any(shown_in(key) == place for key in self.remaining):
                self.emptiness.taken_at_its_word(place)
            return True
        return False

    def _accepted(self, key: Key) -> None:
        """Note a yes; only the first one is a change, or what comes back for ever would be waited for as long."""
        if key not in self.accepted:
            self.course.moved()
        self.accepted[key] = self.course.taken

    def to_be_explained(self) -> dict[Key, str]:
        """Return the refusals that nobody has looked into yet, once nothing is on its way that may resolve them."""
        if any(self.answers.get(key) == "" for key in self.remaining):
            return {}
        return {
            key: text
            for key, text in self.answers.items()
            if text and key in self.remaining and key not in self.unheard and self.explained.get(key) != text
        }

    def _leave(self, resource: Resource) -> None:
        """Drop what is absent now, and what went along with it; the next full round looks again anyway."""
        along = [other for other in self.remaining.values() if kinds.parent_of(other) == resource.key]
        for gone in (resource, *along):
            self.remaining.pop(gone.key, None)
            if resource.key in self.accepted:
                self.gone.add(gone.key)

    def forget_answers(self) -> None:
        """Begin a round: what was refused may be asked again, what was accepted is left to finish.

        What was accepted and shows no sign of it after a while is asked again.
        """
        late = {key for key, when in self.accepted.items() if self.listed.get(shown_in(key), 0.0) - when > ASK_AGAIN}
        again = {key for key in late if key in self.remaining and not kinds.on_its_way(self.remaining[key])}
        self.answers = {k: a for k, a in self.answers.items() if a == "" and k in self.remaining and k not in again}
        self.unheard.clear()


def shown_in(key: Key) -> Place:
    """Name the listing that shows a resource."""
    region, kind, _ = key
    return (BY_NAME[kind].listed_with or kind, region)
