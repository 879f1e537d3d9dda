"""The census of projects and people, on the simulator and on a real OpenStack."""

import uuid
from collections.abc import Iterator

import pytest

from reaper.cloud import Reader, Writer
from reaper.cloud.pages import Params, read_pages
from reaper.errors import Gone, Refused
from reaper.model import Person
from tests.contract.cloud import Target, done
from tests.contract.tenant import Tenant


@pytest.fixture
def group(target: Target) -> Iterator[str]:
    identity = target.admin.identity
    given = {"group": {"name": f"silly-{uuid.uuid4().hex[:8]}", "domain_id": "default"}}
    made = done(identity.post("/groups", json=given))["group"]["id"]
    yield made
    identity.delete(f"/groups/{made}")


def people_of(reader: Reader, tenant: Tenant) -> dict[str, Person]:
    census = reader.census()
    assert census.complete, census.why
    return {one.user_id: one for one in census.people[tenant.project_id]}


def test_a_project_is_told_with_its_tags_and_extras(reader: Reader, tenant: Tenant):
    census = reader.census()
    (project,) = [one for one in census.projects if one.id == tenant.project_id]
    assert (project.cloud, project.name, project.domain, project.enabled) == ("silly", tenant.name, "Default", True)
    assert project.tags == {"ct"}
    assert project.extra == {"contact_email": "owner@ct.example"}
    assert project.protected is None
    assert project == reader.project(tenant.project_id)


def test_people_come_with_address_language_and_all_their_roles(reader: Reader, tenant: Tenant):
    second = tenant.new_user(f"{tenant.name}-b", email=f"{tenant.name}-b@ct.example", language="zh_CN", enabled=False)
    tenant.users.append(second)
    tenant.give_role(second, "member")
    tenant.give_role(second, "reader")
    people = people_of(reader, tenant)
    assert people[tenant.user_id].email == f"{tenant.name}@ct.example"
    assert people[tenant.user_id].roles == {"member", "reader"}  # what a role implies is held, too
    assert people[tenant.user_id].enabled
    assert people[second].roles == {"member", "reader"}
    assert people[second].language == "zh_CN"
    assert not people[second].enabled


def test_members_of_a_group_with_a_role_are_people_of_the_project(reader: Reader, tenant: Tenant, group: str):
    identity = tenant.admin.identity
    second = tenant.new_user(f"{tenant.name}-g", email=f"{tenant.name}-g@ct.example")
    tenant.users.append(second)
    done(identity.put(f"/groups/{group}/users/{second}"), 204)
    done(identity.put(f"/projects/{tenant.project_id}/groups/{group}/roles/{tenant.role('member')}"), 204)
    people = people_of(reader, tenant)
    assert people[second].email == f"{tenant.name}-g@ct.example"
    assert people[second].roles == {"member", "reader"}


def test_who_has_a_role_below_a_parent_is_a_person_of_the_project_as_keystone_spreads_it(
    reader: Reader, tenant: Tenant, group: str
):
    identity = tenant.admin.identity
    given = {"name": f"{tenant.name}-child", "domain_id": "default", "parent_id": tenant.project_id}
    child = done(identity.post("/projects", json={"project": given}), 201)["project"]["id"]
    teacher, student = (tenant.new_user(f"{tenant.name}-{one}", email=f"{one}@ct.example") for one in ("t", "s"))
    tenant.users.extend((teacher, student))
    done(identity.put(f"/groups/{group}/users/{student}"), 204)
    for holder in (f"users/{teacher}", f"groups/{group}"):
        path = f"/OS-INHERIT/projects/{tenant.project_id}/{holder}/roles/{tenant.role('member')}/inherited_to_projects"
        done(identity.put(path), 204)
    try:
        census = reader.census()
        spread = done(identity.get(f"/role_assignments?effective&include_names&scope.project.id={child}"))
        by_keystone: dict[str, set[str]] = {}
        for row in spread["role_assignments"]:
            by_keystone.setdefault(row["user"]["id"], set()).add(row["role"]["name"])
        assert {one.user_id: one.roles for one in census.people[child]} == by_keystone
        assert by_keystone.keys() == {teacher, student}
        assert teacher not in {one.user_id for one in census.people[tenant.project_id]}
    finally:
        identity.delete(f"/projects/{child}")


def test_an_address_in_a_project_property_is_a_contact(reader: Reader, tenant: Tenant):
    contact = people_of(reader, tenant)[""]
    assert (contact.email, contact.roles) == ("owner@ct.example", {"contact"})


def test_the_clouds_own_projects_are_protected(reader: Reader, target: Target):
    protected = {one.name: one.protected for one in reader.census().projects if one.protected}
    assert protected["admin"] == "it is the project Reaper's own token belongs to"
    assert protected["service"] == "a project called service belongs to the cloud itself"


@pytest.mark.parametrize("what", ["projects", "users"])  # a real Keystone gives the first page of roles again and again
def test_keystones_pages_are_read_to_the_end(reader: Reader, tenant: Tenant, other: Tenant, what: str):
    def ask(page: Params) -> object:
        return reader._client.get("identity", None, f"/{what}", page)

    whole, by_two = read_pages(ask, what, {}, None), read_pages(ask, what, {"limit": "2"}, None)
    assert (whole.why, by_two.why) == ("", "")
    assert len(whole.records) > 2
    assert {one["id"] for one in by_two.records} == {one["id"] for one in whole.records}


def test_an_immutable_project_is_protected_and_not_written_to(cloud: Writer, tenant: Tenant):
    identity = tenant.admin.identity

    def option(value: object) -> None:
        done(identity.patch(f"/projects/{tenant.project_id}", json={"project": {"options": {"immutable": value}}}))

    option(True)  # noqa: FBT003 - Keystone's own value
    try:
        assert cloud.project(tenant.project_id).protected == "it is immutable"
        with pytest.raises(Refused, match="it is immutable"):
            cloud.close_project(tenant.project_id)
        with pytest.raises(Refused, match="it is immutable"):
            cloud.delete_project(tenant.project_id)
    finally:
        option(None)


def test_a_project_that_does_not_exist_is_gone(cloud: Writer, target: Target):
    for ask in (cloud.project, cloud.close_project, cloud.open_project, cloud.delete_project):
        with pytest.raises(Gone, match="Could not find project"):
            ask("5" * 32)


def test_closing_and_opening_twice_changes_nothing_more(cloud: Writer, tenant: Tenant):
    for _ in range(2):
        cloud.close_project(tenant.project_id)
        assert not cloud.project(tenant.project_id).enabled
    for _ in range(2):
        cloud.open_project(tenant.project_id)
        assert cloud.project(tenant.project_id).enabled


def test_a_project_with_open_children_cannot_be_closed(cloud: Writer, tenant: Tenant):
    identity = tenant.admin.identity
    given = {"name": f"{tenant.name}-child", "domain_id": "default", "parent_id": tenant.project_id}
    child = done(identity.post("/projects", json={"project": given}))["project"]["id"]
    try:
        with pytest.raises(Refused, match=r"enabled projects|subtree"):
            cloud.close_project(tenant.project_id)
    finally:
        identity.delete(f"/projects/{child}")
