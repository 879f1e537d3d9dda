"""When the next look is worth it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reaper.execute.tenant_reclaim import TenantReclaim
from reaper.execute.timing import LONGEST, SHORTEST, Pace

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


def reclaim_of(*, left: int = 0, **more):
    reclaim = TenantReclaim(tenant=None, began=NOON, **more)
    reclaim.remaining = {("silly", "port", str(n)): None for n in range(left)}
    return reclaim


def test_a_tenant_that_looks_empty_waits_for_others_as_long_as_it_took_and_no_longer():
    reclaim, other = reclaim_of(), reclaim_of(left=1)
    emptied = NOON + timedelta(seconds=40)
    assert reclaim.waits_for([reclaim, other], emptied)
    assert reclaim.waits_for([reclaim, other], emptied + timedelta(seconds=39))
    assert not reclaim.waits_for([reclaim, other], emptied + timedelta(seconds=40))


def test_nobody_waits_when_nobody_else_has_anything_left_or_when_something_is_doubtful():
    other = reclaim_of(left=1)
    late = NOON + timedelta(seconds=40)
    assert not other.waits_for([other], late)
    assert not reclaim_of().waits_for([reclaim_of()], late)
    assert not reclaim_of(wary=True).waits_for([other], late)
    assert not reclaim_of(doubts={("port", "silly"): "silly"}).waits_for([other], late)
