"""The answer to a renewal link: what a tenant stands before, and a later end for its lease."""

from reaper.renewal.beyond import renew_beyond_rules
from reaper.renewal.desk import ATTEMPTS, Desk, Done, Stranger, Unknown
from reaper.renewal.view import Situation, Spared, View, view_of

__all__ = [
    "ATTEMPTS",
    "Desk",
    "Done",
    "Situation",
    "Spared",
    "Stranger",
    "Unknown",
    "View",
    "renew_beyond_rules",
    "view_of",
]
