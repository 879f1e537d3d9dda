"""Carrying plans out against a cloud: suspensions, restorations, and reclaiming in rounds."""

from reaper.execute.judged import Facts, ThingJudge, allowed, of_thing
from reaper.execute.outcome import Outcome
from reaper.execute.pools import Pools
from reaper.execute.rounds import Progress, Reclaimer
from reaper.execute.survey import Survey, survey
from reaper.execute.suspension import Carried, Remember, carry_out

__all__ = [
    "Carried",
    "Facts",
    "Outcome",
    "Pools",
    "Progress",
    "Reclaimer",
    "Remember",
    "Survey",
    "ThingJudge",
    "allowed",
    "carry_out",
    "of_thing",
    "survey",
]
