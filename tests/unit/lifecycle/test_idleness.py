"""Whether a thing is idle, and what is due: what cannot be told is not idle, and nothing follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import due_at, is_idle, longest_gap, next_step, only_looked_at, promised_at, spared
from reaper.lifecycle.idleness import _TELLING, idle_since, made_at
from reaper.model import Archive, Enforce, Hold, LetterState, Resource, State, Unfinished
from reaper.policy import POSSIBLE
from tests.unit.lifecycle.cases import tenant
from tests.unit.lifecycle.idle_cases import (
    DAY,
    HOUR,
    NOW,
    PROJECT,
    RULE,
    address,
    rule,
    server,
    thing,
    told,
    volume,
    without,
)

LOOSE, STOPPED, AGED = rule("volume"), rule("server", "stopped"), rule("server", "older")
FORWARDING = Resource("port_forwarding", "north", "pf", "", PROJECT, "", {"floating_ip_id": "fip"})
SNAPSHOT = Resource("volume_snapshot", "north", "snap", "", PROJECT, "available", {"volume_id": "vol"})


def test_every_rule_that_can_be_written_can_be_told():
    assert set(_TELLING) == {(when, kind) for when, kinds in POSSIBLE.items() for kind in kinds}


@pytest.mark.parametrize(
    ("given_rule", "seen", "around", "answer"),
    [
        (RULE, address(), (), True),
        (RULE, address(facts={"port_id": "port"}), (), False),
        (RULE, address(facts={}), (), None),
        (RULE, address(), (FORWARDING,), False),
        (RULE, replace(address(), project_id=None), (), None),
        (RULE, volume(), (), None),
        (LOOSE, volume(), (), True),
        (LOOSE, volume(), (SNAPSHOT,), False),
        (LOOSE, volume(group_id="group"), (), False),
        (LOOSE, volume("in-use", attached=True), (), False),
        (LOOSE, volume("reserved"), (), False),
        (LOOSE, volume("maintenance"), (), None),
        (LOOSE, volume("a new word"), (), None),
        (LOOSE, without(volume(), "attached"), (), None),
        (STOPPED, server(), (), True),
        (STOPPED, server("ACTIVE"), (), False),
        (STOPPED, server(task_state="powering-on"), (), False),
        (STOPPED, server(task_state="image_uploading"), (), None),
        (STOPPED, server("UNKNOWN"), (), None),
        (STOPPED, server("SHELVED_OFFLOADED"), (), None),
        (STOPPED, without(server(), "task_state"), (), None),
        (STOPPED, without(server(), "disks"), (), None),
        (AGED, server("ACTIVE"), (), True),
        (AGED, server("BUILD"), (), None),
        (AGED, server("ACTIVE", task_state="deleting"), (), None),
        (AGED, without(server("ACTIVE"), "created_at"), (), None),
        (AGED, server("ACTIVE", created_at="yesterday"), (), None),
        (AGED, server("ACTIVE", created_at="1970-01-01T00:00:00Z"), (), None),
    ],
)
def test_only_what_can_be_told_is_idle(given_rule, seen, around, answer):
    assert is_idle(given_rule, seen, (seen, *around)) is answer


def test_an_age_counts_from_when_the_thing_was_made_but_not_from_before_the_rule():
    old, fresh = server("ACTIVE"), server("ACTIVE", created_at="2031-05-06T05:08:00")
    assert idle_since(AGED, old, NOW, NOW - DAY) == NOW - DAY
    assert idle_since(AGED, fresh, NOW, NOW - DAY) == NOW - 2 * HOUR
    assert idle_since(AGED, server(created_at="2031-05-07T00:00:00Z"), NOW, NOW - DAY) is None


def test_of_what_is_unattached_nobody_knows_since_when_so_it_counts_from_now():
    assert idle_since(RULE, address(), NOW, NOW - 9 * DAY) == NOW


def test_a_moment_without_a_zone_is_utc():
    assert made_at(server(created_at="2031-05-06T05:08:00.000000")) == NOW - 2 * HOUR


def test_without_a_word_of_its_own_a_rule_tells_half_of_its_time_before_and_a_day_at_most():
    assert rule(lasts="12h", warn_before="1h").notice == HOUR
    assert rule(lasts="12h", warn_before=None).notice == 6 * HOUR
    assert rule(lasts="9d", warn_before=None).notice == DAY


def test_nobody_may_have_looked_away_for_longer_than_a_quarter_of_the_time_or_three_looks():
    look = timedelta(minutes=15)
    assert longest_gap(rule(lasts="12h"), look, 3 * DAY) == 3 * HOUR
    assert longest_gap(rule(lasts="1h", warn_before="10m"), look, 3 * DAY) == 3 * look
    assert longest_gap(rule(lasts="60d"), look, 3 * DAY) == 3 * DAY


@pytest.mark.parametrize(
    ("row", "step"),
    [
        (thing(), "warn"),
        (thing(since=NOW - 5 * HOUR), "wait"),
        (thing(seen_at=NOW + HOUR), "wait"),
        (thing(since=NOW + HOUR), "wait"),
        (thing(damaged="idle_things.since holds 7"), "wait"),
        (told(), "give back"),
        (told(accepted_at=NOW - 5 * HOUR + timedelta(seconds=1)), "wait"),
        (told(since=NOW - 9 * HOUR), "wait"),
        (told(LetterState.QUEUED), "wait"),
        (told(LetterState.SENDING), "wait"),
        (told(LetterState.DEFERRED), "wait"),
        (told(LetterState.REFUSED), "wait"),
        (told(LetterState.BOUNCED), "wait"),
        (told(LetterState.BOUNCED, queued_at=NOW - DAY), "warn"),
        (told(LetterState.SUPERSEDED), "warn"),
        (told(letter_state=None), "warn"),
        (told(asked_at=NOW - timedelta(minutes=1)), "wait"),
        (told(asked_at=NOW - timedelta(minutes=10)), "give back"),
        (told(asked_at=NOW - HOUR, answer="in use"), "wait"),
        (told(accepted_at=NOW - 9 * DAY, since=NOW - 10 * DAY), "warn"),
        (told(damaged="letters.accepted_at holds 'soon'"), "wait"),
        (told(gone_at=NOW), "wait"),
    ],
)
def test_a_thing_goes_only_when_its_letter_was_accepted_a_full_notice_ago(row, step):
    assert next_step(row, NOW) == step


@given(
    since=st.timedeltas(timedelta(0), 30 * DAY),
    accepted=st.none() | st.timedeltas(timedelta(0), 30 * DAY),
    state=st.none() | st.sampled_from(LetterState),
)
def test_nothing_goes_before_the_moment_that_its_letter_named(since, accepted, state):
    row = told(since=NOW - since, letter_state=state, accepted_at=NOW - accepted if accepted is not None else None)
    if next_step(row, NOW) == "give back":
        assert state is LetterState.ACCEPTED
        assert accepted >= row.notice
        assert since >= row.lasts
        assert NOW >= promised_at(row, row.accepted_at) == due_at(row)


def test_what_would_be_told_of_soon_can_be_told_of_along_with_others():
    row = thing(since=NOW - 3 * HOUR)
    assert (next_step(row, NOW), next_step(row, NOW, ahead=2)) == ("wait", "warn")


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.SUSPENDED, "suspended_at": NOW},
        {"state": State.RECLAIMING, "reclaiming_at": NOW},
        {"state": State.QUARANTINED},
        {"unfinished": Unfinished.RESTORE},
        {"vanished_at": NOW},
        {"hold": Hold(NOW - DAY, "an appeal", "ops")},
        {"exempt": "tag keep"},
        {"enforce": None},
        {"damaged": "leases.terms"},
    ],
)
def test_who_is_spared_by_people_or_policies_or_cannot_be_judged_is_told_nothing(changes):
    ours = tenant(enforce=Enforce.RECLAIM)
    now = ours.lease.started_at + DAY
    assert spared(ours, now) is None
    assert spared(replace(ours, **changes), now)


@pytest.mark.parametrize("enforce", [Enforce.OBSERVE, Enforce.NOTIFY, Enforce.SUSPEND])
def test_below_reclaim_idle_things_are_only_looked_at(enforce):
    assert only_looked_at(tenant(enforce=enforce), "floating_ip")
    assert only_looked_at(tenant(enforce=Enforce.RECLAIM), "floating_ip") is None


def test_what_the_lease_keeps_or_promises_an_image_of_is_only_looked_at():
    ours = tenant(enforce=Enforce.RECLAIM)
    terms = replace(ours.lease.terms, keep=frozenset({"image"}), archive=Archive.SERVERS)
    promised = replace(ours, lease=replace(ours.lease, terms=terms))
    assert only_looked_at(promised, "image")
    assert only_looked_at(promised, "server")
    assert only_looked_at(promised, "volume") is None
