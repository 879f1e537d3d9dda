"""When the next look is worth it."""

from __future__ import annotations

from reaper.execute.pace import LONGEST, SHORTEST, Pace


def test_the_first_look_comes_soon():
    assert Pace().next([12], 0, 0.0, moved=True) == SHORTEST


def test_a_tenant_alone_is_looked_at_when_all_of_it_may_be_gone():
    assert Pace().next([6], 2, 1.0, moved=True) == 3.0


def test_several_tenants_are_looked_at_sooner_so_that_the_first_can_go_on():
    assert Pace().next([2, 4], 2, 1.0, moved=True) == 1.5


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
