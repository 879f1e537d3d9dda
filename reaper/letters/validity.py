"""Whether a queued letter would still tell the truth when it is sent now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from reaper.letters.catalog import OvertakenBy, Scope, spec_of
from reaper.lifecycle import inconsistency, is_orphan
from reaper.model import Judged, Letter, LetterKind, Tenant, Unfinished


def still_true(tenant: Judged, letter: Letter, now: datetime) -> str | None:
    """Say why a letter should not be sent any more, or None when it is to be sent.

    A letter of an earlier lease or round of warnings is never true any more: a renewal has overtaken it. What was
    done (renewed, restored, reclaimed) is told whatever has been decided about the tenant since.
    """
    return overtaken(tenant, letter, now) or _nothing_to_come(tenant, letter)


def overtaken(tenant: Tenant, letter: Letter, now: datetime) -> str | None:
    """Say by what in the tenant's life a letter is overtaken, whatever its policy says now; None if by nothing."""
    return _another_lease(tenant, letter) or _another_state(tenant, letter, now)


def _another_lease(tenant: Tenant, letter: Letter) -> str | None:
    if letter.lease_id != tenant.lease.id:
        return "the lease it speaks of is over"
    if letter.arming != tenant.lease.arming and spec_of(letter.kind).scope is Scope.ROUND:
        return "the lease has changed since"
    return None


def _another_state(tenant: Tenant, letter: Letter, now: datetime) -> str | None:
    spec = spec_of(letter.kind)
    if tenant.state not in spec.true_in:
        return f"the tenant is {tenant.state}"
    if spec.scope is Scope.ANYWAY:
        return None
    wrong = "the project is no longer in Keystone" if tenant.vanished_at else inconsistency(tenant, now)
    return f"it cannot be true: {wrong}" if wrong else _overtaken(tenant, letter, spec.overtaken)


def _overtaken(tenant: Tenant, letter: Letter, by: OvertakenBy) -> str | None:
    """Only the most urgent word counts: several at once, after the mail server was away, contradict each other."""
    match by:
        case OvertakenBy.NEVER:
            return None
        case OvertakenBy.WARNED:
            return "a warning has been given since" if _warnings(tenant) else None
        case OvertakenBy.WARNED_LATER:
            more_urgent = letter.before is not None and any(before < letter.before for before in _warnings(tenant))
            return "a more urgent warning has been given since" if more_urgent else None
        case OvertakenBy.RESTORING:
            return "restoring has not finished" if tenant.unfinished is Unfinished.RESTORE else None
        case OvertakenBy.RELEASED:
            return "nothing holds it any more" if tenant.hold is None else None
        case OvertakenBy.REACHABLE:
            return None if is_orphan(tenant) else "somebody can be reached again"
        case _:
            assert_never(by)


def _warnings(tenant: Tenant) -> list[timedelta]:
    """Say which warnings of the round have been given, by how long before the end each goes."""
    return [n.before for n in tenant.lease.notices if n.kind is LetterKind.WARNING and n.before is not None]


def _nothing_to_come(tenant: Judged, letter: Letter) -> str | None:
    needed = spec_of(letter.kind).to_come
    if needed is None:
        return None
    if tenant.exempt:
        return f"the tenant is exempt: {tenant.exempt}"
    if tenant.hold is not None:
        return f"the tenant is on hold: {tenant.hold.reason}"
    if tenant.enforce is None:
        return "the policy no longer exists"
    return None if tenant.enforce.reaches(needed) else f"the policy now says enforce: {tenant.enforce}"
