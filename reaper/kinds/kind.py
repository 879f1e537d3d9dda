"""What is told of a kind of resource: the columns of the table of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    """What makes a resource idle."""

    UNATTACHED = "unattached"
    STOPPED = "stopped"
    OLDER = "older"


class Told(StrEnum):
    """How letters tell of a kind that is lost: each by name, only their number, or not at all (parts of others)."""

    NAMED = "named"
    COUNTED = "counted"
    NOT_AT_ALL = "not at all"


@dataclass(frozen=True)
class Parent:
    """What one resource hangs on: its deletion takes this along for certain.

    `fact` holds the parent's id. `kind` is the parent's kind; None: the fact `kind_fact` names it.
    """

    fact: str
    kind: str | None = None
    kind_fact: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of resource, and all that is fact and order about it.

    `after` names kinds of the same tenant that must be absent before one of this kind may be asked to go.
    `listed_with` names the kind whose LIST also shows this one.
    `at_once` means that the service's yes to a DELETE is the absence itself (Neutron), so that what waits for it need
    not wait for the next listing.
    `parent` is what takes one of it along for certain, `leaves_with` are further kinds whose deletion may do so.
    `part_of_parent`: of no use or harm without its parent; it stays when the parent stays.
    `cloned_by` names kinds of which one may stand on one of this without any list that shows it (clones in a store).
    `shareable`: a policy of sharing (RBAC) may be about one, and leaves with it.
    `keepable` kinds may stand in a policy's `keep`: the others hold something up, or leave with what they belong to.
    `witness`: our own project always has one, so that a list that shows it is a list of a service that tells the truth.
    `at_rest` are the statuses in which one is whole and nothing is being done to it, `in_use` those that a user causes.
    `idle_when` says by which rules one of it may be idle; only such a kind is ever deleted by itself (`delete_alone`).
    `beside` names what has to be read beside one before it goes alone: what would hold it, or go along.
    `transferable`: its people can hand one to another project (Cinder's, Manila's and Designate's transfers); the owner
    of every other kind stays what it was when it was made.
    `held_by` is the fact that names what one is plugged into or points to, which may be another project's, and whose
    service deletes it all the same.
    `told` is how letters count it.
    """

    name: str
    service: str  # service type in the catalog
    after: tuple[str, ...] = ()
    listed_with: str | None = None
    at_once: bool = False
    parent: Parent | None = None
    leaves_with: frozenset[str] = frozenset()
    part_of_parent: bool = False
    shareable: bool = False
    cloned_by: tuple[str, ...] = ()
    keepable: bool = False
    witness: bool = False
    at_rest: frozenset[str] = frozenset()
    in_use: frozenset[str] = frozenset()
    idle_when: frozenset[When] = frozenset()
    beside: tuple[str, ...] = ()
    transferable: bool = False
    held_by: str = ""
    told: Told = Told.COUNTED
