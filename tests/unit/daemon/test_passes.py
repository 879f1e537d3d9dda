"""A pass that hangs is left behind and counted; what is late or stands still is said; news are said once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from reaper.clock import HandClock, SystemClock
from reaper.daemon import Job, Passes, Repeats, Schedule

START = datetime(2031, 3, 7, 5, 11, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PATIENCE = 20


@pytest.fixture
def clock():
    return HandClock(START)


@pytest.fixture
def passes(clock):
    return Passes({"sweep": MINUTE, "observe": HOUR}, 2 * HOUR, clock.monotonic)


def end_well(passes, *verbs):
    for verb in verbs:
        with passes.under_way(verb):
            pass


def test_a_verb_is_late_until_a_pass_of_it_has_ended_well_and_when_none_has_within_its_time(passes, clock):
    assert len(passes.late()) == 2
    end_well(passes, "sweep", "observe")
    assert passes.late() == []
    clock.advance(timedelta(minutes=17))
    (said,) = passes.late()
    assert said == "sweep: the last good pass ended 0:17:00 ago; one is due every 0:01:00"
    clock.advance(3 * HOUR)
    assert [one.partition(":")[0] for one in passes.late()] == ["sweep", "observe"]


def test_a_pass_that_fails_is_no_good_one_but_no_standstill_either(passes, clock):
    end_well(passes, "sweep", "observe")
    for _ in range(20):
        clock.advance(HOUR)
        for verb in ("sweep", "observe"):
            with pytest.raises(OSError, match="away"), passes.under_way(verb):
                raise OSError("away")
    assert len(passes.late()) == 2
    assert passes.standing_still() is None


def test_ten_days_without_a_pass_are_a_standstill(passes, clock):
    end_well(passes, "sweep", "observe")
    assert passes.standing_still() is None
    clock.advance(10 * DAY)
    assert passes.standing_still() == "sweep: no pass has ended for 10 days, 0:00:00"


def test_three_passes_that_hang_at_once_are_a_standstill_until_one_comes_back(passes):
    for _ in range(3):
        assert passes.standing_still() is None
        passes.left_behind("sweep")
    assert passes.standing_still() == "sweep: 3 passes hang in their threads"
    passes.came_back("sweep")
    assert passes.standing_still() is None
    assert passes.past()["sweep"].left_behind == 3


def test_a_pass_that_hangs_is_left_behind_counted_and_the_next_one_begins():
    clock, release = SystemClock(), threading.Event()
    passes = Passes({"sweep": MINUTE}, timedelta(milliseconds=50), clock.monotonic)
    begun, second = [], threading.Event()

    def hang_at_first():
        begun.append(1)
        if len(begun) > 1:
            second.set()
        else:
            release.wait(PATIENCE)

    schedule = Schedule([Job("sweep", timedelta(milliseconds=20), hang_at_first)], clock.now, passes)
    schedule.start()
    assert second.wait(PATIENCE)
    assert passes.past()["sweep"].left_behind == 1
    assert schedule.works
    assert schedule.stop() == ["sweep"]
    release.set()


def test_the_end_waits_for_a_pass_under_way_and_for_none_for_ever():
    clock, release = SystemClock(), threading.Event()
    passes = Passes({"sweep": MINUTE}, HOUR, clock.monotonic)
    begun, done = threading.Event(), []

    def work():
        begun.set()
        release.wait(PATIENCE)
        done.append(1)

    schedule = Schedule([Job("sweep", HOUR, work)], clock.now, passes)
    schedule.start()
    assert begun.wait(PATIENCE)
    threading.Timer(0.1, release.set).start()
    assert schedule.stop() == []
    assert done == [1]
    release.clear()
    begun.clear()
    schedule = Schedule([Job("sweep", HOUR, work)], clock.now, passes)
    schedule.start()
    assert begun.wait(PATIENCE)
    assert schedule.stop(timedelta(milliseconds=50)) == ["sweep"]
    release.set()


def test_what_holds_on_is_news_once_and_then_once_a_day_and_again_when_it_is_back(clock):
    news = Repeats(clock.monotonic)
    assert news.of(["mail", "pause"]) == {"mail", "pause"}
    assert news.of(["mail", "pause"]) == set()
    clock.advance(DAY / 2)
    assert news.of(["mail"]) == set()
    clock.advance(DAY / 2)
    assert news.of(["mail", "pause"]) == {"mail", "pause"}
    assert news.of([]) == set()
    assert news.of(["mail"]) == {"mail"}
