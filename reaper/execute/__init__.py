"""Carrying plans out against a cloud: suspensions, restorations, and reclaiming in rounds."""

from reaper.execute.outcome import Outcome
from reaper.execute.pools import Pools
from reaper.execute.rounds import Permit, Progress, Reclaimer
from reaper.execute.survey import Survey, survey
from reaper.execute.suspension import Carried, Remember, carry_out

__all__ = [
    "Carried",
    "Outcome",
    "Permit",
    "Pools",
    "Progress",
    "Reclaimer",
    "Remember",
    "Survey",
    "carry_out",
    "survey",
]
