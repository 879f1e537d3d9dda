"""After a database was put back from a backup: everybody is told afresh before anything is done."""

from __future__ import annotations

from reaper.errors import Overtaken
from reaper.lifecycle.transitions import go_back
from reaper.model import State, Tenant
from reaper.ports import Clock, Ledger

ATTEMPTS = 5


def begin_everybody_again(ledger: Ledger, clock: Clock, reason: str) -> int:
    """Begin the round of notices again for every living tenant; returns for how many.

    What the backup has forgotten (renewals that were confirmed, letters that were heard) cannot be known from the
    ledger: so nothing that was said before counts, and a reclaim that had begun goes back to suspension.
    """
    why = f"the ledger was put back from a backup ({reason}): warnings start afresh"
    return sum(_again(ledger, tenant, clock, why) for tenant in ledger.tenants() if _lives(tenant))


def _lives(tenant: Tenant) -> bool:
    return tenant.state in (State.ACTIVE, State.SUSPENDED, State.RECLAIMING) and tenant.vanished_at is None


def _again(ledger: Ledger, tenant: Tenant, clock: Clock, why: str) -> bool:
    for _ in range(ATTEMPTS):
        try:
            ledger.record(go_back(tenant, why, clock.now()))
        except Overtaken:
            tenant = ledger.tenant(tenant.id)
            if not _lives(tenant):
                return False
            continue
        return True
    raise Overtaken(f"{tenant.full_name} was changed by others {ATTEMPTS} times; say it again")
