"""Rounds of notices: a new round makes everything said before count no more. Tenants in, tenants out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from reaper.model import Enforce, State, Tenant


def rearm(tenant: Tenant, under: Enforce | None = None) -> Tenant:
    """Start a new round of notices: nothing said before counts any more.

    `under` is the stage of the policy at which the round begins. Unknown, it is the mildest: who is told under a
    stricter one is told anew.
    """
    lease = replace(tenant.lease, arming=tenant.lease.arming + 1, notices=())
    return replace(tenant, lease=lease, halted_at=None, decided_under=under or Enforce.OBSERVE)


def resume_with_notice(tenant: Tenant, now: datetime, under: Enforce | None = None) -> Tenant:
    """Let a tenant go on after something has held it: with a full new notice, also where its reclaim had begun."""
    again = replace(rearm(tenant, under), failures=0, blocker=None, retry_at=None, emptied_at=None, next_due_at=now)
    match tenant.state:
        case State.ACTIVE:  # what was given back before it was held has to be given back anew
            return replace(again, lease=replace(again.lease, given_back_at=None))
        case State.RECLAIMING:
            return replace(again, state=State.SUSPENDED, suspended_at=now, reclaiming_at=None, archived_at=None)
        case State.SUSPENDED | State.RECLAIMED | State.QUARANTINED:
            return again
        case _:
            assert_never(tenant.state)
