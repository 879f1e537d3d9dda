"""Users, groups and application credentials."""

import secrets

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.identity.lists import filtered, found, listed, shown
from reaper.simulator.identity.projects import forget_tokens
from reaper.simulator.identity.tokens import roles_on
from reaper.simulator.state import CloudState, plain


def new_user(cloud: CloudState, given: Record) -> Record:
    """Make a user; what Keystone does not know, `email` among it, is kept as an extra attribute."""
    standard: Record = {
        "id": plain(),
        "domain_id": "default",
        "enabled": True,
        "password_expires_at": None,
        "options": {},
    }
    user = standard | {key: value for key, value in given.items() if key != "id"}
    cloud.identity["users"][user["id"]] = user
    return user


def new_group(cloud: CloudState, given: Record) -> Record:
    """Make a group."""
    group = {"id": plain(), "domain_id": "default", "description": ""} | given
    cloud.identity["groups"][group["id"]] = group
    return group


def _lose_credentials(cloud: CloudState, user_id: str) -> None:
    table = cloud.identity["application_credentials"]
    for key in [key for key, one in table.items() if one["user_id"] == user_id]:
        del table[key]


def list_users(ask: Request) -> ApiAnswer:
    """List users by name, domain and state."""
    return listed(ask, "users", filtered(ask, ask.cloud.identity["users"].values(), ("name", "domain_id", "enabled")))


def create_user(ask: Request) -> ApiAnswer:
    """Make a user; a second one of that name in the domain is refused."""
    given = ask.wrapped("user")
    domain_id = given.get("domain_id", "default")
    for other in ask.cloud.identity["users"].values():
        if (other["name"], other["domain_id"]) == (given["name"], domain_id):
            refuse(
                "identity",
                409,
                f"Conflict occurred attempting to store user - Duplicate entry found with name "
                f"{given['name']} at domain ID {domain_id}.",
            )
    return ApiAnswer(201, {"user": shown(ask, "users", new_user(ask.cloud, given))})


def show_user(ask: Request, user_id: str) -> ApiAnswer:
    """Show a user to an admin or to the user."""
    if not ask.admin and ask.who.user_id != user_id:
        refuse("identity", 403, "You are not authorized to perform the requested action: identity:get_user.")
    return ApiAnswer(200, {"user": shown(ask, "users", found(ask, "users", user_id, "user"))})


def update_user(ask: Request, user_id: str) -> ApiAnswer:
    """Change a user; disabling one ends its tokens and is counted as a trap.

    Keystone registers a callback that would delete a disabled user's application credentials; Keystone 30 never calls
    it (measured: they stay), older releases may.
    """
    user = found(ask, "users", user_id, "user")
    given = ask.wrapped("user")
    disabling = given.get("enabled") is False and user["enabled"]
    user.update({key: value for key, value in given.items() if key != "id"})
    if disabling:
        ask.cloud.traps["users_disabled"] += 1
        forget_tokens(ask.cloud, user_id=user_id)
    return ApiAnswer(200, {"user": shown(ask, "users", user)})


def delete_user(ask: Request, user_id: str) -> ApiAnswer:
    """Delete a user with its assignments and memberships."""
    found(ask, "users", user_id, "user")
    cloud = ask.cloud
    del cloud.identity["users"][user_id]
    forget_tokens(cloud, user_id=user_id)
    _lose_credentials(cloud, user_id)
    for held in (cloud.assignments, cloud.inherited):
        for key in [key for key in held if key[3:] == ("user", user_id)]:
            del held[key]
    for members in cloud.members.values():
        members.discard(user_id)
    return ApiAnswer(204)


def list_groups(ask: Request) -> ApiAnswer:
    """List groups."""
    return listed(ask, "groups", filtered(ask, ask.cloud.identity["groups"].values(), ("name", "domain_id")))


def create_group(ask: Request) -> ApiAnswer:
    """Make a group."""
    return ApiAnswer(201, {"group": shown(ask, "groups", new_group(ask.cloud, ask.wrapped("group")))})


def show_group(ask: Request, group_id: str) -> ApiAnswer:
    """Show a group."""
    return ApiAnswer(200, {"group": shown(ask, "groups", found(ask, "groups", group_id, "group"))})


