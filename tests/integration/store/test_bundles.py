"""Letters that go in one message: who finds whom, and that two deliverers never take the same letter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.model import Change, Event, LetterKind, LetterState, Person, Queued

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
ANN, BOB = "ann@mail.example", "bob@mail.example"


@pytest.fixture
def queue(store, enrolled, moment):
    """Puts a warning to these people into the outbox."""

    def put(name, *to, at=moment, **changes):
        people = tuple(
            Person(f"{name}-{n}", "Somebody", address, frozenset({"member"})) for n, address in enumerate(to)
        )
        tenant = enrolled(name, people=people)
        return store.ledger.record(
            Change(replace(tenant, **changes), [Event(at, "warned", "")], [Queued(LetterKind.WARNING, WEEK)])
        )

    return put


def together(store, moment, name="lagoon"):
    """Claim the first letter and what goes along."""
    mine = store.outbox.claim(moment, MINUTE)
    assert mine.tenant_id == f"id-{name}"
    return store.outbox.join(mine, store.outbox.companions(mine, moment, [ANN]), moment + MINUTE, MINUTE)


def states(store):
    return [letter.state for letter in store.outbox.letters()]


def test_what_goes_along_is_found_by_its_people_and_claimed_as_one(store, queue, moment):
    queue("lagoon", ANN)
    queue("meadow", ANN, BOB)
    queue("nobody", BOB)
    queue("oldest", ANN, at=moment - 2 * timedelta(hours=1))
    store.outbox.superseded(store.outbox.claim(moment, MINUTE), moment, "to be out of the way")
    mine, other = together(store, moment)
    assert (mine.tenant_id, other.tenant_id) == ("id-lagoon", "id-meadow")
    assert mine.bundle == other.bundle
    found = {letter.tenant_id: letter for letter in store.outbox.letters()}
    for name in ("id-lagoon", "id-meadow"):
        assert (found[name].state, found[name].next_attempt_at) == (LetterState.SENDING, moment + 2 * MINUTE)
    assert found["id-nobody"].state is LetterState.QUEUED
    assert [letter.id for letter in store.outbox.named(mine.bundle)] == [mine.id, other.id]


def test_several_people_narrow_down_what_goes_along(store, queue, moment):
    queue("lagoon", ANN, BOB)
    queue("meadow", ANN)
    queue("pasture", BOB, ANN)
    mine = store.outbox.claim(moment, MINUTE)
    assert [one.tenant_id for one in store.outbox.companions(mine, moment, [ANN, BOB])] == ["id-pasture"]


def test_who_comes_due_soon_is_named_with_the_same_people_only(store, queue, moment):
    queue("lagoon", ANN, next_due_at=moment)
    for name, to, due in (
        ("late", ANN, moment + 2 * WEEK),
        ("never", ANN, None),
        ("others", BOB, moment),
        ("second", ANN, moment + 2 * MINUTE),
        ("first", ANN, moment + MINUTE),
    ):
        queue(name, to, next_due_at=due)
    mine = store.outbox.claim(moment, MINUTE)
    assert mine.tenant_id == "id-lagoon"
    assert store.outbox.due_soon(mine, [ANN], moment + WEEK) == ["id-first", "id-second"]


def test_a_message_goes_again_whole_or_not_at_all(store, queue, moment):
    queue("lagoon", ANN)
    queue("meadow", ANN)
    first = together(store, moment)
    for letter in first:
        store.outbox.deferred(letter, moment + 5 * MINUTE, "451 later", ())
    again = store.outbox.claim(moment + 5 * MINUTE, MINUTE)
    (other,) = store.outbox.companions(again, moment + 5 * MINUTE, [ANN])
    both = store.outbox.join(again, [other], moment + 5 * MINUTE, MINUTE)
    assert {letter.bundle for letter in both} == {first[0].bundle}
    store.outbox.accepted(both[0], moment + 6 * MINUTE, moment + WEEK, [ANN])
    left = store.outbox.claim(moment + 9 * MINUTE, MINUTE)
    assert left.id == both[1].id
    assert store.outbox.companions(left, moment + 9 * MINUTE, [ANN]) == []


def test_letters_that_were_put_apart_stay_apart_and_hear_of_what_comes_back(store, queue, moment):
    queue("lagoon", ANN)
    queue("meadow", ANN)
    both = together(store, moment)
    for letter in both:
        store.outbox.apart(letter, moment, "554 too much at once")
    alone = store.outbox.claim(moment, MINUTE)
    assert store.outbox.companions(alone, moment, [ANN]) == []
    store.outbox.accepted(alone, moment, moment + WEEK, [ANN])
    assert store.ledger.history(alone.tenant_id)[-2].what == "letter_deferred"
    assert [one.id for one in store.outbox.bounced(both[0].bundle, {ANN: "550 gone"}, moment)] == [
        one.id for one in both
    ]


def test_two_deliverers_never_have_the_same_letter(store, queue, moment):
    names = [f"n{number:02}" for number in range(8)]
    for name in names:
        queue(name, ANN)

    def gather(_):
        mine = store.outbox.claim(moment, MINUTE)
        if mine is None:
            return []
        others = store.outbox.companions(mine, moment, [ANN])
        return [letter.id for letter in store.outbox.join(mine, others, moment, MINUTE) or [mine]]

    with ThreadPoolExecutor(4) as deliverers:
        taken = [letter for hands in deliverers.map(gather, range(8)) for letter in hands]
    assert len(taken) == len(set(taken))
    assert states(store).count(LetterState.SENDING) == len(taken)
