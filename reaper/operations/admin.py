"""What an admin says about one tenant: hold it, release it, let its reclaim go on without an archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reaper.errors import Unusable
from reaper.execute.archive import for_good, named
from reaper.lifecycle import transitions
from reaper.model import Hold, QuarantineCause, State, Tenant
from reaper.ports import Archives, Ledger


def hold(ledger: Ledger, tenant: Tenant, word: Hold, text: str, now: datetime) -> Tenant:
    """Let nothing happen to a tenant until the review date of the hold.

    Raises:
        Overtaken: somebody else changed it.
    """
    return ledger.record(transitions.hold(tenant, word, text, now))


def release(ledger: Ledger, tenant: Tenant, by: str, now: datetime) -> Tenant:
    """End a hold or a quarantine: the tenant goes on where it was, after a full new notice.

    Raises:
        Unusable: there is neither. Protection is no hold: it ends where it was found.
        Overtaken: somebody else changed it.
    """
    if tenant.hold is None and tenant.state is not State.QUARANTINED:
        also = f" ({tenant.protection})" if tenant.protection else ""
        raise Unusable(f"{tenant.full_name} is neither on hold nor quarantined; there is nothing to release{also}")
    return ledger.record(transitions.release(tenant, by, now))


def consent_to_loss(tenant: Tenant, reason: str, by: str, ledger: Ledger, archives: Archives, now: datetime) -> str:
    """Let a reclaim go on without the images that could not be made; returns which servers that are.

    It is a person's word about just these servers, in just this reclaim: whatever fails later is held again.

    Raises:
        Unusable: the tenant does not wait for such a word.
        Overtaken: somebody else changed it.
    """
    if tenant.quarantine_cause is not QuarantineCause.ARCHIVE:
        raise Unusable(f"{tenant.full_name} does not wait for a consent: no archive that failed is why it stands still")
    rows = [row for row in archives.of(tenant.id) if row.begun_at == tenant.reclaiming_at]
    covered = {row.server for row in rows if row.covers}
    lost = {row.server: row for row in rows if row.server not in covered and for_good(row)}
    for row in lost.values():
        archives.change(replace(row, consented_by=by))
    text = named(lost.values())
    ledger.record(transitions.consent(tenant, f"{reason}; it may go without the image of {text}", by, now))
    return text
