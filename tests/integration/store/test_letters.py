"""Letters stand or fall with the state they belong to, exist once, and are not sent once they are untrue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from reaper.errors import Gone, Overtaken, Permanent, ReaperError
from reaper.letters import CATALOG
from reaper.model import Change, Event, Lease, LetterKind, LetterState, Queued, State

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@pytest.fixture
def warned(moment):
    return [Event(moment, "warned", "the first warning")]


def kinds(store):
    return [(letter.kind, letter.state) for letter in store.outbox.letters()]


def test_a_letter_is_queued_with_the_state_it_belongs_to(store, enrolled, warned, moment):
    tenant = store.ledger.record(Change(enrolled(), warned, [Queued(LetterKind.WARNING, WEEK)]))
    (letter,) = store.outbox.letters(tenant.id)
    assert (letter.kind, letter.state, letter.before) == (LetterKind.WARNING, LetterState.QUEUED, WEEK)
    assert (letter.lease_id, letter.arming, letter.queued_at) == (tenant.lease.id, tenant.lease.arming, moment)
    assert letter.message_id == f"<{letter.id}@mail.example>"
    assert store.ledger.tenant(tenant.id) == tenant
    assert [notice.before for notice in tenant.lease.notices] == [WEEK]


def test_a_letter_that_breaks_takes_state_and_event_back_with_it(store, enrolled, warned):
    tenant = enrolled()
    broken = Queued(LetterKind.WARNING, timedelta.max)  # more microseconds than fit
    with pytest.raises((ReaperError, OverflowError)):
        store.ledger.record(
            Change(replace(tenant, state=State.SUSPENDED), warned, [Queued(LetterKind.RENEWED), broken])
        )
    assert store.ledger.tenant(tenant.id) == tenant
    assert [event.what for event in store.ledger.history(tenant.id)] == ["observed"]
    assert store.outbox.letters() == []


def test_an_event_that_breaks_takes_state_and_letter_back_with_it(store, enrolled, moment):
    tenant = enrolled()
    local = Event(moment.replace(tzinfo=None), "warned", "")
    with pytest.raises(ReaperError, match="no moment with a time zone"):
        store.ledger.record(Change(replace(tenant, state=State.SUSPENDED), [local], [Queued(LetterKind.WARNING, WEEK)]))
    assert store.ledger.tenant(tenant.id) == tenant
    assert store.outbox.letters() == []


def test_a_letter_without_an_event_that_dates_it_is_refused(store, enrolled):
    tenant = enrolled()
    with pytest.raises(ValueError, match="together with an event"):
        store.ledger.record(Change(tenant, letters=[Queued(LetterKind.RENEWED)]))
    assert store.ledger.tenant(tenant.id) == tenant


@pytest.mark.parametrize("spec", [spec for spec in CATALOG if spec.report is None], ids=lambda spec: spec.kind.value)
def test_a_lease_remembers_a_letter_only_if_its_row_says_so(store, enrolled, warned, spec):
    tenant = store.ledger.record(Change(enrolled(), warned, [Queued(spec.kind)]))
    assert [notice.kind for notice in tenant.lease.notices] == ([spec.kind] if spec.notice else [])
    assert store.ledger.tenant(tenant.id) == tenant


@pytest.mark.parametrize("kind", [LetterKind.WELCOME, LetterKind.WARNING, LetterKind.SUSPENDED])
def test_a_round_has_each_letter_once(store, enrolled, warned, kind):
    tenant = store.ledger.record(Change(enrolled(), warned, [Queued(kind, WEEK), Queued(kind, WEEK)]))
    again = store.ledger.record(Change(tenant, warned, [Queued(kind, WEEK)]))
    assert len(store.outbox.letters()) == 1
    assert again.lease.notices == tenant.lease.notices
    store.ledger.record(Change(again, warned, [Queued(kind, DAY)]))
    assert len(store.outbox.letters()) == 2


def test_the_database_itself_refuses_a_letter_twice(store, enrolled, warned):
    store.ledger.record(Change(enrolled(), warned, [Queued(LetterKind.WELCOME)]))
    columns = ", ".join(column for column in _columns(store) if column not in ("number", "id"))
    with pytest.raises(Overtaken), store.database.writing() as writer:
        writer.execute(text(f"INSERT INTO letters (id, {columns}) SELECT 'twin', {columns} FROM letters"))  # noqa: S608


def _columns(store):
    with store.database.reading() as reader:
        return list(reader.execute(text("SELECT * FROM letters")).keys())


def test_a_replay_after_a_crash_is_overtaken_and_doubles_nothing(store, enrolled, warned):
    as_read = enrolled()
    store.ledger.record(Change(as_read, warned, [Queued(LetterKind.RENEWED)]))
    with pytest.raises(Overtaken):
        store.ledger.record(Change(as_read, warned, [Queued(LetterKind.RENEWED)]))
    assert len(store.outbox.letters()) == 1


def test_a_renewal_keeps_earlier_warnings_from_being_sent(store, enrolled, warned):
    tenant = store.ledger.record(
        Change(enrolled(), warned, [Queued(LetterKind.WARNING, WEEK), Queued(LetterKind.ORPHAN)])
    )
    later = replace(tenant.lease, arming=tenant.lease.arming + 1, notices=())
    renewed = store.ledger.record(Change(replace(tenant, lease=later), warned, [Queued(LetterKind.RENEWED)]))
    assert kinds(store) == [("warning", "superseded"), ("orphan", "queued"), ("renewed", "queued")]
    assert store.ledger.tenant(tenant.id).lease.notices == ()
    store.ledger.record(Change(renewed, warned, [Queued(LetterKind.WARNING, WEEK)]))
    assert kinds(store)[-1] == ("warning", "queued")


def test_a_letter_on_its_way_or_accepted_is_not_called_back(store, enrolled, warned, moment):
    tenant = store.ledger.record(
        Change(enrolled(), warned, [Queued(LetterKind.WARNING, WEEK), Queued(LetterKind.WELCOME)])
    )
    sent = store.outbox.claim(moment, WEEK)
    store.outbox.accepted(sent, moment, None, ["a@mail.example"])
    assert store.outbox.claim(moment, WEEK) is not None
    tenant = store.ledger.tenant(tenant.id)
    store.ledger.record(Change(replace(tenant, lease=replace(tenant.lease, arming=5))))
    assert kinds(store) == [("warning", "accepted"), ("welcome", "sending")]


def test_a_new_lease_keeps_letters_about_the_old_one_from_being_sent(store, enrolled, warned, moment, odd_terms):
    tenant = store.ledger.record(
        Change(enrolled(), warned, [Queued(LetterKind.SUSPENDED), Queued(LetterKind.RECLAIMED)])
    )
    second = Lease("second", moment, moment + WEEK, odd_terms)
    store.ledger.record(Change(replace(tenant, lease=second), warned, [Queued(LetterKind.WELCOME)], new_lease=True))
    assert kinds(store) == [("suspended", "superseded"), ("reclaimed", "queued"), ("welcome", "queued")]
    assert [notice.kind for notice in store.ledger.tenant(tenant.id).lease.notices] == [LetterKind.WELCOME]


def test_a_restart_of_the_warnings_makes_everything_said_before_count_no_more(store, enrolled, warned, moment):
    tenant = store.ledger.record(
        Change(enrolled(), warned, [Queued(LetterKind.WARNING, WEEK), Queued(LetterKind.WARNING, DAY)])
    )
    store.outbox.accepted(store.outbox.claim(moment, WEEK), moment, None, ["a@mail.example"])
    gone = store.ledger.record(Change(replace(store.ledger.tenant(enrolled("gone").id), vanished_at=moment)))
    asleep = store.ledger.tenant(tenant.id)
    store.ledger.restart_warnings(moment + DAY)
    fresh = store.ledger.tenant(tenant.id)
    assert (fresh.lease.notices, fresh.next_due_at) == ((), moment + DAY)
    assert kinds(store) == [("warning", "accepted"), ("warning", "superseded")]
    assert store.ledger.history(tenant.id)[-1] == Event(
        moment + DAY, "rearmed", "warnings start afresh after a long outage"
    )
    assert store.ledger.tenant(gone.id) == gone
    with pytest.raises(Overtaken):
        store.ledger.record(Change(asleep))
    store.ledger.record(Change(fresh, warned, [Queued(LetterKind.WARNING, WEEK)]))
    assert kinds(store)[-1] == ("warning", "queued")


def test_letters_that_bear_no_deadline_are_no_notices(store, enrolled, warned):
    several = [Queued(LetterKind.RENEWED), Queued(LetterKind.ORPHAN), Queued(LetterKind.RECLAIMED)]
    tenant = store.ledger.record(Change(enrolled(), warned, several))
    assert [notice.kind for notice in tenant.lease.notices] == [LetterKind.ORPHAN]
    assert store.ledger.tenant(tenant.id) == tenant


def test_errors_name_what_is_missing(store, tenant_named, warned):
    with pytest.raises((Gone, Permanent)):
        store.ledger.record(Change(tenant_named("nobody"), warned, [Queued(LetterKind.RENEWED)]))
    assert store.outbox.letters() == []
