"""What Keystone v2.0 tells: tenants, users and, for each of them apart, roles; there are no domains, groups and tags.

Everything is asked of the admin port, which alone shows all tenants (keystone 2012.2 identity/core.py AdminRouter and
contrib/admin_crud). An operator can give a tenant attributes of its own, which come back with it: `tags` among them
counts as today's tags do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import MappingProxyType

from reaper.cloud.client import Client, WritingClient
from reaper.cloud.pages import read_pages
from reaper.cloud.people import contacts, persons
from reaper.cloud.protection import Protection
from reaper.errors import Gone, Permanent, Refused, Temporary, Unusable
from reaper.model import Census, Person, Project

Record = Mapping[str, object]
#: The domain in which every later Keystone keeps what was there before domains were: policies may name it.
DOMAIN_ID, DOMAIN = "default", "Default"
#: The role of those who belong to a tenant without any: Folsom lets them in (add_user_to_tenant gives no role).
BELONGS = "member"
KNOWN = frozenset({"id", "name", "description", "enabled", "tags", "extra"})


def take_census(client: Client, protection: Protection, properties: Sequence[str]) -> Census:
    """Read all tenants, and the people of those that can be tenants of ours: a call each, and one for each person.

    Raises:
        Temporary: Keystone does not answer.
        Unusable: the credentials do not allow it, or it is not the admin port that answers.
    """
    try:
        # The public port has no such list, and its list of tenants holds those of the caller alone.
        users = {str(one["id"]): one for one in _read(client, "users")}
        tenants = [project_of(client.entry.name, one, protection) for one in _read(client, "tenants")]
    except (Permanent, Gone, Refused) as error:
        raise Unusable(
            f"cloud {client.entry.name}: the user of this entry must be allowed to list tenants and users, and the "
            f"catalog's adminURL of identity must lead to Keystone's admin port, usually 35357: {error}"
        ) from error
    if client.own_project() not in {one.id for one in tenants}:
        raise Temporary(f"cloud {client.entry.name}: Keystone's list of tenants does not hold our own: it is not whole")
    open_ones = [one.id for one in tenants if not one.protected]
    with ThreadPoolExecutor(client.workers) as pool:
        held = dict(zip(open_ones, pool.map(partial(_people, client, users), open_ones), strict=True))
    people = {one.id: (*held.get(one.id, ()), *contacts(one, properties)) for one in tenants}
    return Census(client.entry.name, tuple(tenants), MappingProxyType(people), complete=True)


def read_project(client: Client, project_id: str, protection: Protection) -> Project:
    """Read one tenant afresh. Raises Gone, Temporary."""
    return project_of(client.entry.name, _tenant(client, project_id), protection)


def project_of(cloud: str, record: Record, protection: Protection) -> Project:
    """Make our value of Keystone's record; without `enabled` a tenant is enabled, as it is to Keystone."""
    return Project(
        cloud=cloud,
        id=str(record["id"]),
        name=str(record.get("name") or ""),
        domain_id=DOMAIN_ID,
        domain=DOMAIN,
        enabled=bool(record.get("enabled", True)),
        tags=frozenset(_words(record.get("tags"))),
        protected=protection.reason({**record, "domain_id": DOMAIN_ID}, DOMAIN),
        extra=MappingProxyType({k: v for k, v in record.items() if k not in KNOWN and isinstance(v, str)}),
    )


def switch_project(client: WritingClient, project_id: str, *, enabled: bool) -> None:
    """Enable or disable a tenant; nothing else of it changes.

    Its name and description are said again, since not every driver of Keystone leaves alone what is not named.
    """
    tenant = _tenant(client, project_id)
    same = {key: tenant[key] for key in ("id", "name", "description") if tenant.get(key) is not None}
    client.post("identity", None, f"/tenants/{project_id}", {"tenant": {**same, "enabled": enabled}})


def delete_project(client: WritingClient, project_id: str) -> None:
    """Delete the tenant itself."""
    client.delete("identity", None, f"/tenants/{project_id}")


def _tenant(client: Client, project_id: str) -> Record:
    document = client.get("identity", None, f"/tenants/{project_id}")
    tenant = document.get("tenant") if isinstance(document, Mapping) else None
    if not isinstance(tenant, Mapping) or tenant.get("id") != project_id:
        raise Temporary(f"cloud {client.entry.name}: Keystone's answer holds no tenant {project_id}")
    return tenant


def _read(client: Client, what: str, below: str = "") -> tuple[Record, ...]:
    """Read a list; it has no pages unless one asks for them."""
    pages = read_pages(lambda page: client.get("identity", None, f"{below}/{what}", page), what, {}, None)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Temporary(f"cloud {client.entry.name}: {pages.why}")
    return pages.records


def _people(client: Client, users: Mapping[str, Record], tenant_id: str) -> tuple[Person, ...]:
    """Read who belongs to a tenant, and their roles in it; a tenant or user that is gone meanwhile has none."""
    below = f"/tenants/{tenant_id}"
    try:
        members = {str(one["id"]): one for one in _read(client, "users", below)}
        roles = {user: _read(client, "roles", f"{below}/users/{user}") for user in sorted(members)}
    except Gone:
        return ()
    whole = {user: {**members[user], **users.get(user, {})} for user in roles}
    return tuple(one for user, held in roles.items() for one in persons(whole[user], _names(held)))


def _names(roles: Iterable[Record]) -> frozenset[str]:
    return frozenset(str(one.get("name") or one["id"]) for one in roles) or frozenset({BELONGS})


def _words(value: object) -> list[str]:
    """Take tags apart: a list, or one text."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return [str(word) for word in value] if isinstance(value, list) else []
