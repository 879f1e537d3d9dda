"""Delivering: letters go out one by one, what comes back is taken back, and admins hear of what does not go."""

from reaper.deliver.deliverer import Deliverer
from reaper.deliver.drafting import Manners
from reaper.deliver.fates import (
    GIVEN_UP_AFTER,
    GIVEN_UP_AT,
    PARTLY_AT,
    PAUSES,
    SOON,
    Delivered,
)
from reaper.deliver.pace import Pace
from reaper.deliver.returned import Returned, Verdict

__all__ = [
    "GIVEN_UP_AFTER",
    "GIVEN_UP_AT",
    "PARTLY_AT",
    "PAUSES",
    "SOON",
    "Delivered",
    "Deliverer",
    "Manners",
    "Pace",
    "Returned",
    "Verdict",
]
