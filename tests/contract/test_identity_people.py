"""Users, groups, roles and application credentials."""

from collections.abc import Iterator

import pytest

from tests.contract.cloud import Target, done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "0" * 32


@pytest.fixture
def group(tenant: Tenant) -> Iterator[str]:
    made = done(
        tenant.admin.identity.post("/groups", json={"group": {"name": f"{tenant.name}-g", "domain_id": "default"}})
    )
    yield made["group"]["id"]
    tenant.admin.identity.delete(f"/groups/{made['group']['id']}")


def test_a_user_shows_the_address_and_never_the_password(tenant: Tenant):
    user = done(tenant.admin.identity.get(f"/users/{tenant.user_id}"))["user"]
    assert user["email"] == f"{tenant.name}@ct.example"
    assert {"id", "name", "domain_id", "enabled", "options", "password_expires_at", "links"} <= set(user)
    assert "password" not in user


def test_a_user_without_an_address_has_no_such_field(tenant: Tenant):
    tenant.users.append(tenant.new_user(f"{tenant.name}-silent"))
    assert "email" not in done(tenant.admin.identity.get(f"/users/{tenant.users[-1]}"))["user"]


def test_users_are_paged_and_found_by_name(tenant: Tenant):
    walked = pages(tenant.admin.identity, "/users?limit=2", "users")
    assert tenant.user_id in {user["id"] for page in walked for user in page}
    found = done(tenant.admin.identity.get(f"/users?name={tenant.name}-u&domain_id=default"))["users"]
    assert ids(found) == {tenant.user_id}


def test_a_user_that_is_not_there_is_404(tenant: Tenant):
    refused(tenant.admin.identity.get(f"/users/{NOWHERE}"), 404, f"Could not find user: {NOWHERE}.")


def test_a_user_sees_itself_and_nobody_else(tenant: Tenant):
    tenant.users.append(tenant.new_user(f"{tenant.name}-two"))
    assert done(tenant.member.identity.get(f"/users/{tenant.user_id}"))["user"]["id"] == tenant.user_id
    words = "You are not authorized to perform the requested action: identity:get_user."
    refused(tenant.member.identity.get(f"/users/{tenant.users[-1]}"), 403, words)


def test_raw_assignments_name_ids_only(tenant: Tenant):
    rows = done(tenant.admin.identity.get(f"/role_assignments?scope.project.id={tenant.project_id}"))[
        "role_assignments"
    ]
    assert len(rows) == 1
    assert rows[0]["scope"] == {"project": {"id": tenant.project_id}}
    assert rows[0]["user"] == {"id": tenant.user_id}
    assert rows[0]["role"] == {"id": tenant.role("member")}
    path = f"/projects/{tenant.project_id}/users/{tenant.user_id}/roles/{tenant.role('member')}"
    assert rows[0]["links"]["assignment"].endswith(path)


def test_assignments_with_names_have_no_address(tenant: Tenant):
    path = f"/role_assignments?include_names=true&scope.project.id={tenant.project_id}"
    row = done(tenant.admin.identity.get(path))["role_assignments"][0]
    home = {"id": "default", "name": "Default"}
    assert row["user"] == {"id": tenant.user_id, "name": f"{tenant.name}-u", "domain": home}
    assert row["scope"] == {"project": {"id": tenant.project_id, "name": tenant.name, "domain": home}}
    assert row["role"]["name"] == "member"


def test_effective_assignments_add_implied_roles(tenant: Tenant):
    path = f"/role_assignments?effective&include_names=true&scope.project.id={tenant.project_id}"
    rows = done(tenant.admin.identity.get(path))["role_assignments"]
    assert {row["role"]["name"] for row in rows} == {"member", "reader"}
    assert {row["user"]["id"] for row in rows} == {tenant.user_id}


def test_a_groups_assignment_is_raw_for_the_group_and_effective_for_its_users(tenant: Tenant, group: str):
    tenant.users.append(tenant.new_user(f"{tenant.name}-in-group"))
    done(tenant.admin.identity.put(f"/groups/{group}/users/{tenant.users[-1]}"), 204)
    done(tenant.admin.identity.put(f"/projects/{tenant.project_id}/groups/{group}/roles/{tenant.role('reader')}"), 204)
    query = f"scope.project.id={tenant.project_id}"
    raw = done(tenant.admin.identity.get(f"/role_assignments?{query}"))["role_assignments"]
    assert {row["group"]["id"] for row in raw if "group" in row} == {group}
    spread = done(tenant.admin.identity.get(f"/role_assignments?effective&{query}"))["role_assignments"]
    assert tenant.users[-1] in {row["user"]["id"] for row in spread}
    assert not any("group" in row for row in spread)


