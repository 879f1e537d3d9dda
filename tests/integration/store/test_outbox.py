"""A letter is claimed by one deliverer, and what became of it is written beside its tenant."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Overtaken
from reaper.model import Change, Event, LetterKind, LetterState, Queued

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
TO = ["ada@mail.example"]


@pytest.fixture
def queue(store, enrolled, moment):
    """Puts a warning about a tenant of this name into the outbox."""

    def put(name="lagoon", before=WEEK, at=moment):
        return store.ledger.record(
            Change(enrolled(name), [Event(at, "warned", "")], [Queued(LetterKind.WARNING, before)])
        )

    return put


def test_letters_are_claimed_in_the_order_they_were_queued(store, queue, moment):
    queue("second", at=moment + MINUTE)
    queue("first")
    claimed = [store.outbox.claim(moment + MINUTE, WEEK).tenant_id for _ in range(2)]
    assert claimed == ["id-first", "id-second"]
    assert store.outbox.claim(moment + MINUTE, WEEK) is None


def test_a_claimed_letter_is_claimed_again_only_when_the_claim_has_run_out(store, queue, moment):
    queue()
    first = store.outbox.claim(moment, MINUTE)
    assert (first.state, first.attempts) == (LetterState.SENDING, 1)
    assert store.outbox.claim(moment + MINUTE / 2, MINUTE) is None
    again = store.outbox.claim(moment + MINUTE, MINUTE)
    assert (again.id, again.message_id, again.attempts) == (first.id, first.message_id, 2)


def test_an_accepted_letter_is_a_notice_and_wakes_its_tenant(store, queue, moment):
    asleep = store.ledger.record(Change(replace(queue(), next_due_at=None)))
    store.outbox.accepted(store.outbox.claim(moment, MINUTE), moment + MINUTE, moment + WEEK, TO)
    tenant = store.ledger.tenant(asleep.id)
    (notice,) = tenant.lease.notices
    assert (notice.state, notice.accepted_at, notice.told_at) == ("accepted", moment + MINUTE, moment + WEEK)
    assert (tenant.next_due_at, tenant.version) == (moment + MINUTE, asleep.version + 1)
    assert store.ledger.history(tenant.id)[-1].text == "the mail server took the warning letter for ada@mail.example"
    assert store.outbox.letters()[0].recipients == tuple(TO)


def test_a_sweeper_that_read_before_a_letter_was_settled_is_overtaken(store, queue, moment):
    for name, settle in (("a", store.outbox.refused), ("b", store.outbox.superseded)):
        read_before = queue(name)
        settle(store.outbox.claim(moment, MINUTE), moment, "because")
        with pytest.raises(Overtaken):
            store.ledger.record(Change(read_before))


def test_a_letter_that_reaches_nobody_is_undeliverable(store, queue, moment):
    tenant = queue()
    store.outbox.refused(store.outbox.claim(moment, MINUTE), moment, "550 no such user")
    (notice,) = store.ledger.tenant(tenant.id).lease.notices
    assert notice.undeliverable
    assert store.outbox.letters()[0].answer == "550 no such user"
    assert "550 no such user" in store.ledger.history(tenant.id)[-1].text
    assert store.outbox.claim(moment + WEEK, MINUTE) is None


def test_a_deferred_letter_waits_and_remembers_who_has_it(store, queue, moment):
    tenant = queue()
    store.outbox.deferred(store.outbox.claim(moment, MINUTE), moment + 9 * MINUTE, "451 later", TO)
    assert store.outbox.claim(moment + 8 * MINUTE, MINUTE) is None
    again = store.outbox.claim(moment + 9 * MINUTE, MINUTE)
    assert (again.recipients, again.attempts, again.answer) == (tuple(TO), 2, "451 later")
    assert store.ledger.history(tenant.id)[-1].at == moment
    assert store.ledger.tenant(tenant.id).version == tenant.version


def test_a_deliverer_that_lost_its_claim_does_not_put_the_letter_back(store, queue, moment):
    queue()
    slow = store.outbox.claim(moment, MINUTE)
    fast = store.outbox.claim(moment + MINUTE, MINUTE)
    store.outbox.deferred(slow, moment, "451 later", [])
    assert store.outbox.letters() == [fast]
    store.outbox.accepted(fast, moment, None, TO)
    store.outbox.deferred(slow, moment, "451 later", [])
    store.outbox.refused(slow, moment, "550 no")
    assert store.outbox.letters()[0].state is LetterState.ACCEPTED


def test_an_acceptance_is_a_fact_also_for_who_lost_the_claim(store, queue, moment):
    tenant = queue()
    slow = store.outbox.claim(moment, MINUTE)
    store.outbox.refused(store.outbox.claim(moment + MINUTE, MINUTE), moment, "550 no")
    store.outbox.accepted(slow, moment, None, TO)
    assert store.ledger.tenant(tenant.id).lease.notices[0].state is LetterState.ACCEPTED


def test_settling_twice_changes_nothing(store, queue, moment):
    tenant = queue()
    letter = store.outbox.claim(moment, MINUTE)
    store.outbox.accepted(letter, moment, None, TO)
    settled, told = store.ledger.tenant(tenant.id), store.ledger.history(tenant.id)
    store.outbox.accepted(letter, moment + WEEK, None, TO)
    assert (store.ledger.tenant(tenant.id), store.ledger.history(tenant.id)) == (settled, told)


def test_a_superseded_letter_is_no_notice_and_may_be_queued_again(store, queue, moment):
    tenant = queue()
    store.outbox.superseded(store.outbox.claim(moment, MINUTE), moment, "on hold")
    after = store.ledger.tenant(tenant.id)
    assert after.lease.notices == ()
    store.ledger.record(Change(after, [Event(moment, "warned", "")], [Queued(LetterKind.WARNING, WEEK)]))
    assert store.outbox.by_state() == {"queued": 1, "superseded": 1}


def test_deliverers_side_by_side_never_share_a_letter(store, queue, moment):
    for number in range(12):
        queue(f"t{number}")
    start = threading.Barrier(4)

    def deliver():
        start.wait()
        return list(iter(lambda: store.outbox.claim(moment, MINUTE), None))

    with ThreadPoolExecutor(4) as pool:
        claimed = [letter.id for one in [pool.submit(deliver) for _ in range(4)] for letter in one.result()]
    assert Counter(claimed) == {letter.id: 1 for letter in store.outbox.letters()}


def test_of_writers_side_by_side_exactly_one_wins(store, enrolled, moment):
    read_by_all = enrolled()
    start = threading.Barrier(6)

    def write(number):
        start.wait()
        try:
            store.ledger.record(Change(replace(read_by_all, failures=number), [Event(moment, "tried", str(number))]))
        except Overtaken:
            return None
        return number

    with ThreadPoolExecutor(6) as pool:
        winners = [number for number in pool.map(write, range(6)) if number is not None]
    assert winners == [store.ledger.tenant(read_by_all.id).failures]
    assert len(store.ledger.history(read_by_all.id)) == 2


def test_observers_side_by_side_enrol_each_project_once(store, tenant_named, moment):
    start = threading.Barrier(3)

    def enrol(observer):
        newcomers = [tenant_named(f"{observer}-{n}", project_id=f"project-{n}") for n in range(30)]
        start.wait()
        return store.ledger.enrol(newcomers, Event(moment, "observed", ""))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(enrol, range(3))) == 30
    assert len(store.ledger.known("trystack")) == 30


def test_letters_that_are_settled_while_tenants_are_written_block_nobody(store, queue, moment):
    for number in range(8):
        queue(f"t{number}")
    start = threading.Barrier(3)

    def deliver():
        start.wait()
        while (letter := store.outbox.claim(moment, MINUTE)) is not None:
            store.outbox.accepted(letter, moment, None, TO)

    def sweep():
        start.wait()
        written = 0
        while written < 40:
            for tenant in store.ledger.due(moment, 99):
                try:
                    store.ledger.record(
                        Change(replace(tenant, lease=replace(tenant.lease, arming=tenant.lease.arming + 1)))
                    )
                except Overtaken:
                    continue
                finally:
                    written += 1

    with ThreadPoolExecutor(3) as pool:
        for work in [pool.submit(deliver), pool.submit(sweep), pool.submit(sweep)]:
            work.result()
    assert all(letter.state in ("accepted", "superseded") for letter in store.outbox.letters())
