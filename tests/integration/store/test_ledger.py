"""The ledger keeps what it was given, tells two writers apart, and asks for no more than what is due."""

from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import event as engine_events
from sqlalchemy import text

from reaper.errors import Gone, Overtaken, Permanent, Unusable
from reaper.model import Change, Enforce, Event, EventKind, Lease, State, Tenant, Terms, Unfinished
from reaper.store.terms import as_kept


@pytest.fixture
def statements(store):
    """What is said to the database while the test runs."""
    said = []

    def listen(*call):
        said.append(call[2])

    engine_events.listen(store.database.engine, "before_cursor_execute", listen)
    yield said
    engine_events.remove(store.database.engine, "before_cursor_execute", listen)


def test_a_tenant_is_read_as_it_was_written(store, enrolled, tenant_named, full_of_everything):
    new = {
        "state": State.QUARANTINED,
        "unfinished": Unfinished.RESTORE,
        "quarantined_from": State.SUSPENDED,
        "decided_under": Enforce.SUSPEND,
    }
    assert enrolled("lagoon", **full_of_everything, **new) == tenant_named("lagoon", **full_of_everything, **new)


def test_every_part_of_a_tenant_is_kept_or_comes_from_elsewhere(full_of_everything):
    elsewhere = {"damaged"}
    written = {"id", "cloud", "project_id", "name", "lease", "version", "next_due_at"} | set(full_of_everything)
    words = {"state", "unfinished", "quarantined_from", "quarantine_cause", "decided_under"}
    assert {field.name for field in fields(Tenant)} == written | words | elsewhere


def test_a_record_is_read_as_it_was_returned(store, enrolled, full_of_everything, moment):
    tenant = enrolled()
    kept = {name: full_of_everything[name] for name in full_of_everything if name not in ("domain", "tags", "people")}
    lease = replace(tenant.lease, expires_at=moment + timedelta(days=50), renewals=2, arming=3)
    lease = replace(lease, away_until=moment + timedelta(days=50), given_back_at=moment)
    returned = store.ledger.record(
        Change(replace(tenant, **kept, lease=lease), [Event(moment, "renewed", "till then")])
    )
    assert returned.version == tenant.version + 1
    assert store.ledger.tenant(tenant.id) == returned


def test_every_part_of_the_terms_is_kept(odd_terms):
    assert set(as_kept(odd_terms)) | {"policy"} == {field.name for field in fields(Terms)}


def test_a_moment_of_another_time_zone_is_the_same_moment(store, enrolled, moment):
    elsewhere = (moment + timedelta(hours=1)).astimezone(timezone(timedelta(hours=12, minutes=45)))
    store.ledger.record(Change(replace(enrolled(), retry_at=elsewhere, next_due_at=elsewhere)))
    assert store.ledger.tenant("id-lagoon").retry_at == elsewhere
    assert store.ledger.due(elsewhere - timedelta(microseconds=1), 9) == []
    assert len(store.ledger.due(elsewhere, 9)) == 1


def test_a_moment_without_a_time_zone_is_refused(store, enrolled, moment):
    with pytest.raises(Exception, match="no moment with a time zone"):
        store.ledger.record(Change(replace(enrolled(), retry_at=moment.replace(tzinfo=None))))


def test_who_writes_second_is_overtaken_and_writes_nothing(store, enrolled, moment):
    read_by_both = enrolled()
    first = store.ledger.record(Change(replace(read_by_both, blocker="first"), [Event(moment, "held", "")]))
    with pytest.raises(Overtaken, match="trystack/lagoon was changed by somebody else"):
        store.ledger.record(Change(replace(read_by_both, blocker="second"), [Event(moment, "released", "")]))
    assert store.ledger.tenant(first.id) == first
    assert [event.what for event in store.ledger.history(first.id)] == ["observed", "held"]


def test_a_tenant_that_was_never_enrolled_cannot_be_recorded(store, tenant_named):
    with pytest.raises(Gone, match="id-nobody"):
        store.ledger.record(Change(tenant_named("nobody")))


def test_a_lease_that_was_never_begun_cannot_be_recorded(store, enrolled):
    tenant = enrolled()
    with pytest.raises(Permanent, match="has no lease 'made up'"):
        store.ledger.record(Change(replace(tenant, lease=replace(tenant.lease, id="made up"))))
    assert store.ledger.tenant(tenant.id) == tenant


def test_a_new_lease_stands_beside_the_old_one(store, enrolled, moment, odd_terms):
    tenant = enrolled()
    again = Lease("second", moment, moment + timedelta(days=9), odd_terms)
    returned = store.ledger.record(Change(replace(tenant, lease=again), new_lease=True))
    assert store.ledger.tenant(tenant.id) == returned
    with store.database.reading() as reader:
        assert reader.exec_driver_sql("SELECT COUNT(*) FROM leases").scalar() == 2


def test_only_what_is_due_is_loaded_the_most_overdue_first(store, tenant_named, moment):
    ages = {"late": -2, "later": -9, "now": 0, "soon": 1}
    newcomers = [tenant_named(name, next_due_at=moment + timedelta(days=days)) for name, days in ages.items()]
    store.ledger.enrol([*newcomers, tenant_named("never", next_due_at=None)], Event(moment, "observed", ""))
    assert [tenant.name for tenant in store.ledger.due(moment, 9)] == ["later", "late", "now"]
    assert [tenant.name for tenant in store.ledger.due(moment, 2)] == ["later", "late"]


