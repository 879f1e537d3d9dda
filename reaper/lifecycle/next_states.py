"""Which state of a tenant may follow which, by which change: one table, and everything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reaper.errors import NoSuchTransition
from reaper.model import State, Tenant


class Transition(StrEnum):
    """Every change of a tenant there is."""

    # The lease, by its people or in their favour.
    RENEW = "renew"
    KEEP = "keep after all"
    GIVE_BACK = "give back"
    AWAY = "away"
    AMNESTY = "amnesty"
    # Letters and waiting.
    WAIT = "wait"
    TELL = "tell"
    REARM = "rearm"
    HALT = "halt"
    # Suspension.
    BEGIN_SUSPENSION = "begin suspension"
    REMEMBER_SERVERS = "remember servers"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    # Reclaim.
    BEGIN_RECLAIM = "begin reclaim"
    RECLAIM_BY_HAND = "reclaim by hand"
    ARCHIVED = "archived"
    EMPTIED = "emptied"
    RECLAIMED = "reclaimed"
    # Trouble.
    BACK_OFF = "back off"
    QUARANTINE = "quarantine"
    CONSENT = "consent"
    # A person's word, and what the looks at Keystone find.
    HOLD = "hold"
    RELEASE = "release"
    PROTECT = "protect"
    UNPROTECT = "unprotect"
    VANISH = "vanish"
    REAPPEAR = "reappear"
    NEW_LEASE = "new lease"


A, S, R, D, Q = State.ACTIVE, State.SUSPENDED, State.RECLAIMING, State.RECLAIMED, State.QUARANTINED
_STAYS = {state: (state,) for state in State}
#: From which states a change may come, and to which each may lead. What is not here is refused.
NEXT: Mapping[Transition, Mapping[State, tuple[State, ...]]] = {
    Transition.RENEW: {A: (A,), S: (A,)},
    Transition.KEEP: {A: (A,), S: (A,)},
    Transition.GIVE_BACK: {A: (A,)},
    Transition.AWAY: {A: (A,)},
    Transition.AMNESTY: {A: (A,)},
    Transition.WAIT: _STAYS,
    Transition.TELL: _STAYS,
    Transition.REARM: {A: (A,), S: (S, A), R: (S,)},
    Transition.HALT: {A: (A,), S: (S,), R: (R,)},
    Transition.BEGIN_SUSPENSION: {A: (S,)},
    Transition.REMEMBER_SERVERS: {A: (A,), S: (S,)},
    Transition.SUSPENDED: {S: (S,)},
    Transition.RESTORED: {A: (A,)},
    Transition.BEGIN_RECLAIM: {S: (R,)},
    Transition.RECLAIM_BY_HAND: {S: (R,), R: (R,)},
    Transition.ARCHIVED: {R: (R,)},
    Transition.EMPTIED: {R: (R,)},
    Transition.RECLAIMED: {R: (D,)},
    Transition.BACK_OFF: {A: (A,), S: (S,), R: (R,)},
    Transition.QUARANTINE: {A: (Q,), S: (Q,), R: (Q,), D: (Q,)},
    Transition.CONSENT: {Q: (R,)},
    Transition.HOLD: _STAYS,
    Transition.RELEASE: {A: (A,), S: (S,), R: (S,), D: (D,), Q: (A, S, D)},
    Transition.PROTECT: _STAYS,
    Transition.UNPROTECT: _STAYS,
    Transition.VANISH: _STAYS,
    Transition.REAPPEAR: _STAYS,
    Transition.NEW_LEASE: {D: (A,)},
}


def may_follow(tenant: Tenant, change: Transition, after: State) -> None:
    """Check one change of a tenant's state against the table.

    Raises:
        NoSuchTransition: the table does not have it.
    """
    allowed = NEXT[change].get(tenant.state, ())
    if after not in allowed:
        there = " or ".join(allowed) or "nothing"
        raise NoSuchTransition(
            f"{tenant.full_name} is {tenant.state}: {change!r} leads from there to {there}, not to {after}"
        )
