"""A tenant's life in any order of time, people, letters, faults and crashes; the witness judges after every step.

Forty lives of twenty-five steps, always the same ones; `REAPER_ANY_ORDER=500x40` plays other ones, and more.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from reaper.lifecycle.transitions import hold, release
from reaper.model import Hold, State
from reaper.operations import Done
from reaper.policy import Policies, parse
from tests.acceptance.chances import (
    CALLS,
    DEEDS,
    EMAILS,
    FAULTS,
    IN_MEMORY,
    LONG_ENOUGH,
    NAMES,
    PATIENCE,
    play,
    sides,
    who,
)
from tests.acceptance.trip import Crash, crash
from tests.acceptance.witness import Witness
from tests.acceptance.world import DAY, World, policy_text
from tests.campaign import extent


class AnyOrder(RuleBasedStateMachine):
    """Everything that may happen to three tenants; a fourth project is nobody's business."""

    empty_database: Path
    kinds: tuple[type[World], type[Witness]] = (World, Witness)

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.world = world = self.kinds[0](Path(self._folder.name), self.empty_database)
        seeded = {n: world.sim.seed.tenant(n, servers=1, email=EMAILS[n]) for n in NAMES}
        self.ids = {name: made.project_id for name, made in seeded.items()}
        self.networks = {name: made.network for name, made in seeded.items()}
        self.others = [world.sim.seed.tenant(name, servers=1).project_id for name in ("other", "trial-ours")]
        self.untouched = [world.sim.inventory(project_id) for project_id in self.others]
        self.witness = self.kinds[1](world, {project_id: name for name, project_id in self.ids.items()})
        world.sim.calls = world.sim._front.calls = self.witness
        self.tokens: dict[str, list[str]] = {name: [] for name in NAMES}
        self.renewers: set[str] = set()

    @initialize()
    def first_look(self) -> None:
        self.world.observe()

    # ------------------------------------------------------------------ time and the verbs

    def _guarded(self, verb) -> None:
        """Do something that may be cut off anywhere; then everything begins again from the file."""
        try:
            verb()
        except Crash:
            self.world.mail.unsure |= {name for name, _ in self.world.mail.attempts[-1:]}
            self.world.crashed()

    def _a_pass(self) -> None:
        self.world.observe()
        self.witness.before_pass()
        self.world.sweep()
        self.world.deliver()

    @rule(days=st.integers(1, 9), at_once=st.sampled_from([DAY, DAY, DAY / 3]))
    def the_daemon_runs(self, days: int, at_once: timedelta) -> None:
        for _ in range(days):
            self.world.clock.advance(at_once)
            self._a_pass()

    @rule(what=st.sampled_from(["warning", "suspending", "suspended", "restored", "reclaiming", "reclaimed"]))
    def the_daemon_runs_until(self, what: str) -> None:
        before = self._happened(what)
        for _ in range(PATIENCE * 2):
            self.world.clock.advance(DAY)
            self._a_pass()
            if self._happened(what) > before:
                break

    def _happened(self, what: str) -> int:
        return self.witness.rows("select count(*) as n from events where what = ?", what)[0]["n"]

    @rule(span=st.sampled_from([timedelta(seconds=1), timedelta(minutes=7), timedelta(hours=5), DAY * 2, DAY * 23]))
    def time_passes(self, span: timedelta) -> None:
        self.world.clock.advance(span)

    @rule(verb=st.sampled_from(["observe", "sweep", "deliver"]))
    def one_verb_runs_alone(self, verb: str) -> None:
        self.witness.before_pass()
        getattr(self.world, verb)()

    # ------------------------------------------------------------------ crashes, and people in between

    @rule(call=st.sampled_from(CALLS), side=sides, nth=st.integers(1, 7))
    def it_crashes(self, call: str, side: str, nth: int) -> None:
        self._until(f"{side} {call}", nth, self._crash)

    def _crash(self) -> None:
        self.witness.new_events()
        crash()

    @rule(call=st.sampled_from(CALLS), side=sides, nth=st.integers(1, 3), name=who, deed=st.sampled_from(DEEDS))
    def somebody_acts_in_the_middle(self, call: str, side: str, nth: int, name: str, deed: str) -> None:
        self._until(f"{side} {call}", nth, lambda: self._act(name, deed))

    def _until(self, where: str, nth: int, deed) -> None:
        """Let the daemon run until it comes by there for the n-th time; nobody waits for that longer than a while."""
        self.world.wire.set(where, nth, deed)
        for _ in range(PATIENCE):
            self.world.clock.advance(DAY)
            self._guarded(self._a_pass)
            if not self.world.wire.stretched:
                break
        self.world.wire.clear()

    def _act(self, name: str, deed: str) -> None:
        self.witness.new_events()
        deeds = {"renew": self._renew, "hold": self._hold, "make": self._make, "switch": self._close}
        deeds.get(deed, lambda _name: self.world.ledger.pause("ops: wait", self.world.clock.now()))(name)

    # ------------------------------------------------------------------ tenants' people

    def _tenant(self, name: str):
        rows = self.witness.rows("select id from tenants where project_id = ?", self.ids[name])
        return self.world.ledger.tenant(rows[0]["id"]) if rows else None

    def _renew(self, name: str, old: int = -1) -> None:
        tenant = self._tenant(name)
        if tenant is None:
            return
        token = self.world.signer.token(tenant.id, tenant.lease.id)
        if token not in self.tokens[name]:
            self.tokens[name].append(token)
        answer = self.world.desk.renew(self.tokens[name][old % len(self.tokens[name])], "ada@example.org")
        if isinstance(answer, Done):
            self.renewers.add(name)
            self.witness.told_done(self.ids[name], answer.tenant.lease.id, answer.expires_at)

    @rule(name=who, old=st.integers(-2, -1))
    def a_person_renews(self, name: str, old: int) -> None:
        self._renew(name, old)

    def _make(self, name: str) -> None:
        project = self.world.sim.cloud.identity["projects"].get(self.ids[name], {"enabled": False})
        if project["enabled"] and self.world.sim.record("network", self.networks[name]):
            self.world.sim.seed.server(self.ids[name], "one-more", network_id=self.networks[name])
            self.witness.learn()

    @rule(name=who)
    def a_person_makes_a_server(self, name: str) -> None:
        self._make(name)

    @rule(mood=st.sampled_from(["accepts", "refuses", "defers"]), name=who)
    def an_address_changes_its_mood(self, mood: str, name: str) -> None:
        self.world.mail.moods[EMAILS[name] or name] = mood

    @rule(mood=st.sampled_from(["breaks before", "breaks after"]), breaks=st.sampled_from([1, 2, 5]))
    def the_mail_server_breaks_off(self, mood: str, breaks: int) -> None:
        self.world.mail.mood, self.world.mail.breaks = mood, breaks

    # ------------------------------------------------------------------ admins

    def _hold(self, name: str) -> None:
        tenant, now = self._tenant(name), self.world.clock.now()
        if tenant is not None:
            self.world.ledger.record(hold(tenant, Hold(now + 4 * DAY, "an appeal", "ops"), "an appeal", now))

    @rule(name=who)
    def an_admin_holds(self, name: str) -> None:
        self._hold(name)

    @rule(name=who)
    def an_admin_releases(self, name: str) -> None:
        tenant = self._tenant(name)
        if tenant is None or (tenant.hold is None and tenant.state is not State.QUARANTINED):
            return
        self.world.ledger.record(release(tenant, "ops", self.world.clock.now()))

    @rule(paused=st.booleans())
    def an_admin_pauses_or_goes_on(self, paused: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        self.world.ledger.pause("ops: wait" if paused else None, self.world.clock.now())

    @rule(
        stage=st.sampled_from(["observe", "notify", "suspend", "reclaim", "reclaim", "reclaim", "removed"]),
        lasts=st.sampled_from([10, 5]),
        keep=st.sampled_from([(), (), ("volume", "volume_snapshot"), ("image",)]),
        project=st.sampled_from(["close", "close", "reopen", "delete"]),
    )
    def an_admin_edits_the_policy(self, stage: str, lasts: int, keep: tuple[str, ...], project: str) -> None:
        text = policy_text("reclaim" if stage == "removed" else stage, lasts, keep, project)
        if stage == "removed":
            text = text.replace(b"policy: trial", b"policy: other")
        self.world.policies = Policies([parse(text, "trial.yaml")])

    @rule(name=who, keep=st.booleans())
    def an_admin_changes_the_tag(self, name: str, keep: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        if self.ids[name] in self.world.sim.cloud.identity["projects"]:
            self.world.tag(self.ids[name], keep=keep)

    def _close(self, name: str) -> None:
        if self.ids[name] not in self.world.sim.cloud.identity["projects"]:
            return
        self.world.switch(self.ids[name], enabled=False)
        self.witness.closed_by_hand.add(self.ids[name])

    @rule(name=who, enabled=st.booleans())
    def an_admin_switches_a_project(self, name: str, enabled: bool) -> None:  # noqa: FBT001 - hypothesis, by name
        if not enabled:
            self._close(name)
        elif self.ids[name] in self.world.sim.cloud.identity["projects"]:
            self.world.switch(self.ids[name], enabled=True)
            self.witness.closed_by_hand.discard(self.ids[name])

    # ------------------------------------------------------------------ the cloud

    @rule(fault=st.sampled_from(FAULTS))
    def the_cloud_hurts(self, fault: dict) -> None:
        self.world.sim.faults.add(**fault)

    @precondition(lambda self: bool(self.world.sim.faults._all))
    @rule()
    def the_cloud_heals(self) -> None:
        self.world.sim.faults.clear()

    # ------------------------------------------------------------------ judging

    @invariant()
    def the_witness_has_nothing_to_say(self) -> None:
        self.witness.look()
        assert self.witness.violations == []

    @invariant()
    def nobody_elses_things_are_touched(self) -> None:
        assert [self.world.sim.inventory(project_id) for project_id in self.others] == self.untouched
        assert self.world.sim.traps == {}

    def teardown(self) -> None:
        try:
            if self.witness.violations == []:
                self._in_the_end()
        finally:
            self.world.close()
            self._folder.cleanup()

    def _in_the_end(self) -> None:
        """With everything healed, who never renews is reclaimed or has a person's attention, and no letter waits."""
        self.world.sim.faults.clear()
        self.world.mail.moods.clear()
        self.world.mail.breaks = 0
        self.world.policies = Policies([parse(policy_text(), "trial.yaml")])
        self.world.ledger.pause(None, self.world.clock.now())
        for name in NAMES:
            self.an_admin_changes_the_tag(name=name, keep=False)
        for _ in range(LONG_ENOUGH):
            self.world.clock.advance(DAY)
            self._a_pass()
            if self._settled():
                break
        self.the_witness_has_nothing_to_say()
        self.nobody_elses_things_are_touched()
        tenants = self.witness.rows("select name, state, quarantine_reason, blocker, unfinished from tenants")
        assert self._settled(), (tenants, self._waiting())

    def _waiting(self) -> list[dict]:
        return self.witness.rows("select * from letters where state in ('queued', 'sending', 'deferred')")

    def _settled(self) -> bool:
        tenants = self.witness.rows("select name, state, quarantine_reason from tenants")
        over = all(
            t["state"] == "RECLAIMED" or (t["state"] == "QUARANTINED" and t["quarantine_reason"]) for t in tenants
        )
        return over and not self._waiting()


def test_no_order_of_events_breaks_what_is_promised(empty_database):
    AnyOrder.empty_database = empty_database
    play(AnyOrder, extent("2x25", "40x25", "500x40"))
