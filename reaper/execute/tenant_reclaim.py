"""One tenant on its way to empty: what was seen, what was asked, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from reaper import kinds
from reaper.errors import Gone, ReaperError, Refused, Temporary
from reaper.execute.left_alone import LeftAlone
from reaper.execute.listing_pass import Place, shown_in
from reaper.execute.timing import ASK_AGAIN, FOR_OTHERS, FOR_OTHERS_AT_MOST, Timing
from reaper.execute.verification import Standstill, Verification, surprising
from reaper.kinds import BY_NAME, HOLDERS, KINDS, Key, Kind
from reaper.model import Listing, Resource, Tenant
from reaper.plan import Call, Verb, holding, next_calls, sort_out, without_routes
from reaper.ports import JournalStep

#: Seconds between looks at an emptiness that came as a surprise: a Neutron that has just started answers with empty
#: lists for a while.
WARY_PAUSE = 3.0


@dataclass
class TenantReclaim:
    """The running state of one tenant's reclaim; lives for one run, the journal outlives it.

    Others read it, and change it by its methods only.
    """

    tenant: Tenant
    remaining: dict[Key, Resource] = field(default_factory=dict)
    planned: set[Key] = field(default_factory=set)
    gone: set[Key] = field(default_factory=set)
    answers: dict[Key, str] = field(default_factory=dict)
    accepted: dict[Key, float] = field(default_factory=dict)  # said yes to, in this run or by the journal; when
    unheard: dict[Key, str] = field(default_factory=dict)  # asked in this round, and the service did not answer
    explained: dict[Key, str] = field(default_factory=dict)  # refusals that were looked into already
    doubts: dict[Place, str] = field(default_factory=dict)
    left_alone: LeftAlone = field(default_factory=LeftAlone)
    reset: set[Key] = field(default_factory=set)
    refused: set[Key] = field(default_factory=set)  # in this run, by the service: what would go with it goes first
    expected: set[Key] = field(default_factory=set)  # what the journal knows and nothing has shown or settled yet
    known: bool = False  # whether everything of it was looked at in this run
    wary: bool = False
    verification: Verification = field(default_factory=Verification)
    standstill: Standstill = field(default_factory=Standstill)
    began: datetime | None = None
    emptied: datetime | None = None  # when the last that was seen of it had gone
    listed: dict[Place, float] = field(default_factory=dict)  # to the end; when
    seen_at: dict[Place, datetime] = field(default_factory=dict)  # the same, as the moment when it was asked for
    own: set[tuple[str, str]] = field(default_factory=set)  # by region and id, all that was ever seen to be its own
    under_way: set[Key] = field(default_factory=set)  # asked, or about to be, and not answered yet
    waits: bool = False  # looks empty, and will be looked at together with others
    timing: Timing = field(default_factory=Timing)
    stopped: str | None = None
    stuck: str | None = None

    @classmethod
    def begin(cls, tenant: Tenant, steps: Iterable[JournalStep], now: datetime, timing: Timing) -> Self:
        """Go on from the journal: what an earlier run knew of must show up, or its absence is no matter of course."""
        open_ones = [step for step in steps if step.gone_at is None]
        asked = [step for step in open_ones if step.asked_at is not None and not step.answer]
        return cls(
            tenant,
            wary=tenant.blocker is not None,
            began=now,
            timing=timing,
            expected={step.resource.key for step in open_ones},
            accepted={step.resource.key: 0.0 for step in asked},
        )

    def stop(self, why: str) -> None:
        """Do nothing more for it in this run; the first reason stands."""
        self.stopped = self.stopped or why

    def give_up(self, patience: float) -> None:
        """End the run of one that has not changed for so many seconds, or is not empty after all that it may take."""
        if not self.over and self.timing.idle > patience:
            self.stuck = f"nothing has changed for {self.timing.idle:.0f} s"
        elif not self.over and self.timing.taken > self.timing.longest:
            self.stuck = f"it was not empty after {self.timing.taken:.0f} s: something makes resources anew"

    def written_down(self, resources: Iterable[Resource]) -> None:
        """Note that the journal holds these: before that nothing of them is asked to go."""
        self.planned |= {one.key for one in resources}

    def looked_at_whole(self) -> None:
        """Note that everything of it was looked at in this run."""
        self.known = True

    def lined_up(self, key: Key) -> None:
        """Note that something is about to be asked."""
        self.under_way.add(key)

    def out_of_line(self, *keys: Key) -> None:
        """Note that something is not asked after all, or was answered."""
        self.under_way.difference_update(keys)

    def reset_tried(self, key: Key) -> None:
        """Note that the way out was tried: once in a run."""
        self.reset.add(key)

    def looked_into(self, key: Key, said: str) -> None:
        """Note that nobody else was found behind a refusal."""
        self.explained[key] = said

    def seen_again(self, place: Place, mine: Mapping[Key, Resource], at: datetime) -> set[Key]:
        """Take in a list of what is in line, only to tell whose it is; returns what is not the tenant's any more."""
        self.seen_at[place] = at
        here = {key for key in self.remaining if shown_in(key) == place}
        self.remaining.update({key: mine[key] for key in here & mine.keys()})
        return here - mine.keys()

    def waits_for(self, everybody: Sequence[TenantReclaim], now: datetime) -> bool:
        """Whether one that looks empty is looked at later, together with those that soon will; a while, not longer."""
        if self.remaining:
            self.emptied = None
        if self.remaining or self.doubts or self.wary or not any(one.remaining for one in everybody):
            return False
        self.emptied = self.emptied or now
        took = self.emptied - (self.began or self.emptied)
        waits = now - self.emptied < min(FOR_OTHERS_AT_MOST, took * FOR_OTHERS)
        if waits:
            self.timing.moved()  # it is not its own standstill
        return waits

    def turn(self, moment: float, everybody: Sequence[TenantReclaim], now: datetime) -> bool:
        """Take its turn, unless it waits for others; returns whether it does take it."""
        self.timing.at(moment)
        self.waits = self.waits_for(everybody, now)
        return not self.waits

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done for it in this run."""
        return bool(self.stopped or self.stuck) or self.empty

    @property
    def empty(self) -> bool:
        """Whether emptiness was read often enough to be believed."""
        return not self.under_way and self.verification.believed(wary=self.wary)

    @property
    def before_a_look(self) -> bool:
        """Whether answers are to come first: nothing is awaited yet, or a service is still being asked for it."""
        return bool(self.under_way) and (not self.awaited or any(not BY_NAME[k[1]].at_once for k in self.under_way))

    def looked(self, pause: float) -> None:
        """Note when the next look comes; an emptiness that was a surprise is looked at more slowly."""
        slowly = self.wary and self.verification.looks
        self.timing.look_at(self.timing.now + (max(pause, WARY_PAUSE) if slowly else pause))

    @property
    def awaited(self) -> int:
        """How much of what was asked to go, and promised to, is still there."""
        return sum(self.answers.get(key) == "" for key in self.remaining)

    @property
    def awaited_kinds(self) -> frozenset[str]:
        """Of which kinds that is."""
        return frozenset(key[1] for key in self.remaining if self.answers.get(key) == "")

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
            self.listed[place], self.seen_at[place] = self.timing.taken, at
            self._take(place, listing)
        for resource, why in self.left_alone.parts_among(self.remaining):
            self.excuse(resource, why)
        for key, why in holding(self.left_alone.kept.values(), self.remaining).items():
            self.excuse(self.remaining[key], why)
        vanished = {key for key in before if key not in self.remaining and key not in self.left_alone.findings}
        self.gone |= vanished & self.accepted.keys()  # what left with others, too, once emptiness is believed
        self.wary |= surprising(self, vanished, everything=everything)
        calm = not self.doubts and not self.remaining
        told = {place: one for place, one in listings.items() if one.complete or place in self.doubts}
        self.verification.note(told, {shown_in(key) for key in self.remaining}, calm=calm, everything=everything)
        return vanished

    def _take(self, place: Place, listing: Listing) -> None:
        ours = sort_out(self.tenant, listing.resources)
        self.own |= {(one.region, one.id) for one in listing.resources if one.project_id == self.tenant.project_id}
        for key in [k for k in self.remaining if shown_in(k) == place and k not in ours.mine]:
            del self.remaining[key]
        self.left_alone.take({key for key in self.left_alone.findings if shown_in(key) == place}, ours)
        for key, resource in ours.mine.items():
            if key in self.left_alone.findings:
                continue
            self.remaining[key] = resource
            if key in self.gone:  # the journal opens its row again when it is planned anew
                self.gone.discard(key)
                self.planned.discard(key)

    @property
    def _keeps(self) -> frozenset[str]:
        return self.tenant.lease.terms.keep

    def excuse(self, resource: Resource, why: str) -> None:
        """Leave something alone that was to go: it is a finding from now on."""
        self.left_alone.excuse(resource, why)
        self.remaining.pop(resource.key, None)
        self.answers.pop(resource.key, None)

    def seen(self, resource: Resource) -> datetime | None:
        """When the listing was asked for that showed it last."""
        return self.seen_at.get(shown_in(resource.key))

    def calls(self) -> list[Call]:
        """Return what may be asked now and was not asked in vain in this round already."""
        doubtful = {(region, kind.name) for kind in KINDS for region in self._regions_in_doubt(kind)}
        calls = [call for call in next_calls(self.remaining, doubtful, self.refused) if call.resource is not None]
        known = self.remaining.keys() | self.left_alone.keys | self.gone
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
                self.verification.taken_at_its_word(place)
            return True
        return False

    def _accepted(self, key: Key) -> None:
        """Note a yes; only the first one is a change, or what comes back for ever would be waited for as long."""
        if key not in self.accepted:
            self.timing.moved()
        self.accepted[key] = self.timing.taken

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
