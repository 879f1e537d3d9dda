"""Where people come with their links: the one place that writes down what they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from reaper.errors import Gone, Overtaken, Temporary
from reaper.lifecycle import NotAway, NotNow, NotRenewed, Renewed, give_back, go_away, keep_after_all, renew
from reaper.links import Signer
from reaper.model import IdleThing, Judged, Resource, State, Tenant, Unfinished
from reaper.operations.admin_renewal import renew_beyond_rules
from reaper.operations.answers import Changed, Done, Stranger, UnknownLink
from reaper.operations.inventory_cache import LastSeen
from reaper.operations.view import View, owns_something, view_of
from reaper.ports import Clock, Ledger

#: How often a renewal reads again when somebody else wrote first.
ATTEMPTS = 5
Answer = TypeVar("Answer")


class SelfService:
    """Where people come with their links, programs with a tenant's id, and admins with its name.

    `standing` fills in what today's policies say about a tenant; `losses` lists what it owns, None when unreadable;
    `idle` reads the record of these tenants' idle things.
    All methods raise Temporary when the ledger does not answer, or when others kept changing the tenant: then nothing
    was written. Nothing is ever half done; whether a renewal took effect before the connection was lost is told by
    looking again, and asking again with `seen` spends no second one.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        signer: Signer,
        standing: Callable[[Tenant], Judged],
        losses: Callable[[Tenant], Sequence[Resource] | None],
        idle: Callable[[Sequence[Tenant]], Sequence[IdleThing]],
    ) -> None:
        self.clock = clock
        self._ledger = ledger
        self._signer = signer
        self._standing = standing
        self._owned = LastSeen(losses, clock)
        self._idle = idle

    def look(self, token: str) -> View | Stranger:
        """Show what the link is about. Changes nothing."""
        tenant = self._named_by(token)
        return tenant if isinstance(tenant, Stranger) else self.show(tenant)

    def show(self, tenant: Tenant) -> View:
        """Show one tenant as the ledger has it, and ask the cloud what is in it. Changes nothing."""
        losses = self._owned.of(tenant) if owns_something(tenant) else ()
        return view_of(self._standing(tenant), self.clock.now(), losses, self._idle([tenant]))

    def show_ledger(self, tenants: Sequence[Tenant]) -> list[View]:
        """Show tenants as the ledger has them, without asking the cloud what is in them. Changes nothing."""
        idle: defaultdict[str, list[IdleThing]] = defaultdict(list)
        for thing in self._idle(tenants):
            idle[thing.tenant_id].append(thing)
        return [view_of(self._standing(tenant), self.clock.now(), (), idle[tenant.id]) for tenant in tenants]

    def renew(self, token: str, by: str, seen: int | None = None) -> Done | NotRenewed | Stranger:
        """Renew the lease that the link names.

        `seen` is how many renewals the page showed when the button was pressed: a second click on the same page finds
        one more and is told what the first one gave, instead of spending another.
        """
        return self._by_link(token, lambda tenant: self._renew(tenant, by, seen))

    def away(self, token: str, until: datetime, by: str) -> Changed | NotAway | Stranger:
        """Let the lease that the link names wait for its people."""
        return self._by_link(token, lambda tenant: self._wait(tenant, until, by))

    def give_back(self, token: str, by: str) -> Changed | NotNow | Stranger:
        """Let the next sweep suspend the project that the link names, because its people are done with it."""
        return self._by_link(token, lambda tenant: self._give_back(tenant, by))

    def keep(self, token: str, by: str) -> Changed | NotNow | Stranger:
        """Undo what giving back has done."""
        return self._by_link(token, lambda tenant: self._keep(tenant, by))

    def renew_named(self, tenant_id: str, by: str, seen: int | None = None) -> Done | NotRenewed:
        """Renew on behalf of a program, by the same rules as a link. Raises Gone: no such tenant."""
        return self._by_id(tenant_id, lambda tenant: self._renew(tenant, by, seen))

    def away_named(self, tenant_id: str, until: datetime, by: str) -> Changed | NotAway:
        """Let a lease wait on behalf of a program, by the same rules as a link. Raises Gone: no such tenant."""
        return self._by_id(tenant_id, lambda tenant: self._wait(tenant, until, by))

    def renew_tenant(self, tenant_id: str, by: str, *, beyond_rules: bool = False) -> Done | NotRenewed:
        """Renew on behalf of an admin; `beyond_rules` lifts the lease's own limits as far as this one renewal needs.

        Raises:
            Gone: no such tenant.
        """
        rules = renew_beyond_rules if beyond_rules else renew
        return self._by_id(tenant_id, lambda tenant: self._renewed(rules(tenant, self.clock.now(), by)))

    # ------------------------------------------------------------------ finding whose lease it is

    def _by_link(self, token: str, do: Callable[[Judged], Answer]) -> Answer | Stranger:
        def attempt() -> Answer | Stranger:
            tenant = self._named_by(token)
            return tenant if isinstance(tenant, Stranger) else do(tenant)

        return _insist(attempt)

    def _by_id(self, tenant_id: str, do: Callable[[Judged], Answer]) -> Answer:
        return _insist(lambda: do(self._standing(self._ledger.tenant(tenant_id))))

    def _named_by(self, token: str) -> Judged | Stranger:
        named = self._signer.read(token)
        if named is None:
            return Stranger(UnknownLink.FOREIGN)
        tenant_id, lease_id = named
        try:
            tenant = self._ledger.tenant(tenant_id)
        except Gone:
            return Stranger(UnknownLink.REPLACED)
        return self._standing(tenant) if tenant.lease.id == lease_id else Stranger(UnknownLink.REPLACED)

    # ------------------------------------------------------------------ one attempt each

    def _renew(self, tenant: Judged, by: str, seen: int | None) -> Done | NotRenewed:
        if seen is not None and tenant.lease.renewals > seen and tenant.state is State.ACTIVE:
            return _already(tenant)
        return self._renewed(renew(tenant, self.clock.now(), by))

    def _wait(self, tenant: Judged, until: datetime, by: str) -> Changed | NotAway:
        answer = go_away(tenant, until, self.clock.now(), by)
        return answer if isinstance(answer, NotAway) else Changed(self._ledger.record(answer.change))

    def _give_back(self, tenant: Judged, by: str) -> Changed | NotNow:
        answer = give_back(tenant, self.clock.now(), by)
        return answer if isinstance(answer, NotNow) else Changed(self._ledger.record(answer.change))

    def _keep(self, tenant: Judged, by: str) -> Changed | NotNow:
        answer = keep_after_all(tenant, self.clock.now(), by)
        if isinstance(answer, NotNow):
            return answer
        return Changed(self._ledger.record(answer.change), answer.restores)

    def _renewed(self, answer: Renewed | NotRenewed) -> Done | NotRenewed:
        """Write a renewal down, with its letter, before anybody is told of it."""
        if isinstance(answer, NotRenewed):
            return answer
        return Done(self._ledger.record(answer.change), answer.expires_at, answer.left, answer.restores)


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
