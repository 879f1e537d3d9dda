"""All policies of an installation, in the order in which they are asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Self

from reaper.errors import Unusable
from reaper.model import Project
from reaper.policy.policy import Policy


class Policies(tuple[Policy, ...]):
    """Policies in file-name order: the first one that matches covers a tenant.

    Raises:
        Unusable: two of them bear the same name.
    """

    __slots__ = ()

    def __new__(cls, policies: Iterable[Policy] = ()) -> Self:
        """Take policies in the order of their files."""
        made = super().__new__(cls, policies)
        names = [policy.name for policy in made]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Unusable(f"policy {twice[0]!r} stands in two files; give one of them another name")
        return made

    def covering(self, project: Project, cloud: str) -> Policy | None:
        """Find the policy that covers a project of a cloud, or None: then it is no tenant."""
        return self.first(cloud, project.id, project.name, project.domain, project.tags)

    def first(self, cloud: str, project_id: str, name: str, domain: str, tags: frozenset[str]) -> Policy | None:
        """Find the first policy that matches these facts."""
        return next((p for p in self if p.match.covers(cloud, project_id, name, domain, tags)), None)

    def named(self, name: str) -> Policy | None:
        """Find a policy by its name."""
        return next((policy for policy in self if policy.name == name), None)

    @property
    def ask_what_is_set_apart(self) -> bool:
        """Whether any of them matches by aggregates or regions that are set apart."""
        return any(policy.match.asks_what_is_set_apart for policy in self)

    def fingerprint(self) -> str:
        """Return a hash that changes when what any policy says does; comments and spelling do not count."""
        content = [policy.model_dump(mode="json", by_alias=True) for policy in self]
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
