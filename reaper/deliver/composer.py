"""Drawing letters up: to whom they go, in which language, and everything that they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from reaper.deliver.drawn import Drawn
from reaper.deliver.sending_rate import SendingRate
from reaper.errors import ReaperError
from reaper.letters import (
    KNOWN,
    Imprint,
    appointment_for,
    facts_for,
    language_for,
    readers,
    recipients,
    sane_addresses,
    spec_of,
)
from reaper.model import IdleThing, Judged, Letter, Resource, Tenant
from reaper.ports import Ledger, Renderer


@dataclass(frozen=True)
class Manners:
    """The settings that letters depend on. `cloud_titles` names clouds as people know them.

    `languages` are those that there are letters in. A claim must outlast the slowest mail server's answers to one
    letter, or a second deliverer would send it too. `pace` is the same from pass to pass. `unsubscribe` is where one
    writes to get no more of what puts several things into one message.
    """

    admins: tuple[str, ...] = ()
    admins_language: str = "en"
    cloud_titles: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    imprint: Imprint = field(default_factory=Imprint)
    languages: Collection[str] = KNOWN
    claim_for: timedelta = timedelta(minutes=5)
    pace: SendingRate = field(default_factory=SendingRate)
    unsubscribe: str = ""

    @property
    def of_digests(self) -> dict[str, str]:
        """The header that only digests bear (RFC 2369). A person reads what comes of it: no machine takes anybody off.

        So there is no `List-Unsubscribe-Post` (RFC 8058) beside it, which would promise that.
        """
        where = f"<mailto:{self.unsubscribe}?subject=unsubscribe>"
        return {"List-Unsubscribe": where} if self.unsubscribe else {}


@dataclass(frozen=True)
class Drafter:
    """Knows what letters need to be drawn up; see `Deliverer` for what each of these is."""

    ledger: Ledger
    renderer: Renderer
    standing: Callable[[Tenant], Judged]
    losses: Callable[[Tenant], Sequence[Resource] | None]
    link_for: Callable[[Tenant], str]
    manners: Manners
    idle: Callable[[Letter], Sequence[IdleThing]]

    def tenant(self, letter: Letter) -> Judged:
        """Load the tenant of a letter as it stands under today's policies.

        Raises:
            Gone: it is no longer in the ledger.
        """
        return self.standing(self.ledger.tenant(letter.tenant_id))

    def to(self, tenant: Judged, letter: Letter) -> tuple[str, ...]:
        """Say who is still to be asked to take it."""
        for_admins = spec_of(letter.kind).for_admins
        return still_to_ask(letter, sane_addresses(self.manners.admins) if for_admins else recipients(tenant, letter))

    def drawn(self, tenant: Judged, letter: Letter, now: datetime) -> Drawn:
        """Gather everything that a letter says."""
        language = self._language(tenant, letter)
        facts = facts_for(
            tenant,
            letter,
            now,
            link=self.link_for(tenant),
            losses=self._losses(tenant) if spec_of(letter.kind).tells_losses else (),
            cloud_title=self.manners.cloud_titles.get(tenant.cloud, tenant.cloud),
            language=language,
            zone=self.manners.zone,
            imprint=self.manners.imprint,
            idle=self.idle(letter),
        )
        entry = appointment_for(tenant, letter, now, lambda: self.renderer.calendar(language, facts))
        return Drawn(tenant, letter, self.to(tenant, letter), language, facts, entry)

    def _language(self, tenant: Tenant, letter: Letter) -> str:
        if spec_of(letter.kind).for_admins:
            return self.manners.admins_language
        return language_for(tenant.lease.terms, readers(tenant), self.manners.languages)

    def _losses(self, tenant: Tenant) -> Sequence[Resource] | None:
        """Read what the tenant owns; a warning must not wait for a cloud that does not answer."""
        try:
            return self.losses(tenant)
        except ReaperError:
            return None


def still_to_ask(letter: Letter, addresses: Sequence[str]) -> tuple[str, ...]:
    """Leave out who has the letter and who will never take it."""
    settled = {address.casefold() for address in (*letter.recipients, *letter.lost)}
    return tuple(address for address in addresses if address.casefold() not in settled)