def delete_group(ask: Request, group_id: str) -> ApiAnswer:
    """Delete a group with its assignments."""
    found(ask, "groups", group_id, "group")
    cloud = ask.cloud
    del cloud.identity["groups"][group_id]
    cloud.members.pop(group_id, None)
    for held in (cloud.assignments, cloud.inherited):
        for key in [key for key in held if key[3:] == ("group", group_id)]:
            del held[key]
    return ApiAnswer(204)


def list_members(ask: Request, group_id: str) -> ApiAnswer:
    """List a group's users."""
    found(ask, "groups", group_id, "group")
    users = ask.cloud.identity["users"]
    return listed(ask, "users", [users[one] for one in ask.cloud.members[group_id] if one in users])


def add_member(ask: Request, group_id: str, user_id: str) -> ApiAnswer:
    """Put a user into a group."""
    found(ask, "groups", group_id, "group")
    found(ask, "users", user_id, "user")
    ask.cloud.members[group_id].add(user_id)
    return ApiAnswer(204)


def remove_member(ask: Request, group_id: str, user_id: str) -> ApiAnswer:
    """Take a user out of a group."""
    found(ask, "groups", group_id, "group")
    ask.cloud.members[group_id].discard(user_id)
    return ApiAnswer(204)


def list_credentials(ask: Request, user_id: str) -> ApiAnswer:
    """List a user's application credentials, to the user or an admin."""
    found(ask, "users", user_id, "user")
    table = ask.cloud.identity["application_credentials"]
    return listed(ask, "application_credentials", [one for one in table.values() if one["user_id"] == user_id])


def create_credential(ask: Request, user_id: str) -> ApiAnswer:
    """Make an application credential for the caller's own user and project."""
    given = ask.wrapped("application_credential")
    if ask.who.user_id != user_id:
        rule = "identity:create_application_credential"
        refuse("identity", 403, f"You are not authorized to perform the requested action: {rule}.")
    roles = list(roles_on(ask.cloud, user_id, ask.project_id).values())
    made: Record = {
        "id": plain(),
        "description": None,
        "user_id": user_id,
        "project_id": ask.project_id,
        "system": None,
        "expires_at": None,
        "unrestricted": None,
        "roles": roles,
        "secret": secrets.token_urlsafe(48),
    } | given
    ask.cloud.identity["application_credentials"][made["id"]] = made
    told = shown(ask, "application_credentials", made) | {"secret": made["secret"]}
    return ApiAnswer(201, {"application_credential": told})


def delete_credential(ask: Request, _user_id: str, credential_id: str) -> ApiAnswer:
    """Delete an application credential."""
    found(ask, "application_credentials", credential_id, "application credential")
    del ask.cloud.identity["application_credentials"][credential_id]
    return ApiAnswer(204)


ROUTES = (
    Route("GET", "/v3/users", list_users, "admin", "identity:list_users"),
    Route("POST", "/v3/users", create_user, "admin", "identity:create_user"),
    Route("GET", "/v3/users/{}", show_user),
    Route("PATCH", "/v3/users/{}", update_user, "admin", "identity:update_user"),
    Route("DELETE", "/v3/users/{}", delete_user, "admin", "identity:delete_user"),
    Route("GET", "/v3/users/{}/application_credentials", list_credentials),
    Route("POST", "/v3/users/{}/application_credentials", create_credential),
    Route("DELETE", "/v3/users/{}/application_credentials/{}", delete_credential),
    Route("GET", "/v3/groups", list_groups, "admin", "identity:list_groups"),
    Route("POST", "/v3/groups", create_group, "admin", "identity:create_group"),
    Route("GET", "/v3/groups/{}", show_group, "admin", "identity:get_group"),
    Route("DELETE", "/v3/groups/{}", delete_group, "admin", "identity:delete_group"),
    Route("GET", "/v3/groups/{}/users", list_members, "admin", "identity:list_users_in_group"),
    Route("PUT", "/v3/groups/{}/users/{}", add_member, "admin", "identity:add_user_to_group"),
    Route("DELETE", "/v3/groups/{}/users/{}", remove_member, "admin", "identity:remove_user_from_group"),
)
