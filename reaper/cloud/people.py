"""Who belongs to which project: Keystone's raw role assignments joined with users, groups and roles, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from reaper.letters.addresses import addresses_in, only_addresses
from reaper.model import Person, Project

Record = Mapping[str, Any]
LANGUAGES = ("language", "preferred_language")
CONTACT = "contact"
_SERVICE_PROJECTS = frozenset({"service", "services"})
_MACHINE_ROLES = frozenset({"heat_stack_user"})
#: Domains in which Heat keeps the users of stacks, and Magnum those of clusters.
_MACHINE_DOMAINS = frozenset({"heat", "heat_user_domain", "heat_stack", "heat_stacks", "magnum", "magnum_user_domain"})
_SERVICE_USERS = frozenset(
    {
        "aodh", "barbican", "blazar", "ceilometer", "cinder", "cloudkitty", "designate", "freezer", "glance",
        "gnocchi", "heat", "heat_domain_admin", "ironic", "keystone", "magnum", "magnum_trustee_domain_admin", "manila",
        "masakari", "mistral", "murano", "neutron", "nova", "octavia", "placement", "sahara", "senlin", "swift",
        "tacker", "trove", "watcher", "zaqar", "zun",
    }
)  # fmt: skip


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


@dataclass(frozen=True)
class Tree:
    """Which project stands below which, and in which domain: what roles are inherited along."""

    children: Mapping[str, tuple[str, ...]]
    in_domain: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, projects: Iterable[Record]) -> Self:
        """Make it of Keystone's projects."""
        children: dict[str, list[str]] = defaultdict(list)
        in_domain: dict[str, list[str]] = defaultdict(list)
        for one in projects:
            children[str(one.get("parent_id") or "")].append(str(one["id"]))
            in_domain[str(one.get("domain_id") or "")].append(str(one["id"]))
        return cls(_frozen(children), _frozen(in_domain))

    def below(self, project_id: str) -> set[str]:
        """Name all projects below one, without itself."""
        found: set[str] = set()
        above = [project_id]
        while above:
            above = [one for parent in above for one in self.children.get(parent, ()) if one not in found]
            found.update(above)
        return found - {project_id}


@dataclass(frozen=True)
class PeopleNames:
    """Names by id, and for each role those it implies, its own among them."""

    roles: Mapping[str, frozenset[str]]
    domains: Mapping[str, str]
    service_projects: frozenset[str]

    @classmethod
    def of(
        cls, roles: Iterable[Record], rules: Iterable[Record], domains: Mapping[str, str], projects: Iterable[Record]
    ) -> Self:
        """Follow the rules by which one role implies others to their end (`GET /v3/role_inferences`)."""
        named = {str(one["id"]): str(one.get("name") or one["id"]) for one in roles}
        direct = {str(one["prior_role"]["id"]): [str(it["id"]) for it in one.get("implies") or ()] for one in rules}
        service = frozenset(str(one["id"]) for one in projects if str(one.get("name")).lower() in _SERVICE_PROJECTS)
        return cls({role: _implied(role, named, direct) for role in named}, domains, service)


def groups_with_roles(assignments: Iterable[Record]) -> frozenset[str]:
    """Return the groups that have a role on any project, or below one or a domain: whose members must be read."""
    return frozenset(str(one["group"]["id"]) for one in assignments if _scope(one)[1] and "group" in one)


def join(
    assignments: Iterable[Record],
    users: Mapping[str, Record],
    members: Mapping[str, tuple[str, ...]],
    names: PeopleNames,
    tree: Tree,
) -> dict[str, tuple[Person, ...]]:
    """Return people by project id, each with all their roles there, as Keystone's `effective` would spread them.

    Groups stand for their users, roles for those they imply, and a role below a project for one on each project there.
    A role on all projects of a domain makes people of those projects alone of which nobody else can be reached: it is
    held by the cloud's staff, who would otherwise get every tenant's letters. Accounts of services are no people.
    """
    near: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    afar: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in assignments:
        kind, place, inherited = _scope(one)
        role = str(one["role"]["id"])
        meant = names.roles.get(role, frozenset({role}))
        places = tree.below(place) if inherited and kind == "project" else [place] if place else []
        for user in _holders(one, members):
            for where in places:
                (afar if kind == "domain" else near)[where][user] |= meant
    servants = {user for where in names.service_projects for user in near.get(where, ())}
    people = {where: _people(held, users, names, servants) for where, held in sorted(near.items())}
    for domain, held in afar.items():
        staff = _people(held, users, names, servants)
        for where in tree.in_domain.get(domain, ()):
            if not any(_reachable(one) for one in people.get(where, ())):
                people[where] = (*people.get(where, ()), *staff)
    return people


def _people(
    held: Mapping[str, set[str]], users: Mapping[str, Record], names: PeopleNames, servants: set[str]
) -> tuple[Person, ...]:
    found: list[Person] = []
    for user_id, roles in sorted(held.items()):
        user = users.get(user_id) or {"id": user_id}
        if not _is_service(user, roles, names, user_id in servants):
            found += persons(user, frozenset(roles))
    return tuple(found)


def _reachable(one: Person) -> bool:
    """Whether somebody can be written to, or may be: of one that is unread an address may be known."""
    return one.unread or bool(one.enabled and one.email)


def _is_service(user: Record, roles: set[str], names: PeopleNames, servant: bool) -> bool:  # noqa: FBT001 - a fact
    """Tell accounts that services make or use: Heat's and Magnum's by their domains and roles, others by name.

    A name alone proves nothing: it must have a role on the project of the services, too.
    """
    if roles <= _MACHINE_ROLES or names.domains.get(str(user.get("domain_id")), "").lower() in _MACHINE_DOMAINS:
        return True
    return servant and str(user.get("name")).lower() in _SERVICE_USERS


def _implied(role: str, named: Mapping[str, str], direct: Mapping[str, list[str]]) -> frozenset[str]:
    found, ahead = {role}, [role]
    while ahead:
        ahead = [one for prior in ahead for one in direct.get(prior, ()) if one not in found]
        found.update(ahead)
    return frozenset(named.get(one, one) for one in found)


def _frozen(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def contacts(project: Project, properties: Iterable[str]) -> Iterator[Person]:
    """Yield the addresses that project properties name, as people of no user: see `addresses_in` for their forms."""
    for name, address in addresses_in(", ".join(project.extra.get(name, "") for name in properties)):
        yield Person(user_id="", name=name or address, email=address, roles=frozenset({CONTACT}))


def _scope(assignment: Record) -> tuple[str, str, bool]:
    """Return what an assignment is on, its id, and whether it holds below instead; no id where none is meant here."""
    scope = assignment.get("scope") or {}
    inherited = "OS-INHERIT:inherited_to" in scope
    if "project" in scope:
        return "project", str((scope["project"] or {}).get("id") or ""), inherited
    domain = str((scope.get("domain") or {}).get("id") or "") if inherited else ""
    return "domain", domain, inherited


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
