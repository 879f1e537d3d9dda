"""The simulator's own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from reaper.simulator import SimClock

MOMENT = datetime(2031, 2, 28, 23, 59, 59, tzinfo=UTC)


def test_a_clock_that_was_set_stands_still_until_it_is_moved():
    clock = SimClock(MOMENT)
    assert clock.now() == clock.now() == MOMENT
    assert clock.advance(timedelta(seconds=2)) == datetime(2031, 3, 1, 0, 0, 1, tzinfo=UTC)


def test_a_clock_without_a_moment_is_the_real_one_until_it_is_moved():
    clock = SimClock()
    before = clock.now()
    assert before <= clock.now()
    moved = clock.advance(timedelta(days=400))
    assert moved - before >= timedelta(days=400)
    assert clock.now() == moved


def test_a_clock_is_not_set_to_a_moment_without_a_zone():
    with pytest.raises(ValueError, match="aware moment"):
        SimClock().set(datetime(2031, 1, 1))  # noqa: DTZ001 - that is the mistake


def test_what_services_show_carries_the_clocks_date(clock, sim, ask):
    clock.set(MOMENT)
    network = sim.seed.network(sim.seed.project("dated"), "net")
    assert ask("GET", "network", f"/v2.0/networks/{network}").json()["network"]["created_at"] == "2031-02-28T23:59:59Z"


def test_a_token_outlives_any_move_of_the_clock(clock, ask):
    clock.advance(timedelta(days=4000))
    assert ask("GET", "compute", "/v2.1/servers").status_code == 200
