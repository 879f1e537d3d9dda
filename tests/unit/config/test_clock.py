"""Both clocks keep the same promise."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from reaper.clock import HandClock, SystemClock

START = datetime(2031, 12, 31, 23, 59, 50, tzinfo=UTC)


@pytest.mark.parametrize("clock", [SystemClock(), HandClock(START)], ids=["system", "hand"])
def test_a_clock_tells_aware_utc(clock):
    assert clock.now().tzinfo is UTC
    assert clock.now() <= clock.now()
    assert clock.monotonic() <= clock.monotonic()


def test_a_clock_that_was_stopped_lets_nobody_wait():
    clock = SystemClock()
    waiting = threading.Thread(target=clock.wait, args=(3600,))
    waiting.start()
    clock.stop()
    waiting.join(60)
    assert not waiting.is_alive()
    clock.wait(3600)
    assert clock.stopped


def test_waiting_for_less_than_nothing_is_no_error():
    SystemClock().wait(-1)
    clock = HandClock(START)
    clock.wait(-1)
    assert clock.now() == START


def test_a_hand_clock_moves_only_when_moved_or_waited_for():
    clock = HandClock(START)
    assert clock.now() == START
    assert clock.advance(timedelta(days=30)) == START + timedelta(days=30)
    clock.wait(2.5)
    assert clock.now() == START + timedelta(days=30, seconds=2.5)
    assert clock.monotonic() == timedelta(days=30, seconds=2.5).total_seconds()


def test_a_hand_clock_can_jump_back_and_its_measure_does_not():
    clock = HandClock(START)
    clock.advance(timedelta(hours=1))
    clock.advance(-timedelta(days=1))
    assert clock.now() < START
    assert clock.monotonic() == 3600


def test_a_stopped_hand_clock_is_not_moved_by_waiting():
    clock = HandClock(START)
    clock.stop()
    clock.wait(60)
    assert clock.now() == START


def test_a_hand_clock_turns_any_zone_into_utc_and_refuses_none():
    assert HandClock(START.astimezone(timezone(timedelta(hours=8)))).now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware moment"):
        HandClock(START.replace(tzinfo=None))


def test_a_hand_clock_loses_no_move_between_threads():
    clock = HandClock(START)
    movers = [threading.Thread(target=lambda: [clock.wait(1) for _ in range(500)]) for _ in range(4)]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    assert clock.now() == START + timedelta(seconds=2000)
