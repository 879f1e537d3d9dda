"""Tokens: who may have one, for which scope, and what it says."""

import secrets
import time
from datetime import UTC, datetime
from typing import NoReturn

from reaper.simulator.catalog import catalog
from reaper.simulator.exchange import UNAUTHENTICATED, ApiAnswer, ApiError, Record, Request, Route, refusal, refuse
from reaper.simulator.identity.lists import listed
from reaper.simulator.state import CloudState, IssuedToken

LIFE = 24 * 3600.0
# Keystone's bootstrap makes each of these roles imply the next.
IMPLIED = {"admin": "manager", "manager": "member", "member": "reader"}


def roles_on(cloud: CloudState, user_id: str, project_id: str) -> dict[str, Record]:
    """Give the roles a user has on a project: direct, through groups, and implied; by name."""
    groups = {group for group, users in cloud.members.items() if user_id in users}
    ids = {
        role
        for role, kind, target, actor, actor_id in cloud.assignments
        if kind == "project"
        and target == project_id
        and (actor_id == user_id if actor == "user" else actor_id in groups)
    } | {
        role
        for role, kind, target, actor, actor_id in cloud.inherited
        if (actor_id == user_id if actor == "user" else actor_id in groups) and project_id in below(cloud, kind, target)
    }
    named = {role["name"]: role for role in cloud.identity["roles"].values()}
    have = {cloud.identity["roles"][role]["name"] for role in ids if role in cloud.identity["roles"]}
    for name in list(have):
        follow: str | None = name
        while follow := IMPLIED.get(follow or ""):
            have.add(follow)
    return {name: named[name] for name in have if name in named}


def below(cloud: CloudState, kind: str, target: str) -> list[str]:
    """Name the projects that a role is inherited to: all of a domain, or all below a project without itself."""
    projects = cloud.identity["projects"]
    if kind == "domain":
        return [one["id"] for one in projects.values() if one["domain_id"] == target]
    found, above = [], {target}
    while above:
        above = {one["id"] for one in projects.values() if one["parent_id"] in above}
        found += sorted(above)
    return found


def domain_of(cloud: CloudState, record: Record) -> Record:
    """Give the short form of a record's domain."""
    domain = cloud.identity["domains"].get(
        record["domain_id"], {"id": record["domain_id"], "name": record["domain_id"]}
    )
    return {"id": domain["id"], "name": domain["name"]}


def alive(cloud: CloudState, token_id: str) -> IssuedToken | None:
    """Give a token that is still good: not ended, its user and project there and enabled."""
    token = cloud.tokens.get(token_id)
    if token is None or token.ends < time.time():
        return None
    user = cloud.identity["users"].get(token.user_id)
    project = cloud.identity["projects"].get(token.project_id)
    if user is None or not user["enabled"] or (token.project_id and (project is None or not project["enabled"])):
        return None
    return token


def _denied(ask: Request) -> NoReturn:
    answer = refusal("identity", 401, UNAUTHENTICATED)
    raise ApiError(ApiAnswer(401, answer.document, headers={"WWW-Authenticate": f'Keystone uri="{ask.base}/v3"'}))


def _domain_id(cloud: CloudState, named: Record) -> str:
    if "id" in named:
        return str(named["id"])
    return next((key for key, one in cloud.identity["domains"].items() if one["name"] == named.get("name")), "")


def _by_name(ask: Request, kind: str, named: Record) -> Record:
    table = ask.cloud.identity[kind]
    if "id" in named:
        record = table.get(named["id"])
    else:
        domain = _domain_id(ask.cloud, named.get("domain", {}))
        same = (one for one in table.values() if one["name"] == named.get("name") and one["domain_id"] == domain)
        record = next(same, None)
    if record is None or not record["enabled"]:
        _denied(ask)
    return record


def _user(ask: Request, identity: Record) -> tuple[Record, Record | None]:
    """Find who proves to be whom; the second value is the application credential used."""
    cloud = ask.cloud
    if "password" in identity.get("methods", ()):
        given = identity["password"]["user"]
        user = _by_name(ask, "users", given)
        if user.get("password") != given.get("password"):
            _denied(ask)
        return user, None
    if "token" in identity.get("methods", ()):
        token = alive(cloud, identity["token"]["id"])
        if token is None:
            _denied(ask)
        return cloud.identity["users"][token.user_id], None
    given = identity.get("application_credential", {})
    credential = cloud.identity["application_credentials"].get(given.get("id", ""))
    if credential is None or credential["secret"] != given.get("secret"):
        _denied(ask)
    return cloud.identity["users"][credential["user_id"]], credential


