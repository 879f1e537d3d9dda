"""Plans: what is asked, what is left alone, and in which order it may be asked."""

from dataclasses import replace

import pytest

from reaper.kinds import BY_NAME, KINDS
from reaper.lifecycle import Keep, Reclaim, Restore, Suspend
from reaper.model import Resource, StoppedServer
from reaper.plan import Verb, draw_up, in_order, next_calls, restoration, sort_out, suspension
from tests.unit.lifecycle.cases import TERMS, at, suspended, tenant

MINE = "project-9"


def made(kind, name, owner=MINE, status="ACTIVE", **facts):
    return Resource(kind, "RegionOne", f"{name}-id", name, owner, status, facts)


def server(name, status="ACTIVE", *, locked=False, task=None, owner=MINE):
    return made("server", name, owner, status, locked=locked, task_state=task)


def told(plan):
    return [str(call) for call in plan.calls]


def remembered(name, *, running=True, locked=False):
    return StoppedServer("RegionOne", f"{name}-id", name, running, locked)


# ---------------------------------------------------------------- suspension and back


def test_a_suspension_closes_locks_and_stops_in_this_order():
    plan = suspension(tenant(), [server("a"), server("b", "SHUTOFF"), server("c", locked=True)])
    assert told(plan) == ["close the project", "lock server a", "lock server b", "stop server a", "stop server c"]


def test_a_suspension_remembers_each_server_as_it_was():
    plan = suspension(tenant(), [server("a"), server("b", "SHUTOFF"), server("c", locked=True)])
    assert plan.memory == (remembered("a"), remembered("b", running=False), remembered("c", locked=True))


def test_what_an_interrupted_suspension_remembered_stands():
    begun = tenant(memory=(remembered("a"),))
    plan = suspension(begun, [server("a", "SHUTOFF", locked=True)])
    assert plan.memory == (remembered("a"),)
    assert told(plan) == ["close the project"]


def test_a_server_that_a_list_does_not_show_is_not_forgotten():
    begun = tenant(memory=(remembered("a"),))
    assert suspension(begun, []).memory == (remembered("a"),)
    assert suspension(begun, [server("b")]).memory == (remembered("a"), remembered("b"))


def test_a_server_in_the_middle_of_something_is_looked_at_again():
    plan = suspension(tenant(), [server("a", task="rebooting")])
    assert [resource.name for resource in plan.busy] == ["a"]
    assert "stop server a" not in told(plan)


def test_servers_of_others_are_nobodys_business():
    assert told(suspension(tenant(), [server("x", owner="project-4"), server("y", owner=None)])) == [
        "close the project"
    ]


def test_a_restoration_reverses_exactly_what_is_remembered():
    memory = (remembered("ran"), remembered("stood", running=False), remembered("kept", locked=True))
    now = [server(name, "SHUTOFF", locked=True) for name in ("ran", "stood", "kept", "stranger")]
    plan = restoration(tenant(memory=memory), now)
    assert told(plan) == [
        "start server ran",
        "start server kept",
        "unlock server ran",
        "unlock server stood",
        "open the project",
    ]


# ---------------------------------------------------------------- what may go

HANDS_OFF = {
    "a shared network": made("network", "n", shared=True, external=False),
    "an external network": made("network", "n", shared=False, external=True),
    "a protected image": made("image", "i", protected=True, visibility="private"),
    "a public image": made("image", "i", protected=False, visibility="public"),
    "an image that others are members of": made("image", "i", visibility="shared", members=("project-4",)),
    "what belongs to nobody known": made("volume", "v", owner=None),
}


@pytest.mark.parametrize("resource", HANDS_OFF.values(), ids=HANDS_OFF)
def test_it_is_reported_and_not_touched(resource):
    found = sort_out(suspended(), [resource])
    assert found.mine == {}
    assert [finding.resource for finding in found.findings] == [resource]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_nothing_of_another_project_is_even_mentioned(kind):
    found = sort_out(suspended(), [made(kind, "x", owner="project-4")])
    assert (found.mine, found.kept, found.findings) == ({}, (), ())


def test_what_the_policy_keeps_stays():
    keeping = suspended(terms=replace(TERMS, keep=frozenset({"volume"})))
    found = sort_out(keeping, [made("volume", "v"), made("port", "p")])
    assert [r.name for r in found.kept] == ["v"]
    assert [r.name for r in found.mine.values()] == ["p"]


# ---------------------------------------------------------------- the order


def a_whole_tenant():
    return [
        server("vm"),
        made("volume", "disk"),
        made("volume_snapshot", "copy", volume_id="disk-id"),
        made("floating_ip", "fip"),
        made("router", "r", routes=True, external=True),
        made("router_interface", "ri", router_id="r-id", network_id="net-id"),
        made("port", "p", network_id="net-id"),
        made("network", "net", shared=False, external=False),
        made("subnet", "sub", network_id="net-id"),
        made("security_group", "sg"),
    ]


def test_a_whole_tenant_is_planned_with_nothing_before_what_holds_it():
    calls = in_order(a_whole_tenant())
    deleted = [call.resource.kind for call in calls if call.verb is Verb.DELETE]
    for at_, kind in enumerate(deleted):
        assert not set(BY_NAME[kind].after) & set(deleted[at_:]), kind
    assert {"server", "floating_ip", "router", "router_interface", "port", "network", "volume"} <= set(deleted)


def test_routes_are_cleared_before_interfaces_are_taken_out():
    calls = [str(call) for call in in_order(a_whole_tenant())]
    assert calls.index("clear routes of router r") < calls.index("delete router interface ri")


def test_what_waits_for_a_server_is_not_asked_while_it_is_there():
    left = {r.key: r for r in [server("vm"), made("port", "p"), made("volume", "disk")]}
    assert [str(call) for call in next_calls(left)] == ["delete server vm"]


def test_a_decision_that_asks_nothing_of_the_cloud_gives_an_empty_plan():
    assert draw_up(Keep(None, "waiting"), tenant(), a_whole_tenant()).calls == ()


def test_each_decision_draws_its_own_plan():
    everything = [server("vm", "SHUTOFF", locked=True)]
    assert told(draw_up(Suspend(at(1)), tenant(), everything)) == ["close the project"]
    assert told(draw_up(Restore(), tenant(memory=(remembered("vm"),)), everything))[-1] == "open the project"
    assert told(draw_up(Reclaim(at(7)), suspended(), everything)) == ["delete server vm"]