def test_loading_a_hundred_tenants_takes_as_many_queries_as_loading_two(store, tenant_named, moment, statements):
    store.ledger.enrol([tenant_named(f"t{number}") for number in range(100)], Event(moment, "observed", ""))
    counts = []
    for limit in (2, 100):
        statements.clear()
        assert len(store.ledger.due(moment, limit)) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_project_is_enrolled_once(store, tenant_named, moment):
    seen = Event(moment, "observed", "first seen")
    assert store.ledger.enrol([tenant_named("a"), tenant_named("b")], seen) == 2
    again = [
        tenant_named("other-id", project_id="project-a"),
        tenant_named("c"),
        tenant_named("d", project_id="project-c"),
    ]
    assert store.ledger.enrol(again, seen) == 1
    assert store.ledger.enrol([tenant_named("same-id-elsewhere", cloud="b", project_id="project-a")], seen) == 1
    assert [tenant.full_name for tenant in store.ledger.tenants("trystack")] == [
        "trystack/a",
        "trystack/b",
        "trystack/c",
    ]
    assert store.ledger.history("id-c") == [seen]


def test_all_tenants_are_gone_through_by_cloud_and_name_however_many(store, tenant_named, moment):
    many = [tenant_named(f"{number:04}", cloud=f"cloud-{number % 2}") for number in range(1203)]
    assert store.ledger.enrol(many, Event(moment, "observed", "")) == 1203
    names = [(tenant.cloud, tenant.name) for tenant in store.ledger.tenants()]
    assert names == sorted((tenant.cloud, tenant.name) for tenant in many)
    assert len(list(store.ledger.tenants("cloud-1"))) == 601


def test_a_tenant_is_found_by_name_and_by_project_id(store, enrolled):
    enrolled("with/slash")
    assert store.ledger.find("trystack/with/slash") == store.ledger.find("project-with/slash")


def test_an_unknown_reference_says_what_would_be_right(store):
    with pytest.raises(Unusable, match="no tenant 'nobody': give cloud/name or a project id"):
        store.ledger.find("nobody")


def test_a_reference_to_several_tenants_names_their_project_ids(store, enrolled):
    enrolled("one")
    enrolled("two", cloud="other", project_id="project-one")
    with pytest.raises(Unusable, match=r"is 2 tenants: .*project-one \(other\), project-one \(trystack\)"):
        store.ledger.find("project-one")


def test_names_that_differ_in_case_are_different_tenants(store, enrolled):
    enrolled("Lagoon", project_id="P1")
    enrolled("lagoon", project_id="p1")
    assert store.ledger.find("P1").name == "Lagoon"
    assert store.ledger.find("trystack/lagoon").project_id == "p1"


def test_facts_are_kept_changed_and_forgotten(store):
    assert store.ledger.noted("policies") is None
    store.ledger.note("policies", "a")
    store.ledger.note("policies", "b")
    assert store.ledger.noted("policies") == "b"
    store.ledger.note("policies", None)
    assert store.ledger.noted("policies") is None


def test_waking_a_policy_makes_only_its_living_tenants_due(store, enrolled, odd_terms, moment):
    other = Lease("lease-other", moment, moment + timedelta(days=1), replace(odd_terms, policy="other"))
    mine, others, dead = enrolled("a"), enrolled("b", lease=other), enrolled("c", state=State.RECLAIMED)
    for tenant in (mine, others, dead):
        store.ledger.record(Change(replace(tenant, next_due_at=None)))
    assert store.ledger.wake(moment, odd_terms.policy) == 1
    assert [tenant.id for tenant in store.ledger.due(moment, 9)] == [mine.id]
    assert store.ledger.wake(moment) == 2


def test_a_sweeper_that_read_before_a_wake_up_does_not_put_the_tenant_to_sleep_again(store, enrolled, moment):
    read_before = enrolled()
    store.ledger.wake(moment)
    with pytest.raises(Overtaken):
        store.ledger.record(Change(replace(read_before, next_due_at=None)))


def test_text_that_a_database_refuses_is_made_fit(store, enrolled, moment):
    ugly = "nul \0 half \udcff long " + "😀" * 20_000
    store.ledger.record(Change(replace(enrolled(), blocker=ugly), [Event(moment, "failed", ugly, by=ugly)]))
    kept = store.ledger.tenant("id-lagoon").blocker
    assert kept.startswith("nul \N{REPLACEMENT CHARACTER} half ? long 😀")
    assert store.ledger.history("id-lagoon")[1].text == kept


def test_a_word_of_the_history_that_this_version_does_not_know_is_named_and_hides_no_other(store, enrolled, moment):
    tenant = enrolled()
    with store.database.writing() as connection:
        connection.execute(text("update events set what = 'sublimated'"))
    store.ledger.record(Change(tenant, [Event(moment, EventKind.HELD, "an appeal")]))
    odd, known = store.ledger.history(tenant.id)
    assert (odd.what, known.what) == (EventKind.UNREADABLE, EventKind.HELD)
    assert "sublimated" in odd.text


def test_counts_by_state_are_those_of_the_tenants(store, enrolled):
    enrolled("a")
    enrolled("b")
    enrolled("c", state=State.SUSPENDED)
    assert store.ledger.by_state() == {"ACTIVE": 2, "SUSPENDED": 1}


def test_a_project_that_two_clouds_know_is_found_on_the_one_that_is_meant(store, enrolled, moment):
    mine = enrolled("a")
    lease = replace(mine.lease, id="lease-west")
    store.ledger.enrol([replace(mine, id="id-west", cloud="west", lease=lease)], Event(moment, "observed", "seen"))
    assert store.ledger.find(mine.project_id, "west").id == "id-west"
    assert store.ledger.find(mine.project_id, mine.cloud).id == mine.id
    with pytest.raises(Unusable, match="is 2 tenants"):
        store.ledger.find(mine.project_id)
