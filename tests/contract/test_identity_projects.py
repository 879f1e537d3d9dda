"""Projects: listing, paging, filters, closing, immutability, deletion."""

import pytest

from tests.contract.cloud import done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "0" * 32


def test_a_project_shows_its_extra_attributes_and_tags_and_no_date(tenant: Tenant):
    project = done(tenant.admin.identity.get(f"/projects/{tenant.project_id}"))["project"]
    assert project["contact_email"] == "owner@ct.example"
    assert project["tags"] == ["ct"]
    assert project["options"] == {}
    assert {"id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "links"} <= set(project)
    assert not any("created" in key for key in project)


def test_projects_are_paged_by_limit_and_marker_and_say_truncated(tenant: Tenant):
    first = done(tenant.admin.identity.get("/projects?limit=1"))
    if tenant.target.old:  # it has no pages: limit and marker change nothing
        assert tenant.project_id in {project["id"] for project in first["projects"]}
        assert first["links"]["next"] is None
        return
    assert len(first["projects"]) == 1
    assert first["truncated"] is True
    assert "marker=" in first["links"]["next"]
    walked = pages(tenant.admin.identity, "/projects?limit=2", "projects")
    assert tenant.project_id in {project["id"] for page in walked for project in page}
    assert all(len(page) == 2 for page in walked[:-1])


def test_the_last_page_of_projects_is_not_truncated(tenant: Tenant):
    whole = done(tenant.admin.identity.get("/projects"))
    assert whole["links"]["next"] is None
    assert "truncated" not in whole


def test_an_unknown_marker_is_404(tenant: Tenant):
    answer = tenant.admin.identity.get("/projects?marker=nope")
    if tenant.target.old:
        assert tenant.project_id in {project["id"] for project in done(answer)["projects"]}
        return
    refused(answer, 404, "Marker nope could not be found.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tags=ct", True),
        ("tags=ct,other", False),
        ("tags-any=ct,other", True),
        ("not-tags=ct", False),
        ("enabled=true", True),
        ("enabled=false", False),
        ("domain_id=default", True),
        ("nonsense=1", True),
    ],
)
def test_projects_are_filtered(tenant: Tenant, query: str, *, found: bool):
    listed = done(tenant.admin.identity.get(f"/projects?{query}&limit=1000"))["projects"]
    assert (tenant.project_id in ids(listed)) is found


def test_projects_are_found_by_name(tenant: Tenant):
    listed = done(tenant.admin.identity.get(f"/projects?name={tenant.name}"))["projects"]
    assert ids(listed) == {tenant.project_id}


def test_a_second_project_of_the_same_name_is_409(tenant: Tenant):
    answer = tenant.admin.identity.post("/projects", json={"project": {"name": tenant.name, "domain_id": "default"}})
    refused(answer, 409, "Conflict occurred attempting to store project")


def test_extra_attributes_survive_an_update(tenant: Tenant):
    body = {"project": {"reaper_note": "silly-17"}}
    done(tenant.admin.identity.patch(f"/projects/{tenant.project_id}", json=body))
    project = done(tenant.admin.identity.get(f"/projects/{tenant.project_id}"))["project"]
    assert (project["reaper_note"], project["contact_email"]) == ("silly-17", "owner@ct.example")


def test_an_immutable_project_is_neither_closed_nor_deleted(tenant: Tenant):
    path = f"/projects/{tenant.project_id}"
    done(tenant.admin.identity.patch(path, json={"project": {"options": {"immutable": True}}}))
    closed = tenant.admin.identity.patch(path, json={"project": {"enabled": False}})
    refused(closed, 403, f"Unable to update immutable project resource: `{tenant.project_id}.")
    refused(
        tenant.admin.identity.delete(path), 403, f"Unable to delete immutable project resource: `{tenant.project_id}."
    )
    lifted = done(tenant.admin.identity.patch(path, json={"project": {"options": {"immutable": None}}}))
    assert lifted["project"]["options"] == {}


def test_a_project_with_open_children_is_not_closed_nor_deleted(tenant: Tenant):
    child = {"name": f"{tenant.name}-child", "domain_id": "default", "parent_id": tenant.project_id}
    made = done(tenant.admin.identity.post("/projects", json={"project": child}))["project"]
    assert made["parent_id"] == tenant.project_id
    path = f"/projects/{tenant.project_id}"
    closed = tenant.admin.identity.patch(path, json={"project": {"enabled": False}})
    deleted = tenant.admin.identity.delete(path)
    done(tenant.admin.identity.delete(f"/projects/{made['id']}"), 204)
    refused(closed, 403, f"Cannot disable project {tenant.project_id} since its subtree contains enabled projects.")
    refused(deleted, 403, f"Cannot delete the project {tenant.project_id} since it is not a leaf in the hierarchy.")


def test_a_project_that_is_not_there_is_404(tenant: Tenant):
    refused(tenant.admin.identity.get(f"/projects/{NOWHERE}"), 404, f"Could not find project: {NOWHERE}.")
    refused(tenant.admin.identity.delete(f"/projects/{NOWHERE}"), 404, f"Could not find project: {NOWHERE}.")


def test_deleting_a_project_deletes_no_resource(tenant: Tenant):
    network = tenant.network()
    done(tenant.admin.identity.delete(f"/projects/{tenant.project_id}"), 204)
    left = done(tenant.admin.network.get(f"/networks/{network['id']}"))["network"]
    assert left["project_id"] == tenant.project_id
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    again = {"project": {"name": tenant.name, "domain_id": "default"}}
    for group in done(tenant.admin.network.get(f"/security-groups?tenant_id={tenant.project_id}&fields=id"))[
        "security_groups"
    ]:
        tenant.admin.network.delete(f"/security-groups/{group['id']}")
    tenant.project_id = done(tenant.admin.identity.post("/projects", json=again))["project"]["id"]


def test_only_admins_list_projects(tenant: Tenant):
    words = "You are not authorized to perform the requested action: identity:list_projects."
    refused(tenant.member.identity.get("/projects"), 403, words)


def test_tags_are_listed_added_and_removed(tenant: Tenant):
    path = f"/projects/{tenant.project_id}/tags"
    done(tenant.admin.identity.put(f"{path}/keep"), 201)
    assert sorted(done(tenant.admin.identity.get(path))["tags"]) == ["ct", "keep"]
    done(tenant.admin.identity.delete(f"{path}/keep"), 204)
    assert done(tenant.admin.identity.get(path))["tags"] == ["ct"]
