"""However often a page is opened, the cloud is asked seldom, and by few at a time."""

import threading
from datetime import UTC, datetime

import pytest

from reaper.clock import HandClock
from reaper.errors import Temporary
from reaper.model import Lease, Resource, Tenant, Terms
from reaper.operations.inventory_cache import AT_ONCE, FRESH_FOR, LastSeen

NOW = datetime(2031, 5, 1, 7, 13, tzinfo=UTC)
TERMS = Terms("trial", *[FRESH_FOR, (FRESH_FOR,), FRESH_FOR, FRESH_FOR, 3], *[FRESH_FOR] * 4)


def tenant(number=17):
    return Tenant(f"tenant-{number}", "trystack", "p17", "aurora", Lease("lease-1", NOW, NOW + FRESH_FOR, TERMS))


def server(project_id="p17"):
    return Resource("server", "RegionOne", "s1", "web-1", project_id)


def test_an_answer_is_good_for_a_while_and_then_asked_for_again():
    # Given
    asked, clock = [], HandClock(NOW)
    seen = LastSeen(lambda t: asked.append(t.id) or [server()], clock)
    # When
    answers = [seen.of(tenant()), seen.of(tenant())]
    clock.advance(FRESH_FOR)
    answers.append(seen.of(tenant()))
    # Then
    assert answers == [(server(),)] * 3
    assert len(asked) == 2


@pytest.mark.parametrize("project_id", ["p18", None])
def test_what_is_not_the_tenants_or_has_an_unknown_owner_is_not_told(project_id):
    assert LastSeen(lambda _: [server(project_id)], HandClock(NOW)).of(tenant()) == ()


def test_a_failure_is_remembered_too_so_that_a_cloud_in_trouble_is_left_alone():
    # Given
    asked = []

    def fail(_):
        asked.append(1)
        raise Temporary("Nova does not answer")

    seen = LastSeen(fail, HandClock(NOW))
    # Then
    assert seen.of(tenant()) is None
    assert seen.of(tenant()) is None
    assert len(asked) == 1


def test_when_enough_pages_wait_for_a_slow_cloud_the_next_one_does_not():
    # Given as many readers as may wait
    waiting, go = threading.Semaphore(0), threading.Event()

    def slow(_):
        waiting.release()
        assert go.wait(20)
        return [server()]

    seen = LastSeen(slow, HandClock(NOW))
    readers = [threading.Thread(target=seen.of, args=(tenant(n),)) for n in range(AT_ONCE)]
    for reader in readers:
        reader.start()
        assert waiting.acquire(timeout=20)
    # Then
    assert seen.of(tenant(99)) is None
    go.set()
    for reader in readers:
        reader.join()
    assert seen.of(tenant(0)) == (server(),)
    assert seen.of(tenant(99)) == (server(),)
