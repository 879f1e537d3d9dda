"""A row that cannot be read is named and set aside; it never hides the others and is never acted upon."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from reaper.lifecycle import Quarantine, decide
from reaper.model import Change, Event, LetterKind, Queued, Resource, State
from reaper.store.tables import people as people_table
from tests.unit.lifecycle.cases import judged

WEEK = timedelta(days=7)
GARBAGE = [
    ("tenants", "next_due_at", "tomorrow"),
    ("tenants", "next_due_at", ""),
    ("tenants", "suspended_at", "2031-02-30T00:00:00Z"),
    ("tenants", "retry_at", "2031-02-03"),
    ("tenants", "hold_until", "when he is back"),
    ("tenants", "state", "ASLEEP"),
    ("tenants", "unfinished", "half"),
    ("tenants", "decided_under", ""),
    ("tenants", "quarantined_from", "?"),
    ("tenants", "tags", "{"),
    ("tenants", "tags", '{"a": 1}'),
    ("tenants", "memory", '[{"region": "R"}]'),
    ("tenants", "memory", "null"),
    ("tenants", "lease_id", "nowhere"),
    ("leases", "started_at", "0000-00-00 00:00:00"),
    ("leases", "expires_at", "9999-99-99T99:99:99Z"),
    ("leases", "terms", "[]"),
    ("leases", "terms", '{"lasts": 1e300}'),
    ("leases", "terms", "not even JSON"),
    ("people", "roles", "admin"),
    ("letters", "state", "lost"),
    ("letters", "kind", "postcard"),
    ("letters", "accepted_at", "yes"),
    ("letters", "queued_at", ""),
]


def spoil(store, table, column, value, where=""):
    with store.database.writing() as writer:
        writer.execute(text(f"UPDATE {table} SET {column} = :value {where}"), {"value": value})  # noqa: S608


@pytest.fixture
def whole(store, enrolled, moment):
    """A tenant with people and a letter, beside which nothing is wrong."""
    people = {"people": ()}
    tenant = enrolled("whole", **people)
    with store.database.writing() as writer:
        writer.execute(
            insert(people_table).values(tenant_id=tenant.id, key="k", user_id="u", name="Ada", roles=[], enabled=True)
        )
    store.ledger.record(
        Change(store.ledger.tenant(tenant.id), [Event(moment, "warned", "")], [Queued(LetterKind.WARNING, WEEK)])
    )
    return store.ledger.tenant(tenant.id)


def seen(store, moment, name):
    """How it looks to whoever loads it: not one of them may fail."""
    loaded = [store.ledger.due(moment, 9), list(store.ledger.tenants()), [store.ledger.find(f"trystack/{name}")]]
    assert all(len(some) >= 1 for some in loaded)
    store.ledger.gate_inputs(moment)
    store.outbox.letters()
    return store.ledger.tenant(f"id-{name}")


@pytest.mark.parametrize(("table", "column", "value"), GARBAGE)
def test_a_value_that_makes_no_sense_is_named_and_stops_its_tenant(store, whole, moment, table, column, value):
    spoil(store, table, column, value)
    tenant = seen(store, moment, "whole")
    assert (f"{table}.{column} holds" in tenant.damaged) or (f"leases has no row {value!r}" in tenant.damaged)
    assert column in ("tags", "memory", "terms") or repr(value) in tenant.damaged
    decision = decide(judged(tenant), moment)
    assert isinstance(decision, Quarantine)
    assert tenant.damaged in decision.reason


@pytest.mark.parametrize(("table", "column", "value"), GARBAGE)
def test_a_damaged_tenant_can_be_quarantined_and_its_columns_stay_for_a_person_to_look_at(
    store, whole, moment, table, column, value
):
    spoil(store, table, column, value)
    tenant = store.ledger.tenant(whole.id)
    stopped = replace(tenant, state=State.QUARANTINED, quarantine_reason=tenant.damaged, next_due_at=None)
    store.ledger.record(Change(stopped, [Event(moment, "quarantined", tenant.damaged)]))
    again = store.ledger.tenant(whole.id)
    assert (again.state, again.version) == (State.QUARANTINED, tenant.version + 1)
    assert store.ledger.due(moment, 9) == []
    healed = ("next_due_at", "state", "retry_at", "quarantined_from")
    assert (again.damaged is None) == (table == "tenants" and column in healed)


def test_a_tenant_with_every_column_spoilt_hides_no_other(store, whole, enrolled, moment):
    others = [enrolled("before"), enrolled("after")]
    for table, column, value in GARBAGE:
        where = "WHERE id = 'id-whole'" if table == "tenants" else "WHERE tenant_id = 'id-whole'"
        spoil(store, table, column, value, where)
    loaded = {tenant.id: tenant for tenant in store.ledger.due(moment, 9)}
    assert len(loaded) == 3
    assert all(loaded[other.id] == other for other in others)
    assert loaded["id-whole"].damaged


def test_a_version_that_is_no_number_does_not_keep_a_tenant_from_being_stopped(sqlite_store, tenant_named, moment):
    ledger = sqlite_store.ledger
    ledger.enrol([tenant_named("a"), tenant_named("b")], Event(moment, "observed", ""))
    spoil(sqlite_store, "tenants", "version", "three", "WHERE id = 'id-a'")
    tenant = ledger.tenant("id-a")
    assert tenant.damaged == "tenants.version holds 'three'"
    ledger.record(Change(replace(tenant, state=State.QUARANTINED)))
    assert ledger.tenant("id-a").version == 1
    assert ledger.tenant("id-b").state is State.ACTIVE


def test_bytes_that_are_no_text_hide_no_row(sqlite_store, tenant_named, moment):
    sqlite_store.ledger.enrol([tenant_named("a"), tenant_named("b")], Event(moment, "observed", ""))
    with sqlite_store.database.writing() as writer:
        writer.exec_driver_sql("UPDATE tenants SET retry_at = CAST(x'fffe' AS TEXT), tags = x'00ff' WHERE id = 'id-a'")
    first, second = sqlite_store.ledger.due(moment, 9)
    assert "tenants.retry_at" in first.damaged
    assert "tenants.tags" in first.damaged
    assert second.damaged is None


def test_a_letter_in_an_unknown_state_is_never_sent(store, whole, moment):
    spoil(store, "letters", "state", "lost")
    assert store.outbox.claim(moment + WEEK, WEEK) is None
    assert store.outbox.letters()[0].answer == "unreadable: letters.state holds 'lost'"


def test_an_event_that_cannot_be_dated_is_still_told(store, whole):
    spoil(store, "events", "at", "once upon a time")
    assert "events.at holds 'once upon a time'" in store.ledger.history(whole.id)[0].text


def test_an_event_that_cannot_be_dated_does_not_move_the_clock_of_the_gates(store, whole, moment):
    spoil(store, "events", "at", "once upon a time", "WHERE what = 'warned'")
    assert store.ledger.gate_inputs(moment).last_event_at == moment


def test_a_step_that_cannot_be_dated_counts_as_not_gone(store, whole, moment):
    store.journal.plan(whole, [Resource("server", "R", "s", "web", whole.project_id)], moment)
    spoil(store, "steps", "gone_at", "perhaps")
    assert store.journal.steps(whole)[0].gone_at is None
