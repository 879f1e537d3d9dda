"""Facts about the outside world as values: each known one carries its source and moment, and unknown is a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from reaper.gates import Gate
from reaper.model import CensusMark, Judged, Project, Resource, Tenant

T = TypeVar("T", covariant=True)  # noqa: PLC0105 - as in typing's own Sequence[T_co]


@dataclass(frozen=True)
class Known(Generic[T]):
    """What a source said, and when it was asked: a list that took long to arrive is as old as its question."""

    value: T
    source: str
    at: datetime


@dataclass(frozen=True)
class Unknown:
    """Nobody knows: it was not asked, not answered, or the answer could not be understood. `why` is for people."""

    why: str = "nobody has asked"


Fact = Known[T] | Unknown


@dataclass(frozen=True)
class Absent:
    """Keystone's own 404: the project does not exist. A fact like others, and never what stands for an error."""


ABSENT = Absent()


@dataclass(frozen=True)
class Coverage:
    """Which servers would go with a step although their promised image is not there; empty: none would."""

    bare: tuple[str, ...] = ()


class About(StrEnum):
    """What a fact is about, as the table of the documents calls it."""

    PAUSE = "pause"
    GATES = "gates"
    CENSUS = "census"
    LEDGER = "tenant"
    PROJECT = "project"
    OWNER = "owner of the thing"
    USERS = "users of the thing"
    ARCHIVE = "archive"
    EMPTY = "empty"
    DUE = "due"
    IDLE = "idle"


@dataclass(frozen=True)
class Evidence:
    """Everything that was gathered for one step; what was not gathered is unknown.

    `tenant` is the tenant as whoever acts knows it, by whose version the ledger's is compared. `ledger` is the one that
    the ledger holds, judged by today's policies and by its project as it is now. `thing` is what the step is about,
    None for the project itself. `users` names, in words, what others do with the thing. `due` tells whether the thing's
    own letter was accepted and its time is over, `idle` whether it is idle still.
    """

    tenant: Tenant
    ledger: Fact[Judged] = field(default_factory=Unknown)
    pause: Fact[str] = field(default_factory=Unknown)  # who paused and why; empty: nobody
    gates: Fact[tuple[Gate, ...]] = field(default_factory=Unknown)  # those closed for the tenant's cloud
    census: Fact[CensusMark] = field(default_factory=Unknown)
    project: Fact[Project | Absent] = field(default_factory=Unknown)
    thing: Resource | None = None
    owner: Fact[str] = field(default_factory=Unknown)
    users: Fact[tuple[str, ...]] = field(default_factory=Unknown)
    archive: Fact[Coverage] = field(default_factory=Unknown)
    empty: Fact[bool] = field(default_factory=Unknown)
    due: Fact[bool] = field(default_factory=Unknown)
    idle: Fact[bool] = field(default_factory=Unknown)

    def fact(self, about: About) -> Fact[object]:
        """Return the fact that a row of the table asks for."""
        facts: dict[About, Fact[object]] = {
            About.PAUSE: self.pause,
            About.GATES: self.gates,
            About.CENSUS: self.census,
            About.LEDGER: self.ledger,
            About.PROJECT: self.project,
            About.OWNER: self.owner,
            About.USERS: self.users,
            About.ARCHIVE: self.archive,
            About.EMPTY: self.empty,
            About.DUE: self.due,
            About.IDLE: self.idle,
        }
        return facts[about]

    def of(self, thing: Resource, seen_at: datetime | None) -> Evidence:
        """Add what is known of one thing: whose the service said that it is when it was asked at `seen_at`."""
        owner: Fact[str] = Unknown("its service does not tell whose it is")
        if thing.project_id and seen_at is not None:
            owner = Known(thing.project_id, "the service's own record", seen_at)
        return replace(self, thing=thing, owner=owner)

    def with_owner(self, owner: Fact[str]) -> Evidence:
        """Say whose the thing is."""
        return replace(self, owner=owner)

    def used_by(self, users: Fact[tuple[str, ...]]) -> Evidence:
        """Say what of others uses the thing."""
        return replace(self, users=users)

    def archived(self, archive: Fact[Coverage]) -> Evidence:
        """Say which servers would go without their image."""
        return replace(self, archive=archive)


def in_words(names: Sequence[str], most: int = 3) -> str:
    """Name a few, and count the rest."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return "; ".join(names[:most]) + more
