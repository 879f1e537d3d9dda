"""The answer to a renewal link: what a tenant stands before, and a later end for its lease."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from reaper.errors import Gone, Overtaken, ReaperError, Temporary
from reaper.lifecycle import NotRenewed, Renewed, absurdity, deadline, renew
from reaper.links import Signer
from reaper.model import Enforce, Event, LetterKind, Resource, State, Tenant, Unfinished
from reaper.ports import Clock, Ledger, Queued

#: How often a renewal reads again when somebody else wrote first.
ATTEMPTS = 5
Answer = TypeVar("Answer")


class Situation(StrEnum):
    """Where a lease stands, in the eyes of its people."""

    RUNNING = "running"
    ENDING = "ending"  # the time of its first warning has come
    SUSPENDED = "suspended"
    RESTORING = "restoring"  # renewed from suspension; its servers are being started again
    RECLAIMING = "reclaiming"
    RECLAIMED = "reclaimed"
    VANISHED = "vanished"  # the project is no longer in Keystone
    QUARANTINED = "quarantined"


class Spared(StrEnum):
    """Why the next step does not follow although its date comes."""

    EXEMPT = "exempt"
    HOLD = "hold"
    OBSERVE = "observe"  # the policy only watches
    NOTIFY = "notify"  # the policy only writes letters
    HALTED = "halted"  # the policy was taken back to a stage before the next step, or is gone


@dataclass(frozen=True)
class View:
    """All that a tenant's page shows; every number and date comes from the lease.

    `ends_at` is when the running state ends at the earliest: the lease while it is active, the suspension while it is
    suspended. `reclaim_at` is None when reclaiming is not foreseen. `losses` is what the tenant owns; None means
    that it could not be read.
    """

    tenant: Tenant
    at: datetime
    situation: Situation
    ends_at: datetime
    reclaim_at: datetime | None
    spared: Spared | None
    offer: Renewed | NotRenewed
    left: int
    last_end: datetime  # no renewal leads beyond it
    losses: tuple[Resource, ...] | None


class Unknown(StrEnum):
    """Why a link leads nowhere."""

    FOREIGN = "foreign"  # not signed here
    REPLACED = "replaced"  # its lease is no longer the tenant's


@dataclass(frozen=True)
class Stranger:
    """Whoever follows this link is shown nothing about anybody."""

    reason: Unknown


@dataclass(frozen=True)
class Done:
    """The lease has its later end and it is written down. `already`: by an earlier click, not by this one."""

    tenant: Tenant
    expires_at: datetime
    left: int
    restores: bool
    already: bool = False


class Desk:
    """Where people come with their links, and admins with a tenant's name.

    `standing` fills in what today's policies say about a tenant; `losses` lists what it owns, None when unreadable.
    All methods raise Temporary when the ledger does not answer; nothing has happened then.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        signer: Signer,
        standing: Callable[[Tenant], Tenant],
        losses: Callable[[Tenant], Sequence[Resource] | None],
    ) -> None:
        self.clock = clock
        self._ledger = ledger
        self._signer = signer
        self._standing = standing
        self._losses = losses

    def look(self, token: str) -> View | Stranger:
        """Show what the link is about. Changes nothing."""
        tenant = self._named_by(token)
        return tenant if isinstance(tenant, Stranger) else self._view(tenant)

    def renew(self, token: str, by: str, seen: int | None = None) -> Done | NotRenewed | Stranger:
        """Renew the lease that the link names.

        `seen` is how many renewals the page showed when the button was pressed: a second click on the same page finds
        one more and is told what the first one gave, instead of spending another.

        Raises:
            Temporary: others kept changing the tenant; nothing was written.
        """
        return _insist(lambda: self._try_to_renew(token, by, seen))

    def renew_tenant(self, tenant_id: str, by: str, *, beyond_rules: bool = False) -> Done | NotRenewed:
        """Renew on behalf of an admin; `beyond_rules` lifts the lease's own limits as far as this one renewal needs.

        Raises:
            Gone: no such tenant.
            Temporary: others kept changing the tenant; nothing was written.
        """
        return _insist(lambda: self._try_for_admin(tenant_id, by, renew_beyond_rules if beyond_rules else renew))

    def _try_to_renew(self, token: str, by: str, seen: int | None) -> Done | NotRenewed | Stranger:
        tenant = self._named_by(token)
        if isinstance(tenant, Stranger):
            return tenant
        if seen is not None and tenant.lease.renewals > seen and tenant.state is State.ACTIVE:
            return _already(tenant)
        return self._settle(by, renew(tenant, self.clock.now()))

    def _try_for_admin(
        self, tenant_id: str, by: str, rules: Callable[[Tenant, datetime], Renewed | NotRenewed]
    ) -> Done | NotRenewed:
        tenant = self._standing(self._ledger.tenant(tenant_id))
        return self._settle(by, rules(tenant, self.clock.now()))

    def _named_by(self, token: str) -> Tenant | Stranger:
        named = self._signer.read(token)
        if named is None:
            return Stranger(Unknown.FOREIGN)
        tenant_id, lease_id = named
        try:
            tenant = self._ledger.tenant(tenant_id)
        except Gone:
            return Stranger(Unknown.REPLACED)
        return self._standing(tenant) if tenant.lease.id == lease_id else Stranger(Unknown.REPLACED)

    def _settle(self, by: str, answer: Renewed | NotRenewed) -> Done | NotRenewed:
        """Write a renewal down, with its letter, before anybody is told of it."""
        if isinstance(answer, NotRenewed):
            return answer
        until = f"{answer.expires_at:%Y-%m-%d %H:%M:%S} UTC"
        started = ", servers are being started again" if answer.restores else ""
        event = Event(self.clock.now(), "renewed", f"renewed until {until}, {answer.left} left{started}", by)
        kept = self._ledger.record(answer.tenant, [event], [Queued(LetterKind.RENEWED)])
        return Done(kept, answer.expires_at, answer.left, answer.restores)

    def _view(self, tenant: Tenant) -> View:
        now, lease = self.clock.now(), tenant.lease
        situation = _situation(tenant, now)
        spared = _spared(tenant, now)
        return View(
            tenant=tenant,
            at=now,
            situation=situation,
            ends_at=deadline(tenant, now),
            reclaim_at=_reclaim_at(tenant, now) if spared is None else None,
            spared=spared,
            offer=renew(tenant, now),
            left=max(0, lease.terms.renew_times - lease.renewals),
            last_end=lease.started_at + max(lease.terms.at_most, lease.terms.lasts),
            losses=() if situation in (Situation.RECLAIMED, Situation.VANISHED) else self._what_is_owned(tenant),
        )

    def _what_is_owned(self, tenant: Tenant) -> tuple[Resource, ...] | None:
        """List what is the tenant's own; a listing that fails is no reason to show no page."""
        try:
            owned = self._losses(tenant)
        except ReaperError:
            return None
        return None if owned is None else tuple(r for r in owned if r.project_id == tenant.project_id)


