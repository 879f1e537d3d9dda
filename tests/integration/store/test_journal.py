"""The journal loses track of nothing that was planned."""

from dataclasses import replace
from datetime import timedelta

from reaper.model import Change, Event, Lease, Resource


def server(number, **other):
    return Resource("server", "RegionOne", f"s{number}", f"web-{number}", "project-lagoon", "ACTIVE", other)


def test_a_plan_is_read_as_it_was_written(store, enrolled, moment):
    tenant = enrolled()
    planned = server(1, flavor="tiny", ports=("p1", "p2"), size=3, shared=False, nobody=None)
    store.journal.plan(tenant, [planned, server(2)], moment)
    first, second = store.journal.steps(tenant)
    assert (first.resource, first.planned_at) == (planned, moment)
    assert (second.asked_at, second.gone_at, second.attempts, second.answer) == (None, None, 0, "")


def test_planning_again_adds_only_what_is_new(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1)], moment)
    store.journal.plan(tenant, [server(1), server(2)], moment + timedelta(hours=1))
    assert [step.planned_at for step in store.journal.steps(tenant)] == [moment, moment + timedelta(hours=1)]


def test_each_ask_counts_and_the_last_answer_stays(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1), server(2)], moment)
    store.journal.asked(tenant, {server(1).key: "409 in use", server(2).key: ""}, moment)
    store.journal.asked(tenant, {server(1).key: "409 still in use"}, moment + timedelta(hours=1))
    first, second = store.journal.steps(tenant)
    assert (first.attempts, first.answer, first.asked_at) == (2, "409 still in use", moment + timedelta(hours=1))
    assert (second.attempts, second.answer, second.asked_at) == (1, "", moment)


def test_what_is_gone_keeps_the_moment_it_was_first_missed(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1), server(2)], moment)
    store.journal.gone(tenant, [server(1).key], moment)
    store.journal.gone(tenant, {server(1).key}, moment + timedelta(hours=1))
    assert [step.gone_at for step in store.journal.steps(tenant)] == [moment, None]


def test_what_shows_up_again_is_not_gone(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1)], moment)
    store.journal.gone(tenant, [server(1).key], moment)
    store.journal.plan(tenant, [server(1)], moment)
    assert store.journal.steps(tenant)[0].gone_at is None


def test_another_lease_has_a_journal_of_its_own(store, enrolled, moment, odd_terms):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1)], moment)
    second = replace(tenant, lease=Lease("second", moment, moment + timedelta(days=9), odd_terms))
    again = store.ledger.record(Change(second, [Event(moment, "returned", "")], new_lease=True))
    assert store.journal.steps(again) == []
    store.journal.plan(again, [server(1)], moment)
    assert len(store.journal.steps(tenant)) == len(store.journal.steps(again)) == 1


def test_notes_about_nothing_are_no_mistake(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [], moment)
    store.journal.asked(tenant, {}, moment)
    store.journal.gone(tenant, [], moment)
    assert store.journal.steps(tenant) == []
