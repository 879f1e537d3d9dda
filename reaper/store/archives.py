"""The record of archives: a row for each image that was asked for, written before it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, insert, select, update

from reaper.model import ArchiveState, ServerArchive
from reaper.store.engine import Database
from reaper.store.rows import NO_MOMENT, RowReader
from reaper.store.tables import archives

#: Stands for an end that cannot be read.
NEVER = datetime.max.replace(tzinfo=UTC)
#: What may change once a row stands.
_CHANGING = ("state", "image_id", "size", "why", "consented_by", "kept_until")
#: In these states there is, or may be, an image that is ours to remove.
_WITH_IMAGE = (ArchiveState.ASKED, ArchiveState.KEPT, ArchiveState.FAILED)


@dataclass(frozen=True)
class SqlArchives:
    """The rows of archives; see `reaper.ports.Archives`. Every method is one transaction."""

    database: Database

    def add(self, archive: ServerArchive) -> None:
        """Write down what is about to be asked. Raises Overtaken when the same attempt stands there already."""
        with self.database.writing() as connection:
            connection.execute(insert(archives), [{**vars(archive)}])

    def change(self, archive: ServerArchive) -> None:
        """Write what became of it."""
        values = {name: getattr(archive, name) for name in _CHANGING}
        with self.database.writing() as connection:
            connection.execute(update(archives).where(archives.c.id == archive.id).values(values))

    def of(self, tenant_id: str) -> list[ServerArchive]:
        """Return all of a tenant, oldest first."""
        return self._read(archives.c.tenant_id == tenant_id, None)

    def over(self, now: datetime, limit: int) -> list[ServerArchive]:
        """Return those whose time is over and whose image may still be there.

        A moment that cannot be read is never over: what is not known is kept.
        """
        return self._read(and_(archives.c.kept_until <= now, archives.c.state.in_(_WITH_IMAGE)), limit)

    def _read(self, wanted: ColumnElement[bool], limit: int | None) -> list[ServerArchive]:
        ordered = select(archives).where(wanted).order_by(archives.c.kept_until, archives.c.asked_at, archives.c.id)
        with self.database.reading() as connection:
            return [_archive(row) for row in connection.execute(ordered.limit(limit)).mappings()]


def _archive(row: RowMapping) -> ServerArchive:
    """Make an archive of a row. What cannot be read is taken for what lets the least happen."""
    read = RowReader().turn_to("archives", row)
    texts: Mapping[str, Any] = {
        name: row[name] for name in ("id", "tenant_id", "project_id", "lease_id", "region", "server_id", "server_name")
    }
    return ServerArchive(
        **texts,
        begun_at=read.required("begun_at", NO_MOMENT),
        asked_at=read.required("asked_at", NO_MOMENT),
        kept_until=read.required("kept_until", NEVER),
        attempt=read.required("attempt", 1),
        state=read.word("state", ArchiveState, ArchiveState.FAILED),
        image_id=read.optional("image_id", str),
        size=read.optional("size", int),
        why=read.required("why", ""),
        consented_by=read.optional("consented_by", str),
    )
