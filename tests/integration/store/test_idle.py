"""The record of idle things: each stands there once, its letter with it, and what was asked to go is not forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from reaper.errors import Overtaken
from reaper.lifecycle import Stock
from reaper.model import Change, Disk, Event, IdleThing, LetterKind, LetterState, Resource

HOUR = timedelta(hours=1)


@pytest.fixture
def tenant(enrolled):
    return enrolled()


@pytest.fixture
def thing(tenant, moment):
    facts = {"address": "203.0.113.9", "port_id": None}
    return IdleThing(
        "",
        tenant.id,
        "trial: floating_ip unattached for 11h, told 5h before",
        "unattached",
        Resource("floating_ip", "RegionOne", "fip", "\N{SNOWMAN}", tenant.project_id, "DOWN", facts),
        lasts=11 * HOUR,
        notice=5 * HOUR,
        since=moment,
        seen_at=moment,
    )


@pytest.fixture
def kept(store, thing):
    store.idle.take_in(Stock(afresh=(thing,)), {})
    (row,) = store.idle.open("trystack")
    return row


@pytest.fixture
def warned(store, tenant, kept, moment):
    """A thing of which a letter was accepted."""
    disks = (Disk("vol", "root \N{SNOWMAN}", 7), Disk("raw", ""))
    store.idle.warn(tenant, [replace(kept, along=disks)], Event(moment, "idle_warning", "a letter"))
    (letter,) = store.outbox.letters(tenant.id)
    store.outbox.accepted(letter, moment + HOUR, None, ["ada@mail.example"])
    (row,) = store.idle.of(tenant.id)
    return row


def current(store, tenant):
    return store.ledger.tenant(tenant.id)


def test_a_thing_is_read_as_it_was_written(thing, kept):
    assert replace(kept, id="") == thing


def test_a_thing_stands_there_once_however_often_it_begins_anew(store, thing, kept):
    store.idle.take_in(Stock(afresh=(replace(thing, since=thing.since + HOUR),)), {})
    (row,) = store.idle.open("trystack")
    assert row.since == thing.since + HOUR


def test_what_is_seen_again_keeps_its_letter(store, tenant, warned):
    later = replace(warned, seen_at=warned.seen_at + HOUR, resource=replace(warned.resource, name="other"))
    store.idle.take_in(Stock(still=(later,)), {tenant.id: [Event(later.seen_at, "idle_over", "told")]})
    assert store.idle.of(tenant.id) == [later]
    assert store.ledger.history(tenant.id)[-1].what == "idle_over"


def test_a_letter_is_queued_with_its_event_and_the_things_that_wait_for_it(store, tenant, warned, moment):
    (letter,) = store.outbox.letters(tenant.id)
    assert (letter.kind, letter.state) == (LetterKind.IDLE_WARNING, LetterState.ACCEPTED)
    assert (warned.letter_id, warned.letter_state, warned.accepted_at) == (
        letter.id,
        LetterState.ACCEPTED,
        moment + HOUR,
    )
    assert warned.along == (Disk("vol", "root \N{SNOWMAN}", 7), Disk("raw", ""))
    assert store.idle.told_in(letter.id) == [warned]
    assert current(store, tenant).lease.notices == ()  # nothing of the lease hangs on it


def test_a_letter_that_came_back_was_accepted_by_nobody(store, tenant, warned, moment):
    store.outbox.bounced(warned.letter_id, {"ada@mail.example": "550 5.1.1 unknown"}, moment + 2 * HOUR)
    (row,) = store.idle.of(tenant.id)
    assert (row.letter_state, row.accepted_at) == (LetterState.BOUNCED, None)


def test_a_thing_waits_for_the_copy_of_its_letter_that_a_person_has_sent(store, tenant, warned, moment):
    (letter,) = store.outbox.letters(tenant.id)
    store.outbox.again(letter.id, moment + 2 * HOUR, "ops")
    (row,) = store.idle.of(tenant.id)
    assert row.letter_id != letter.id
    assert (row.letter_state, row.accepted_at) == (LetterState.QUEUED, None)


def test_a_tenant_that_somebody_has_changed_is_not_told_and_not_asked(store, tenant, kept, moment):
    event = Event(moment, "renewed", "somebody was first")
    store.ledger.record(Change(current(store, tenant), [event]))
    with pytest.raises(Overtaken):
        store.idle.warn(tenant, [kept], Event(moment, "idle_warning", "a letter"))
    with pytest.raises(Overtaken):
        store.idle.ask(tenant, kept, Event(moment, "idle_asked", "goes"))
    assert store.outbox.letters(tenant.id) == []
    assert store.idle.of(tenant.id) == [kept]


def test_nobody_is_told_of_a_thing_that_was_forgotten_meanwhile(store, tenant, kept, moment):
    store.idle.take_in(Stock(over=(kept,)), {})
    with pytest.raises(Overtaken):
        store.idle.warn(tenant, [kept], Event(moment, "idle_warning", "a letter"))
    assert store.outbox.letters(tenant.id) == []
    assert [event.what for event in store.ledger.history(tenant.id)] == ["observed"]


def test_what_waits_for_another_letter_than_it_did_is_not_asked(store, tenant, warned, moment):
    (letter,) = store.outbox.letters(tenant.id)
    store.outbox.again(letter.id, moment + 2 * HOUR, "ops")
    with pytest.raises(Overtaken):
        store.idle.ask(current(store, tenant), warned, Event(moment, "idle_asked", "goes"))
    assert store.idle.of(tenant.id)[0].asked_at is None


def test_what_was_asked_to_go_meanwhile_is_not_forgotten(store, tenant, warned, moment):
    store.idle.ask(current(store, tenant), warned, Event(moment, "idle_asked", "goes"))
    store.idle.take_in(Stock(over=(warned,)), {})
    (row,) = store.idle.open("trystack")
    assert row.asked_at == moment
    store.idle.answered(row, "409 in use")
    (row,) = store.idle.open("trystack")
    assert row.answer == "409 in use"
    store.idle.take_in(Stock(over=(row,)), {})
    assert store.idle.open("trystack") == []


def test_what_is_gone_is_told_and_is_open_no_more(store, tenant, warned, moment):
    store.idle.ask(current(store, tenant), warned, Event(moment, "idle_asked", "goes"))
    (asked,) = store.idle.open("trystack")
    store.idle.take_in(Stock(missing=(replace(asked, absent_at=moment + HOUR),)), {})
    (missing,) = store.idle.open("trystack")
    assert missing.absent_at == moment + HOUR
    store.idle.gone(current(store, tenant), [missing], Event(moment + 2 * HOUR, "idle_given_back", "gone"))
    assert store.idle.open("trystack") == []
    _, receipt = store.outbox.letters(tenant.id)
    assert receipt.kind is LetterKind.IDLE_GIVEN_BACK
    (row,) = store.idle.told_in(receipt.id)
    assert row.gone_at == moment + 2 * HOUR
    with pytest.raises(Overtaken):
        store.idle.gone(current(store, tenant), [missing], Event(moment + 2 * HOUR, "idle_given_back", "twice"))
    assert len(store.outbox.letters(tenant.id)) == 2


def test_what_is_not_gone_is_counted_by_how_far_it_is(store, tenant, thing, warned, moment):
    other = replace(thing, resource=replace(thing.resource, id="another"))
    store.idle.take_in(Stock(afresh=(other,)), {})
    assert store.idle.by_standing() == {"told": 1, "found": 1}
    store.idle.ask(current(store, tenant), warned, Event(moment, "idle_asked", "goes"))
    assert store.idle.by_standing() == {"asked": 1, "found": 1}
    store.idle.gone(current(store, tenant), [warned], Event(moment, "idle_given_back", "gone"))
    assert store.idle.by_standing() == {"found": 1}


def test_things_of_another_cloud_are_not_of_this_one(store, kept):
    assert store.idle.open("elsewhere") == []


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("idle_things", "since", "yesterday"),
        ("idle_things", "seen_at", ""),
        ("idle_things", "facts", "[]"),
        ("idle_things", "along", '[{"size": 1}]'),
        ("letters", "state", "lost"),
        ("letters", "accepted_at", "soon"),
    ],
)
def test_of_a_row_that_cannot_be_read_it_is_said(store, tenant, warned, table, column, value):
    with store.database.writing() as writer:
        writer.execute(text(f"UPDATE {table} SET {column} = :value"), {"value": value})  # noqa: S608 - names of ours
    (row,) = store.idle.of(tenant.id)
    assert column in row.damaged
