"""The archive in a tenant's reclaim: nothing begins before it is whole, a person may consent, its end is kept to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from reaper.errors import Gone, ReaperError, Withheld
from reaper.execute import Pools
from reaper.execute.archive import Archiver, named
from reaper.lifecycle.transitions import archived, postpone
from reaper.model import Archive, ArchiveState, EventKind, QuarantineCause, ServerArchive, Tenant
from reaper.ports import Archives
from reaper.sweep.step_context import SOON, StepContext

#: How the history says why it stands still, or waits.
HELD = "the archive is not whole"
WAITING = "waiting for the archive"


@dataclass(frozen=True)
class Archiving:
    """Keeps reclaims waiting for their archives. Without a record of archives nobody who is promised one is touched."""

    context: StepContext
    archives: Archives | None
    pools: Pools

    def ready(self, tenant: Tenant) -> Tenant | None:
        """Return the tenant when every server of it may go; None when that is not so, which is recorded.

        Raises:
            Temporary: its servers or images cannot be read just now.
        """
        if tenant.lease.terms.archive is Archive.NONE:
            return tenant
        archiver = self._archiver(tenant)
        progress = archiver.advance(tenant)
        if progress.done:
            return self._whole(tenant, progress.kept)
        if progress.under_way:
            self._wait(tenant, f"{WAITING}: {len(progress.kept)} images ready, {len(progress.under_way)} under way")
            return None
        reason = f"{HELD}: {named(progress.failed)}; `reaper tenant consent` lets it go without, `release` begins anew"
        self.context.quarantine(tenant, QuarantineCause.ARCHIVE, reason)
        return None

    def _archiver(self, tenant: Tenant) -> Archiver:
        if self.archives is None:
            raise Withheld("its servers are to be archived, and there is no record of archives to do it with")
        context = self.context
        return Archiver(context.clouds[tenant.cloud], self.archives, self.pools, context.clock, context.facts)

    def _wait(self, tenant: Tenant, text: str) -> None:
        """Look again soon; said in the history when there is something new to say."""
        now = self.context.clock.now()
        self.context.ledger.record(postpone(tenant, text, now + SOON, now, EventKind.ARCHIVING))
        self.context.tally.add("archiving", tenant, text)

    def _whole(self, tenant: Tenant, kept: Sequence[ServerArchive]) -> Tenant:
        if tenant.archived_at is not None:
            return tenant
        text = f"{len(kept)} servers are kept as images" if kept else "there was no server to be kept as an image"
        return self.context.ledger.record(archived(tenant, text, self.context.clock.now()))

    def covered(self, tenants: Sequence[Tenant]) -> Mapping[str, Collection[tuple[str, str]]]:
        """Return by project that is promised an archive which servers may go."""
        promised = [tenant for tenant in tenants if tenant.lease.terms.archive is not Archive.NONE]
        return {
            tenant.project_id: {row.server for row in self._archiver(tenant).rows(tenant) if row.covers}
            for tenant in promised
        }

    def seal(self, tenant: Tenant) -> str:
        """Count the time of the images from now, when everything else is gone; returns what the history says of it.

        The ledger's date is the one that counts. The image's own is written for people to read, as well as may be.
        """
        if self.archives is None:
            return ""
        until, kept, lost = self.context.clock.now() + tenant.lease.terms.archive_kept, 0, 0
        for row in self.archives.of(tenant.id):
            if row.begun_at != tenant.reclaiming_at or row.state is not ArchiveState.KEPT:
                continue
            now = replace(row, kept_until=until)
            try:
                self.context.clouds[tenant.cloud].prolong_archive(now)
            except Gone as gone:
                now, lost = replace(row, state=ArchiveState.GONE, why=str(gone)), lost + 1
            except ReaperError as error:
                now, kept = replace(now, why=f"the date could not be written into it: {error}"), kept + 1
            else:
                kept += 1
            self.archives.change(now)
        said = f"; {kept} servers are kept as images until {until:%Y-%m-%d %H:%M} UTC" if kept else ""
        return f"{said}; {lost} of their images were removed by somebody else" if lost else said
