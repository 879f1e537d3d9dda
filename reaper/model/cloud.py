"""What the cloud tells: projects, people, resources, each with whether it can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from reaper.model.tenant import Person
from reaper.model.uninspectable import UninspectableService

#: Tags that stand for what is set apart for a project: no project can bear one, for Keystone's have no slash.
AGGREGATE, REGION = "aggregate/", "region/"


@dataclass(frozen=True)
class Project:
    """A project as Keystone tells it. `protected` says why it can never be a tenant, if so."""

    cloud: str
    id: str
    name: str
    domain_id: str
    domain: str
    enabled: bool
    tags: frozenset[str] = frozenset()
    immutable: bool = False
    protected: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Census:
    """All projects of one cloud and the people on them, with whether the listing can be believed."""

    cloud: str
    projects: tuple[Project, ...]
    people: Mapping[str, tuple[Person, ...]]  # by project id
    complete: bool
    why: str = ""  # when incomplete: what was missing
    services: frozenset[str] = frozenset()  # what the catalog offers, each as `service in region`
    remarks: tuple[str, ...] = ()  # what this cloud cannot show or do, each a sentence for the operator
    unseen: tuple[UninspectableService, ...] = ()  # what the catalog names besides, of which nothing can be listed

    @property
    def addresses(self) -> int:
        """How many people with an address it names, each once on each project."""
        return sum(len({one.email for one in them if one.email}) for them in self.people.values())


@dataclass(frozen=True)
class Resource:
    """One object in the cloud. `project_id` None means that its owner is unknown: nobody touches it.

    `facts` holds the few attributes that plans and letters ask for (see `kinds.py` for which kind has which).
    """

    kind: str
    region: str
    id: str
    name: str
    project_id: str | None
    status: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other object of the cloud."""
        return (self.region, self.kind, self.id)

    def __str__(self) -> str:
        """Render as a person would name it."""
        return f"{self.kind.replace('_', ' ')} {self.name or self.id}"


@dataclass(frozen=True)
class Listing:
    """The answer to one LIST. Incomplete never reads as empty: `why` says what stood in the way."""

    kind: str
    region: str
    resources: tuple[Resource, ...] = ()
    complete: bool = True
    absent: bool = False  # the region's catalog has no such service
    why: str = ""
