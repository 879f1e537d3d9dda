"""Each gate: what closes it, and what does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reaper.gates import (
    SLACK,
    Consent,
    Limits,
    allowance,
    closed_gates,
    fewer_people,
    is_back,
    over_the_limit,
    read_consent,
)
from reaper.model import CensusMark, GateInputs, MailIncident, State
from tests.unit.lifecycle.cases import tenant

NOW = datetime(2031, 7, 9, 5, 17, tzinfo=UTC)
LIMITS, COMPLETE = Limits(), True
MARK = CensusMark("trystack", NOW - timedelta(minutes=7), COMPLETE, "", 41, NOW - timedelta(minutes=7), 41, 41)
WELL = GateInputs(
    beat_at=NOW - timedelta(minutes=1),
    last_event_at=NOW - timedelta(hours=1),
    paused=None,
    at_head=True,
    tenants=200,
    taken_last_day=0,
    last_accepted_at=NOW - timedelta(hours=2),
    oldest_unsent_at=None,
    censuses={"trystack": MARK},
)


def hours(number):
    return timedelta(hours=number)


def census(**changes):
    return {"censuses": {"trystack": replace(MARK, **changes)}}


CLOSED = {
    "pause": {"paused": "ops: wait"},
    "database": {"at_head": False},
    "clock": {"last_event_at": NOW + SLACK + timedelta(seconds=1)},
    "outage": {"beat_at": NOW - LIMITS.longest_gap - timedelta(seconds=1)},
    "mail": {"oldest_unsent_at": NOW - hours(25), "last_accepted_at": NOW - hours(25)},
    "mail never": {"oldest_unsent_at": NOW - hours(25), "last_accepted_at": None},
    "mail incident": {"mail_incident": MailIncident(NOW - hours(1), "504 helo rejected")},
    "inventory unread": {"censuses": {}},
    "inventory incomplete": census(complete=False, why="cut short"),
    "inventory old": census(at=NOW - LIMITS.census_age - timedelta(seconds=1)),
    "inventory shrunk": census(complete_projects=32),
    "inventory empty": census(complete_projects=0, projects=0),
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_gate_closes(name):
    gates = closed_gates(replace(WELL, **CLOSED[name]), ("trystack",), NOW, LIMITS)
    assert [gate.name for gate in gates] == [name.split()[0]]
    assert str(gates[0]).startswith(name.split()[0])


OPEN = {
    "all is well": {},
    "nothing has ever happened": {"beat_at": None, "last_event_at": None},
    "clocks of two machines differ a little": {"last_event_at": NOW + SLACK},
    "a letter waits, and others were accepted": {
        "oldest_unsent_at": NOW - hours(25),
        "last_accepted_at": NOW - hours(1),
    },
    "a letter waits since today": {"oldest_unsent_at": NOW - hours(23), "last_accepted_at": None},
    "a night without a sweep": {"beat_at": NOW - hours(11)},
    "a few projects fewer": census(complete_projects=33),
}


@pytest.mark.parametrize("changes", OPEN.values(), ids=OPEN)
def test_a_gate_stays_open(changes):
    assert closed_gates(replace(WELL, **changes), ("trystack",), NOW, LIMITS) == ()


def test_a_cloud_that_is_in_doubt_closes_only_its_own_gate():
    gate_inputs = replace(
        WELL, censuses={"trystack": MARK, "other": replace(MARK, cloud="other", complete=False, why="x")}
    )
    assert [gate.cloud for gate in closed_gates(gate_inputs, ("trystack", "other"), NOW, LIMITS)] == ["other"]


def test_a_jump_of_a_year_ahead_reads_as_an_outage_and_back_as_a_wrong_clock():
    ahead, back = NOW + timedelta(days=365), NOW - timedelta(days=365)
    assert is_back(WELL, ahead, LIMITS)
    assert "outage" in [gate.name for gate in closed_gates(WELL, ("trystack",), ahead, LIMITS)]
    assert "clock" in [gate.name for gate in closed_gates(WELL, ("trystack",), back, LIMITS)]


@pytest.mark.parametrize(("tenants", "expected"), [(1, 1), (19, 1), (21, 2), (200, 10), (1000, 10)], ids=str)
def test_the_smaller_limit_holds_and_a_small_cloud_is_not_stopped_for_ever(tenants, expected):
    assert allowance(replace(WELL, tenants=tenants), LIMITS) == expected


def test_a_plan_over_the_limit_is_refused_whole():
    assert over_the_limit([tenant()] * 10, WELL, NOW, LIMITS) is None
    gate = over_the_limit([tenant()] * 11, WELL, NOW, LIMITS)
    assert gate.name == "limits"
    assert "11 tenants" in gate.why


def test_the_limit_of_a_day_counts_what_was_begun():
    full = replace(WELL, taken_last_day=99, tenants=900)
    assert over_the_limit([tenant()], full, NOW, LIMITS) is None
    assert over_the_limit([tenant()] * 2, full, NOW, LIMITS).name == "limits"


def test_who_was_suspended_today_counts_once():
    full = replace(WELL, taken_last_day=100, tenants=900)
    assert over_the_limit([tenant(suspended_at=NOW - hours(3))], full, NOW, LIMITS) is None


def named(tenant_id):
    return replace(tenant(), id=tenant_id)


def test_who_was_consented_to_is_not_counted_and_everybody_else_is():
    known = Consent.to([named("a"), named("b")], NOW)
    crowd = [*map(named, ("a", "b", *map(str, range(10))))]
    assert over_the_limit(crowd, WELL, NOW, LIMITS, known) is None
    assert over_the_limit([*crowd, named("c")], WELL, NOW, LIMITS, known).name == "limits"


@pytest.mark.parametrize("at", [NOW - hours(25), NOW + hours(1)], ids=["old", "of the future"])
def test_a_consent_that_is_not_of_today_counts_for_nothing(at):
    crowd = [named(str(n)) for n in range(11)]
    known = Consent.to(crowd, at)
    assert over_the_limit(crowd, WELL, NOW, LIMITS, known).name == "limits"


def test_a_consent_is_read_as_it_was_kept():
    known = Consent.to([named("a"), named("b")], NOW)
    assert read_consent(str(known)) == known


@pytest.mark.parametrize("text", [None, "", "yesterday\na", "2031-01-01T00:00:00\na"], ids=repr)
def test_a_consent_that_cannot_be_read_is_none(text):
    assert read_consent(text) is None


def test_a_consent_to_a_suspension_is_none_to_a_reclaim():
    crowd = [named(str(n)) for n in range(11)]
    known = Consent.to(crowd, NOW)
    later = [replace(one, state=State.SUSPENDED, suspended_at=NOW) for one in crowd]
    assert over_the_limit(crowd, WELL, NOW, LIMITS, known) is None
    assert over_the_limit(later, WELL, NOW, LIMITS, known).name == "limits"


@pytest.mark.parametrize(
    ("before", "now", "doubted"),
    [
        (0, 0, False),
        (0, 9, False),
        (1, 0, True),
        (10, 8, False),
        (10, 7, True),
        (4, 2, False),
        (400, 330, False),
        (400, 319, True),
        (400, 500, False),
    ],
)
def test_suddenly_fewer_people_are_a_doubt(before, now, doubted):
    assert fewer_people(replace(MARK, measured_people=before), now, LIMITS) is doubted


def test_the_first_list_of_people_is_no_doubt():
    assert not fewer_people(None, 0, LIMITS)
