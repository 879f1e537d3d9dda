"""What people and admins ask for: a later end, a stay away, a hold, other terms for many; and what a page shows."""

from reaper.operations.admin_renewal import renew_beyond_rules
from reaper.operations.answers import Changed, Done, Stranger, UnknownLink
from reaper.operations.away import days_away, end_of_day
from reaper.operations.bulk import Decreed, Hit, apply_terms, close_for, hits
from reaper.operations.scheduled_idle import Going, going
from reaper.operations.self_service import ATTEMPTS, SelfService
from reaper.operations.view import Situation, Spared, View, view_of

__all__ = [
    "ATTEMPTS",
    "Changed",
    "Decreed",
    "Done",
    "Going",
    "Hit",
    "SelfService",
    "Situation",
    "Spared",
    "Stranger",
    "UnknownLink",
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
