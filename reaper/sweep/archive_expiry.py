"""The end of archives: images whose time is over are deleted, one by one, each by its own record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from reaper.errors import Gone, Overtaken, ReaperError, Temporary
from reaper.execute import Facts
from reaper.judge import Known, Permit, Refusal, Step, may
from reaper.lifecycle.transitions import tell
from reaper.model import ArchiveState, Event, EventKind, Resource, ServerArchive, Tenant
from reaper.ports import Archives, Clock, Cloud, Ledger
from reaper.sweep.tally import Tally

#: So many at most in one pass: a mistake in a date must not cost everybody's archive at once.
AT_MOST = 50
#: So many are looked at: those that a person or a policy spares must not hide the ones behind them.
LOOKED_AT = 1000
#: What was refused is asked again after so long.
REFUSED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class ArchiveExpiry:
    """Removes images of archives, and nothing else."""

    ledger: Ledger
    archives: Archives
    clouds: Mapping[str, Cloud]
    facts: Facts
    clock: Clock
    tally: Tally

    def let_go(self, shut: Collection[str | None]) -> None:
        """Delete what is over, but on clouds where a gate is closed (None: everywhere), and while Reaper is paused."""
        if None in shut:
            return
        gone = 0
        for archive in self.archives.over(self.clock.now(), LOOKED_AT):
            if gone >= AT_MOST or self.clock.stopped or self.ledger.paused():
                return
            try:
                gone += self._let_one_go(archive, shut)
            except Overtaken:
                continue  # it is gone; only the line in the history is not written
            except Temporary:
                continue  # the next pass asks again
            except ReaperError as error:
                self._not_now(archive, error)

    def _let_one_go(self, archive: ServerArchive, shut: Collection[str | None]) -> bool:
        """Delete one image, if nothing speaks against it; returns whether it was asked to go."""
        tenant = self.ledger.tenant(archive.tenant_id)
        if tenant.cloud in shut or tenant.cloud not in self.clouds:
            return False
        cloud, now = self.clouds[tenant.cloud], self.clock.now()
        self.facts.look([tenant])
        if isinstance(self._judge(tenant, archive, None), Refusal):
            return False
        image = cloud.archive_image(archive)
        if image is None:
            self.archives.change(replace(archive, state=ArchiveState.GONE, why="it was not there any more"))
            return False
        known = replace(archive, image_id=image.id)
        if known != archive:
            self.archives.change(known)  # written down before it is asked to go
        permit = self._judge(tenant, known, image.id)
        if isinstance(permit, Refusal):
            return False
        with suppress(Gone):
            cloud.delete_archive(known, permit)
        self.archives.change(replace(known, state=ArchiveState.GONE, why="its time was over"))
        text = f"the image of server {archive.server_name or archive.server_id} was deleted: its time was over"
        self.ledger.record(tell(self.ledger.tenant(tenant.id), Event(now, EventKind.ARCHIVE_OVER, text)))
        self.tally.add("archives_over", tenant, text)
        return True

    def _judge(self, tenant: Tenant, archive: ServerArchive, image_id: str | None) -> Permit | Refusal:
        """Judge the end of an archive: no person, policy, gate or reclaim under way wants it left as it is."""
        now = self.clock.now()
        due = Known(archive.state is not ArchiveState.GONE and archive.kept_until <= now, "the archive's row", now)
        image = Resource("image", archive.region, image_id or "", archive.server_name, None)
        return may(Step.DELETE_ARCHIVE, replace(self.facts.of(tenant), thing=image, due=due), now)

    def _not_now(self, archive: ServerArchive, error: ReaperError) -> None:
        """Write down why it stays, and ask again after a day: somebody may have made use of it."""
        now = self.clock.now()
        self.archives.change(replace(archive, kept_until=now + REFUSED_FOR, why=str(error)))
        tenant = self.ledger.tenant(archive.tenant_id)
        text = f"the image of server {archive.server_name or archive.server_id} stays: {error}"
        self.tally.add("failed", tenant, text)
        if archive.why != str(error):
            self.ledger.record(tell(tenant, Event(now, EventKind.ARCHIVE_STAYS, text)))
