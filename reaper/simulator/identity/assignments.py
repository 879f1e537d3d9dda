"""Roles and who has them where."""

from collections.abc import Iterator

from reaper.simulator.catalog import SERVICES
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.identity.lists import filtered, found, listed
from reaper.simulator.identity.tokens import IMPLIED, below, domain_of
from reaper.simulator.state import CloudState, plain

Key = tuple[str, str, str, str, str]


def role_named(cloud: CloudState, name: str) -> Record:
    """Give the role of that name; made when it is new."""
    for role in cloud.identity["roles"].values():
        if role["name"] == name:
            return role
    role = {"id": plain(), "name": name, "domain_id": None, "description": None, "options": {}}
    cloud.identity["roles"][role["id"]] = role
    return role


def list_roles(ask: Request) -> ApiAnswer:
    """List roles."""
    return listed(ask, "roles", filtered(ask, ask.cloud.identity["roles"].values(), ("name",)))


def _linked(ask: Request, key: Key, *, inherited: bool = False) -> str:
    role, target, target_id, actor, actor_id = key
    path = f"{target}s/{target_id}/{actor}s/{actor_id}/roles/{role}"
    return f"{ask.base}/v3/OS-INHERIT/{path}/inherited_to_projects" if inherited else f"{ask.base}/v3/{path}"


def _told(ask: Request, key: Key, *, names: bool, inherited: bool = False) -> Record:
    role, target, target_id, actor, actor_id = key
    below = {"OS-INHERIT:inherited_to": "projects"} if inherited else {}
    if not names:
        return {
            "links": {"assignment": _linked(ask, key, inherited=inherited)},
            "scope": {target: {"id": target_id}, **below},
            actor: {"id": actor_id},
            "role": {"id": role},
        }
    return {
        "links": {"assignment": _linked(ask, key, inherited=inherited)},
        "scope": {target: _named(ask, f"{target}s", target_id), **below},
        actor: _named(ask, f"{actor}s", actor_id),
        "role": {"id": role, "name": ask.cloud.identity["roles"][role]["name"]},
    }


def _named(ask: Request, kind: str, record_id: str) -> Record:
    record = ask.cloud.identity[kind].get(record_id)
    if record is None:  # a user of a directory that is gone still has assignments
        return {"id": record_id, "name": "", "domain": {"id": "", "name": ""}}
    short = {"id": record["id"], "name": record["name"]}
    return short if kind == "domains" else short | {"domain": domain_of(ask.cloud, record)}


def _effective(ask: Request, key: Key, *, inherited: bool = False) -> Iterator[tuple[Key, Record]]:
    """Spread a group's role over its users, an inherited one over the projects below, each over those it implies."""
    role, target, target_id, actor, actor_id = key
    link = _linked(ask, key, inherited=inherited)
    places = [("project", one) for one in below(ask.cloud, target, target_id)] if inherited else [(target, target_id)]
    users = [actor_id] if actor == "user" else sorted(ask.cloud.members[actor_id])
    through = {} if actor == "user" else {"membership": f"{ask.base}/v3/groups/{actor_id}/users/"}
    for kind, place in places:
        for user in users:
            membership = {name: group + user for name, group in through.items()}
            one: Key = (role, kind, place, "user", user)
            yield one, {"assignment": link} | membership
            for implied in _implied(ask.cloud, role):
                prior = f"{ask.base}/v3/prior_role/{role}/implies/{implied}"
                yield (implied, *one[1:]), {"assignment": link, "prior_role": prior} | membership


def _implied(cloud: CloudState, role_id: str) -> Iterator[str]:
    name = cloud.identity["roles"][role_id]["name"]
    while name in IMPLIED:
        name = IMPLIED[name]
        yield role_named(cloud, name)["id"]


def _wanted(ask: Request, key: Key) -> bool:
    role, target, target_id, actor, actor_id = key
    given = {
        "scope.project.id": target_id if target == "project" else None,
        "scope.domain.id": target_id if target == "domain" else None,
        "user.id": actor_id if actor == "user" else None,
        "group.id": actor_id if actor == "group" else None,
        "role.id": role,
    }
    return all(given[name] == value for name, value in ask.query if name in given)


def _flag(ask: Request, name: str) -> bool:
    value = ask.asked(name)
    return value is not None and value.lower() not in {"0", "false"}


def list_assignments(ask: Request) -> ApiAnswer:
    """List assignments, raw or `effective`; never paged, whatever `limit` says (as Keystone 30 does)."""
    names = _flag(ask, "include_names")
    rows: list[Record] = []
    only = ask.asked("scope.OS-INHERIT:inherited_to")
    every = [(key, False) for key in ask.cloud.assignments if only is None]
    every += [(key, True) for key in ask.cloud.inherited if only in {None, "projects"}]
    for key, inherited in every:
        if not _flag(ask, "effective"):
            if _wanted(ask, key):
                rows.append(_told(ask, key, names=names, inherited=inherited))
            continue
        for spread, links in _effective(ask, key, inherited=inherited):
            if _wanted(ask, spread):
                rows.append(_told(ask, spread, names=names, inherited=inherited) | {"links": links})
    here = f"{ask.base}{ask.path}" + (f"?{ask.rawquery}" if ask.rawquery else "")
    return ApiAnswer(200, {"role_assignments": rows, "links": {"next": None, "self": here, "previous": None}})


