"""When the next look is worth it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reaper.execute.pace import LONGEST, SHORTEST, Pace, waits_for_others
from reaper.execute.work import Work

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)


def test_the_first_look_comes_soon():
    assert Pace().next([12], 0, 0.0, moved=True) == SHORTEST


def test_a_tenant_alone_is_looked_at_when_all_of_it_may_be_gone():
    assert Pace().next([6], 2, 1.0, moved=True) == 3.0


def test_several_tenants_are_looked_at_sooner_so_that_the_first_can_go_on():
    assert Pace().next([2, 4], 2, 1.0, moved=True) == 1.5


def test_how_fast_servers_went_says_nothing_of_volumes():
    pace = Pace()
    pace.next([6], 0, 0.0, moved=True, of=frozenset({"server"}))
    assert pace.next([6], 2, 1.0, moved=True, of=frozenset({"server"})) == 3.0
    assert pace.next([6], 4, 8.0, moved=True, of=frozenset({"volume"})) == SHORTEST


def test_a_look_never_comes_sooner_or_later_than_the_bounds():
    assert Pace().next([100], 1, 9.0, moved=True) == LONGEST
    assert Pace().next([1], 50, 0.1, moved=True) == SHORTEST
    assert Pace().next([], 3, 1.0, moved=True) == SHORTEST


def test_while_nothing_moves_the_looks_become_rarer():
    pace = Pace()
    pauses = [pace.next([3], 0, 1.0, moved=False) for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST
    assert pace.next([3], 0, 1.0, moved=True) == SHORTEST


def work_of(*, left: int = 0, **more):
    work = Work(tenant=None, began=NOON, **more)
    work.remaining = {("silly", "port", str(n)): None for n in range(left)}
    return work


def test_a_tenant_that_looks_empty_waits_for_others_as_long_as_it_took_and_no_longer():
    work, other = work_of(), work_of(left=1)
    emptied = NOON + timedelta(seconds=40)
    assert waits_for_others(work, [work, other], emptied)
    assert waits_for_others(work, [work, other], emptied + timedelta(seconds=39))
    assert not waits_for_others(work, [work, other], emptied + timedelta(seconds=40))


def test_nobody_waits_when_nobody_else_has_anything_left_or_when_something_is_doubtful():
    other = work_of(left=1)
    late = NOON + timedelta(seconds=40)
    assert not waits_for_others(other, [other], late)
    assert not waits_for_others(work_of(), [work_of()], late)
    assert not waits_for_others(work_of(wary=True), [other], late)
    assert not waits_for_others(work_of(doubts={("port", "silly"): "silly"}), [other], late)
