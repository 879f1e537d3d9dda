"""Who belongs to a tenant: one row for each address, nothing new where nothing is, and nobody lost in a moment."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reaper.model import Change, Event, LetterKind, LetterState, Person, Queued
from tests.integration.store.test_census import project_of

CONTACT = frozenset({"contact"})
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANN = Person("u1", "Ann", "ann@mail.example", frozenset({"member"}))


def meet(store, tenant, now, *people):
    store.ledger.meet([project_of(tenant)], {tenant.project_id: list(people)}, "trystack", now)
    return store.ledger.tenant(tenant.id)


def emails(tenant):
    return sorted(person.email for person in tenant.people if person.email)


def test_two_contacts_of_a_property_are_two_people(store, enrolled, moment):
    both = [Person("", name, f"{name}@mail.example", CONTACT) for name in ("ann", "bob")]
    assert emails(meet(store, enrolled(), moment, *both)) == ["ann@mail.example", "bob@mail.example"]


def test_two_contacts_are_two_people_from_the_first_look_on(store, enrolled):
    both = tuple(Person("", name, f"{name}@mail.example", CONTACT) for name in ("ann", "bob"))
    assert emails(store.ledger.tenant(enrolled(people=both).id)) == ["ann@mail.example", "bob@mail.example"]


def test_one_address_is_one_person_with_all_roles_whoever_names_it(store, enrolled, moment):
    named = Person("", "ANN@mail.example", "ANN@mail.example", CONTACT)
    (one,) = meet(store, enrolled(), moment, named, ANN).people
    assert (one.user_id, one.name, one.roles) == ("u1", "Ann", {"member", "contact"})


def test_the_roles_of_a_disabled_user_do_not_count_beside_an_enabled_one(store, enrolled, moment):
    gone = replace(ANN, user_id="u2", roles=frozenset({"admin"}), enabled=False)
    (one,) = meet(store, enrolled(), moment, gone, ANN).people
    assert (one.roles, one.enabled) == ({"member"}, True)


ODD = st.text(alphabet=st.characters(exclude_categories=()), max_size=12)
LONG = ODD | st.sampled_from(["x" * 400, "a" * 300 + "@mail.example", "\0", "\ud800", " ", "", "Ann@mail.example "])
PEOPLE = st.builds(
    Person,
    user_id=LONG,
    name=LONG,
    email=st.none() | LONG,
    roles=st.frozensets(LONG, max_size=3),
    language=st.none() | LONG,
    enabled=st.booleans(),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(PEOPLE, max_size=5), name=LONG, domain=LONG, tags=st.frozensets(LONG, max_size=3), data=st.data()
)
def test_taking_in_the_same_census_twice_changes_nothing_whatever_the_strings(
    store, enrolled, moment, people, name, domain, tags, data
):
    tenant = enrolled(f"t{next(NUMBERS)}")
    project = project_of(tenant, name=name, domain=domain, tags=tags)

    def look(them):
        store.ledger.meet([project], {tenant.project_id: them}, "trystack", moment)
        refused = [letter.state for letter in store.outbox.letters(tenant.id)]
        return store.ledger.tenant(tenant.id), len(store.ledger.history(tenant.id)), refused

    look(people)
    queued = Queued(LetterKind.WARNING, DAY)
    store.ledger.record(Change(store.ledger.tenant(tenant.id), [Event(moment, "warned", "")], [queued]))
    letter = store.outbox.claim(moment, HOUR)
    store.outbox.refused(letter, moment, "550 nobody")
    before = (store.ledger.tenant(tenant.id), len(store.ledger.history(tenant.id)), [LetterState.REFUSED])
    assert look(people) == before
    assert look(data.draw(st.permutations(people))) == before


NUMBERS = iter(range(10**9))


def test_an_orphan_with_two_contacts_stays_one_and_comes_to_its_end(store, enrolled, moment):
    both = [Person("", name, f"{name}@gone.example", CONTACT) for name in ("ann", "bob")]
    tenant = meet(store, enrolled(), moment, *both)
    store.ledger.record(Change(tenant, [Event(moment, "warned", "")], [Queued(LetterKind.WARNING, DAY)]))
    store.outbox.refused(store.outbox.claim(moment, HOUR), moment, "550 nobody")
    for hours in range(1, 4):
        meet(store, tenant, moment + hours * HOUR, *both)
    assert [letter.state for letter in store.outbox.letters(tenant.id)] == [LetterState.REFUSED]


def test_nobody_is_lost_because_a_list_was_empty_for_a_moment(store, enrolled, moment):
    tenant = enrolled(people=(ANN,))
    for hours in (1, 7, 23):
        assert emails(meet(store, tenant, moment + hours * HOUR)) == ["ann@mail.example"]
    told = [event.text for event in store.ledger.history(tenant.id) if event.what == "people"]
    assert told == ["Keystone names nobody who can be reached: those known before are written to for 24 hours more"]
    assert meet(store, tenant, moment + 26 * HOUR).people == ()


def test_a_list_that_is_whole_again_ends_the_doubt(store, enrolled, moment):
    tenant = enrolled(people=(ANN,))
    meet(store, tenant, moment + HOUR)
    meet(store, tenant, moment + 2 * HOUR, ANN)
    assert emails(meet(store, tenant, moment + 26 * HOUR)) == ["ann@mail.example"], "the day begins anew"


def test_who_left_while_others_stay_is_forgotten_at_once(store, enrolled, moment):
    bob = Person("u2", "Bob", "bob@mail.example", frozenset({"member"}))
    assert emails(meet(store, enrolled(people=(ANN, bob)), moment, bob)) == ["bob@mail.example"]


def test_of_whom_only_the_role_is_told_stays_known_what_was_known(store, enrolled, moment):
    unread = Person("u1", "u1", None, frozenset({"admin"}), unread=True)
    bob = Person("u2", "Bob", "bob@mail.example", frozenset({"member"}))
    tenant = enrolled(people=(ANN, bob))
    for days in range(1, 40):
        met = meet(store, tenant, moment + days * DAY, unread, bob)
    assert emails(met) == ["ann@mail.example", "bob@mail.example"]
    assert {person.roles for person in met.people if person.user_id == "u1"} == {frozenset({"admin"})}


def test_a_user_whose_address_was_taken_away_is_not_written_to(store, enrolled, moment):
    bob = Person("u2", "Bob", "bob@mail.example", frozenset({"member"}))
    assert emails(meet(store, enrolled(people=(ANN, bob)), moment, replace(ANN, email=None), bob)) == [
        "bob@mail.example"
    ]
