"""Keeping servers as images before anything of a tenant is deleted: asked for, waited for, and never doubled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reaper.errors import Gone, ReaperError, Temporary
from reaper.execute.judgement import Facts, has_something
from reaper.execute.listing_pass import survey
from reaper.execute.pools import Pools, Task
from reaper.execute.suspension import doubt_missing
from reaper.model import Archive, ArchiveImage, ArchiveState, Resource, ServerArchive, Tenant
from reaper.ports import Archives, Clock, Cloud

#: So often an image of one server is asked for, with at least so long in between.
ATTEMPTS, AGAIN = 3, timedelta(minutes=10)
#: A request that got no answer may have made an image all the same, which then shows up within this time.
UNHEARD = timedelta(minutes=10)
#: Copying a large disk takes hours; what takes longer will never be ready.
LONGEST = timedelta(hours=24)
#: Images that can still become active (Glance's states of an image under way).
UNDER_WAY = frozenset({"queued", "saving", "uploading", "importing"})
#: In these states Nova makes no image of a server, whatever is asked (nova compute/api.py snapshot).
NO_IMAGE_OF = frozenset({"ERROR", "SHELVED", "SHELVED_OFFLOADED", "RESCUE", "VERIFY_RESIZE"})


@dataclass(frozen=True)
class Progress:
    """How far the archive of a tenant is: it is done when nothing is under way and nothing has failed."""

    kept: tuple[ServerArchive, ...] = ()
    under_way: tuple[ServerArchive, ...] = ()
    failed: tuple[ServerArchive, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every server may go."""
        return not (self.under_way or self.failed)


@dataclass(frozen=True)
class Archiver:
    """Makes the images of one cloud's tenants. Each call of `advance` does what can be done now, and waits for nothing.

    Several may be at it: whoever writes an attempt down first asks for it.
    """

    cloud: Cloud
    archives: Archives
    pools: Pools
    clock: Clock
    facts: Facts

    def advance(self, tenant: Tenant) -> Progress:
        """Look at what was asked for, ask for what is missing; a tenant that is not to be archived is done.

        Raises:
            Temporary: the servers cannot be listed to the end, or an image cannot be looked at: nothing is known.
            Overtaken: somebody else is at it.
        """
        if tenant.lease.terms.archive is Archive.NONE:
            return Progress()
        servers = self._servers(tenant)
        wanted = {(server.region, server.id) for server in servers}
        rows = [self._looked_at(row) if row.server in wanted else row for row in self.rows(tenant)]
        for server in servers:
            if self._may_ask(server, rows):
                rows.append(self._ask(tenant, server, rows))
        latest = {row.server: row for row in rows if row.server in wanted}
        covered = {row.server for row in rows if row.covers}
        open_ones = [row for row in latest.values() if row.server not in covered]
        failed = tuple(row for row in open_ones if for_good(row))
        return Progress(
            tuple(row for row in rows if row.state is ArchiveState.KEPT),
            tuple(row for row in open_ones if row not in failed),
            failed,
        )

    def rows(self, tenant: Tenant) -> list[ServerArchive]:
        """Return what was asked for in this reclaim; what was made for an earlier one shows an older server."""
        every = self.archives.of(tenant.id)
        return sorted((row for row in every if row.begun_at == tenant.reclaiming_at), key=lambda row: row.attempt)

    def _servers(self, tenant: Tenant) -> list[Resource]:
        seen = survey(self.cloud, self.pools, [tenant.project_id], ["server"])
        if seen.doubts:
            raise Temporary(f"its servers cannot be read in full: {'; '.join(seen.doubts)}")
        servers = seen.owned_by(tenant.project_id)
        doubt_missing(tenant, servers, self.cloud, self.pools, self.facts, self.clock)
        return [server for server in servers if has_something(server)]

    def _may_ask(self, server: Resource, rows: Sequence[ServerArchive]) -> bool:
        mine = [row for row in rows if row.server == (server.region, server.id)]
        if not mine:
            return True
        last = mine[-1]
        if any(row.covers for row in mine) or last.state is ArchiveState.ASKED or for_good(last):
            return False
        return self.clock.now() >= last.asked_at + AGAIN

    def _ask(self, tenant: Tenant, server: Resource, rows: Sequence[ServerArchive]) -> ServerArchive:
        """Write it down, then ask; without a clear answer it stays as asked, and is searched for later."""
        row = self._row(tenant, server, rows)
        never = impossible(server)
        if never:
            row = replace(row, state=ArchiveState.IMPOSSIBLE, why=never)
            self.archives.add(row)
            return row
        self.archives.add(row)
        name = f"{tenant.name}-{server.name or server.id}-{row.asked_at:%Y%m%d}"
        [answer] = self.pools.run([Task("compute", lambda: self.cloud.make_archive(server, row, name))])
        if isinstance(answer, Temporary):
            return self._settled(replace(row, why=str(answer)))
        if isinstance(answer, ReaperError):
            return self._settled(replace(row, state=ArchiveState.FAILED, why=str(answer)))
        return self._settled(replace(row, image_id=answer))

    def _row(self, tenant: Tenant, server: Resource, rows: Sequence[ServerArchive]) -> ServerArchive:
        now = self.clock.now()
        return ServerArchive(
            id=uuid.uuid4().hex,
            tenant_id=tenant.id,
            project_id=tenant.project_id,
            lease_id=tenant.lease.id,
            region=server.region,
            server_id=server.id,
            server_name=server.name,
            begun_at=tenant.reclaiming_at or now,
            asked_at=now,
            kept_until=now + tenant.lease.terms.archive_kept,
            attempt=1 + sum(row.server == (server.region, server.id) for row in rows),
        )

    def _looked_at(self, row: ServerArchive) -> ServerArchive:
        """See what has become of an image; one that was ready has to be so still."""
        if row.state not in (ArchiveState.ASKED, ArchiveState.KEPT):
            return row
        [image] = self.pools.run([Task("image", lambda: self.cloud.archive_image(row))])
        if isinstance(image, ReaperError) and not isinstance(image, Gone):
            raise image if isinstance(image, Temporary) else Temporary(str(image))
        found = None if isinstance(image, ReaperError) else image
        now = judged(row, found, self.clock.now())
        return row if now == row else self._settled(now)

    def _settled(self, row: ServerArchive) -> ServerArchive:
        self.archives.change(row)
        return row


