"""The picture of a lease: its moments in order, and the stretches between them to scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reaper.model import Enforce, LetterKind, LetterState, State
from reaper.operations import Situation, Spared, View

_SILENT = (Spared.EXEMPT, Spared.HOLD, Spared.OBSERVE)
_OVER = (Situation.RECLAIMING, Situation.RECLAIMED)
_NO_MORE_LETTERS = (Situation.STOPPING, Situation.VANISHED, Situation.QUARANTINED, Situation.RECLAIMED)


@dataclass(frozen=True)
class Milestone:
    """One moment of the lease. `what` is a key of the words, `x` its place on the picture in percent."""

    at: datetime
    what: str
    x: float
    past: bool


@dataclass(frozen=True)
class Stretch:
    """A part of the picture, in percent."""

    what: str
    x: float
    width: float


@dataclass(frozen=True)
class Timeline:
    """What there is to see, earliest first."""

    milestones: tuple[Milestone, ...]
    stretches: tuple[Stretch, ...]
    now: float


def timeline(view: View) -> Timeline:
    """Lay the lease out from its beginning to the last thing that is foreseen."""
    moments = sorted([*_moments(view), (view.at, "today")], key=lambda m: (m[0], m[1] == "today"))
    first, last = moments[0][0], moments[-1][0]

    def place(at: datetime) -> float:
        whole = (last - first).total_seconds()
        return round(100 * (at - first).total_seconds() / whole, 2) if whole else 0.0

    milestones = tuple(Milestone(at, what, place(at), at < view.at) for at, what in moments)
    return Timeline(milestones, tuple(_stretches(view, place(view.at), milestones)), place(view.at))


def is_later(view: View) -> bool:
    """Whether the lease goes on after its term because its last warning must have arrived long enough before."""
    return (
        view.tenant.state is State.ACTIVE
        and not view.given_back
        and view.spared is None
        and view.ends_at > view.tenant.lease.expires_at
    )


def _moments(view: View) -> Iterator[tuple[datetime, str]]:
    tenant, lease = view.tenant, view.tenant.lease
    yield lease.started_at, "started"
    yield from _reminders(view)
    if tenant.suspended_at is not None and tenant.state is not State.ACTIVE:
        yield tenant.suspended_at, "suspended"
    if tenant.reclaiming_at is not None:
        yield tenant.reclaiming_at, "reclaiming"
    if tenant.reclaimed_at is not None:
        yield tenant.reclaimed_at, "reclaimed"
    if view.situation in (Situation.RUNNING, Situation.ENDING, Situation.STOPPING, Situation.RESTORING):
        if is_later(view):
            yield lease.expires_at, "term"
        yield view.ends_at, "ends" if view.spared is None else "ends_quietly"
    if tenant.hold is not None and view.spared is Spared.HOLD:
        yield tenant.hold.until, "hold"
    if view.reclaim_at is not None and view.situation not in (Situation.VANISHED, Situation.QUARANTINED, *_OVER):
        yield view.reclaim_at, "reclaim"


def _reminders(view: View) -> Iterator[tuple[datetime, str]]:
    """Letters that were delivered in this round, and those still to come."""
    tenant, lease = view.tenant, view.tenant.lease
    given = [n for n in lease.notices if n.kind is LetterKind.WARNING]
    for notice in given:
        if notice.accepted_at is not None and notice.state is LetterState.ACCEPTED:
            yield notice.accepted_at, "reminded"
    writes = tenant.enforce is not None and tenant.enforce.reaches(Enforce.NOTIFY) and view.spared not in _SILENT
    if not writes or tenant.state is not State.ACTIVE or view.situation in _NO_MORE_LETTERS:
        return
    for before in lease.terms.warn_before:
        if lease.expires_at - before > view.at:
            yield lease.expires_at - before, "remind"


def _stretches(view: View, now: float, milestones: tuple[Milestone, ...]) -> Iterator[Stretch]:
    """The lease, the part of it that is over, and the suspension."""
    turn = next((m.x for m in milestones if m.what in ("suspended", "ends", "ends_quietly")), 100.0)
    yield Stretch("lease", 0.0, turn)
    yield Stretch("spent", 0.0, min(now, turn))
    if view.spared is None and turn < milestones[-1].x:
        yield Stretch("suspension", turn, round(milestones[-1].x - turn, 2))
