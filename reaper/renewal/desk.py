"""Where people come with their links: the one place that writes a renewal down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from reaper.errors import Gone, Overtaken, Temporary
from reaper.lifecycle import NotRenewed, Renewed, renew
from reaper.links import Signer
from reaper.model import Event, LetterKind, Resource, State, Tenant, Unfinished
from reaper.ports import Clock, Ledger, Queued
from reaper.renewal.beyond import renew_beyond_rules
from reaper.renewal.owned import LastSeen
from reaper.renewal.view import View, owns_something, view_of

#: How often a renewal reads again when somebody else wrote first.
ATTEMPTS = 5
Answer = TypeVar("Answer")


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
    All methods raise Temporary when the ledger does not answer. Nothing is ever half done; whether a renewal took
    effect before the connection was lost is told by looking again, and asking again with `seen` spends no second one.
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
        self._owned = LastSeen(losses, clock)

    def look(self, token: str) -> View | Stranger:
        """Show what the link is about. Changes nothing."""
        tenant = self._named_by(token)
        if isinstance(tenant, Stranger):
            return tenant
        losses = self._owned.of(tenant) if owns_something(tenant) else ()
        return view_of(tenant, self.clock.now(), losses)

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


def _insist(attempt: Callable[[], Answer]) -> Answer:
    """Decide again on fresh rows as long as somebody else writes first."""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except Overtaken:
            continue
    raise Temporary(f"the lease was changed by others {ATTEMPTS} times while it was renewed; nothing was written")


def _already(tenant: Tenant) -> Done:
    lease = tenant.lease
    left = max(0, lease.terms.renew_times - lease.renewals)
    return Done(tenant, lease.expires_at, left, tenant.unfinished is Unfinished.RESTORE, already=True)
