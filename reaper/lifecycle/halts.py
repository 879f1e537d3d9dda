"""A halt that lasted longer than the notice: what was told before it counts no more, in whatever state it came.

A tenant is halted as long as its next step is due, or has begun, and may not be taken: Reaper is paused, a gate is
closed, its policy is at a milder stage, it is exempt, protected or on hold, its project was not to be seen, no sweep
went, or the services did not answer. `Tenant.halted_at` keeps since when; every step that is taken forgets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from reaper.lifecycle.decide import decide
from reaper.lifecycle.decisions import Decision, Rearm, Reclaim, Suspend
from reaper.model import Judged, State, Tenant, Unfinished

#: Sweeps that are no further apart than this are no outage, however short a notice is.
SWEEPS_APART = timedelta(hours=30)


def outlasted(tenant: Tenant, now: datetime, last_sweep: datetime | None = None) -> str | None:
    """Say that, and since when, a tenant was halted for longer than its notice; None where it was not.

    `last_sweep` is the end of the sweep before this one, until which it was seen to be halted. What has begun is
    halted, too, while no sweep goes.
    """
    notice, until = tenant.lease.terms.notice, last_sweep or now
    since = tenant.halted_at
    if last_sweep is not None and _begun(tenant) and now - last_sweep > max(notice, SWEEPS_APART):
        since, until = since or last_sweep, now
    if since is None or until - since <= notice:
        return None
    return f"it was halted since {since:%Y-%m-%d %H:%M} UTC, for longer than its notice"


def step_after_halt(tenant: Judged, now: datetime, last_sweep: datetime | None = None) -> Decision:
    """Say what is to be done with a tenant once nothing halts it any more."""
    decision = decide(tenant, now)
    if not isinstance(decision, (Suspend, Reclaim)):
        return decision
    why = outlasted(tenant, now, last_sweep)
    return decision if why is None else Rearm(why)


def _begun(tenant: Tenant) -> bool:
    return tenant.state is State.RECLAIMING or tenant.unfinished is Unfinished.SUSPEND
