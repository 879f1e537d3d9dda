"""Joining role assignments, users and groups."""

from types import MappingProxyType
from typing import Any

import pytest

from reaper.cloud.people import PeopleNames, Tree, contacts, groups_with_roles, persons
from reaper.cloud.people import join as join_all
from reaper.model import Project

ROLES = {"r1": "member", "r2": "admin"}
PROJECTS = (
    {"id": "p1", "parent_id": "d", "domain_id": "d", "name": "trial"},
    {"id": "course", "parent_id": "d", "domain_id": "d", "name": "course"},
    {"id": "exercise", "parent_id": "course", "domain_id": "d", "name": "exercise"},
    {"id": "part", "parent_id": "exercise", "domain_id": "d", "name": "part"},
    {"id": "svc", "parent_id": "default", "domain_id": "default", "name": "service"},
)
DOMAINS = {"d": "trial", "default": "Default", "h": "heat", "m": "magnum"}


def join(assignments, users, members, roles, rules=()):
    """Join as the census does, with the projects above."""
    named = PeopleNames.of([{"id": key, "name": name} for key, name in roles.items()], rules, DOMAINS, PROJECTS)
    return join_all(assignments, users, members, named, Tree.of(PROJECTS))


def below(role="r1", project=None, domain=None, **holder):
    place = {"project": {"id": project}} if project else {"domain": {"id": domain}}
    one = on(role=role, **holder)
    return one | {"scope": {**place, "OS-INHERIT:inherited_to": "projects"}}


USERS = {"u1": {"id": "u1", "name": "Ada", "email": "ada@example.org"}, "u2": {"id": "u2", "name": "Bo"}}


def on(project: str = "p1", role: str = "r1", **holder: str) -> dict[str, Any]:
    named = {kind: {"id": key} for kind, key in holder.items()}
    return {"role": {"id": role}, "scope": {"project": {"id": project}}, **named}


def test_roles_held_directly_and_by_groups_are_one_person():
    assignments = [on(user="u1"), on(group="g1", role="r2"), on(group="g1")]
    people = join(assignments, USERS, {"g1": ("u1", "u2")}, ROLES)
    assert [(one.user_id, one.roles) for one in people["p1"]] == [
        ("u1", {"member", "admin"}),
        ("u2", {"member", "admin"}),
    ]


def test_roles_on_domains_and_the_system_make_nobody_a_tenants_person():
    elsewhere = [
        {"role": {"id": "r1"}, "user": {"id": "u1"}, "scope": scope}
        for scope in ({"domain": {"id": "d"}}, {"system": {"all": True}}, {})
    ]
    assert join(elsewhere, USERS, {}, ROLES) == {}
    assert groups_with_roles([{**one, "group": {"id": "g"}} for one in elsewhere]) == frozenset()


def ids(people):
    return {project: [one.user_id for one in them] for project, them in people.items()}


def test_a_role_below_a_project_is_one_on_every_project_below_and_not_on_itself():
    people = join(
        [below(project="course", user="u1"), below(project="exercise", group="g")], USERS, {"g": ("u2",)}, ROLES
    )
    assert ids(people) == {"exercise": ["u1"], "part": ["u1", "u2"]}
    assert groups_with_roles([below(project="exercise", group="g"), below(domain="d", group="h")]) == {"g", "h"}


def test_who_has_a_role_on_all_projects_of_a_domain_is_told_where_nobody_else_can_be_reached():
    held = [below(domain="d", user="u1", role="r2"), on("p1", user="u2"), on("course", user="u3")]
    users = USERS | {"u3": {"id": "u3", "name": "Cy", "email": "cy@example.org"}}
    found = ids(join(held, users, {}, ROLES))
    assert found == {"p1": ["u2", "u1"], "course": ["u3"], "exercise": ["u1"], "part": ["u1"]}


def test_staff_do_not_stand_in_for_somebody_whom_no_list_shows_today():
    assert ids(join([below(domain="d", user="u1"), on("p1", user="u9")], USERS, {}, ROLES))["p1"] == ["u9"]


def test_a_role_counts_as_those_it_implies_too():
    rules = [
        {"prior_role": {"id": "r2"}, "implies": [{"id": "r1"}]},
        {"prior_role": {"id": "r1"}, "implies": [{"id": "r2"}]},
    ]
    ((ada,),) = join([on(user="u1", role="r2")], USERS, {}, ROLES, rules).values()
    assert ada.roles == {"admin", "member"}


