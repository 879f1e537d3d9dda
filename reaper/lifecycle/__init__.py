"""The life of a tenant: what its age calls for, and what a renewal gives."""

from reaper.lifecycle.deadline import deadline, is_orphan, last_warning
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
from reaper.lifecycle.renew import NotRenewed, Renewed, afresh, rearm, renew
from reaper.lifecycle.sanity import STALE_AFTER, absurdity

__all__ = [
    "STALE_AFTER",
    "Decision",
    "Keep",
    "NotRenewed",
    "Quarantine",
    "Rearm",
    "Reclaim",
    "Renewed",
    "Restore",
    "Suspend",
    "Tell",
    "Unhold",
    "Warn",
    "absurdity",
    "afresh",
    "deadline",
    "decide",
    "is_orphan",
    "last_warning",
    "rearm",
    "renew",
]
