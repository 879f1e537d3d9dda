"""Who belongs to which project: Keystone's raw role assignments joined with users, groups and roles, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reaper.letters.addresses import addresses_in, only_addresses
from reaper.model import Person, Project

Record = Mapping[str, Any]
LANGUAGES = ("language", "preferred_language")
CONTACT = "contact"


def persons(user: Record, roles: frozenset[str]) -> tuple[Person, ...]:
    """Make our values of a Keystone user, one for each address; `email` and language are extras that may be missing.

    Of a user that no list has shown, nothing but the id is there.
    """
    language = next((user[key] for key in LANGUAGES if isinstance(user.get(key), str) and user[key].strip()), None)
    one = Person(
        user_id=str(user["id"]),
        name=str(user.get("name") or user["id"]),
        roles=roles,
        language=language.strip() if language else None,
        enabled=user.get("enabled") is not False,
        unread=user.keys() <= {"id"},
    )
    return tuple(replace(one, email=address) for address in _addresses(user.get("email"))) or (one,)


def groups_with_roles(assignments: Iterable[Record]) -> frozenset[str]:
    """Return the groups that have a role on any project: those whose members must be read."""
    return frozenset(one["group"]["id"] for one in assignments if _project(one) and "group" in one)


def join(
    assignments: Iterable[Record],
    users: Mapping[str, Record],
    members: Mapping[str, tuple[str, ...]],
    roles: Mapping[str, str],
) -> dict[str, tuple[Person, ...]]:
    """Return people by project id, each with all their roles there.

    Roles inherited from a domain or a parent project are left out: they are the cloud's staff, who would otherwise get
    every tenant's letters.
    """
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in assignments:
        project = _project(one)
        for user_id in _holders(one, members) if project else ():
            held[project, user_id].add(roles.get(one["role"]["id"], one["role"]["id"]))
    people: dict[str, list[Person]] = defaultdict(list)
    for (project, user_id), names in sorted(held.items()):
        people[project] += persons(users.get(user_id) or {"id": user_id}, frozenset(names))
    return {project: tuple(some) for project, some in people.items()}


def contacts(project: Project, properties: Iterable[str]) -> Iterator[Person]:
    """Yield the addresses that project properties name, as people of no user: see `addresses_in` for their forms."""
    for name, address in addresses_in(", ".join(project.extra.get(name, "") for name in properties)):
        yield Person(user_id="", name=name or address, email=address, roles=frozenset({CONTACT}))


def _project(assignment: Record) -> str:
    """Return the project that an assignment is on; empty for domains, the system, and what is only inherited."""
    scope = assignment.get("scope") or {}
    return "" if "OS-INHERIT:inherited_to" in scope else str((scope.get("project") or {}).get("id") or "")


def _holders(assignment: Record, members: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if "user" in assignment:
        return (str(assignment["user"]["id"]),)
    return members.get(str((assignment.get("group") or {}).get("id")), ())


def _addresses(value: object) -> list[str]:
    """Take what can be addresses, each once; LDAP may give a list, and people write several into one field."""
    if isinstance(value, list):
        return list(dict.fromkeys(address for one in value for address in _addresses(one)))
    text = value.strip() if isinstance(value, str) else ""
    return [address for _, address in addresses_in(text)] if only_addresses(text) else []
