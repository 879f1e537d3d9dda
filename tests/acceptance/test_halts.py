"""A halt longer than the notice begins again with fresh letters, whatever halted it and in whatever state it came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.lifecycle.transitions import hold, release
from reaper.model import Hold, LetterKind, State, Unfinished
from tests.acceptance.stage import DAY, POLICY, Stage

TAGS = {"match": {"names": ["trial-*"], "tags": {"none": ["keep"]}}}
HOUR = timedelta(hours=1)
#: The notice is 23 hours: one halt is shorter, one longer.
SHORT, LONG = 10 * HOUR, 3 * DAY
#: Days from the first look to the first pass in which a tenant is suspended, and in which its reclaim begins.
OVER, TAKEN = 32, 38


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, TAGS)
    yield made
    made.close()


class Halt:
    """What halts a tenant, and is lifted again."""

    def __init__(self, stage: Stage, seeded) -> None:
        self.stage, self.seeded = stage, seeded
        self.ledger, self.project = stage.app.store.ledger, stage.sim.cloud.identity["projects"][seeded.project_id]

    def passes(self, span: timedelta) -> None:
        """Let time pass with a sweep every few hours."""
        for _ in range(span // (5 * HOUR)):
            self.stage.clock.advance(5 * HOUR)
            self.stage.app.once()

    def begin(self) -> None:
        raise NotImplementedError

    def lift(self) -> None:
        raise NotImplementedError


class Pause(Halt):
    def begin(self):
        self.ledger.pause("ops: a court asks", self.stage.clock.now())

    def lift(self):
        self.ledger.pause(None, self.stage.clock.now())


class MilderPolicy(Halt):
    def begin(self):
        self.stage.write_policy({**POLICY, **TAGS, "enforce": "notify"})
        self.stage.app.reload()

    def lift(self):
        self.stage.write_policy({**POLICY, **TAGS})
        self.stage.app.reload()


class ExemptByTag(Halt):
    def begin(self):
        self.project["tags"] = ["keep"]

    def lift(self):
        self.project["tags"] = []


class Protected(Halt):
    def begin(self):
        self.project.setdefault("options", {})["immutable"] = True

    def lift(self):
        self.project["options"].pop("immutable")


class ClosedGate(Halt):
    """The list of projects is not complete."""

    def begin(self):
        self.stage.sim.faults.add(service="identity", method="GET", path_regex=r"/projects(\?|$)", truncate=True)

    def lift(self):
        self.stage.sim.faults.clear()


class CloudAway(Halt):
    """Nova does not answer, so that nothing can be verified."""

    def begin(self):
        self.stage.sim.faults.add(service="compute", status=503)

    def lift(self):
        self.stage.sim.faults.clear()


class Vanished(Halt):
    """Complete lists of projects do not show it."""

    def begin(self):
        del self.stage.sim.cloud.identity["projects"][self.seeded.project_id]
        self.stage.app.once()

    def lift(self):
        self.stage.sim.cloud.identity["projects"][self.seeded.project_id] = self.project


class Outage(Halt):
    """Nobody sweeps, for less long than the gate of that name knows."""

    def begin(self):
        """Nothing to do: the daemon is gone."""

    def passes(self, span):
        self.stage.clock.advance(span - 14 * HOUR)

    def lift(self):
        """Nothing to do: it is back."""


class OnHold(Halt):
    def begin(self):
        now = self.stage.clock.now()
        found = self.ledger.find(self.seeded.project_id)
        self.ledger.record(hold(found, Hold(now + 90 * DAY, "an appeal", "eve"), "an appeal", now))

    def lift(self):
        self.ledger.record(release(self.ledger.find(self.seeded.project_id), "eve", self.stage.clock.now()))


HALTS = [Pause, MilderPolicy, ExemptByTag, Protected, ClosedGate, CloudAway, Vanished, Outage, OnHold]
#: A released hold begins afresh however short it was, and the same is said of a policy that is stricter again.
GO_ON = [Pause, ExemptByTag, Protected, ClosedGate, CloudAway, Vanished]


def deletes(stage):
    return [call for call in stage.sim.writes() if call.method == "DELETE"]


def reclaiming(stage, name):
    """Bring a tenant so far that its reclaim has begun, and one server will not go."""
    seeded = stage.sim.seed.tenant(name, servers=1)
    stage.live(TAKEN - 1)
    server = next(iter(stage.sim.inventory(seeded.project_id)["server"]))
    stage.sim.stubborn("server", server, "deleting")
    stage.live(1)
    assert stage.tenant(name).state is State.RECLAIMING
    return seeded, server


def letters(stage, name, kind):
    tenant = stage.tenant(name)
    return [le for le in stage.app.store.outbox.letters(tenant.id) if le.kind is kind]


def soon(stage, *, passes=1):
    for _ in range(passes):
        stage.clock.advance(timedelta(minutes=1))
        stage.app.once()


@pytest.mark.parametrize("kind", HALTS)
def test_a_reclaim_that_was_halted_for_longer_than_the_notice_is_a_suspension_again(stage, kind):
    seeded, server = reclaiming(stage, "trial-late")
    told = len(letters(stage, "trial-late", LetterKind.SUSPENDED))
    halt = kind(stage, seeded)
    halt.begin()
    halt.passes(LONG)
    stage.sim.stubborn("server", server, None)
    halt.lift()
    before = len(deletes(stage))
    soon(stage, passes=3)
    # Then nothing more goes, and its people are told with a true date.
    assert (stage.tenant("trial-late").state, len(deletes(stage))) == (State.SUSPENDED, before)
    fresh = letters(stage, "trial-late", LetterKind.SUSPENDED)[told:]
    assert len(fresh) == 1
    # And it goes when the suspension and the notice are over once more.
    stage.live(3)
    assert len(deletes(stage)) == before
    stage.live(5)
    assert stage.tenant("trial-late").state is State.RECLAIMED
    assert stage.tenant("trial-late").reclaiming_at >= fresh[0].accepted_at + timedelta(hours=23)


@pytest.mark.parametrize("kind", GO_ON)
def test_a_reclaim_that_was_halted_for_less_than_the_notice_goes_on(stage, kind):
    seeded, server = reclaiming(stage, "trial-soon")
    stage.sim.stubborn("server", server, None)
    halt = kind(stage, seeded)
    halt.begin()
    halt.passes(SHORT)
    assert stage.tenant("trial-soon").state is State.RECLAIMING
    halt.lift()
    soon(stage, passes=3)
    stage.clock.advance(HOUR)
    stage.app.once()
    assert stage.tenant("trial-soon").state is State.RECLAIMED


@pytest.mark.parametrize("kind", [Pause, MilderPolicy, ExemptByTag, ClosedGate])
def test_a_suspension_that_was_due_all_through_a_long_halt_needs_a_fresh_warning(stage, kind):
    seeded = stage.sim.seed.tenant("trial-late", servers=1)
    stage.live(OVER - 1)
    halt = kind(stage, seeded)
    halt.begin()
    halt.passes(LONG)
    halt.lift()
    told = len(letters(stage, "trial-late", LetterKind.WARNING))
    soon(stage, passes=3)
    assert stage.tenant("trial-late").state is State.ACTIVE
    assert len(letters(stage, "trial-late", LetterKind.WARNING)) == told + 1
    stage.live(2)
    assert stage.tenant("trial-late").state is State.SUSPENDED


@pytest.mark.parametrize("kind", [Pause, MilderPolicy, ExemptByTag, ClosedGate])
def test_a_reclaim_that_was_due_all_through_a_long_halt_needs_a_fresh_letter(stage, kind):
    seeded = stage.sim.seed.tenant("trial-late", servers=1)
    stage.live(TAKEN - 1)
    halt = kind(stage, seeded)
    halt.begin()
    halt.passes(LONG)
    halt.lift()
    told, before = len(letters(stage, "trial-late", LetterKind.SUSPENDED)), len(deletes(stage))
    soon(stage, passes=3)
    assert (stage.tenant("trial-late").state, len(deletes(stage))) == (State.SUSPENDED, before)
    assert len(letters(stage, "trial-late", LetterKind.SUSPENDED)) == told + 1


def test_a_suspension_that_was_halted_half_done_for_long_is_undone_and_warned_of_again(stage):
    seeded = stage.sim.seed.tenant("trial-half", servers=2)
    stage.live(OVER - 1)
    before = stage.servers(seeded.project_id)
    stage.sim.faults.add(service="compute", method="POST", path_regex="/action", status=503)
    stage.live(1)
    stage.sim.faults.clear()
    assert stage.tenant("trial-half").unfinished is Unfinished.SUSPEND
    halt = Pause(stage, seeded)
    halt.begin()
    halt.passes(LONG)
    halt.lift()
    soon(stage, passes=3)
    assert stage.tenant("trial-half").state is State.ACTIVE
    assert stage.is_open(seeded.project_id)
    assert stage.servers(seeded.project_id) == before
    stage.live(2)
    assert stage.tenant("trial-half").state is State.SUSPENDED
