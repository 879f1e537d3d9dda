"""Roles and who has them where."""

from collections.abc import Iterator

from reaper.simulator.catalog import SERVICES
from reaper.simulator.exchange import Answer, Record, Request, Route, refuse
from reaper.simulator.identity.lists import filtered, found, listed
from reaper.simulator.identity.tokens import IMPLIED, domain_of
from reaper.simulator.state import Cloud, plain

Key = tuple[str, str, str, str, str]


def role_named(cloud: Cloud, name: str) -> Record:
    """Give the role of that name; made when it is new."""
    for role in cloud.identity["roles"].values():
        if role["name"] == name:
            return role
    role = {"id": plain(), "name": name, "domain_id": None, "description": None, "options": {}}
    cloud.identity["roles"][role["id"]] = role
    return role


def list_roles(ask: Request) -> Answer:
    """List roles."""
    return listed(ask, "roles", filtered(ask, ask.cloud.identity["roles"].values(), ("name",)))


def _linked(ask: Request, key: Key) -> str:
    role, target, target_id, actor, actor_id = key
    return f"{ask.base}/v3/{target}s/{target_id}/{actor}s/{actor_id}/roles/{role}"


def _told(ask: Request, key: Key, *, names: bool) -> Record:
    role, target, target_id, actor, actor_id = key
    if not names:
        return {
            "links": {"assignment": _linked(ask, key)},
            "scope": {target: {"id": target_id}},
            actor: {"id": actor_id},
            "role": {"id": role},
        }
    return {
        "links": {"assignment": _linked(ask, key)},
        "scope": {target: _named(ask, f"{target}s", target_id)},
        actor: _named(ask, f"{actor}s", actor_id),
        "role": {"id": role, "name": ask.cloud.identity["roles"][role]["name"]},
    }


def _named(ask: Request, kind: str, record_id: str) -> Record:
    record = ask.cloud.identity[kind].get(record_id)
    if record is None:  # a user of a directory that is gone still has assignments
        return {"id": record_id, "name": "", "domain": {"id": "", "name": ""}}
    short = {"id": record["id"], "name": record["name"]}
    return short if kind == "domains" else short | {"domain": domain_of(ask.cloud, record)}


def _effective(ask: Request, key: Key) -> Iterator[tuple[Key, Record]]:
    """Spread a group's assignment over its users, and each role over those it implies."""
    role, target, target_id, actor, actor_id = key
    users = [actor_id] if actor == "user" else sorted(ask.cloud.members[actor_id])
    through = {} if actor == "user" else {"membership": f"{ask.base}/v3/groups/{actor_id}/users/"}
    for user in users:
        membership = {name: link + user for name, link in through.items()}
        one: Key = (role, target, target_id, "user", user)
        yield one, {"assignment": _linked(ask, key)} | membership
        for implied in _implied(ask.cloud, role):
            prior = f"{ask.base}/v3/prior_role/{role}/implies/{implied}"
            yield (implied, *one[1:]), {"assignment": _linked(ask, key), "prior_role": prior} | membership


def _implied(cloud: Cloud, role_id: str) -> Iterator[str]:
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


def list_assignments(ask: Request) -> Answer:
    """List assignments, raw or `effective`; never paged, whatever `limit` says (as Keystone 30 does)."""
    names = _flag(ask, "include_names")
    rows: list[Record] = []
    for key in list(ask.cloud.assignments):
        if not _flag(ask, "effective"):
            if _wanted(ask, key):
                rows.append(_told(ask, key, names=names))
            continue
        for spread, links in _effective(ask, key):
            if _wanted(ask, spread):
                rows.append(_told(ask, spread, names=names) | {"links": links})
    here = f"{ask.base}{ask.path}" + (f"?{ask.rawquery}" if ask.rawquery else "")
    return Answer(200, {"role_assignments": rows, "links": {"next": None, "self": here, "previous": None}})


def _key(ask: Request, target: str, target_id: str, actor: str, actor_id: str, role_id: str) -> Key:
    found(ask, f"{target}s", target_id, target)
    found(ask, f"{actor}s", actor_id, actor)
    found(ask, "roles", role_id, "role")
    return (role_id, target, target_id, actor, actor_id)


def _words(ask: Request) -> tuple[str, str]:
    parts = ask.path.strip("/").split("/")
    return parts[1].removesuffix("s"), parts[3].removesuffix("s")


def assign(ask: Request, target_id: str, actor_id: str, role_id: str) -> Answer:
    """Give a user or group a role on a project or domain."""
    target, actor = _words(ask)
    ask.cloud.assignments[_key(ask, target, target_id, actor, actor_id, role_id)] = None
    return Answer(204)


def check(ask: Request, target_id: str, actor_id: str, role_id: str) -> Answer:
    """Say whether an assignment is there."""
    target, actor = _words(ask)
    if _key(ask, target, target_id, actor, actor_id, role_id) not in ask.cloud.assignments:
        message = (
            f"Could not find role assignment with role: {role_id}, user or group: {actor_id}, "
            f"project, domain, or system: {target_id}."
        )
        refuse("identity", 404, message)
    return Answer(204)


def unassign(ask: Request, target_id: str, actor_id: str, role_id: str) -> Answer:
    """Take a role away, counted as a trap: application credentials that stand on it are worth nothing from then on."""
    check(ask, target_id, actor_id, role_id)
    target, actor = _words(ask)
    del ask.cloud.assignments[role_id, target, target_id, actor, actor_id]
    ask.cloud.traps["assignments_removed"] += 1
    return Answer(204)


def list_services(ask: Request) -> Answer:
    """List the services of the catalog."""
    every = [{"id": f"{name}-{kind}", "name": name, "type": kind, "enabled": True} for kind, name, _ in SERVICES]
    return listed(ask, "services", every)


ROUTES = (
    Route("GET", "/v3/roles", list_roles, "admin", "identity:list_roles"),
    Route("GET", "/v3/role_assignments", list_assignments, "admin", "identity:list_role_assignments"),
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
