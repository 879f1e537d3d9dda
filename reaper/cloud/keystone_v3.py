"""What Keystone v3 tells and is told: projects and the people on them, in a few lists read to their end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

from reaper.cloud.client import Client, WritingClient
from reaper.cloud.pages import PageReader, read_pages
from reaper.cloud.people import PeopleNames, Tree, contacts, groups_with_roles, join
from reaper.cloud.protection import Protection
from reaper.errors import Gone, Permanent, Refused, Temporary, Unusable
from reaper.model import Census, Person, Project

Record = Mapping[str, Any]
NAMED = 3  # of the projects below one, in words for a person
KNOWN = frozenset(
    {"id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options", "links"}
)


def take_census(client: Client, protection: Protection, properties: Sequence[str]) -> Census:
    """Read all projects, and their people. What was cut short makes it incomplete; what failed is raised.

    Raises:
        Temporary: Keystone does not answer.
        Unusable: the credentials do not allow it.
    """
    try:
        domains = _read(client, "domains", ())
        names = {one["id"]: str(one.get("name") or one["id"]) for one in domains.records}
        projects = _read(client, "projects", names)
        found = tuple(project_of(client.entry.name, one, names, protection) for one in projects.records)
        joined, doubts = _people(client, names, projects.records)
    except (Permanent, Gone, Refused) as error:
        raise Unusable(
            f"cloud {client.entry.name}: the user of this entry must be allowed to list projects, users and roles "
            f"(an admin): {error}"
        ) from error
    people = {one.id: (*joined.get(one.id, ()), *contacts(one, properties)) for one in found if not _is_domain(one)}
    reasons = [why for why in (domains.why, projects.why, *doubts) if why]
    return Census(
        client.entry.name, tuple(one for one in found if not _is_domain(one)), MappingProxyType(people),
        complete=not reasons, why="; ".join(reasons),
    )  # fmt: skip


def read_project(client: Client, project_id: str, protection: Protection) -> Project:
    """Read one project afresh, with its domain's name. Raises Gone, Temporary."""
    record = client.get("identity", None, f"/projects/{project_id}").get("project")
    if not isinstance(record, Mapping) or not record.get("id"):
        raise Temporary(f"cloud {client.entry.name}: Keystone's answer holds no project {project_id}")
    return project_of(client.entry.name, record, _domain_named(client, record.get("domain_id")), protection)


def read_closed(client: Client, project_ids: Collection[str], protection: Protection) -> tuple[dict[str, Project], int]:
    """Read those of some projects that are closed, in one list with its domains' names, and how long that list was.

    One that is cut short shows fewer, of which nothing is concluded.
    """
    pages = _read_once(client, "projects", {"enabled": "false"})
    mine = [one for one in pages.records if one["id"] in project_ids and one.get("enabled") is False]
    names: dict[str, str] = {}
    for domain_id in sorted({str(one.get("domain_id")) for one in mine}):
        names |= _domain_named(client, domain_id)
    found = {str(one["id"]): project_of(client.entry.name, one, names, protection) for one in mine}
    return found, len(pages.records)


def switch_project(client: WritingClient, project_id: str, *, enabled: bool) -> None:
    """Enable or disable a project; nothing else of it changes. Raises as the wire, Refused for the project's state."""
    client.patch("identity", None, f"/projects/{project_id}", {"project": {"enabled": enabled}})


def delete_project(client: WritingClient, project_id: str) -> None:
    """Delete the project itself.

    Raises:
        Refused: there are projects below it, which Keystone would refuse too; nothing was sent then.
    """
    below = _read_once(client, "projects", {"parent_id": project_id})
    mine = [str(one.get("name") or one["id"]) for one in below.records if one.get("parent_id") == project_id]
    if below.why or mine:
        raise Refused(f"project {project_id} is not deleted: {below.why or f'below it stand {_few(mine)}'}")
    client.delete("identity", None, f"/projects/{project_id}")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"the projects {', '.join(sorted(names)[:NAMED])}{more}"


def project_of(cloud: str, record: Record, domains: Mapping[str, str], protection: Protection) -> Project:
    """Make our value of Keystone's record."""
    domain_id = str(record.get("domain_id") or "")
    options = record.get("options")
    return Project(
        cloud=cloud,
        id=record["id"],
        name=str(record.get("name") or ""),
        domain_id=domain_id,
        domain=domains.get(domain_id, domain_id),
        enabled=record.get("enabled") is not False,
        tags=frozenset(map(str, record.get("tags") or ())),
        immutable=bool(options.get("immutable")) if isinstance(options, Mapping) else False,
        protected=protection.reason(record, domains.get(domain_id)),
        extra=MappingProxyType({k: _in_words(v) for k, v in record.items() if k not in KNOWN and _is_words(v)}),
    )


