"""A tenant's whole life on a real OpenStack: warned by mail, suspended, restored by link, reclaimed to nothing."""

from __future__ import annotations

import pytest

from tests.openstack.lab.seed import make_tenant
from tests.openstack.operator import Eyes, press

pytestmark = pytest.mark.openstack


def test_the_plan_writes_nothing(lab, mailbox, operator):
    """Given one tenant that is due and one that is new; when somebody looks at the plan; then no API logs a write."""
    due = make_tenant(lab.cloud, "trial-due", servers=1)
    operator.run()
    mailbox.wait_for("trial-due", "[Last warning]")
    operator.stop()
    new = make_tenant(lab.cloud, "trial-new", servers=1)
    decided = (operator.say("tenant", "why", f"{lab.cloud}/trial-due")[1]["decision"] for _ in range(90))
    assert "suspend" in decided  # each question takes a second or so of the lease
    mark = lab.mark()
    code, plan = operator.say("plan")
    asked = [call for call in lab.requests_since(mark) if "reaper" in call.agent]
    assert code == 0
    assert [step["calls"] for step in plan["steps"]] == [
        ["close the project", "lock server trial-due-vm0", "stop server trial-due-vm0"]
    ]
    assert [seen["project"] for seen in plan["newcomers"]] == [f"{lab.cloud}/trial-new"]
    assert len(asked) > 3
    assert not [call for call in asked if call.writes]
    eyes = Eyes(lab.cloud)
    assert eyes.enabled(due["project"])
    assert {status for status, _ in eyes.servers(due["project"]).values()} == {"ACTIVE"}
    assert eyes.enabled(new["project"])


def test_a_tenants_whole_life(lab, mailbox, operator):
    """One comes back from suspension with what ran before, two are reclaimed to nothing, everybody else keeps all."""
    eyes = Eyes(lab.cloud)
    returns = make_tenant(lab.cloud, "trial-returns", servers=3)
    lost = make_tenant(lab.cloud, "trial-lost", servers=2)
    gone = make_tenant(lab.cloud, "trial-gone", servers=1, volumes=2)
    other = make_tenant(lab.cloud, "production", servers=1)
    idle = returns["servers"][0]
    eyes.act(idle, "os-stop")
    eyes.wait_for_server(returns["project"], idle, "SHUTOFF")
    before = eyes.everything()

    operator.run()
    warning = mailbox.wait_for("trial-returns", "[Last warning]")
    assert warning["to"] in {("trial-returns-u0@example.org",), ("trial-returns-u1@example.org",)}  # each their own
    assert warning["auto"] == "auto-generated"

    suspended = mailbox.wait_for("trial-returns", "is stopped")
    assert not eyes.enabled(returns["project"])
    assert set(eyes.servers(returns["project"]).values()) == {("SHUTOFF", True)}
    assert press(suspended["link"]).ok
    mailbox.wait_for("trial-returns", "is back")
    assert eyes.enabled(returns["project"])
    expected = {server: ("SHUTOFF" if server == idle else "ACTIVE", False) for server in returns["servers"]}
    assert eyes.servers(returns["project"]) == expected

    for name in ("trial-lost", "trial-gone"):
        mailbox.wait_for(name, "taken back")
    after = eyes.everything()
    assert lost["project"] not in after
    assert gone["project"] not in after
    for project in (returns["project"], other["project"]):
        assert after[project] == before[project]
    untouched = set(before) - {lost["project"], gone["project"]}
    assert {project: after[project] for project in untouched if project} == {p: before[p] for p in untouched if p}
    assert eyes.servers(other["project"]) == dict.fromkeys(other["servers"], ("ACTIVE", False))

    states = {row["name"]: row["state"] for row in operator.say("tenant", "list")[1]}
    assert states == {"trial-returns": "ACTIVE", "trial-lost": "RECLAIMED", "trial-gone": "RECLAIMED"}
    assert operator.stop() == 0


def test_a_kill_in_the_middle_loses_nothing(lab, mailbox, operator):
    """Killed while it suspends and while it reclaims, it finishes after a restart; no letter twice, none missing."""
    tenant = make_tenant(lab.cloud, "trial-killed", servers=2)
    eyes = Eyes(lab.cloud)
    operator.run()
    mailbox.wait_for("trial-killed", "[Last warning]")
    while eyes.enabled(tenant["project"]):
        pass  # each look is a request to the real cloud: this waits for the first write of the suspension
    operator.kill()
    operator.run()
    mailbox.wait_for("trial-killed", "is stopped")
    assert set(eyes.servers(tenant["project"]).values()) == {("SHUTOFF", True)}
    while len(eyes.servers(tenant["project"])) == len(tenant["servers"]):
        pass
    operator.kill()
    operator.run()
    mailbox.wait_for("trial-killed", "taken back")
    assert eyes.owned_by(tenant["project"]) == {}
    ids = [letter["id"] for letter in mailbox.letters]
    said = [(letter["subject"], letter["to"]) for letter in mailbox.letters]  # each person has each letter once
    assert len(set(ids)) == len(ids) == len(set(said)), said
    assert operator.stop() == 0
