"""The life of a tenant: what its age calls for, and what a renewal gives."""

from reaper.lifecycle.amnesty import amnesty, earliest_end, sit_out
from reaper.lifecycle.away import Away, NotAway, furthest_away, go_away
from reaper.lifecycle.deadline import deadline, is_orphan
from reaper.lifecycle.decide import decide
from reaper.lifecycle.decisions import (
    Decision,
    Keep,
    Quarantine,
    Rearm,
    Reclaim,
    Restore,
    Suspend,
    Tell,
    Unhold,
    Warn,
)
from reaper.lifecycle.giving_back import GivenBack, Kept, NotNow, give_back, is_given_back, keep_after_all
from reaper.lifecycle.halts import SWEEPS_APART, outlasted, step_after_halt
from reaper.lifecycle.idle_stock import IdleListings, Stock, take_stock, together, verify
from reaper.lifecycle.idleness import (
    IdleStep,
    due_at,
    foreseen_at,
    goes_along,
    is_idle,
    longest_gap,
    next_step,
    only_looked_at,
    promised_at,
    spared,
)
from reaper.lifecycle.notice_round import rearm, resume_with_notice
from reaper.lifecycle.renew import NotRenewed, Renewed, renew, renew_under
from reaper.lifecycle.sanity import STALE_AFTER, inconsistency

__all__ = [
    "STALE_AFTER",
    "SWEEPS_APART",
    "Away",
    "Decision",
    "GivenBack",
    "IdleListings",
    "IdleStep",
    "Keep",
    "Kept",
    "NotAway",
    "NotNow",
    "NotRenewed",
    "Quarantine",
    "Rearm",
    "Reclaim",
    "Renewed",
    "Restore",
    "Stock",
    "Suspend",
    "Tell",
    "Unhold",
    "Warn",
    "amnesty",
    "deadline",
    "decide",
    "due_at",
    "earliest_end",
    "foreseen_at",
    "furthest_away",
    "give_back",
    "go_away",
    "goes_along",
    "inconsistency",
    "is_given_back",
    "is_idle",
    "is_orphan",
    "keep_after_all",
    "longest_gap",
    "next_step",
    "only_looked_at",
    "outlasted",
    "promised_at",
    "rearm",
    "renew",
    "renew_under",
    "resume_with_notice",
    "sit_out",
    "spared",
    "step_after_halt",
    "take_stock",
    "together",
    "verify",
]
