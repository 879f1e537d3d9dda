"""Carrying plans out against a cloud: suspensions, restorations, and reclaiming in rounds."""

from reaper.execute.judgement import Facts, ThingJudge, allowed, of_thing
from reaper.execute.listing_pass import ListingPass, survey
from reaper.execute.outcome import Outcome
from reaper.execute.pools import Pools
from reaper.execute.reclaim_run import Progress, Reclaimer
from reaper.execute.suspension import Carried, Remember, carry_out

__all__ = [
    "Carried",
    "Facts",
    "ListingPass",
    "Outcome",
    "Pools",
    "Progress",
    "Reclaimer",
    "Remember",
    "ThingJudge",
    "allowed",
    "carry_out",
    "of_thing",
    "survey",
]
