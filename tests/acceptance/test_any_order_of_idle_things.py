"""The same lives in any order, with rules for idle things: no single thing goes without its own letter in time.

Two lives of twenty-five steps, always the same ones; `REAPER_ANY_ORDER=500x40` plays other ones, and more.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from reaper.policy import IdleRule, Policies
from tests.acceptance.chances import play, who
from tests.acceptance.test_any_order import AnyOrder
from tests.acceptance.witness import Witness
from tests.acceptance.world import START, World
from tests.campaign import extent

LASTS, NOTICE = timedelta(days=5), timedelta(days=2)
RULES = tuple(
    IdleRule.model_validate({"kind": kind, "when": when, "for": "5d", "warn_before": "2d"})
    for kind, when in (("floating_ip", "unattached"), ("server", "stopped"))
)
THING = re.compile(r"/(?:floatingips|servers)/([0-9a-f-]{36})$")
#: Where a crash may cut in, and where somebody may act: using a thing while its delete is on its way comes too late.
CRASHES = ("idle.take_in", "idle.open", "idle.warn", "idle.ask", "idle.gone", "idle.answered", "cloud.delete_alone")
ACTS = ("before idle.take_in", "after idle.take_in", "after idle.open", "before cloud.project", "before idle.of")


class IdleWorld(World):
    """The same world under policies with rules for idle things."""

    @property
    def policies(self) -> Policies:
        """The policies of today."""
        return self._policies

    @policies.setter
    def policies(self, policies: Policies) -> None:
        self._policies = Policies(policy.model_copy(update={"idle": RULES}) for policy in policies)


class IdleWitness(Witness):
    """Judges deletes of single things by when they were last used, and by what reached a mailbox."""

    def __init__(self, world: World, tenants: dict[str, str]) -> None:
        self.used: dict[str, datetime] = {}
        self.given_back = 0
        super().__init__(world, tenants)

    def _judge(self, call, body: dict) -> None:
        found = THING.search(call.path) if call.method == "DELETE" else None
        project = self.owner.get(found[1]) if found else None
        rows = self.rows("select * from tenants where project_id = ?", project) if project in self.tenants else []
        if found is None or not rows or rows[0]["state"] != "ACTIVE":
            super()._judge(call, body)
            return
        self._allowed(rows[0], "delete", "reclaim")
        self._long_told(rows[0], found[1])

    def _long_told(self, tenant: dict, thing: str) -> None:
        now, name = self.world.clock.now(), f"{tenant['name']}: {thing}"
        self.given_back += 1
        if tenant["project_id"] in self.closed_by_hand:
            self.wrong(f"{name} is deleted, and its project was closed by hand")
        if now - self.used.get(thing, START) < LASTS:
            self.wrong(f"{name} is deleted, and was used at {self.used.get(thing)}")
        rows = self.rows("select * from idle_things where resource_id = ? and asked_at is not null", thing)
        letters = [one for row in rows for one in self.rows("select * from letters where id = ?", row["letter_id"])]
        told = [one for one in letters if one["kind"] == "idle_warning" and one["lease_id"] == tenant["lease_id"]]
        if not any(self._arrived(one, now, NOTICE.total_seconds()) for one in told):
            self.wrong(f"{name} is deleted without a letter in time: {letters}")
        if any(self.used.get(thing, START) > datetime.fromisoformat(one["queued_at"]) for one in told):
            self.wrong(f"{name} is deleted, and was used after its letter: {told}")


class AnyOrderOfIdleThings(AnyOrder):
    """Everything of before, and people who use their addresses and servers, or do not."""

    kinds = (IdleWorld, IdleWitness)
    given_back = 0

    def __init__(self) -> None:
        super().__init__()
        seed = self.world.sim.seed
        self.loose = {name: seed.floating_ip(project_id) for name, project_id in self.ids.items()}
        self.off = {
            name: seed.server(project_id, "off", network_id=self.networks[name], status="SHUTOFF")
            for name, project_id in self.ids.items()
        }
        for project_id in self.others:
            seed.floating_ip(project_id)
        self.untouched = [self.world.sim.inventory(project_id) for project_id in self.others]
        self.witness.learn()

    @rule(name=who, on=st.booleans())
    def a_person_uses_an_address(self, name: str, on: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        self._use(name, on=on)

    def _use(self, name: str, *, on: bool = True) -> None:
        with self.world.sim.cloud.lock:
            (region,) = self.world.sim.cloud.regions.values()
            address = region["floatingips"].get(self.loose[name])
            port = next((one["id"] for one in region.where("ports", tenant_id=self.ids[name])), None)
            if address is not None and (port or not on):
                address["port_id"] = port if on else None
                self.witness.used[self.loose[name]] = self.world.clock.now()

    @rule(call=st.sampled_from(CRASHES), side=st.sampled_from(["before", "after"]), nth=st.integers(1, 3))
    def it_crashes_among_idle_things(self, call: str, side: str, nth: int) -> None:
        self._until(f"{side} {call}", nth, self._crash)

    @rule(where=st.sampled_from(ACTS), name=who, deed=st.sampled_from(["use", "use", "hold", "pause", "renew"]))
    def somebody_acts_among_idle_things(self, where: str, name: str, deed: str) -> None:
        act = self._use if deed == "use" else lambda who_: self._act(who_, deed)
        self._until(where, 1, lambda: act(name))

    def teardown(self) -> None:
        super().teardown()
        AnyOrderOfIdleThings.given_back += self.witness.given_back


def test_no_order_of_events_takes_a_single_thing_without_its_letter(empty_database):
    AnyOrderOfIdleThings.empty_database = empty_database
    AnyOrderOfIdleThings.given_back = 0
    play(AnyOrderOfIdleThings, extent("1x25", "2x25", "100x40"))
    assert AnyOrderOfIdleThings.given_back > 0
