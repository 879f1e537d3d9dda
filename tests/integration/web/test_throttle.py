"""Guessing is slowed down by address, for a while, and in bounded memory."""

from datetime import UTC, datetime, timedelta

from reaper.clock import HandClock
from reaper.web.throttle import Throttle

NOW = datetime(2031, 5, 1, 7, 13, tzinfo=UTC)


def test_each_address_has_its_own_allowance_which_comes_back():
    clock = HandClock(NOW)
    throttle = Throttle(clock.now, allowed=2, window=timedelta(minutes=7))
    assert [throttle.failed("192.0.2.1") for _ in range(4)] == [False, False, True, True]
    assert throttle.failed("192.0.2.2") is False
    clock.advance(timedelta(minutes=7))
    assert throttle.failed("192.0.2.1") is False


def test_a_clock_that_jumps_back_locks_nobody_out():
    clock = HandClock(NOW)
    throttle = Throttle(clock.now, allowed=1, window=timedelta(minutes=7))
    throttle.failed("192.0.2.1")
    clock.advance(timedelta(days=-300))
    assert throttle.failed("192.0.2.1") is False


def test_it_remembers_only_so_many_addresses():
    throttle = Throttle(HandClock(NOW).now, allowed=1, addresses=17)
    for number in range(500):
        throttle.failed(f"192.0.2.{number}")
    assert len(throttle._failures) == 17
