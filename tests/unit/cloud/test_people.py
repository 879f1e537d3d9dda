"""Joining role assignments, users and groups."""

from types import MappingProxyType
from typing import Any

import pytest

from reaper.cloud.people import contacts, groups_with_roles, join, persons
from reaper.model import Project

ROLES = {"r1": "member", "r2": "admin"}
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


def test_roles_on_domains_the_system_and_inherited_ones_make_nobody_a_tenants_person():
    inherited = on(user="u1")
    inherited["scope"]["OS-INHERIT:inherited_to"] = "projects"
    elsewhere = [
        {"role": {"id": "r1"}, "user": {"id": "u1"}, "scope": scope}
        for scope in ({"domain": {"id": "d"}}, {"system": {"all": True}}, {})
    ]
    assert join([inherited, *elsewhere], USERS, {}, ROLES) == {}
    assert groups_with_roles([{**one, "group": {"id": "g"}} for one in (inherited, *elsewhere)]) == frozenset()


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
