"""Kinds of resources: the one place for what is fact and order about each of them."""

from reaper.kinds.kind import Kind, Parent, Told, When
from reaper.kinds.relations import (
    Key,
    leaves_surely,
    may_be_needed,
    may_have_left,
    needed_by,
    on_its_way,
    parent_of,
    router_of,
    stands_on,
    takers,
    whole_of,
)
from reaper.kinds.stuck import STUCK, StuckState, Way, may_be_stuck, way_out
from reaper.kinds.table import BY_NAME, HOLDERS, KEEPABLE, KINDS, LISTED, MAKERS, NAMES, SERVICES, WITNESSES

__all__ = [
    "BY_NAME",
    "HOLDERS",
    "KEEPABLE",
    "KINDS",
    "LISTED",
    "MAKERS",
    "NAMES",
    "SERVICES",
    "STUCK",
    "WITNESSES",
    "Key",
    "Kind",
    "Parent",
    "StuckState",
    "Told",
    "Way",
    "When",
    "leaves_surely",
    "may_be_needed",
    "may_be_stuck",
    "may_have_left",
    "needed_by",
    "on_its_way",
    "parent_of",
    "router_of",
    "stands_on",
    "takers",
    "way_out",
    "whole_of",
]
