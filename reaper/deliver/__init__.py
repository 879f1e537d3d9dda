"""Delivering: letters go out one by one, what comes back is taken back, and admins hear of what does not go."""

from reaper.deliver.composer import Manners
from reaper.deliver.deliverer import Deliverer
from reaper.deliver.retry_policy import (
    GIVEN_UP_AFTER,
    GIVEN_UP_AT,
    PARTLY_AT,
    PAUSES,
    SOON,
    Delivered,
)
from reaper.deliver.returned import Returned, Verdict
from reaper.deliver.sending_rate import SendingRate

__all__ = [
    "GIVEN_UP_AFTER",
    "GIVEN_UP_AT",
    "PARTLY_AT",
    "PAUSES",
    "SOON",
    "Delivered",
    "Deliverer",
    "Manners",
    "Returned",
    "SendingRate",
    "Verdict",
]
