"""So many letters a minute and no more; each waits once, and none is counted as tried."""

from datetime import UTC, datetime, timedelta

from reaper.deliver import Delivered, Manners, SendingRate
from reaper.model import LetterState

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_without_a_limit_everything_goes_at_once():
    pace = SendingRate()
    assert {pace.turn_of(str(n), ["a@x.example"], NOW) for n in range(1000)} == {NOW}


def test_a_minutes_worth_goes_at_once_and_the_rest_at_equal_distances():
    pace = SendingRate(per_minute=3)
    turns = [pace.turn_of(str(n), ["a@x.example"], NOW) - NOW for n in range(6)]
    assert turns == [timedelta(0)] * 3 + [timedelta(seconds=s) for s in (20, 40, 60)]


def test_a_letter_keeps_the_moment_it_was_told():
    pace = SendingRate(per_minute=1)
    pace.turn_of("first", ["a@x.example"], NOW)
    turn = pace.turn_of("second", ["a@x.example"], NOW)
    pace.turn_of("third", ["a@x.example"], NOW)
    assert pace.turn_of("second", ["a@x.example"], NOW) == turn
    assert pace.turn_of("second", ["a@x.example"], turn) == turn


def test_a_slow_domain_does_not_hold_up_the_others():
    pace = SendingRate(per_domain=1)
    assert pace.turn_of("1", ["a@slow.example"], NOW) == NOW
    assert pace.turn_of("2", ["b@SLOW.example"], NOW) == NOW + MINUTE
    assert pace.turn_of("3", ["c@fast.example"], NOW) == NOW


def test_a_letter_that_has_to_wait_goes_later_as_if_for_the_first_time(office):
    office.manners = Manners(admins=("admins@example.org",), pace=SendingRate(per_minute=2))
    for name in ("a", "b", "c"):
        office.queue(office.tenant(name))
    assert office.deliver() == Delivered(accepted=2, held=1)
    waiting = next(x for x in office.store.outbox.letters() if x.state is LetterState.QUEUED)
    assert (waiting.attempts, waiting.next_attempt_at) == (0, office.clock.now() + MINUTE / 2)
    assert office.deliver() == Delivered()
    office.clock.advance(MINUTE / 2)
    assert office.deliver() == Delivered(accepted=1)
