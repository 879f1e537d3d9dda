"""A database: its engine, and transactions that either read or write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from reaper.errors import Unusable
from reaper.store.db_errors import place, translated

PATIENCE = timedelta(seconds=15)
_EXAMPLES = (
    "sqlite:////var/lib/reaper/reaper.db, postgresql+psycopg://user@host/reaper, mysql+pymysql://user@host/reaper"
)
#: What people write, and the driver that Reaper brings for it.
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mariadb"}


@dataclass(frozen=True)
class Database:
    """One database with its pool of connections; safe for threads."""

    engine: Engine
    where: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that looks at one state of things (on SQLite; elsewhere at what is committed)."""
        with translated(self.where), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: all of it, or nothing when an exception leaves the block."""
        # On SQLite the lock is taken at the start: two that read first and write later would block each other.
        writers = self.engine.execution_options(reaper_writes=True)
        with translated(self.where), writers.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_database(connection: str, *, creating: bool = False, patience: timedelta = PATIENCE) -> Database:
    """Prepare a database for use; nothing is asked of a server yet.

    Args:
        connection: An SQLAlchemy URL.
        creating: Whether an SQLite file may be made.
        patience: How long a writer waits for another.

    Raises:
        Unusable: the URL, its driver or the file of SQLite.
    """
    url = _understood(connection)
    if url.get_backend_name() == "sqlite":
        _check_file(url, creating=creating)
    try:
        engine = create_engine(url, hide_parameters=True, **_options(url, patience))
    except ImportError as error:
        raise Unusable(_no_driver(url)) from error
    event.listen(engine, "do_connect", partial(_connect, place(url)))
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return Database(engine, place(url))


def _understood(connection: str) -> URL:
    try:
        url = make_url(connection)
    except (ArgumentError, ValueError) as error:  # the text may hold a password: it is not repeated
        raise Unusable(f"[database] connection is not an SQLAlchemy URL such as {_EXAMPLES}") from error
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() not in ("sqlite", *_EXTRAS):
        raise Unusable(f"[database] connection: {url.drivername!r} is not supported; use one such as {_EXAMPLES}")
    try:
        url.get_dialect()
    except (NoSuchModuleError, ImportError) as error:
        raise Unusable(_no_driver(url)) from error
    return url


def _no_driver(url: URL) -> str:
    extra = _EXTRAS.get(url.get_backend_name())
    install = f"; install it with: pip install 'openstack-reaper[{extra}]'" if extra else ""
    return f"[database] connection: there is no driver {url.drivername!r}, use one such as {_EXAMPLES}{install}"


def _check_file(url: URL, *, creating: bool) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Unusable("[database] connection: SQLite needs a file, as in sqlite:////var/lib/reaper/reaper.db")
    file = Path(url.database)
    if not file.parent.is_dir():
        raise Unusable(f"database {file}: there is no folder {file.parent}; make it, writable for Reaper's user")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise Unusable(f"database {file}: the folder {file.parent} must be writable for Reaper's user")
    if not file.exists():
        _make(file, creating=creating)
    if not file.is_file() or not os.access(file, os.R_OK | os.W_OK):
        raise Unusable(f"database {file}: it must be a file that Reaper's user can read and write")


def _make(file: Path, *, creating: bool) -> None:
    if not creating:
        raise Unusable(f"database {file}: it does not exist yet; run: reaper db upgrade")
    try:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))  # people's addresses are nobody else's business
    except OSError as error:
        raise Unusable(f"database {file}: it cannot be made ({error.strerror}); name a place where it can") from error


def _options(url: URL, patience: timedelta) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": patience.total_seconds()}}
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_recycle": 1800, "isolation_level": "READ COMMITTED"}
    if url.get_backend_name() == "postgresql":
        return {**options, "connect_args": {"connect_timeout": 10}}
    # A server that is not strict cuts what does not fit, without a word.
    strict = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')"
    waits = f"innodb_lock_wait_timeout = {max(1, int(patience.total_seconds()))}"
    return {**options, "connect_args": {"connect_timeout": 10, "init_command": f"{strict}, SESSION {waits}"}}


def _connect(
    where: str, dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[Any], options: dict[str, Any]
) -> Any:
    """Connect; what a driver says about options it was given wrongly is none of its own errors."""
    try:
        return dialect.connect(*arguments, **options)
    except (TypeError, ValueError, RuntimeError, OSError) as error:
        raise Unusable(f"[database] connection: {where} cannot be opened with these options: {error}") from error


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own: `_begin` does
    connection.text_factory = _legible
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a letter marked as sent stays so when the power fails
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("reaper_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _legible(text: bytes) -> str:
    """Read bytes that are not UTF-8 too: one such row must not hide all the others."""
    return text.decode(errors="replace")