def test_a_role_below_a_project_is_raw_for_the_project_and_effective_for_its_children(tenant: Tenant):
    given = {"name": f"{tenant.name}-child", "domain_id": "default", "parent_id": tenant.project_id}
    child = done(tenant.admin.identity.post("/projects", json={"project": given}), 201)["project"]["id"]
    tenant.users.append(tenant.new_user(f"{tenant.name}-above"))
    place = f"projects/{tenant.project_id}/users/{tenant.users[-1]}/roles/{tenant.role('reader')}"
    path = f"/OS-INHERIT/{place}/inherited_to_projects"
    done(tenant.admin.identity.put(path), 204)
    try:
        who = f"user.id={tenant.users[-1]}"
        (raw,) = done(tenant.admin.identity.get(f"/role_assignments?{who}"))["role_assignments"]
        assert raw["scope"] == {"project": {"id": tenant.project_id}, "OS-INHERIT:inherited_to": "projects"}
        assert raw["links"]["assignment"].endswith(path)
        (spread,) = done(tenant.admin.identity.get(f"/role_assignments?effective&{who}"))["role_assignments"]
        assert spread["scope"] == {"project": {"id": child}, "OS-INHERIT:inherited_to": "projects"}
        assert spread["links"]["assignment"].endswith(path)
        done(tenant.admin.identity.delete(path), 204)
        assert done(tenant.admin.identity.get(f"/role_assignments?{who}"))["role_assignments"] == []
    finally:
        tenant.admin.identity.delete(f"/projects/{child}")


def test_which_role_implies_which_is_listed(tenant: Tenant):
    rules = done(tenant.admin.identity.get("/role_inferences"))["role_inferences"]
    implied = {(rule["prior_role"]["name"], one["name"]) for rule in rules for one in rule["implies"]}
    assert ("member", "reader") in implied


def test_assignments_are_filtered_by_user(tenant: Tenant):
    rows = done(tenant.admin.identity.get(f"/role_assignments?user.id={tenant.user_id}"))["role_assignments"]
    assert [row["scope"]["project"]["id"] for row in rows] == [tenant.project_id]


def test_assignments_of_a_project_that_is_not_there_are_an_empty_list(tenant: Tenant):
    assert done(tenant.admin.identity.get(f"/role_assignments?scope.project.id={NOWHERE}"))["role_assignments"] == []


def test_members_do_not_list_assignments(tenant: Tenant):
    words = "You are not authorized to perform the requested action: identity:list_role_assignments."
    refused(tenant.member.identity.get("/role_assignments"), 403, words)


def test_the_users_of_a_group_are_listed_with_their_addresses(tenant: Tenant, group: str):
    done(tenant.admin.identity.put(f"/groups/{group}/users/{tenant.user_id}"), 204)
    users = done(tenant.admin.identity.get(f"/groups/{group}/users"))["users"]
    assert [(user["id"], user["email"]) for user in users] == [(tenant.user_id, f"{tenant.name}@ct.example")]


def test_a_group_that_is_not_there_is_404(tenant: Tenant):
    refused(tenant.admin.identity.get(f"/groups/{NOWHERE}/users"), 404, f"Could not find group: {NOWHERE}.")


def test_every_cloud_has_the_usual_roles_and_the_default_domain(tenant: Tenant):
    """An old Keystone makes no `manager`."""
    roles = {role["name"] for role in done(tenant.admin.identity.get("/roles"))["roles"]}
    assert {"admin", "member", "reader"} <= roles
    assert tenant.target.old or "manager" in roles
    assert "default" in ids(done(tenant.admin.identity.get("/domains"))["domains"])


def _credentials(tenant: Tenant) -> set[str]:
    path = f"/users/{tenant.user_id}/application_credentials"
    return ids(done(tenant.admin.identity.get(path))["application_credentials"])


def _new_credential(tenant: Tenant) -> str:
    body = {"application_credential": {"name": f"{tenant.name}-ac"}}
    path = f"/users/{tenant.user_id}/application_credentials"
    return str(done(tenant.member.identity.post(path, json=body), 201)["application_credential"]["id"])


def test_closing_a_project_keeps_application_credentials(tenant: Tenant):
    credential = _new_credential(tenant)
    tenant.close()
    tenant.set_enabled(True)
    assert _credentials(tenant) == {credential}


def test_a_credential_is_worthless_while_its_role_is_taken_away(target: Target, tenant: Tenant):
    path = f"/users/{tenant.user_id}/application_credentials"
    body = {"application_credential": {"name": f"{tenant.name}-ac"}}
    made = done(tenant.member.identity.post(path, json=body), 201)["application_credential"]
    secret = {"id": made["id"], "secret": made["secret"]}
    identity = {"methods": ["application_credential"], "application_credential": secret}
    done(target.sign_in(identity), 201)
    role = f"/projects/{tenant.project_id}/users/{tenant.user_id}/roles/{tenant.role('member')}"
    done(tenant.admin.identity.delete(role), 204)
    assert target.sign_in(identity).status_code in {401, 404}
