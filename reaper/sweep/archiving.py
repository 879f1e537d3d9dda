"""The archive in a tenant's reclaim: nothing begins before it is whole, a person may consent, its end is kept to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.errors import Gone, ReaperError, Unusable, Withheld
from reaper.execute import Pools
from reaper.execute.archive import Archiver, for_good, named
from reaper.model import Archive, ArchiveState, Event, ServerArchive, State, Tenant
from reaper.ports import Archives, Ledger
from reaper.sweep.asking import SOON, Asking
from reaper.sweep.mild import quarantine

#: How the reason of a quarantine begins that a person's consent ends.
HELD = "the archive is not whole"
WAITING = "waiting for the archive"


@dataclass(frozen=True)
class Archiving:
    """Keeps reclaims waiting for their archives. Without a record of archives nobody who is promised one is touched."""

    asking: Asking
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
        quarantine(tenant, reason, self.asking.ledger, self.asking.clock.now())
        self.asking.tally.add("quarantined", tenant, reason)
        return None

    def _archiver(self, tenant: Tenant) -> Archiver:
        if self.archives is None:
            raise Withheld("its servers are to be archived, and there is no record of archives to do it with")
        return Archiver(
            self.asking.clouds[tenant.cloud], self.archives, self.pools, self.asking.clock, self.asking.facts
        )

    def _wait(self, tenant: Tenant, text: str) -> None:
        """Look again soon; said in the history when there is something new to say."""
        now = self.asking.clock.now()
        later = replace(tenant, retry_at=now + SOON, next_due_at=now + SOON, blocker=text)
        self.asking.ledger.record(later, [] if tenant.blocker == text else [Event(now, "archiving", text)])
        self.asking.tally.add("archiving", tenant, text)

    def _whole(self, tenant: Tenant, kept: Sequence[ServerArchive]) -> Tenant:
        since = tenant.reclaiming_at
        history = self.asking.ledger.history(tenant.id)
        if any(event.what == "archived" and since is not None and event.at >= since for event in history):
            return tenant
        text = f"{len(kept)} servers are kept as images" if kept else "there was no server to be kept as an image"
        free = replace(tenant, blocker=None, retry_at=None)
        return self.asking.ledger.record(free, [Event(self.asking.clock.now(), "archived", text)])

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
        until, kept, lost = self.asking.clock.now() + tenant.lease.terms.archive_kept, 0, 0
        for row in self.archives.of(tenant.id):
            if row.begun_at != tenant.reclaiming_at or row.state is not ArchiveState.KEPT:
                continue
            now = replace(row, kept_until=until)
            try:
                self.asking.clouds[tenant.cloud].prolong_archive(now)
            except Gone as gone:
                now, lost = replace(row, state=ArchiveState.GONE, why=str(gone)), lost + 1
            except ReaperError as error:
                now, kept = replace(now, why=f"the date could not be written into it: {error}"), kept + 1
            else:
                kept += 1
            self.archives.change(now)
        said = f"; {kept} servers are kept as images until {until:%Y-%m-%d %H:%M} UTC" if kept else ""
        return f"{said}; {lost} of their images were removed by somebody else" if lost else said


def consent_to_loss(tenant: Tenant, reason: str, by: str, ledger: Ledger, archives: Archives, now: datetime) -> str:
    """Let a reclaim go on without the images that could not be made; returns which servers that are.

    It is a person's word about just these servers, in just this reclaim: whatever fails later is held again.

    Raises:
        Unusable: the tenant does not wait for such a word.
        Overtaken: somebody else changed it.
    """
    if tenant.state is not State.QUARANTINED or not (tenant.quarantine_reason or "").startswith(HELD):
        raise Unusable(f"{tenant.full_name} does not wait for a consent: {HELD!r} is not why it stands still")
    rows = [row for row in archives.of(tenant.id) if row.begun_at == tenant.reclaiming_at]
    covered = {row.server for row in rows if row.covers}
    lost = {row.server: row for row in rows if row.server not in covered and for_good(row)}
    for row in lost.values():
        archives.change(replace(row, consented_by=by))
    text = named(lost.values())
    goes_on = replace(
        tenant, state=State.RECLAIMING, quarantined_from=None, quarantine_reason=None, failures=0, blocker=None
    )
    event = Event(now, "consented", f"{reason}; it may go without the image of {text}", by)
    ledger.record(replace(goes_on, retry_at=None, next_due_at=now), [event])
    return text
