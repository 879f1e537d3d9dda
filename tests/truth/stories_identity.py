"""What Keystone says: versions, tokens, the catalog, projects, people, and a closed project."""

from __future__ import annotations

from tests.contract.tenant import SECRET
from tests.truth.teller import Teller


def versions(teller: Teller) -> None:
    """Every service's version document, read without a token."""
    for service in ("compute", "network", "volume", "image"):
        endpoint = getattr(teller.target.admin, service).get_endpoint()
        root = endpoint.split("/v2")[0].split("/v3")[0]
        teller.ask_bare(f"versions of {service}", f"{root}/")
    teller.ask_bare("versions of identity", teller.target.auth_url.removesuffix("/v3") + "/")
    teller.ask_bare("version 3 of identity", teller.target.auth_url)
    teller.ask_bare("a list without a token", f"{teller.target.admin.network.get_endpoint().rstrip('/')}/networks")


def tokens(teller: Teller) -> None:
    """A token for a project, its catalog, and what is no password."""
    url = f"{teller.target.auth_url}/auth/tokens"
    teller.ask_bare("a token", url, method="POST", json=_wish(teller, SECRET))
    teller.ask_bare("a wrong password", url, method="POST", json=_wish(teller, "wrong"))
    teller.ask("the catalog", "identity", "/auth/catalog")


def _wish(teller: Teller, secret: str) -> dict[str, object]:
    user = {"id": teller.tenant.user_id, "password": secret}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"project": {"id": teller.tenant.project_id}}}}


def projects(teller: Teller) -> None:
    """A project by id, by name, by tag, changed, and one that is not there."""
    tenant = teller.tenant
    teller.ask("a project", "identity", f"/projects/{tenant.project_id}")
    teller.ask("projects by name", "identity", f"/projects?name={tenant.name}")
    teller.ask("projects by tag", "identity", "/projects?tags=nobody-has-this")
    teller.ask("no such project", "identity", "/projects/00000000000000000000000000000000")
    teller.ask("projects as a member", "identity", "/projects", face=tenant.member)
    body = {"project": {"description": "changed"}}
    teller.ask("change a project", "identity", f"/projects/{tenant.project_id}", "PATCH", json=body)


def people(teller: Teller) -> None:
    """A user, the roles on a project, with and without names."""
    tenant = teller.tenant
    teller.ask("a user", "identity", f"/users/{tenant.user_id}")
    teller.ask("no such user", "identity", "/users/00000000000000000000000000000000")
    scope = f"scope.project.id={tenant.project_id}"
    teller.ask("role assignments", "identity", f"/role_assignments?{scope}")
    teller.ask("role assignments by name", "identity", f"/role_assignments?{scope}&include_names")
    teller.ask("effective role assignments", "identity", f"/role_assignments?{scope}&effective")
    teller.ask("role assignments as a member", "identity", f"/role_assignments?{scope}", face=tenant.member)
    teller.ask("roles by name", "identity", "/roles?name=member")


def a_closed_project(teller: Teller) -> None:
    """Nobody signs in to it, and its member's token is worth nothing."""
    tenant = teller.tenant
    member = tenant.member
    teller.ask("a list before", "network", "/networks?name=nothing", face=member)
    body = {"project": {"enabled": False}}
    teller.ask("close", "identity", f"/projects/{tenant.project_id}", "PATCH", json=body)
    teller.ask_bare("sign in", f"{teller.target.auth_url}/auth/tokens", method="POST", json=_wish(teller, SECRET))
    body = {"project": {"enabled": True}}
    teller.ask("open", "identity", f"/projects/{tenant.project_id}", "PATCH", json=body)


STORIES = (versions, tokens, projects, people, a_closed_project)
