"""The answer to a renewal link: what a tenant stands before, and a later end for its lease."""

from reaper.renewal.answers import Changed, Done, Stranger, Unknown
from reaper.renewal.away import days_away, end_of_day
from reaper.renewal.beyond import renew_beyond_rules
from reaper.renewal.decrees import Decreed, Hit, apply_terms, close_for, hits
from reaper.renewal.desk import ATTEMPTS, Desk
from reaper.renewal.going import Going, going
from reaper.renewal.view import Situation, Spared, View, view_of

__all__ = [
    "ATTEMPTS",
    "Changed",
    "Decreed",
    "Desk",
    "Done",
    "Going",
    "Hit",
    "Situation",
    "Spared",
    "Stranger",
    "Unknown",
    "View",
    "apply_terms",
    "close_for",
    "days_away",
    "end_of_day",
    "going",
    "hits",
    "renew_beyond_rules",
    "view_of",
]
