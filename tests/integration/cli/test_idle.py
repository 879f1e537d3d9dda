"""What the command line tells of idle things."""

import pytest

RULE = """
idle:
  - {kind: floating_ip, when: unattached, for: 2s, warn_before: 1s}
"""


@pytest.fixture
def address(terminal, sim, tmp_path):
    policy = tmp_path / "policies" / "trial.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    return sim.seed.tenant("trial-idle", servers=1, fips=2).floating_ips[1]


def test_sweep_status_and_tenant_tell_of_what_is_idle(terminal, address):
    summary = terminal.ask("sweep")
    assert summary["idle"] == {"warned": 0, "asked": 0, "given_back": 0, "failed": 0}
    assert terminal.ask("status")["idle_things"] == {"found": 1}
    (known,) = terminal.ask("tenant", "show", "sim/trial-idle")["idle"]
    assert (known["kind"], known["id"], known["letter"]) == ("floating_ip", address, None)
    assert "not told of yet" in " ".join(terminal.say("tenant", "show", "sim/trial-idle").stdout.split())


def test_what_would_be_told_or_given_back_stands_in_the_plan_with_why_it_is_not(terminal, address, tmp_path):
    policy = tmp_path / "policies" / "trial.yaml"
    policy.write_text(policy.read_text().replace("for: 2s, warn_before: 1s", "for: 1d, warn_before: 23h59m59s"))
    terminal.ask("sweep")
    due = terminal.ask("plan")["idle"]
    while not due:
        due = terminal.ask("plan")["idle"]
    assert [(one["id"], one["decision"], one["withheld"]) for one in due] == [(address, "warn", None)]
    assert "Idle things" in terminal.say("plan").stdout
    policy.write_text(policy.read_text().replace("enforce: reclaim", "enforce: notify"))
    (one,) = terminal.ask("plan")["idle"]
    assert one["withheld"] == "its policy says enforce: notify"
