"""Idle things on a real OpenStack: told of, given back one by one, and nothing beside them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from reaper.app import Reach, build
from reaper.config import load
from reaper.model import State
from tests.openstack.lab.seed import EXTERNAL_NETWORK, Account, connect, log_in, make_tenant
from tests.openstack.operator import Eyes
from tests.openstack.test_archive import AheadClock

pytestmark = pytest.mark.openstack

POLICY = """\
policy: trial
match: {names: ["trial-*"]}
enforce: reclaim
lease: {lasts: 30d, warn_before: [7d], notice: 48h}
renewal: {by: 14d, times: 2, at_most: 90d, opens_before: 30d}
suspension: {lasts: 7d}
idle:
  - {kind: floating_ip, when: unattached, for: 24h, warn_before: 12h}
  - {kind: volume, when: unattached, for: 24h, warn_before: 12h}
  - {kind: server, when: stopped, for: 24h, warn_before: 12h}
"""
LOOKS = timedelta(hours=3)
PATIENCE = 240  # looks at what Nova or Cinder is doing before the test gives up


@pytest.fixture
def stage(lab, operator):
    """Give Reaper with a clock that can be put forward, under a policy with idle rules."""
    (operator.folder / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    clock = AheadClock()
    app = build(load([str(operator.conf)]), clock=clock, create=True, reach=Reach.WRITE)
    yield SimpleNamespace(app=app, clock=clock, lab=lab, eyes=Eyes(lab.cloud), admin=connect(lab.cloud))
    app.close()


def user_of(stage, made) -> Account:
    return log_in(stage.admin, f"{made['name']}-u0", made["project"])


def leave_idle(stage, made) -> SimpleNamespace:
    """Let a tenant's user forget two addresses and a volume, and stop the second of the servers."""
    user = user_of(stage, made)
    (outside,) = user.get("network", f"/v2.0/networks?name={EXTERNAL_NETWORK}")["networks"]
    address = {"floatingip": {"floating_network_id": outside["id"]}}
    one, other = (user.post("network", "/v2.0/floatingips", address)["floatingip"]["id"] for _ in range(2))
    volume = user.post("block-storage", "/volumes", {"volume": {"size": 1, "name": "forgotten"}})["volume"]["id"]
    stopped = made["servers"][1]
    user.post("compute", f"/servers/{stopped}/action", {"os-stop": None})
    wait_until(stage, lambda: user.get("compute", f"/servers/{stopped}")["server"]["status"] == "SHUTOFF")
    wait_until(stage, lambda: user.get("block-storage", f"/volumes/{volume}")["volume"]["status"] == "available")
    return SimpleNamespace(address=one, taken_up=other, volume=volume, stopped=stopped)


def wait_until(stage, come) -> None:
    for _ in range(PATIENCE):
        if come():
            return
        stage.clock.wait(0.25)
    raise TimeoutError("a service did not come to the end of what it was asked")


def hours(stage, number: int) -> None:
    """Let hours pass, with a look at every third."""
    for _ in range(number // 3):
        stage.clock.ahead += LOOKS
        stage.app.once()


def test_what_is_forgotten_is_given_back_after_its_letter_and_all_else_stays(stage, mailbox):
    made = make_tenant(stage.lab.cloud, "trial-idle", servers=2, volumes=1)
    neighbour = make_tenant(stage.lab.cloud, "production", servers=2, volumes=1)
    idle, _ = leave_idle(stage, made), leave_idle(stage, neighbour)
    before = stage.eyes.everything()
    stage.app.once()
    hours(stage, 12)
    mailbox.wait_for("trial-idle", "will be deleted", patience=1)
    assert stage.eyes.everything() == before

    user = user_of(stage, made)
    taken = {"floatingip": {"port_id": made["ports"][1]}}
    user.put("network", f"/v2.0/floatingips/{idle.taken_up}", taken)
    hours(stage, 9)
    assert stage.eyes.everything() == before
    hours(stage, 9)
    wait_until(stage, lambda: idle.stopped not in stage.eyes.servers(made["project"]))
    hours(stage, 6)

    after = stage.eyes.everything()
    gone = {kind: set(ids) - set(after[made["project"]].get(kind, ())) for kind, ids in before[made["project"]].items()}
    assert {kind: ids for kind, ids in gone.items() if ids} == {
        "servers": {idle.stopped},
        "floatingips": {idle.address},
        "volumes": {idle.volume},
    }
    assert after[neighbour["project"]] == before[neighbour["project"]]
    mailbox.wait_for("trial-idle", "been deleted", patience=1)
    assert stage.app.store.ledger.find(f"{stage.lab.cloud}/trial-idle").state is State.ACTIVE
