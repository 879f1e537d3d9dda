"""Bringing a database to the schema of this release, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from reaper.errors import Unusable
from reaper.store.engine import Database, open_database

_ONE_AT_A_TIME = {
    "postgresql": "SELECT pg_advisory_xact_lock(7273697)",
    "mysql": "SELECT GET_LOCK('reaper-upgrade', 60)",
}


def upgrade(connection: str, migrations: Path) -> None:
    """Bring the database to the newest schema; makes an SQLite file that is not there. Changes nothing when current.

    Raises:
        Unusable: the URL, the file, the folder of migrations, or a database that a newer Reaper has written.
        Temporary: the server is away, the disk is full, somebody holds a lock.
    """
    database = open_database(connection, creating=True)
    try:
        bring_to_head(database, migrations)
    finally:
        database.close()


def is_current(connection: str, migrations: Path) -> bool:
    """Whether the database has exactly the schema of this release. Raises as `upgrade` does."""
    return revision(connection) == head(migrations)


def revision(connection: str) -> str | None:
    """Return the revision that the database has; None if nothing was ever made in it. Raises as `upgrade` does."""
    database = open_database(connection)
    try:
        with database.reading() as reader:
            return revision_of(reader)
    finally:
        database.close()


def head(migrations: Path) -> str:
    """Return the newest revision that this release knows."""
    if not (migrations / "env.py").is_file():
        raise Unusable(f"{migrations} is not the folder of migrations: it has no env.py; install Reaper again")
    try:
        newest = ScriptDirectory.from_config(configuration(migrations)).get_current_head()
    except CommandError as error:
        raise Unusable(f"the migrations in {migrations} cannot be read: {error}; install Reaper again") from error
    if newest is None:
        raise Unusable(f"there are no migrations in {migrations}; install Reaper again")
    return newest


def revision_of(connection: Connection) -> str | None:
    """Return the revision a database has, over an open connection."""
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(connection: Connection) -> bool:
    """Whether nothing at all was made in the database yet."""
    return not inspect(connection).get_table_names()


def bring_to_head(database: Database, migrations: Path) -> None:
    """Run every migration that is missing, in one transaction where the database can; one process at a time."""
    newest = head(migrations)
    with database.writing() as connection:
        lock = _ONE_AT_A_TIME.get(connection.dialect.name)
        if lock:
            connection.execute(text(lock))
        if revision_of(connection) == newest:
            return
        try:
            command.upgrade(configuration(migrations, connection), "head")
        except CommandError as error:
            found = revision_of(connection)
            raise Unusable(f"database {database.where}: {not_current(migrations, found)}") from error


def not_current(migrations: Path, found: str | None) -> str:
    """Say what to do about a database whose revision is not the newest."""
    newest = head(migrations)
    known = {script.revision for script in ScriptDirectory.from_config(configuration(migrations)).walk_revisions()}
    if found in known:
        return f"revision {found} is older than {newest}; run: reaper db upgrade"
    return f"revision {found} is not known to this release (newest: {newest}); run the newer Reaper that wrote it"


def configuration(migrations: Path, connection: Connection | None = None) -> Config:
    """Build what Alembic would read from an alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
