"""Keystone v2.0: tokens and the catalog in them, version documents, the caller's own tenants."""

import secrets
import time
from typing import NoReturn

from reaper.simulator.catalog import region_root
from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route, refusal
from reaper.simulator.identity.tokens import LIFE, iso, roles_on
from reaper.simulator.state import CloudState, IssuedToken

ADMIN_PLACE = "identity-admin"
# type, name, path below the region's root; {} is the token's tenant
SERVICES = (
    ("compute", "nova", "compute/v2/{}"),
    ("network", "quantum", "network"),
    ("volume", "cinder", "volume/v1/{}"),
    ("image", "glance", "image"),
)


def alive(cloud: CloudState, token_id: str) -> IssuedToken | None:
    """Give a token that is still good: closing a tenant does not end those that were given out (CVE-2013-4222)."""
    token = cloud.tokens.get(token_id)
    user = cloud.identity["users"].get(token.user_id) if token else None
    return token if token and token.ends > time.time() and user and user["enabled"] else None


def _denied(words: str = "The request you have made requires authentication.") -> NoReturn:
    raise ApiError(refusal("identity", 401, words))


def _user(ask: Request, auth: Record) -> Record:
    users = ask.cloud.identity["users"]
    if "token" in auth:
        token = alive(ask.cloud, str(auth["token"].get("id")))
        if token is None:
            _denied()
        return users[token.user_id]
    given = auth.get("passwordCredentials", {})
    named = (given.get("userId"), given.get("username"))
    user = next((one for one in users.values() if one["id"] == named[0] or one["name"] == named[1]), None)
    if user is None or not user["enabled"] or user.get("password") != given.get("password"):
        _denied("Invalid user / password")
    return user


def _tenant(ask: Request, user: Record, auth: Record) -> Record | None:
    key, value = ("id", auth["tenantId"]) if auth.get("tenantId") else ("name", auth.get("tenantName"))
    if not value:
        return None
    tenant = next((one for one in ask.cloud.identity["projects"].values() if one[key] == value), None)
    if tenant is None or not roles_on(ask.cloud, user["id"], tenant["id"]):
        _denied("Invalid tenant")
    if not tenant["enabled"]:
        _denied(f"Tenant is disabled: {tenant['id']}")
    return tenant


def issue(ask: Request) -> ApiAnswer:
    """Give a token for a password or a token."""
    auth = ask.wrapped("auth")
    user = _user(ask, auth)
    tenant = _tenant(ask, user, auth)
    roles = roles_on(ask.cloud, user["id"], tenant["id"]) if tenant else {}
    token = IssuedToken(
        secrets.token_hex(16), user["id"], tenant["id"] if tenant else "", frozenset(roles), time.time() + LIFE
    )
    ask.cloud.tokens[token.id] = token
    told: Record = {"id": token.id, "expires": iso(token.ends)[:19] + "Z"}
    if tenant:
        told["tenant"] = {key: tenant[key] for key in ("id", "name", "enabled", "description")}
    person = {
        "id": user["id"],
        "name": user["name"],
        "username": user["name"],
        "roles": [{"id": role["id"], "name": role["name"]} for role in roles.values()],
        "roles_links": [],
    }
    root = ask.base.rsplit("/", 1)[0]
    return ApiAnswer(
        200, {"access": {"token": told, "user": person, "serviceCatalog": _catalog(ask.cloud, root, token)}}
    )


def _catalog(cloud: CloudState, root: str, token: IssuedToken) -> list[Record]:
    if not token.project_id:
        return []
    places = [(kind, name, path.format(token.project_id)) for kind, name, path in SERVICES]
    keystone = {
        "type": "identity",
        "name": "keystone",
        "endpoints_links": [],
        "endpoints": [
            {
                "region": region,
                "publicURL": f"{root}/identity/v2.0",
                "internalURL": f"{root}/identity/v2.0",
                "adminURL": f"{root}/{ADMIN_PLACE}/v2.0",
                "id": f"keystone-{region}",
            }
            for region in cloud.regions
        ],
    }
    return [keystone, *(_service(cloud, root, *place) for place in places)]


def _service(cloud: CloudState, root: str, kind: str, name: str, path: str) -> Record:
    at = [(region, f"{region_root(root, cloud, region)}/{path}") for region in cloud.regions]
    each = [
        {"region": region, "publicURL": url, "internalURL": url, "adminURL": url, "id": f"{name}-{region}"}
        for region, url in at
    ]
    return {"type": kind, "name": name, "endpoints_links": [], "endpoints": each}


def _version(ask: Request) -> Record:
    media = {"base": "application/json", "type": "application/vnd.openstack.identity-v2.0+json"}
    return {
        "id": "v2.0",
        "status": "beta",
        "updated": "2011-11-19T00:00:00Z",
        "links": [{"rel": "self", "href": f"{ask.base}/v2.0/"}],
        "media-types": [media],
    }


def versions(ask: Request) -> ApiAnswer:
    """Show the one version, with the 300 that Keystone uses."""
    return ApiAnswer(300, {"versions": {"values": [_version(ask)]}})


def version(ask: Request) -> ApiAnswer:
    """Show v2.0."""
    return ApiAnswer(200, {"version": _version(ask)})


def my_tenants(ask: Request) -> ApiAnswer:
    """List the tenants of the caller: all that the public port shows, even to an admin."""
    every = ask.cloud.identity["projects"].values()
    own = [told(one) for one in every if roles_on(ask.cloud, ask.who.user_id, one["id"])]
    return ApiAnswer(200, {"tenants": own, "tenants_links": []})


def told(tenant: Record) -> Record:
    """Show a tenant: its own fields, and whatever attributes it was given."""
    return {
        key: value for key, value in tenant.items() if key not in {"domain_id", "parent_id", "is_domain", "options"}
    }


COMMON = (
    Route("GET", "/", versions, None),
    Route("GET", "/v2.0", version, None),
    Route("POST", "/v2.0/tokens", issue, None),
)
PUBLIC = (*COMMON, Route("GET", "/v2.0/tenants", my_tenants))
