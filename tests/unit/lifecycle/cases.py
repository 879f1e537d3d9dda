"""Tenants at moments of their lives, with numbers that nobody could take for real ones."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from reaper.model import Enforce, Judged, Lease, LetterKind, LetterState, Notice, NotKnown, State, Tenant, Terms

START = datetime(2031, 3, 5, 7, 11, tzinfo=UTC)
TERMS = Terms(
    policy="trial",
    lasts=timedelta(days=31),
    warn_before=(timedelta(days=8), timedelta(days=2)),
    notice=timedelta(days=3),
    renew_by=timedelta(days=13),
    renew_times=2,
    at_most=timedelta(days=59),
    opens_before=timedelta(days=9),
    suspension_lasts=timedelta(days=6),
    orphans_wait=timedelta(days=17),
    away=timedelta(days=19),
)
END = START + TERMS.lasts
ACCEPTED, REFUSED, QUEUED = LetterState.ACCEPTED, LetterState.REFUSED, LetterState.QUEUED


def at(days: float) -> datetime:
    """Return a moment counted from the end of the lease."""
    return END + timedelta(days=days)


def letter(
    kind: str, sent: float, before: float | None = None, state: LetterState = ACCEPTED, told: float | None = None
):
    """Make a notice that was queued, and perhaps accepted, so many days from the end of the lease."""
    return Notice(
        LetterKind(kind),
        state,
        at(sent),
        None if before is None else timedelta(days=before),
        at(sent) if state is ACCEPTED else None,
        None if told is None else at(told),
    )


def judged(tenant: Tenant, enforce: Enforce | None = Enforce.RECLAIM, exempt: str | NotKnown | None = None) -> Judged:
    """Judge a tenant as these policies would."""
    known = {field.name: getattr(tenant, field.name) for field in fields(Tenant)}
    return Judged(**known, enforce=enforce, exempt=exempt)


def tenant(*notices: Notice, terms: Terms = TERMS, **changes) -> Judged:
    """Make a tenant that everything is enforced upon; lease and tenant fields may be named alike."""
    leased = ("renewals", "arming", "expires_at", "started_at", "away_until", "given_back_at")
    on_the_lease = {name: changes.pop(name) for name in leased if name in changes}
    lease = replace(Lease("lease-5", START, END, terms, notices=notices), **on_the_lease)
    standing = {"decided_under": Enforce.RECLAIM, "enforce": Enforce.RECLAIM, "exempt": None, **changes}
    return Judged("tenant-3", "trystack", "project-9", "trial-aurora", lease, **standing)


WARNED = (letter("warning", -8, 8), letter("warning", -2, 2))
TOLD = letter("suspended", 1)


def suspended(*notices: Notice, since: float = 1, **changes) -> Tenant:
    """Make a tenant whose suspension began so many days after the end of its lease."""
    standing = {"state": State.SUSPENDED, "suspended_at": at(since), **changes}
    return tenant(*(notices or (*WARNED, TOLD)), **standing)
