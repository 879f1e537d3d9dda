"""Policies: which tenants are covered and what their lease is worth. Pure: files are read elsewhere."""

from reaper.kinds import When
from reaper.policy.durations import NotADuration, written
from reaper.policy.durations import parse as parse_duration
from reaper.policy.idle import IDLE_KINDS, POSSIBLE, IdleRule
from reaper.policy.match import Match, Tags
from reaper.policy.parse import parse, unlike
from reaper.policy.policies import Policies
from reaper.policy.policy import LeaseRules, OrphanRules, Policy, ReclaimRules, RenewalRules, SuspensionRules
from reaper.policy.schema import remarks, schema, schema_text
from reaper.policy.standing import standing

__all__ = [
    "IDLE_KINDS",
    "POSSIBLE",
    "IdleRule",
    "LeaseRules",
    "Match",
    "NotADuration",
    "OrphanRules",
    "Policies",
    "Policy",
    "ReclaimRules",
    "RenewalRules",
    "SuspensionRules",
    "Tags",
    "When",
    "parse",
    "parse_duration",
    "remarks",
    "schema",
    "schema_text",
    "standing",
    "unlike",
    "written",
]