def _key(ask: Request, target: str, target_id: str, actor: str, actor_id: str, role_id: str) -> Key:
    found(ask, f"{target}s", target_id, target)
    found(ask, f"{actor}s", actor_id, actor)
    found(ask, "roles", role_id, "role")
    return (role_id, target, target_id, actor, actor_id)


def _words(ask: Request) -> tuple[str, str]:
    parts = ask.path.strip("/").split("/")
    return parts[1].removesuffix("s"), parts[3].removesuffix("s")


def assign(ask: Request, target_id: str, actor_id: str, role_id: str) -> ApiAnswer:
    """Give a user or group a role on a project or domain."""
    target, actor = _words(ask)
    ask.cloud.assignments[_key(ask, target, target_id, actor, actor_id, role_id)] = None
    return ApiAnswer(204)


def check(ask: Request, target_id: str, actor_id: str, role_id: str) -> ApiAnswer:
    """Say whether an assignment is there."""
    target, actor = _words(ask)
    if _key(ask, target, target_id, actor, actor_id, role_id) not in ask.cloud.assignments:
        message = (
            f"Could not find role assignment with role: {role_id}, user or group: {actor_id}, "
            f"project, domain, or system: {target_id}."
        )
        refuse("identity", 404, message)
    return ApiAnswer(204)


def unassign(ask: Request, target_id: str, actor_id: str, role_id: str) -> ApiAnswer:
    """Take a role away, counted as a trap: application credentials that stand on it are worth nothing from then on."""
    check(ask, target_id, actor_id, role_id)
    target, actor = _words(ask)
    del ask.cloud.assignments[role_id, target, target_id, actor, actor_id]
    ask.cloud.traps["assignments_removed"] += 1
    return ApiAnswer(204)


def _inherited_key(ask: Request, target_id: str, actor_id: str, role_id: str) -> Key:
    parts = ask.path.strip("/").split("/")
    return _key(ask, parts[2].removesuffix("s"), target_id, parts[4].removesuffix("s"), actor_id, role_id)


def assign_below(ask: Request, target_id: str, actor_id: str, role_id: str) -> ApiAnswer:
    """Give a user or group a role on all projects below a project or domain."""
    ask.cloud.inherited[_inherited_key(ask, target_id, actor_id, role_id)] = None
    return ApiAnswer(204)


def unassign_below(ask: Request, target_id: str, actor_id: str, role_id: str) -> ApiAnswer:
    """Take an inherited role away."""
    if ask.cloud.inherited.pop(_inherited_key(ask, target_id, actor_id, role_id), "absent") == "absent":
        refuse("identity", 404, f"Could not find role assignment with role: {role_id}.")
    return ApiAnswer(204)


def list_inferences(ask: Request) -> ApiAnswer:
    """List which role implies which."""
    roles = {role["name"]: role for role in ask.cloud.identity["roles"].values()}
    rules = [
        {"prior_role": _short(ask, roles[prior]), "implies": [_short(ask, roles[implied])]}
        for prior, implied in IMPLIED.items()
        if prior in roles and implied in roles
    ]
    return ApiAnswer(200, {"role_inferences": rules, "links": {"self": f"{ask.base}{ask.path}"}})


def _short(ask: Request, role: Record) -> Record:
    return {"id": role["id"], "name": role["name"], "links": {"self": f"{ask.base}/v3/roles/{role['id']}"}}


def list_services(ask: Request) -> ApiAnswer:
    """List the services of the catalog."""
    every = [{"id": f"{name}-{kind}", "name": name, "type": kind, "enabled": True} for kind, name, _ in SERVICES]
    return listed(ask, "services", every)


ROUTES = (
    Route("GET", "/v3/roles", list_roles, "admin", "identity:list_roles"),
    Route("GET", "/v3/role_assignments", list_assignments, "admin", "identity:list_role_assignments"),
    Route("GET", "/v3/role_inferences", list_inferences, "admin", "identity:list_role_inference_rules"),
    *(
        Route(method, f"/v3/OS-INHERIT/{target}/{{}}/{actor}/{{}}/roles/{{}}/inherited_to_projects", act, "admin", rule)
        for target in ("projects", "domains")
        for actor in ("users", "groups")
        for method, act, rule in (
            ("PUT", assign_below, "identity:create_grant"),
            ("DELETE", unassign_below, "identity:revoke_grant"),
        )
    ),
    Route("GET", "/v3/services", list_services, "admin", "identity:list_services"),
    *(
        Route(method, f"/v3/{target}/{{}}/{actor}/{{}}/roles/{{}}", act, "admin", rule)
        for target in ("projects", "domains")
        for actor in ("users", "groups")
        for method, act, rule in (
            ("PUT", assign, "identity:create_grant"),
            ("HEAD", check, "identity:check_grant"),
            ("GET", check, "identity:check_grant"),
            ("DELETE", unassign, "identity:revoke_grant"),
        )
    ),
)
