"""Whether a queued letter would still tell the truth when it is sent now."""

from __future__ import annotations

from datetime import datetime

from reaper.lifecycle import inconsistency, is_orphan
from reaper.model import Enforce, Letter, LetterKind, State, Tenant, Unfinished

#: Letters about what is to come: they are held back while nothing is to come.
_AHEAD = frozenset(
    {LetterKind.WELCOME, LetterKind.WARNING, LetterKind.SUSPENDED, LetterKind.ORPHAN, LetterKind.IDLE_WARNING}
)
_SPEAKS_OF = {
    LetterKind.WELCOME: (State.ACTIVE,),
    LetterKind.WARNING: (State.ACTIVE,),
    LetterKind.SUSPENDED: (State.SUSPENDED,),
    LetterKind.RENEWED: (State.ACTIVE,),
    LetterKind.RESTORED: (State.ACTIVE,),
    LetterKind.RECLAIMED: (State.RECLAIMED,),
    LetterKind.AWAY: (State.ACTIVE,),
    LetterKind.AMNESTY: (State.ACTIVE,),
    LetterKind.CLOSURE: (State.ACTIVE, State.SUSPENDED),
    LetterKind.IDLE_WARNING: (State.ACTIVE,),
    LetterKind.IDLE_GIVEN_BACK: (State.ACTIVE, State.SUSPENDED, State.RECLAIMING),
    LetterKind.ORPHAN: (State.ACTIVE, State.SUSPENDED),
    LetterKind.QUARANTINED: (State.QUARANTINED,),
}
#: Told whatever is impossible about the tenant: the one because it is over, the other because it is the alarm itself.
_TOLD_ANYWAY = (LetterKind.RECLAIMED, LetterKind.QUARANTINED)
#: Of single things, which a renewal neither saves nor condemns: they are not of one round of the lease's warnings.
_OF_THINGS = (LetterKind.IDLE_WARNING, LetterKind.IDLE_GIVEN_BACK)


def still_true(tenant: Tenant, letter: Letter, now: datetime) -> str | None:
    """Say why a letter should not be sent any more, or None when it is to be sent.

    A letter of an earlier lease or round of warnings is never true any more: a renewal has overtaken it. What was
    done (renewed, restored, reclaimed) is told whatever has been decided about the tenant since.
    """
    return _another_lease(tenant, letter) or _another_state(tenant, letter, now) or _nothing_to_come(tenant, letter)


def _another_lease(tenant: Tenant, letter: Letter) -> str | None:
    if letter.lease_id != tenant.lease.id:
        return "the lease it speaks of is over"
    if letter.arming != tenant.lease.arming and letter.kind not in (*_TOLD_ANYWAY, *_OF_THINGS):
        return "the lease has changed since"
    return None


def _another_state(tenant: Tenant, letter: Letter, now: datetime) -> str | None:
    if tenant.state not in _SPEAKS_OF.get(letter.kind, ()):
        return f"the tenant is {tenant.state}"
    if letter.kind in _TOLD_ANYWAY:
        return None
    wrong = "the project is no longer in Keystone" if tenant.vanished_at else inconsistency(tenant, now)
    return f"it cannot be true: {wrong}" if wrong else _overtaken(tenant, letter)


def _overtaken(tenant: Tenant, letter: Letter) -> str | None:
    """Only the most urgent word counts: several at once, after the mail server was away, contradict each other."""
    if letter.kind is LetterKind.RESTORED and tenant.unfinished is Unfinished.RESTORE:
        return "restoring has not finished"
    given = [n for n in tenant.lease.notices if n.kind is LetterKind.WARNING and n.before is not None]
    if letter.kind is LetterKind.WELCOME and given:
        return "a warning has been given since"
    if letter.kind is LetterKind.WARNING and letter.before is not None:
        before = letter.before
        if any(n.before is not None and n.before < before for n in given):
            return "a more urgent warning has been given since"
    if letter.kind is LetterKind.CLOSURE and tenant.hold is None:
        return "nothing holds it any more"
    if letter.kind is LetterKind.ORPHAN and not is_orphan(tenant):
        return "somebody can be reached again"
    return None


def _nothing_to_come(tenant: Tenant, letter: Letter) -> str | None:
    if letter.kind not in _AHEAD:
        return None
    if tenant.exempt:
        return f"the tenant is exempt: {tenant.exempt}"
    if tenant.hold is not None:
        return f"the tenant is on hold: {tenant.hold.reason}"
    if tenant.enforce is None:
        return "the policy no longer exists"
    needed = Enforce.RECLAIM if letter.kind is LetterKind.IDLE_WARNING else Enforce.NOTIFY
    if not (letter.kind.for_admins or tenant.enforce.reaches(needed)):
        return f"the policy now says enforce: {tenant.enforce}"
    return None
