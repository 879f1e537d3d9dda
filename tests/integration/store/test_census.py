"""What a census changes in the ledger, and what the gates can ask about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Overtaken
from reaper.model import CensusMark, Change, Event, LetterKind, Person, Project, Queued, State


def project_of(tenant, **changed):
    known = {"name": tenant.name, "domain_id": "d", "domain": tenant.domain, "enabled": True, "tags": tenant.tags}
    return Project(cloud=tenant.cloud, id=tenant.project_id, **(known | changed))


def test_a_census_refreshes_names_tags_and_people(store, enrolled, moment):
    tenant = enrolled()
    seen = project_of(tenant, name="lagune", domain="abroad", tags=frozenset({"keep"}))
    ada = Person("u1", "Ada", "ada@mail.example", frozenset({"admin"}))
    store.ledger.meet([seen], {seen.id: [ada]}, "trystack", moment)
    met = store.ledger.tenant(tenant.id)
    assert (met.name, met.domain, met.tags, met.people) == ("lagune", "abroad", {"keep"}, (ada,))


def test_who_left_the_project_is_forgotten(store, enrolled, moment):
    tenant = enrolled(people=(Person("u1", "Ada"), Person("u2", "Bob")))
    store.ledger.meet([project_of(tenant)], {tenant.project_id: [Person("u2", "Bob")]}, "trystack", moment)
    assert [person.name for person in store.ledger.tenant(tenant.id).people] == ["Bob"]
    store.ledger.meet([project_of(tenant)], {}, "trystack", moment)
    assert store.ledger.tenant(tenant.id).people == ()


def test_a_census_without_news_changes_no_version_and_wakes_nobody(store, enrolled, moment):
    ada = Person("u1", "Ada", roles=frozenset({"admin"}))
    tenant = enrolled(people=(ada,), tags=frozenset({"b", "a"}), next_due_at=None)
    store.ledger.meet([project_of(tenant)], {tenant.project_id: [ada]}, "trystack", moment)
    assert store.ledger.tenant(tenant.id) == tenant


def test_a_changed_tag_makes_the_tenant_due_and_overtakes_who_read_before(store, enrolled, moment):
    read_before = enrolled(next_due_at=None)
    store.ledger.meet([project_of(read_before, tags=frozenset({"x"}))], {}, "trystack", moment)
    assert [tenant.id for tenant in store.ledger.due(moment, 9)] == [read_before.id]
    with pytest.raises(Overtaken):
        store.ledger.record(Change(read_before))


def test_a_census_of_one_cloud_says_nothing_about_another(store, enrolled, moment):
    here, there = enrolled("here"), enrolled("there", cloud="other", project_id="project-here")
    store.ledger.meet([project_of(here, name="renamed")], {}, "trystack", moment)
    assert store.ledger.tenant(there.id) == there


def test_who_was_not_seen_is_told_apart(store, enrolled, moment):
    seen, unseen, dead = enrolled("seen"), enrolled("unseen"), enrolled("dead", state=State.RECLAIMED)
    later = moment + timedelta(hours=1)
    store.ledger.meet([project_of(seen), project_of(dead)], {}, "trystack", later)
    assert [tenant.name for tenant in store.ledger.unseen_since("trystack", later)] == [unseen.name]


def test_a_vanished_project_that_is_seen_again_is_a_tenant_again(store, enrolled, moment):
    tenant = enrolled()
    gone = store.ledger.record(Change(replace(tenant, vanished_at=moment, next_due_at=None)))
    store.ledger.meet([project_of(tenant)], {}, "trystack", moment)
    back = store.ledger.tenant(tenant.id)
    assert (back.vanished_at, back.next_due_at, back.version) == (None, moment, gone.version + 1)
    assert store.ledger.history(tenant.id)[-1].what == "returned"


def test_what_is_known_of_a_cloud_is_read_at_once(store, enrolled):
    enrolled("a")
    enrolled("b", state=State.RECLAIMED)
    enrolled("c", cloud="other")
    assert store.ledger.known("trystack") == {"project-a": "ACTIVE", "project-b": "RECLAIMED"}


def test_the_pulse_of_an_empty_ledger_promises_nothing(store, moment):
    gate_inputs = store.ledger.gate_inputs(moment)
    assert (gate_inputs.beat_at, gate_inputs.last_event_at, gate_inputs.paused, gate_inputs.tenants) == (
        None,
        None,
        None,
        0,
    )
    assert (gate_inputs.taken_last_day, gate_inputs.last_accepted_at, gate_inputs.oldest_unsent_at) == (0, None, None)
    assert gate_inputs.at_head
    assert gate_inputs.censuses == {}


def test_the_pulse_tells_what_was_noted(store, enrolled, moment):
    mark = CensusMark("trystack", moment, complete=False, why="page 3 is missing", projects=7, complete_projects=9)
    store.ledger.mark_census(replace(mark, why="", complete=True, complete_at=moment))
    store.ledger.mark_census(mark)
    store.ledger.beat(moment)
    store.ledger.beat(moment + timedelta(seconds=1))
    store.ledger.pause("Carol: move of the racks", moment)
    enrolled("a")
    enrolled("b", state=State.RECLAIMED)
    gate_inputs = store.ledger.gate_inputs(moment)
    assert gate_inputs.censuses == {"trystack": mark}
    assert gate_inputs.beat_at == moment + timedelta(seconds=1)
    assert gate_inputs.paused == "Carol: move of the racks, since 2031-04-05 06:07:08 UTC"
    assert gate_inputs.last_event_at == moment
    assert gate_inputs.tenants == 1
    assert store.ledger.paused() == gate_inputs.paused
    store.ledger.pause(None, moment)
    assert store.ledger.paused() is None
    assert store.ledger.gate_inputs(moment).paused is None


def test_a_tenant_taken_today_counts_as_taken_though_it_was_renewed_since(store, enrolled, moment):
    taken = store.ledger.record(Change(replace(enrolled(), state=State.SUSPENDED, suspended_at=moment)))
    store.ledger.record(Change(replace(taken, state=State.ACTIVE, suspended_at=None)))
    assert store.ledger.gate_inputs(moment + timedelta(hours=23)).taken_last_day == 1
    assert store.ledger.gate_inputs(moment + timedelta(hours=25)).taken_last_day == 0


def test_the_oldest_letter_that_waits_is_told_until_it_is_accepted(store, enrolled, moment):
    store.ledger.record(
        Change(enrolled(), [Event(moment, "warned", "")], [Queued(LetterKind.WARNING, timedelta(days=8))])
    )
    letter = store.outbox.claim(moment, timedelta(minutes=1))
    assert store.ledger.gate_inputs(moment).oldest_unsent_at == moment
    store.outbox.accepted(letter, moment + timedelta(minutes=1), None, ["a@mail.example"])
    gate_inputs = store.ledger.gate_inputs(moment)
    assert (gate_inputs.oldest_unsent_at, gate_inputs.last_accepted_at) == (None, moment + timedelta(minutes=1))