def judged(row: ServerArchive, image: ArchiveImage | None, now: datetime) -> ServerArchive:
    """Say what has become of what was asked for, given its image as it is now."""
    if image is None:
        if row.image_id is None and now < row.asked_at + UNHEARD:
            return row
        gone = "it was removed" if row.state is ArchiveState.KEPT else "the snapshot failed: there is no image any more"
        return replace(row, state=ArchiveState.FAILED, why=gone if row.image_id else f"there is no image: {row.why}")
    row = replace(row, image_id=image.id)
    if image.ready:
        return replace(row, state=ArchiveState.KEPT, size=image.size, why="")
    if image.status in UNDER_WAY and now < row.asked_at + LONGEST:
        return replace(row, state=ArchiveState.ASKED)
    said = "active and empty" if image.status == "active" else image.status or "of unknown status"
    late = f" after {LONGEST.total_seconds() / 3600:.0f} hours" if image.status in UNDER_WAY else ""
    return replace(row, state=ArchiveState.FAILED, why=f"its image is {said}{late}")


def impossible(server: Resource) -> str | None:
    """Say why no image with its disk can be had of a server.

    Of a server that boots from a volume Nova makes snapshots of its volumes and an image without data, that names
    them: they would keep Cinder from ever deleting the volumes, and end with them.
    """
    if server.facts.get("from_volume"):
        return "it boots from a volume, of which Nova makes no image with the data"
    if server.status in NO_IMAGE_OF:
        return f"it is {server.status}, of which Nova makes no image"
    return None


def for_good(row: ServerArchive) -> bool:
    """Whether only a person can help: nothing to be had, tried often enough, or left alone for too long."""
    return row.state is ArchiveState.IMPOSSIBLE or (row.state is ArchiveState.FAILED and row.attempt >= ATTEMPTS)


def named(rows: Iterable[ServerArchive]) -> str:
    """Name the servers of archives, and what stands in the way."""
    return "; ".join(f"server {row.server_name or row.server_id}{': ' + row.why if row.why else ''}" for row in rows)
