"""Which projects can never be tenants, and why: pure functions of what Keystone tells and what the operator lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reaper.errors import Unusable

#: Keystone's bootstrap project and those that the services live in.
ALWAYS = frozenset({"admin", "service", "services"})
ID = re.compile(r"[0-9a-f]{32}")
#: How installers call the domain in which Heat keeps a project for the users of each stack (`stack_user_domain_name`),
#: and what Heat writes on each of these projects (heat_keystoneclient.py create_stack_domain_project, Heat 27).
STACK_DOMAINS = frozenset({"heat", "heat_user_domain", "heat_stack", "heat_stack_domain", "heat_domain"})
STACK_PROJECT = "heat stack user project"


@dataclass(frozen=True)
class Protection:
    """What an operator's `protect` list says, ready to be compared with. Matches are exact, never parts of names."""

    ids: frozenset[str]
    names: frozenset[str]
    own_project: str | None = None

    def reason(self, record: Mapping[str, Any], domain: str | None) -> str | None:
        """Say why this project is never a tenant, None when it may be one.

        What cannot be told for sure protects: a project without a name, options that cannot be read, or a domain
        whose name is unknown (`domain` None) while the list names projects by domain.
        """
        name, options = record.get("name"), record.get("options", {})
        if record.get("is_domain"):
            return "it is a domain, not a project"
        if not isinstance(name, str) or not name.strip():
            return "its name cannot be read"
        if not isinstance(options, Mapping):
            return "its options cannot be read"
        if options.get("immutable"):
            return "it is immutable"
        if _is_of_a_stack(record, domain):
            return "Heat keeps it for the users of a stack, which it removes with the stack"
        return self._by_id(str(record["id"])) or self._by_name(_plain(name), domain, record.get("domain_id"))

    def of_id(self, project_id: str) -> str | None:
        """Say why a project is protected as far as its id alone tells."""
        return self._by_id(project_id)

    def _by_id(self, project_id: str) -> str | None:
        if self.own_project and _dashless(project_id) == _dashless(self.own_project):
            return "it is the project Reaper's own token belongs to"
        return "it is in the protect list" if _dashless(project_id) in self.ids else None

    def _by_name(self, name: str, domain: str | None, domain_id: object) -> str | None:
        if name in ALWAYS:
            return f"a project called {name} belongs to the cloud itself"
        homes = {_plain(home) for home in (domain, domain_id) if isinstance(home, str)}
        if self.names & {name, *(f"{home}/{name}" for home in homes)}:
            return "it is in the protect list"
        if domain is None and any(entry.endswith(f"/{name}") for entry in self.names):
            return "its domain's name cannot be read, and the protect list has one of this name"
        return None


def read_protection(protect: Iterable[str], own_project: str | None = None) -> Protection:
    """Read a `protect` list: names (any case), `domain/name`, or ids with or without dashes; spaces around are nothing.

    Raises:
        Unusable: the list is empty.
    """
    entries = [entry for entry in map(_plain, protect) if entry]
    if not entries:
        raise Unusable("the list `protect` is empty: name at least the projects that must never be tenants")
    ids = frozenset(_dashless(entry) for entry in entries if ID.fullmatch(_dashless(entry)))
    return Protection(ids=ids, names=frozenset(entries), own_project=own_project)


def _is_of_a_stack(record: Mapping[str, Any], domain: str | None) -> bool:
    description = record.get("description")
    said = isinstance(description, str) and _plain(description) == STACK_PROJECT
    return said or (domain is not None and _plain(domain) in STACK_DOMAINS)


def _plain(text: str) -> str:
    """Bring a name into the form in which it is compared: no space, line end or byte-order mark around, one case."""
    return unicodedata.normalize("NFC", text.strip().strip("\ufeff").strip()).casefold()


def _dashless(text: str) -> str:
    return text.strip().replace("-", "").lower()