def _is_words(value: object) -> bool:
    """Whether a property is a text, or a list of texts: a property may be any JSON."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _in_words(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _is_domain(project: Project) -> bool:
    """Tell a domain that a driver lists among the projects; it has no domain itself."""
    return not project.domain_id


def _domain_named(client: Client, domain_id: object) -> dict[str, str]:
    """Read one domain's name; without it protection by `domain/name` holds anyway."""
    if not isinstance(domain_id, str):
        return {}
    try:
        return {domain_id: str(client.get("identity", None, f"/domains/{domain_id}")["domain"]["name"])}
    except (Permanent, Gone, Refused, KeyError, TypeError):
        return {}


def _read(client: Client, what: str, domains: Iterable[str]) -> PageReader:
    """Read a list to its end; one that `list_limit` cuts short is read again domain by domain."""
    pages = _read_once(client, what, {})
    if not pages.why or not domains:
        return pages
    parts = [_read_once(client, what, {"domain_id": domain}) for domain in domains]
    every = {one["id"]: one for part in (pages, *parts) for one in part.records}
    return PageReader(tuple(every.values()), "; ".join(dict.fromkeys(part.why for part in parts if part.why)))


def _read_once(client: Client, what: str, params: Mapping[str, str]) -> PageReader:
    pages = read_pages(lambda page: client.get("identity", None, f"/{what}", page), what, params, limit=None)
    if pages.stopped:
        raise pages.stopped
    return pages


def _people(
    client: Client, domains: Mapping[str, str], projects: Sequence[Record]
) -> tuple[dict[str, tuple[Person, ...]], list[str]]:
    """Read raw assignments, users, roles, and the members of each group that has a role; join them here."""
    assignments, cut = _assignments(client)
    roles = _read(client, "roles", ())
    users = _read(client, "users", domains)
    known = {one["id"]: one for one in users.records}
    grouped, doubts = _members(client, sorted(groups_with_roles(assignments)))
    known |= {one["id"]: one for some in grouped.values() for one in some}
    known |= _strangers(client, assignments, known, domains)
    members = {group: tuple(one["id"] for one in some) for group, some in grouped.items()}
    named = PeopleNames.of(roles.records, _inferences(client), domains, projects)
    return join(assignments, known, members, named, Tree.of(projects)), [cut, roles.why, users.why, *doubts]


def _inferences(client: Client) -> list[Record]:
    """Read by which rules a role implies others; a Keystone before Newton has none, and not everybody may ask."""
    try:
        document = client.get("identity", None, "/role_inferences")
    except (Permanent, Gone, Refused):
        return []
    found = document.get("role_inferences") if isinstance(document, Mapping) else None
    whole = found if isinstance(found, list) else []
    return [one for one in whole if isinstance(one, Mapping) and "id" in (one.get("prior_role") or ())]


def _assignments(client: Client) -> tuple[list[Record], str]:
    """Read the raw role assignments, which have no pages: expanding `effective` would cost Keystone far more."""
    document = client.get("identity", None, "/role_assignments")
    found = document.get("role_assignments") if isinstance(document, Mapping) else None
    if not isinstance(found, list):
        raise Temporary(f"cloud {client.entry.name}: Keystone's answer holds no role_assignments")
    whole = [one for one in found if isinstance(one, Mapping) and "id" in (one.get("role") or ())]
    # Whoever may read this list holds a role: one without any is no answer.
    odd = len(whole) < len(found) or not whole
    return whole, "role assignments were cut short" if odd or document.get("truncated") else ""


def _members(client: Client, groups: Sequence[str]) -> tuple[dict[str, tuple[Record, ...]], list[str]]:
    """Read each group's users, some at a time; a group deleted meanwhile has none."""

    def members(group: str) -> PageReader:
        return read_pages(lambda page: client.get("identity", None, f"/groups/{group}/users", page), "users", {}, None)

    with ThreadPoolExecutor(max(1, min(client.workers, len(groups)))) as pool:
        read = dict(zip(groups, pool.map(members, groups), strict=True))
    for pages in read.values():
        if pages.stopped and not isinstance(pages.stopped, Gone):
            raise pages.stopped
    doubts = [pages.why for pages in read.values() if pages.why and not pages.stopped]
    return {group: pages.records for group, pages in read.items()}, doubts


def _strangers(
    client: Client, assignments: Iterable[Record], known: Mapping[str, Record], domains: Iterable[str]
) -> dict[str, Record]:
    """Find users the plain list left out: with drivers by domain it shows only one domain's."""
    holders = {one["user"]["id"] for one in assignments if "user" in one}
    if holders <= known.keys():
        return {}
    found = [one for domain in domains for one in _read_once(client, "users", {"domain_id": domain}).records]
    return {one["id"]: one for one in found}