def _insist(attempt: Callable[[], Answer]) -> Answer:
    """Decide again on fresh rows as long as somebody else writes first."""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except Overtaken:
            continue
    raise Temporary(f"the lease was changed by others {ATTEMPTS} times while it was renewed; nothing was written")


def renew_beyond_rules(tenant: Tenant, now: datetime) -> Renewed | NotRenewed:
    """Renew although `times`, `at_most` or `opens_before` stand against it; what is impossible stays refused.

    The lease's terms are raised as far as it needs, so that its record goes on making sense.
    """
    lease, terms = tenant.lease, tenant.lease.terms
    end = max(lease.expires_at, now)
    by = terms.renew_by or terms.lasts  # terms without renewals name no step of their own
    raised = replace(
        terms,
        renew_times=max(terms.renew_times, lease.renewals + 1),
        at_most=max(terms.at_most, end + by - lease.started_at),
    )
    lifted = replace(raised, renew_by=by, opens_before=max(terms.opens_before, end - now))
    if absurdity(tenant, now):  # raised terms must not make an impossible lease look possible
        return renew(tenant, now)
    answer = renew(replace(tenant, lease=replace(lease, terms=lifted)), now)
    if isinstance(answer, NotRenewed):
        return answer
    return replace(answer, tenant=replace(answer.tenant, lease=replace(answer.tenant.lease, terms=raised)))


def _already(tenant: Tenant) -> Done:
    lease = tenant.lease
    left = max(0, lease.terms.renew_times - lease.renewals)
    return Done(tenant, lease.expires_at, left, tenant.unfinished is Unfinished.RESTORE, already=True)


def _situation(tenant: Tenant, now: datetime) -> Situation:
    if tenant.vanished_at is not None:
        return Situation.VANISHED
    if tenant.state is State.QUARANTINED or absurdity(tenant, now):
        return Situation.QUARANTINED
    if tenant.state is not State.ACTIVE:
        return Situation(tenant.state.value.lower())
    if tenant.unfinished is Unfinished.RESTORE:
        return Situation.RESTORING
    first = tenant.lease.expires_at - max(tenant.lease.terms.warn_before)
    return Situation.ENDING if now >= first else Situation.RUNNING


def _spared(tenant: Tenant, now: datetime) -> Spared | None:
    if tenant.exempt:
        return Spared.EXEMPT
    if tenant.hold is not None and now < tenant.hold.until:
        return Spared.HOLD
    if tenant.state is State.ACTIVE and tenant.enforce in (Enforce.OBSERVE, Enforce.NOTIFY):
        return Spared(tenant.enforce.value)
    next_step = Enforce.SUSPEND if tenant.state is State.ACTIVE else Enforce.RECLAIM
    return None if tenant.enforce is not None and tenant.enforce.reaches(next_step) else Spared.HALTED


def _reclaim_at(tenant: Tenant, now: datetime) -> datetime | None:
    """When reclaiming would begin at the earliest, if nobody renews and the letters arrive."""
    if tenant.enforce is None or not tenant.enforce.reaches(Enforce.RECLAIM):
        return None
    if tenant.state in (State.RECLAIMING, State.RECLAIMED):
        return tenant.reclaiming_at
    if tenant.state is not State.ACTIVE:
        return deadline(tenant, now)
    terms = tenant.lease.terms
    return deadline(tenant, now) + max(terms.suspension_lasts, terms.notice)
