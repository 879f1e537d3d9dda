"""The database: ledger, outbox and journal on SQLAlchemy, and its schema on Alembic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from reaper.errors import Unusable
from reaper.store.archives import SqlArchives
from reaper.store.engine import PATIENCE, Database, open_database
from reaper.store.high_water import HighWaterMark
from reaper.store.idle import SqlIdleThings
from reaper.store.journal import SqlJournal
from reaper.store.ledger import SqlLedger
from reaper.store.migrate import bring_to_head, head, is_current, not_current, revision, revision_of, upgrade
from reaper.store.outbox import SqlOutbox

__all__ = [
    "Database",
    "SqlArchives",
    "SqlIdleThings",
    "SqlJournal",
    "SqlLedger",
    "SqlOutbox",
    "Store",
    "is_current",
    "open_store",
    "revision",
    "upgrade",
]


@dataclass(frozen=True)
class Store:
    """An open database; safe for threads."""

    ledger: SqlLedger
    outbox: SqlOutbox
    journal: SqlJournal
    database: Database

    @property
    def archives(self) -> SqlArchives:
        """The record of servers kept as images."""
        return SqlArchives(self.database)

    @property
    def idle(self) -> SqlIdleThings:
        """The record of idle things."""
        return SqlIdleThings(self.database, self.ledger.mail_domain)

    def close(self) -> None:
        """Give all connections back."""
        self.database.close()


def open_store(
    connection: str,
    migrations: Path,
    *,
    mail_domain: str = "reaper.localhost",
    claimer: str = "",
    create: bool = False,
    patience: timedelta = PATIENCE,
    mark: Path | None = None,
) -> Store:
    """Open a database that has the schema of this release.

    Args:
        connection: An SQLAlchemy URL; SQLite, PostgreSQL or MariaDB.
        migrations: The folder of migrations as shipped.
        mail_domain: What stands behind the @ in the Message-IDs of letters.
        claimer: The name of this process, under which it claims letters.
        create: Whether a database in which nothing was ever made is given the schema.
        patience: How long a writer waits for another before it gives up for now.
        mark: The file of the high-water mark, by which a backup that was put back is noticed; None keeps none.

    Raises:
        Unusable: the URL, its driver, the file, or a schema that is not this release's.
        Temporary: the server is away, the disk full, the database locked.
    """
    newest = head(migrations)
    database = open_database(connection, creating=create, patience=patience)
    try:
        _check_schema(database, migrations, newest, create=create)
    except BaseException:
        database.close()
        raise
    return Store(
        SqlLedger(database, newest, mail_domain, HighWaterMark(database, mark) if mark is not None else None),
        SqlOutbox(database, claimer, mail_domain),
        SqlJournal(database),
        database,
    )


def _check_schema(database: Database, migrations: Path, newest: str, *, create: bool) -> None:
    with database.reading() as connection:
        found = revision_of(connection)
    if found is None and create:
        found = bring_to_head(database, migrations, only_if_empty=True)
    if found is None:
        raise Unusable(f"database {database.where}: it has no ledger in it yet; run: reaper db upgrade")
    if found != newest:
        raise Unusable(f"database {database.where}: {not_current(migrations, found)}")
