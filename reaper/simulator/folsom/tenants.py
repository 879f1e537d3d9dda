"""Keystone v2.0's admin port: all tenants, users, and the roles of one user in one tenant."""

from typing import NoReturn

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.folsom.tokens import COMMON, told
from reaper.simulator.identity.assignments import role_named
from reaper.simulator.identity.people import new_user
from reaper.simulator.identity.projects import new_project

RULE = "admin_required"
SECRET = frozenset({"password", "domain_id", "password_expires_at", "options"})


def _lost(kind: str, which: str) -> NoReturn:
    refuse("identity", 404, f"Could not find {kind}: {which}")


def _tenant(ask: Request, tenant_id: str) -> Record:
    tenant = ask.cloud.identity["projects"].get(tenant_id)
    if tenant is None:
        _lost("tenant", tenant_id)
    return tenant


def _person(user: Record) -> Record:
    shown = {key: value for key, value in user.items() if key not in SECRET | {"default_project_id"}}
    return {**shown, "tenantId": user.get("default_project_id")}


def list_tenants(ask: Request) -> ApiAnswer:
    """List all tenants; pages only for who asks for them."""
    every = [told(one) for one in ask.cloud.identity["projects"].values()]
    return ApiAnswer(200, {"tenants": every, "tenants_links": []})


def show_tenant(ask: Request, tenant_id: str) -> ApiAnswer:
    """Show a tenant."""
    return ApiAnswer(200, {"tenant": told(_tenant(ask, tenant_id))})


def create_tenant(ask: Request) -> ApiAnswer:
    """Make a tenant."""
    return ApiAnswer(200, {"tenant": told(new_project(ask.cloud, ask.wrapped("tenant")))})


def update_tenant(ask: Request, tenant_id: str) -> ApiAnswer:
    """Change a tenant, by a POST; the tokens of one that is closed stay good."""
    tenant = _tenant(ask, tenant_id)
    tenant.update({key: value for key, value in ask.wrapped("tenant").items() if key != "id"})
    return ApiAnswer(200, {"tenant": told(tenant)})


def delete_tenant(ask: Request, tenant_id: str) -> ApiAnswer:
    """Delete a tenant, and no resource in any service."""
    _tenant(ask, tenant_id)
    del ask.cloud.identity["projects"][tenant_id]
    for key in [key for key in ask.cloud.assignments if key[2] == tenant_id]:
        del ask.cloud.assignments[key]
    return ApiAnswer(204)


def _members(ask: Request, tenant_id: str) -> list[str]:
    held = {key[4] for key in ask.cloud.assignments if key[1:4] == ("project", tenant_id, "user")}
    users = ask.cloud.identity["users"].values()
    # Who was made for a tenant belongs to it, with a role or without.
    return sorted(held | {one["id"] for one in users if one.get("default_project_id") == tenant_id})


def list_members(ask: Request, tenant_id: str) -> ApiAnswer:
    """List the users of a tenant."""
    _tenant(ask, tenant_id)
    users = ask.cloud.identity["users"]
    return ApiAnswer(200, {"users": [_person(users[one]) for one in _members(ask, tenant_id) if one in users]})


def list_roles(ask: Request, tenant_id: str, user_id: str) -> ApiAnswer:
    """List the roles of one user in one tenant."""
    _tenant(ask, tenant_id)
    if user_id not in ask.cloud.identity["users"]:
        _lost("user", user_id)
    wanted = ("project", tenant_id, "user", user_id)
    ids = [key[0] for key in ask.cloud.assignments if key[1:] == wanted]
    roles = ask.cloud.identity["roles"]
    return ApiAnswer(200, {"roles": [{"id": one, "name": roles[one]["name"]} for one in ids if one in roles]})


def give_role(ask: Request, tenant_id: str, user_id: str, role_id: str) -> ApiAnswer:
    """Give a role."""
    ask.cloud.assignments[role_id, "project", _tenant(ask, tenant_id)["id"], "user", user_id] = None
    return ApiAnswer(200, {"role": ask.cloud.identity["roles"][role_id]})


def list_users(ask: Request) -> ApiAnswer:
    """List all users; the public port has no such list."""
    return ApiAnswer(200, {"users": [_person(one) for one in ask.cloud.identity["users"].values()]})


def show_user(ask: Request, user_id: str) -> ApiAnswer:
    """Show a user."""
    if user_id not in ask.cloud.identity["users"]:
        _lost("user", user_id)
    return ApiAnswer(200, {"user": _person(ask.cloud.identity["users"][user_id])})


def create_user(ask: Request) -> ApiAnswer:
    """Make a user."""
    given = ask.wrapped("user")
    plain = {key: value for key, value in given.items() if key != "tenantId"}
    return ApiAnswer(
        200, {"user": _person(new_user(ask.cloud, {**plain, "default_project_id": given.get("tenantId")}))}
    )


def all_roles(ask: Request) -> ApiAnswer:
    """List roles; one called Member is always there."""
    role_named(ask.cloud, "Member")
    return ApiAnswer(200, {"roles": [{"id": r["id"], "name": r["name"]} for r in ask.cloud.identity["roles"].values()]})


ADMIN = (
    *COMMON,
    *(
        Route(method, f"/v2.0/{path}", act, "admin", RULE)
        for method, path, act in (
            ("GET", "tenants", list_tenants),
            ("POST", "tenants", create_tenant),
            ("GET", "tenants/{}", show_tenant),
            ("POST", "tenants/{}", update_tenant),
            ("DELETE", "tenants/{}", delete_tenant),
            ("GET", "tenants/{}/users", list_members),
            ("GET", "tenants/{}/users/{}/roles", list_roles),
            ("PUT", "tenants/{}/users/{}/roles/OS-KSADM/{}", give_role),
            ("GET", "users", list_users),
            ("POST", "users", create_user),
            ("GET", "users/{}", show_user),
            ("GET", "OS-KSADM/roles", all_roles),
        )
    ),
)
