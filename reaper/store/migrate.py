"""Bringing a database to the schema of this release, and telling whether it is there.

Alembic is imported where something has to be migrated or explained: to see that all is well, which every command does,
the names in the files and one row of the database are enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, func, inspect, select, table

from reaper.errors import Temporary, Unusable
from reaper.store.engine import Database, open_database

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 7_273_697
_NAMED = re.compile(r"^(revision|down_revision)\b[^=\n]*= *(?:\"(\w+)\"|'(\w+)'|None) *$", re.MULTILINE)
_WAIT = 60


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
    heads = _heads_by_name(migrations)
    if len(heads) == 1:
        return heads.pop()
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        newest = ScriptDirectory.from_config(configuration(migrations)).get_current_head()
    except CommandError as error:
        raise Unusable(f"the migrations in {migrations} cannot be read: {error}; install Reaper again") from error
    if newest is None:
        raise Unusable(f"there are no migrations in {migrations}; install Reaper again")
    return newest


def _heads_by_name(migrations: Path) -> set[str]:
    """Read from the files which revisions no other one goes on from; a file that says nothing plainly gives none."""
    made, gone_on_from = set(), set()
    for path in (migrations / "versions").glob("*.py"):
        try:
            said = {key: first or second for key, first, second in _NAMED.findall(path.read_text("utf-8"))}
        except (OSError, UnicodeDecodeError):
            return set()
        if said.keys() != {"revision", "down_revision"} or not said["revision"]:
            return set()
        made.add(said["revision"])
        gone_on_from.add(said["down_revision"])
    return made - gone_on_from


def revision_of(connection: Connection) -> str | None:
    """Return the revision a database has, over an open connection."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    versions = select(column("version_num", String)).select_from(table("alembic_version"))
    rows = connection.scalars(versions).all()
    if len(rows) == 1:
        return str(rows[0])
    from alembic.migration import MigrationContext  # noqa: PLC0415 - none, or more than there can be: it says what is wrong

    return MigrationContext.configure(connection).get_current_revision()


def bring_to_head(database: Database, migrations: Path, *, only_if_empty: bool = False) -> str | None:
    """Run every migration that is missing, in one transaction where the database can; one process at a time.

    With `only_if_empty` a database in which something was made already is left as it is.

    Returns:
        The revision that the database has now.
    """
    newest = head(migrations)
    with database.writing() as connection, _alone(connection, database.where):
        made_in = revision_of(connection) == newest or (only_if_empty and inspect(connection).get_table_names())
        if not made_in:
            _run(database, migrations, connection)
        return revision_of(connection)


def _run(database: Database, migrations: Path, connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(configuration(migrations, connection), "head")
    except CommandError as error:
        found = revision_of(connection)
        raise Unusable(f"database {database.where}: {not_current(migrations, found)}") from error


@contextmanager
def _alone(connection: Connection, where: str) -> Iterator[None]:
    """Keep other processes from upgrading; on SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if connection.dialect.name != "mysql":
        yield
        return
    # MariaDB ends its transaction with every change of the schema: only a lock of the session lasts.
    if not connection.scalar(select(func.get_lock(f"reaper-{_LOCK}", _WAIT))):
        raise Temporary(f"database {where}: another process has been upgrading it for {_WAIT} seconds; try again later")
    try:
        yield
    finally:
        connection.execute(select(func.release_lock(f"reaper-{_LOCK}")))


def not_current(migrations: Path, found: str | None) -> str:
    """Say what to do about a database whose revision is not the newest."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    newest = head(migrations)
    known = {script.revision for script in ScriptDirectory.from_config(configuration(migrations)).walk_revisions()}
    if found in known:
        return f"revision {found} is older than {newest}; run: reaper db upgrade"
    return f"revision {found} is not known to this release (newest: {newest}); run the newer Reaper that wrote it"


def configuration(migrations: Path, connection: Connection | None = None) -> Config:
    """Build what Alembic would read from an alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
