"""Throw-away databases: a file for SQLite, and a PostgreSQL and a MariaDB server that live as long as the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from reaper.store import Store, open_store, upgrade

MIGRATIONS = Path(__file__).parents[3] / "migrations"
DATABASES = ("sqlite", "postgresql", "mariadb")


def absent(what: str) -> None:
    """A laptop may lack a server; the machine that decides about a release may not."""
    if os.environ.get("REAPER_REQUIRE_DATABASES") == "1":
        pytest.fail(f"{what}; REAPER_REQUIRE_DATABASES=1 asks for it")
    pytest.skip(what)


def program(name: str, package: str) -> str:
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/sbin")]
    found = shutil.which(name) or next((str(p / name) for p in places if (p / name).is_file()), None)
    if found is None:
        absent(f"{name} is not installed (Debian package {package})")
        raise AssertionError
    return str(Path(found).resolve())


@contextmanager
def server_folder(*users: str) -> Iterator[tuple[Path, dict]]:
    """A folder for a server, and how to run it: these servers refuse to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="reaper-db-", dir="/tmp"))  # noqa: S108 - a socket's path must be short
    demoted = {}
    if os.geteuid() == 0:
        accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = next(accounts[name] for name in (*users, "nobody") if name in accounts)
        os.chown(folder, account.pw_uid, account.pw_gid)
        demoted = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    try:
        yield folder, demoted | {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    initdb, control = program("initdb", "postgresql"), program("pg_ctl", "postgresql")
    with server_folder("postgres") as (folder, how):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "timeout": 120}
        cluster = str(folder / "cluster")
        subprocess.run([initdb, "-D", cluster, "-U", "reaper", "-A", "trust", "-E", "UTF8", "-N"], **quiet, **how)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        log = str(folder / "log")
        subprocess.run([control, "-D", cluster, "-w", "-l", log, "-o", options, "start"], **quiet, **how)
        try:
            yield f"postgresql+psycopg://reaper@/{{}}?host={folder}"
        finally:
            subprocess.run([control, "-D", cluster, "-w", "-m", "immediate", "stop"], **quiet, **how)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    mariadbd = program("mariadbd", "mariadb-server-core")
    with server_folder("mysql") as (folder, how):
        socket, data = folder / "socket", folder / "data"
        data.mkdir()
        os.chown(data, how.get("user", -1), how.get("group", -1))
        arguments = [f"--datadir={data}", f"--socket={socket}", f"--pid-file={folder / 'pid'}", f"--tmpdir={folder}"]
        bare = ["--no-defaults", "--skip-networking", "--skip-grant-tables", "--innodb-flush-log-at-trx-commit=0"]
        small = ["--innodb-buffer-pool-size=64M", "--skip-log-bin", "--aria-log-dir-path=" + str(data)]
        server = subprocess.Popen([mariadbd, *bare, *small, *arguments], stderr=subprocess.PIPE, text=True, **how)
        try:
            said = ""
            while "ready for connections" not in said:
                line = server.stderr.readline()
                said += line
                if not line:
                    pytest.fail(f"MariaDB did not start: {said[-500:]}")
            yield f"mysql+pymysql://root@localhost/{{}}?unix_socket={socket}"
        finally:
            server.terminate()
            server.communicate(timeout=60)


@contextmanager
def fresh_database(server: str, maintenance: str) -> Iterator[str]:
    name = f"reaper_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server.format(maintenance), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield server.format(name)
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture(params=DATABASES)
def connection(request, tmp_path) -> Iterator[str]:
    """The URL of an empty database, one after another of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/reaper.db"
        return
    server = request.getfixturevalue(f"{request.param}_server")
    with fresh_database(server, {"postgresql": "postgres", "mariadb": ""}[request.param]) as url:
        yield url


@pytest.fixture
def migrations() -> Path:
    return MIGRATIONS


@pytest.fixture
def store(connection, migrations) -> Iterator[Store]:
    """A store on each kind of database."""
    upgrade(connection, migrations)
    opened = open_store(connection, migrations, mail_domain="mail.example")
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path, migrations) -> Iterator[Store]:
    """A store on SQLite, for what concerns files."""
    opened = open_store(f"sqlite:///{tmp_path}/reaper.db", migrations, create=True)
    yield opened
    opened.close()


@pytest.fixture
def moment() -> datetime:
    return datetime(2031, 4, 5, 6, 7, 8, 90, tzinfo=UTC)
