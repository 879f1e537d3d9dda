"""One tenant on its way to empty: what was seen, what was asked, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reaper.errors import Gone, ReaperError
from reaper.execute.survey import Place
from reaper.kinds import BY_NAME, KINDS, LISTED, Kind
from reaper.model import Listing, Resource, Tenant
from reaper.plan import Call, Finding, Key, Verb, next_calls, sort_out, without_routes

#: Emptiness is believed when it was read twice in a row, every kind, every region; when it came as a surprise, oftener
#: and more slowly: a Neutron that has just started answers with empty lists for a while.
CLEAN_ROUNDS, WARY_ROUNDS, WARY_PAUSE = 2, 4, 3.0
#: Kinds that leave without being asked when another one goes: with their server, their network, their volume.
FOLLOWERS = frozenset({"port", "subnet", "volume_snapshot", "volume", "router_interface"})
#: Seconds without change after which a delete that was accepted and ended in an error state is asked again, and after
#: which the way out of a stuck state is tried, once in a run.
ASK_AGAIN, RESCUE_AFTER = 10.0, 30.0


@dataclass(frozen=True)
class Outcome:
    """How reclaiming one tenant went. `done` means verified empty, twice; `left` is what is not."""

    tenant: Tenant
    done: bool
    gone: int = 0
    left: tuple[Resource, ...] = ()
    blockers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # kinds that could not be listed: neither empty nor failed
    findings: tuple[Finding, ...] = ()
    kept: tuple[Resource, ...] = ()
    stopped: str | None = None  # the permit was taken back: why
    stuck: str | None = None  # patience ended: why

    @property
    def temporary(self) -> bool:
        """Whether it is the cloud that does not answer, not the tenant that will not go."""
        return bool(self.doubts) and not self.blockers


@dataclass
class Work:
    """The running state of one tenant's reclaim; lives for one call of `reclaim`, the journal outlives it."""

    tenant: Tenant
    remaining: dict[Key, Resource] = field(default_factory=dict)
    planned: set[Key] = field(default_factory=set)
    gone: set[Key] = field(default_factory=set)
    answers: dict[Key, str] = field(default_factory=dict)
    doubts: dict[Place, str] = field(default_factory=dict)
    findings: dict[Key, Finding] = field(default_factory=dict)
    kept: dict[Key, Resource] = field(default_factory=dict)
    rescued: set[Key] = field(default_factory=set)
    wary: bool = False
    clean: int = 0
    idle: float = 0.0  # seconds without any change
    taken: float = 0.0  # seconds of this run
    stopped: str | None = None
    stuck: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done for it in this run."""
        return bool(self.stopped or self.stuck) or self.empty

    @property
    def empty(self) -> bool:
        """Whether emptiness was read often enough to be believed."""
        return self.clean >= (WARY_ROUNDS if self.wary else CLEAN_ROUNDS)

    def wants(self, regions: tuple[str, ...], *, first: bool) -> set[Place]:
        """Say what to list next: the kinds that have something left, or everything when that looks empty."""
        if first or not self.remaining or self.doubts:
            return {(kind.name, region) for kind in LISTED for region in regions}
        kinds = {BY_NAME[r.kind].listed_with or r.kind for r in self.remaining.values()}
        return {(kind, region) for kind in kinds for region in regions}

    def see(self, listings: Mapping[Place, Listing], *, everything: bool) -> set[Key]:
        """Take in a round's listings; returns the keys that a complete listing no longer shows."""
        before = dict(self.remaining)
        for place, listing in listings.items():
            if not listing.complete:
                self.doubts[place] = f"{place[0]} in {place[1]} could not be listed: {listing.why}"
                continue
            self.doubts.pop(place, None)
            self._take(place, listing)
        vanished = {key for key in before if key not in self.remaining}
        self.gone |= vanished
        self.wary |= self._surprising(vanished)
        verified = everything and not self.doubts and not self.remaining
        self.clean = self.clean + 1 if verified else 0
        return vanished

    def _surprising(self, vanished: set[Key]) -> bool:
        """Whether something is gone that nobody asked to go, or servers that were remembered were never seen."""
        unasked = any(key not in self.answers and key[1] not in FOLLOWERS for key in vanished)
        return unasked or (not self.planned and not self.remaining and bool(self.tenant.memory))

    def _take(self, place: Place, listing: Listing) -> None:
        kind, region = place
        ours = sort_out(self.tenant, listing.resources)
        for key in [k for k in self.remaining if self._shown_by(k, kind, region) and k not in ours.mine]:
            del self.remaining[key]
        for key, resource in ours.mine.items():
            self.remaining[key] = resource
            self.gone.discard(key)
        self.findings.update({f.resource.key: f for f in ours.findings if f.resource.project_id is not None})
        self.kept.update({r.key: r for r in ours.kept})

    @staticmethod
    def _shown_by(key: Key, kind: str, region: str) -> bool:
        return key[0] == region and (BY_NAME[key[1]].listed_with or key[1]) == kind

    def calls(self) -> list[Call]:
        """Return what may be asked now and was not asked in vain in this round already."""
        doubtful = {(region, kind.name) for kind in KINDS for region in self._regions_in_doubt(kind)}
        calls = next_calls(self.remaining, doubtful)
        return [c for c in calls if c.resource is not None and c.resource.key not in self.answers]

    def _regions_in_doubt(self, kind: Kind) -> set[str]:
        return {region for name, region in self.doubts if name == (kind.listed_with or kind.name)}

    def stuck_ones(self) -> list[Resource]:
        """Return what was asked to go, was promised to, and is still there long after: each once in a run."""
        if self.idle <= RESCUE_AFTER:
            return []
        return [
            resource
            for key, resource in self.remaining.items()
            if self.answers.get(key) == "" and key not in self.rescued and not BY_NAME[resource.kind].at_once
        ]

    def heard(self, call: Call, answer: ReaperError | None) -> bool:
        """Take in one answer; returns whether what waits behind it may be asked at once."""
        resource = call.resource
        if resource is None:
            return False
        if call.verb is Verb.CLEAR_ROUTES and answer is None:
            self.remaining[resource.key] = without_routes(resource)
            return True
        if answer is not None and not isinstance(answer, Gone):
            self.answers[resource.key] = str(answer)
            return False
        self.answers[resource.key] = ""
        if BY_NAME[resource.kind].at_once or isinstance(answer, Gone):
            self._leave(resource)
            return True
        return False

    def _leave(self, resource: Resource) -> None:
        """Drop what is absent now, and what went along with it; the next full round looks again anyway."""
        along = [r for r in self.remaining.values() if r.kind == "subnet" and r.facts.get("network_id") == resource.id]
        for gone in (resource, *along):
            self.remaining.pop(gone.key, None)
            self.gone.add(gone.key)

    def outcome(self) -> Outcome:
        """Sum up."""
        refused = {key: text for key, text in self.answers.items() if text and key in self.remaining}
        blockers = [f"{self.remaining[key]}: {text}" for key, text in refused.items()]
        # What was asked to go and is still there stands in the way; the rest only waits behind it.
        asked = [self.remaining[key] for key in self.answers if key in self.remaining and key not in refused]
        if not blockers:
            lasting = asked or list(self.remaining.values())
            blockers = [f"{r} is still there ({r.status or 'no status'})" for r in lasting]
        done = self.empty
        return Outcome(
            self.tenant,
            done,
            gone=len(self.gone & self.planned),
            left=tuple(self.remaining.values()),
            blockers=() if done else tuple(blockers),
            doubts=tuple(self.doubts.values()),
            findings=tuple(self.findings.values()),
            kept=tuple(self.kept.values()),
            stopped=self.stopped,
            stuck=self.stuck,
        )

    def forget_answers(self) -> None:
        """Begin a round: what was refused may be asked again, what was accepted is left to finish.

        What was accepted and then failed (an ERROR, an error_deleting) is asked again once nothing else moves.
        """
        failed = {k for k, r in self.remaining.items() if self.idle > ASK_AGAIN and "error" in r.status.lower()}
        self.answers = {k: a for k, a in self.answers.items() if a == "" and k in self.remaining and k not in failed}
