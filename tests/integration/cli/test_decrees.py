"""What admins decide for many at once: terms, closures, and what other policies would do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.clock import SystemClock

NOW = SystemClock().now()


def day(ahead):
    return f"{NOW + timedelta(days=ahead):%Y-%m-%d}"


@pytest.fixture
def swept(sim, terminal):
    sim.seed.tenant("trial-a", email="a@example.org")
    terminal.ask("sweep")
    return terminal


@pytest.fixture
def shorter(swept, tmp_path):
    """The policy now gives less than the lease has."""
    text = (
        'policy: trial\nmatch: {names: ["trial-*"]}\nenforce: reclaim\nlease: {lasts: 10d}\nreclaim: {keep: [image]}\n'
    )
    (tmp_path / "policies" / "trial.yaml").write_text(text, encoding="utf-8")
    return swept


def test_leases_that_have_todays_terms_are_no_difference(swept):
    assert swept.ask("policy", "diff") == []


def test_a_difference_names_the_key_as_the_policy_spells_it(shorter):
    (row,) = shorter.ask("policy", "diff", code=1)
    assert row["tenant"] == "sim/trial-a"
    assert {(one["key"], one["has"], one["would_have"]) for one in row["changes"]} >= {
        ("lease.lasts", "30d", "10d"),
        ("reclaim.keep", "[]", "[image]"),
    }


def test_an_edited_policy_never_shortens_a_lease_until_it_is_applied(shorter):
    before = shorter.ask("tenant", "show", "sim/trial-a")["expires_at"]
    shorter.ask("sweep")
    assert shorter.ask("tenant", "show", "sim/trial-a")["expires_at"] == before
    assert shorter.ask("policy", "apply", "--amnesty", day(12), "--yes")["reached"] == ["sim/trial-a"]
    assert shorter.ask("tenant", "show", "sim/trial-a")["expires_at"].startswith(day(12))
    assert shorter.ask("policy", "diff") == []
    assert shorter.ask("sweep")["letters"]["accepted"] == 1
    assert [one["kind"] for one in shorter.ask("letter", "list", "sim/trial-a")] == ["welcome", "amnesty"]


def test_an_amnesty_too_short_for_every_warning_is_refused_with_the_earliest_day(shorter):
    answer = shorter.say("policy", "apply", "--amnesty", day(3), "--yes", "-f", "json")
    assert "the earliest that does is" in str(answer.exception)
    assert shorter.ask("policy", "diff", code=1)


def test_nobody_is_asked_where_nobody_can_answer(shorter):
    assert "--yes" in str(shorter.say("policy", "apply", "--amnesty", day(12), "-f", "json").exception)


def test_other_policies_are_tried_out_without_a_write(swept, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text('policy: other\nmatch: {names: ["x-*"]}\n', encoding="utf-8")
    (row,) = swept.ask("policy", "simulate", str(other))
    assert (row["policy"], row["policy_then"]) == ("trial (reclaim)", "none")
    assert row["next_then"].startswith("quarantine")
    assert swept.ask("tenant", "show", "sim/trial-a")["state"] == "ACTIVE"


def test_a_closure_holds_whose_time_would_be_over_in_it_and_tells_them(swept):
    assert swept.ask("closure", day(28), day(45), "--reason", "a long holiday", "--yes")["reached"] == ["sim/trial-a"]
    assert "a long holiday" in swept.ask("tenant", "show", "sim/trial-a")["hold"]
    swept.ask("sweep")
    assert [one["kind"] for one in swept.ask("letter", "list", "sim/trial-a")] == ["welcome", "closure"]


def test_a_closure_that_ends_before_it_begins_is_none(swept):
    answer = swept.say("closure", day(9), day(5), "--reason", "x", "--yes")
    assert "is none" in str(answer.exception)