def _project(ask: Request, user: Record, scope: object, credential: Record | None) -> Record | None:
    """Find the project a token shall be for: asked for, the credential's, or the user's own default."""
    projects = ask.cloud.identity["projects"]
    if credential is not None:
        scope = {"project": {"id": credential["project_id"]}}
    if isinstance(scope, dict) and "project" in scope:
        project = _by_name(ask, "projects", scope["project"])
        if not roles_on(ask.cloud, user["id"], project["id"]):
            _denied(ask)
        return project
    default = projects.get(user.get("default_project_id") or "")
    if scope or default is None or not default["enabled"] or not roles_on(ask.cloud, user["id"], default["id"]):
        return None
    return default


def issue(ask: Request) -> ApiAnswer:
    """Give a token for a password, a token or an application credential."""
    wanted = ask.wrapped("auth")
    user, credential = _user(ask, wanted.get("identity", {}))
    if not user["enabled"]:
        _denied(ask)
    project = _project(ask, user, wanted.get("scope"), credential)
    roles = roles_on(ask.cloud, user["id"], project["id"]) if project else {}
    token = IssuedToken(
        secrets.token_urlsafe(48), user["id"], project["id"] if project else "", frozenset(roles), time.time() + LIFE
    )
    ask.cloud.tokens[token.id] = token
    methods = wanted.get("identity", {}).get("methods", [])
    return ApiAnswer(201, {"token": _told(ask, token, methods)}, headers={"X-Subject-Token": token.id})


def _told(ask: Request, token: IssuedToken, methods: list[str]) -> Record:
    cloud = ask.cloud
    user = cloud.identity["users"][token.user_id]
    person = {"domain": domain_of(cloud, user), "id": user["id"], "name": user["name"], "password_expires_at": None}
    told: Record = {
        "methods": methods,
        "user": person,
        "audit_ids": [token.id[:22]],
        "expires_at": iso(token.ends),
        "issued_at": iso(token.ends - LIFE),
    }
    if not token.project_id:
        return told
    project = cloud.identity["projects"][token.project_id]
    roles = roles_on(cloud, token.user_id, token.project_id).values()
    return told | {
        "project": {"domain": domain_of(cloud, project), "id": project["id"], "name": project["name"]},
        "is_domain": False,
        "roles": [{"id": role["id"], "name": role["name"]} for role in roles],
        "catalog": catalog(cloud, ask.base.rsplit("/", 1)[0], token.project_id),
    }


def iso(stamp: float) -> str:
    """Write a moment as Keystone does."""
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _subject(ask: Request) -> IssuedToken:
    subject = ask.headers.get("x-subject-token", "")
    token = alive(ask.cloud, subject)
    if token is None:
        held = ask.cloud.tokens.get(subject)
        why = (
            f"Unable to validate token because project {held.project_id} is disabled"
            if held and held.project_id
            else ""
        )
        refuse("identity", 404, why or "Failed to validate token")
    return token


def validate(ask: Request) -> ApiAnswer:
    """Tell what a token stands for."""
    token = _subject(ask)
    return ApiAnswer(200, {"token": _told(ask, token, ["password"])}, headers={"X-Subject-Token": token.id})


def revoke(ask: Request) -> ApiAnswer:
    """End a token."""
    ask.cloud.tokens.pop(_subject(ask).id, None)
    return ApiAnswer(204)


def my_projects(ask: Request) -> ApiAnswer:
    """List the projects the caller has a role on, disabled ones too."""
    projects = ask.cloud.identity["projects"].values()
    return listed(ask, "projects", [one for one in projects if roles_on(ask.cloud, ask.who.user_id, one["id"])])


def my_catalog(ask: Request) -> ApiAnswer:
    """Show the catalog of the caller's token."""
    links = {"self": f"{ask.base}{ask.path}"}
    every = catalog(ask.cloud, ask.base.rsplit("/", 1)[0], ask.project_id)
    return ApiAnswer(200, {"catalog": every, "links": links})


ROUTES = (
    Route("POST", "/v3/auth/tokens", issue, None),
    Route("GET", "/v3/auth/tokens", validate),
    Route("HEAD", "/v3/auth/tokens", validate),
    Route("DELETE", "/v3/auth/tokens", revoke),
    Route("GET", "/v3/auth/projects", my_projects),
    Route("GET", "/v3/auth/catalog", my_catalog),
)