def test_projects_that_stand_below_each_other_end():
    tree = Tree.of([{"id": "a", "parent_id": "b"}, {"id": "b", "parent_id": "a"}])
    assert tree.below("a") == {"b"}


SERVICES = {
    "stack": {"id": "stack", "name": "trial-stack-user", "domain_id": "h", "email": "x@y.example"},
    "cluster": {"id": "cluster", "name": "5f_p1", "domain_id": "m"},
    "octavia": {"id": "octavia", "name": "octavia", "domain_id": "default", "email": "octavia@localhost.example"},
    "heater": {"id": "heater", "name": "deferred", "domain_id": "d"},
}


def test_accounts_of_services_are_no_people():
    held = [
        on(user="stack"),
        on(user="cluster"),
        on(user="octavia"),
        on("svc", user="octavia"),
        on(user="heater", role="r5"),
    ]
    people = join([*held, on(user="u1")], USERS | SERVICES, {}, ROLES | {"r5": "heat_stack_user"})
    assert ids(people)["p1"] == ["u1"]


def test_somebody_who_is_only_called_like_a_service_is_a_person():
    assert ids(join([on(user="octavia")], SERVICES, {}, ROLES)) == {"p1": ["octavia"]}


def test_only_groups_with_a_role_on_a_project_are_asked_for_their_members():
    assert groups_with_roles([on(group="g1"), on(user="u1"), on(group="g1", role="r2")]) == {"g1"}


def test_a_user_nobody_knows_is_still_a_person_without_an_address():
    ((stranger,),) = join([on(user="u9", role="r9")], USERS, {}, ROLES).values()
    assert (stranger.user_id, stranger.name, stranger.email, stranger.roles) == ("u9", "u9", None, {"r9"})


@pytest.mark.parametrize(
    ("email", "read"),
    [
        ("ada@example.org", "ada@example.org"),
        (" ada@example.org\n", "ada@example.org"),
        (["", "ada@example.org"], "ada@example.org"),
        ("", None),
        ("ada", None),
        ("ada@", None),
        ("a b@example.org", None),
        ("a@b@example.org", None),
        ("a@example.org\nBcc: b@example.org", None),
        (None, None),
        (7, None),
        ([], None),
    ],
)
def test_only_what_can_be_an_address_is_one(email: object, read: str | None):
    (one,) = persons({"id": "u", "email": email}, frozenset())
    assert one.email == read


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.org, bo@example.org",
        "Ada <ada@example.org>; bo@example.org",
        '"Lovelace, Ada" <ada@example.org> bo@example.org',
        ["ada@example.org", "Bo <bo@example.org>", "ADA@example.org"],
    ],
)
def test_a_user_with_several_addresses_is_reached_at_each(email: object):
    found = persons({"id": "u", "name": "Ada", "email": email}, frozenset({"member"}))
    assert [one.email for one in found][:2] == ["ada@example.org", "bo@example.org"]
    assert {(one.user_id, one.name, one.roles) for one in found} == {("u", "Ada", frozenset({"member"}))}


def test_a_user_of_whom_only_the_role_is_known_is_told_apart_from_one_without_an_address():
    people = join([on(user="u2"), on(user="u9")], USERS, {}, ROLES)["p1"]
    assert [(one.user_id, one.email, one.unread) for one in people] == [("u2", None, False), ("u9", None, True)]


@pytest.mark.parametrize(
    ("extra", "language"),
    [
        ({"language": "zh_CN"}, "zh_CN"),
        ({"preferred_language": " de "}, "de"),
        ({"language": "", "preferred_language": "de"}, "de"),
        ({"language": 7}, None),
        ({}, None),
    ],
)
def test_a_users_language_is_an_extra(extra: dict[str, object], language: str | None):
    assert [one.language for one in persons({"id": "u", **extra}, frozenset())] == [language]


def test_several_addresses_in_project_properties_are_contacts_once_each():
    extra = MappingProxyType(
        {"contact_email": "a@example.org, b@example.org;a@example.org", "owner": "c@example.org x"}
    )
    project = Project("silly", "p", "silly-7", "d", "Silly", enabled=True, extra=extra)
    found = list(contacts(project, ("contact_email", "owner", "missing")))
    assert [one.email for one in found] == ["a@example.org", "b@example.org", "c@example.org"]
    assert {(one.user_id, one.roles) for one in found} == {("", frozenset({"contact"}))}
