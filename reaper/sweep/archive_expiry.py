"""The end of archives: images whose time is over are deleted, one by one, each by its own record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from reaper.errors import Gone, Overtaken, ReaperError, Temporary
from reaper.lifecycle.transitions import tell
from reaper.model import ArchiveState, Enforce, Event, EventKind, Judged, ServerArchive, State
from reaper.ports import Archives, Clock, Cloud, Ledger
from reaper.sweep.ledger_steps import Standing
from reaper.sweep.tally import Tally

#: So many at most in one pass: a mistake in a date must not cost everybody's archive at once.
AT_MOST = 50
#: So many are looked at: those that a person or a policy spares must not hide the ones behind them.
LOOKED_AT = 1000
#: What was refused is asked again after so long.
REFUSED_FOR = timedelta(days=1)
#: In these states of its tenant an image is not needed for a reclaim that goes on, or waits for a person.
AT_REST = (State.ACTIVE, State.SUSPENDED, State.RECLAIMED)


@dataclass(frozen=True)
class ArchiveExpiry:
    """Removes images of archives, and nothing else."""

    ledger: Ledger
    archives: Archives
    clouds: Mapping[str, Cloud]
    standing: Standing
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
        tenant = self.standing(self.ledger.tenant(archive.tenant_id))
        if tenant.cloud in shut or tenant.cloud not in self.clouds or self._spared(tenant):
            return False
        cloud, now = self.clouds[tenant.cloud], self.clock.now()
        image = cloud.archive_image(archive)
        if image is None:
            self.archives.change(replace(archive, state=ArchiveState.GONE, why="it was not there any more"))
            return False
        known = replace(archive, image_id=image.id)
        if known != archive:
            self.archives.change(known)  # written down before it is asked to go
        with suppress(Gone):
            cloud.delete_archive(known, now)
        self.archives.change(replace(known, state=ArchiveState.GONE, why="its time was over"))
        text = f"the image of server {archive.server_name or archive.server_id} was deleted: its time was over"
        self.ledger.record(tell(self.ledger.tenant(tenant.id), Event(now, EventKind.ARCHIVE_OVER, text)))
        self.tally.add("archives_over", tenant, text)
        return True

    def _spared(self, tenant: Judged) -> bool:
        """Whether a person, a policy or a reclaim that is not over wants the tenant left as it is."""
        held = tenant.hold is not None and self.clock.now() < tenant.hold.until
        milder = tenant.enforce is None or not tenant.enforce.reaches(Enforce.RECLAIM)
        under_way = tenant.state not in AT_REST and tenant.vanished_at is None
        return bool(held or milder or tenant.exempt or tenant.damaged or under_way)

    def _not_now(self, archive: ServerArchive, error: ReaperError) -> None:
        """Write down why it stays, and ask again after a day: somebody may have made use of it."""
        now = self.clock.now()
        self.archives.change(replace(archive, kept_until=now + REFUSED_FOR, why=str(error)))
        tenant = self.ledger.tenant(archive.tenant_id)
        text = f"the image of server {archive.server_name or archive.server_id} stays: {error}"
        self.tally.add("failed", tenant, text)
        if archive.why != str(error):
            self.ledger.record(tell(tenant, Event(now, EventKind.ARCHIVE_STAYS, text)))
