"""Tokens, and what a closed project can and cannot do."""

import requests

from tests.contract.cloud import Target, done, ids, message_of, password, refused, wait_until
from tests.contract.tenant import SECRET, Tenant

UNAUTHENTICATED = "The request you have made requires authentication."


def test_a_wrong_password_is_401(target: Target, tenant: Tenant):
    answer = target.sign_in(password(tenant.user_id, "wrong"))
    refused(answer, 401, UNAUTHENTICATED)
    assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")


def test_a_scoped_token_names_project_roles_and_catalog(target: Target, tenant: Tenant):
    answer = target.sign_in(password(tenant.user_id, SECRET), {"project": {"id": tenant.project_id}})
    token = done(answer, 201)["token"]
    assert answer.headers["X-Subject-Token"]
    assert token["project"] == {
        "id": tenant.project_id,
        "name": tenant.name,
        "domain": {"id": "default", "name": "Default"},
    }
    assert {role["name"] for role in token["roles"]} == {"member", "reader"}
    assert token["catalog"]
    assert token["methods"] == ["password"]
    assert token["expires_at"] > token["issued_at"]


def test_an_unscoped_token_has_neither_project_nor_catalog(target: Target, tenant: Tenant):
    token = done(target.sign_in(password(tenant.user_id, SECRET), "unscoped"), 201)["token"]
    assert not {"project", "roles", "catalog"} & set(token)


def test_a_project_on_which_one_has_no_role_gives_no_token(target: Target, tenant: Tenant, other: Tenant):
    refused(
        target.sign_in(password(tenant.user_id, SECRET), {"project": {"id": other.project_id}}), 401, UNAUTHENTICATED
    )


def test_a_token_is_exchanged_for_another_scope(target: Target, tenant: Tenant):
    unscoped = target.sign_in(password(tenant.user_id, SECRET), "unscoped").headers["X-Subject-Token"]
    identity = {"methods": ["token"], "token": {"id": unscoped}}
    token = done(target.sign_in(identity, {"project": {"id": tenant.project_id}}), 201)["token"]
    assert token["project"]["id"] == tenant.project_id


def test_an_application_credential_gives_a_token(target: Target, tenant: Tenant):
    path = f"/users/{tenant.user_id}/application_credentials"
    body = {"application_credential": {"name": f"{tenant.name}-ac"}}
    made = done(tenant.member.identity.post(path, json=body), 201)["application_credential"]
    identity = {
        "methods": ["application_credential"],
        "application_credential": {"id": made["id"], "secret": made["secret"]},
    }
    assert done(target.sign_in(identity), 201)["token"]["project"]["id"] == tenant.project_id


def test_a_closed_project_gives_no_new_token(target: Target, tenant: Tenant):
    tenant.close()
    refused(
        target.sign_in(password(tenant.user_id, SECRET), {"project": {"id": tenant.project_id}}), 401, UNAUTHENTICATED
    )


def test_the_user_of_a_closed_project_still_signs_in_without_it(target: Target, tenant: Tenant):
    tenant.close()
    done(target.sign_in(password(tenant.user_id, SECRET), "unscoped"), 201)


def test_a_token_given_before_the_closing_is_worth_nothing(target: Target, tenant: Tenant):
    token = str(tenant.member.session.get_token())
    tenant.close()
    headers = {"X-Auth-Token": str(tenant.admin.session.get_token()), "X-Subject-Token": token}
    answer = requests.get(f"{target.auth_url}/auth/tokens", headers=headers, timeout=60)
    assert answer.status_code == 404
    assert tenant.project_id in message_of(answer) or "token" in message_of(answer)
    # A service may remember a validated token for a while (token_cache_time); one that has not seen it refuses.
    wait_until(
        lambda: target.bare("network", "/networks", **{"X-Auth-Token": token}).status_code == 401, "it is refused"
    )


def test_a_reopened_project_gives_tokens_again(target: Target, tenant: Tenant):
    tenant.close()
    tenant.set_enabled(True)
    done(target.sign_in(password(tenant.user_id, SECRET), {"project": {"id": tenant.project_id}}), 201)


def test_closing_keeps_role_assignments_and_users(tenant: Tenant):
    tenant.close()
    path = f"/role_assignments?scope.project.id={tenant.project_id}"
    assert [row["user"]["id"] for row in done(tenant.admin.identity.get(path))["role_assignments"]] == [tenant.user_id]
    assert done(tenant.admin.identity.get(f"/users/{tenant.user_id}"))["user"]["enabled"] is True


def test_an_admin_deletes_the_resources_of_a_closed_project(tenant: Tenant):
    network = tenant.network()
    port = tenant.port(network) if tenant.subnet(network) else {}
    volume = tenant.volume()
    image = tenant.image()
    tenant.close()
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)
    done(tenant.admin.network.delete(f"/networks/{network['id']}"), 204)
    done(tenant.admin.volume.delete(f"/volumes/{volume['id']}"), 202)
    done(tenant.admin.image.delete(f"/images/{image['id']}"), 204)
    tenant.volume_gone(volume)


def test_the_projects_one_has_a_role_on_include_closed_ones(target: Target, tenant: Tenant):
    tenant.close()
    face = target.face_of(tenant.user_id, SECRET, None)
    url = f"{target.auth_url}/auth/projects"
    listed = requests.get(url, headers={"X-Auth-Token": str(face.session.get_token())}, timeout=60)
    assert ids(done(listed)["projects"]) == {tenant.project_id}
