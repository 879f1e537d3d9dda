"""Every command answers people with a table and programs with one JSON document."""

from __future__ import annotations

import json

import pytest

from reaper.errors import Unusable

READING = (
    ("tenant", "list"),
    ("tenant", "show", "sim/trial-a"),
    ("tenant", "why", "sim/trial-a"),
    ("tenant", "history", "sim/trial-a"),
    ("letter", "list"),
    ("letter", "list", "sim/trial-a"),
    ("status",),
    ("gate", "list"),
    ("policy", "check"),
    ("db", "check"),
)


@pytest.fixture
def swept(sim, terminal):
    sim.seed.tenant("trial-a", email="a@example.org")
    sim.seed.tenant("other", email="o@example.org")
    terminal.ask("sweep")
    return terminal


def test_a_first_sweep_gives_a_lease_and_a_welcome_and_takes_nothing(sim, terminal):
    sim.seed.tenant("trial-a", email="a@example.org")
    before = sim.inventory()
    answer = terminal.ask("sweep")
    assert (answer["observed"], answer["suspended"], answer["reclaimed"], answer["gates"]) == (1, 0, 0, [])
    assert answer["letters"]["accepted"] == 1
    assert sim.inventory() == before
    assert not sim.writes()


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_every_reading_command_prints_one_document(swept, words):
    swept.ask(*words)


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_every_reading_command_prints_a_table_for_people(swept, words):
    answer = swept.say(*words)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.strip()


def test_reading_commands_need_no_cloud(swept, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/nonexistent/clouds.yaml")
    assert [row["name"] for row in swept.ask("tenant", "list")] == ["trial-a"]


def test_the_plan_names_newcomers_and_writes_nothing(sim, terminal):
    sim.seed.tenant("trial-a", email="a@example.org")
    terminal.ask("db", "upgrade")
    assert terminal.ask("plan")["newcomers"] == [{"project": "sim/trial-a", "policy": "trial"}]
    assert not sim.writes()
    assert terminal.ask("tenant", "list") == []


def test_a_hold_stands_until_it_is_released(swept):
    swept.ask("tenant", "hold", "sim/trial-a", "--until", "14d", "--reason", "a talk")
    assert "a talk" in swept.ask("tenant", "show", "sim/trial-a")["hold"]
    swept.ask("tenant", "release", "sim/trial-a")
    assert swept.ask("tenant", "show", "sim/trial-a")["hold"] is None
    assert [event["what"] for event in swept.ask("tenant", "history", "sim/trial-a")][-2:] == ["held", "released"]


def test_releasing_what_is_not_held_is_wrong_usage(swept):
    answer = swept.say("tenant", "release", "sim/trial-a")
    assert "neither on hold nor quarantined" in str(answer.exception)


def test_a_renewal_against_the_rules_says_which_rule_and_when(swept):
    answer = swept.say("tenant", "renew", "sim/trial-a")
    assert "opens_before" in str(answer.exception)
    assert "it can be renewed from" in str(answer.exception)


def test_an_admin_may_renew_beyond_the_rules(swept):
    before = swept.ask("tenant", "show", "sim/trial-a")["expires_at"]
    assert swept.ask("tenant", "renew", "sim/trial-a", "--beyond-rules")["expires_at"] > before


def test_a_pause_closes_a_gate_until_resumed(swept):
    swept.ask("pause", "--reason", "migration")
    assert [gate["name"] for gate in swept.ask("gate", "list", code=1)] == ["pause"]
    assert "migration" in swept.ask("status")["paused"]
    swept.ask("resume")
    assert swept.ask("gate", "list") == []


def test_the_schema_is_json(terminal):
    assert json.loads(terminal.say("policy", "schema").stdout)["type"] == "object"


def test_reclaiming_by_hand_wants_the_name_typed(sim, swept):
    answer = swept.say("tenant", "reclaim", "sim/trial-a", typed="trial-b\n")
    assert "is not 'trial-a'" in str(answer.exception)
    assert "2 server" in answer.stderr
    assert not sim.writes()


def test_reclaiming_by_hand_empties_that_tenant_and_no_other(sim, swept):
    tenant = swept.ask("tenant", "show", "sim/trial-a")["project_id"]
    mine, others = sim.inventory(tenant), _of_others(sim, tenant)
    receipt = swept.ask("tenant", "reclaim", "sim/trial-a", "--confirm", "trial-a")
    assert receipt["state"] == "RECLAIMED"
    assert receipt["left"] == []
    assert len(receipt["removed"]) >= len(mine["server"]) + len(mine["volume"]) + len(mine["floating_ip"])
    assert not any(sim.inventory(tenant).values())
    assert others <= _of_others(sim, tenant)


def _of_others(sim, tenant):
    """Return what others own; ports of routers and floating IPs belong to nobody and go with what they serve."""
    mine = {key for keys in sim.inventory(tenant).values() for key in keys}
    owned = {key for kind, keys in sim.inventory().items() for key in keys if _has_owner(sim, kind, key)}
    return owned - mine


def _has_owner(sim, kind, key):
    record = sim.record(kind, key) or {}
    return bool(record.get("project_id") or record.get("owner"))


def test_reclaiming_by_hand_respects_a_hold(sim, swept):
    swept.ask("tenant", "hold", "sim/trial-a", "--until", "14d", "--reason", "a talk")
    answer = swept.ask("tenant", "reclaim", "sim/trial-a", "--confirm", "trial-a", code=1)
    assert answer["state"] == "ACTIVE"
    assert any("a talk" in trouble for trouble in answer["troubles"])
    assert not sim.writes()


def test_a_sender_that_mail_servers_refuse_is_refused_at_start(sim, terminal):
    conf = terminal.conf
    conf.write_text(conf.read_text().replace("[mail]\n", "[mail]\nsender = reaper@localhost\n"))
    with pytest.raises(Unusable, match=r"mail servers refuse 'reaper@localhost' as a sender; write an address"):
        raise terminal.say("sweep").exception
