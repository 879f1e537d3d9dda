"""Throw-away databases: a file for SQLite, and a PostgreSQL and a MariaDB server that live as long as the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from reaper.model import Afterwards, Archive, Event, Hold, Lease, Person, StoppedServer, Tenant, Terms
from reaper.store import Store, open_store, upgrade
from reaper.store.tables import metadata

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
    folder = Path(tempfile.mkdtemp(prefix="reaper-db-", dir="/tmp"))
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


def run(command: list[str], how: dict) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120, **how)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    initdb, control = program("initdb", "postgresql"), program("pg_ctl", "postgresql")
    with server_folder("postgres") as (folder, how):
        cluster = str(folder / "cluster")
        run([initdb, "-D", cluster, "-U", "reaper", "-A", "trust", "-E", "UTF8", "-N"], how)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        log = str(folder / "log")
        run([control, "-D", cluster, "-w", "-l", log, "-o", options, "start"], how)
        try:
            yield f"postgresql+psycopg://reaper@/{{}}?host={folder}"
        finally:
            run([control, "-D", cluster, "-w", "-m", "immediate", "stop"], how)


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


@contextmanager
def empty_database(request, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/reaper.db"
        return
    server = request.getfixturevalue(f"{request.param}_server")
    with fresh_database(server, {"postgresql": "postgres", "mariadb": ""}[request.param]) as url:
        yield url


@pytest.fixture(params=DATABASES)
def connection(request, tmp_path) -> Iterator[str]:
    """The URL of a database in which nothing was made yet, one of each kind."""
    with empty_database(request, tmp_path) as url:
        yield url


@pytest.fixture
def migrations() -> Path:
    return MIGRATIONS


@pytest.fixture(scope="session", params=DATABASES)
def standing_store(request, tmp_path_factory) -> Iterator[Store]:
    """A store on each kind of database, which all tests use one after another."""
    with empty_database(request, tmp_path_factory.mktemp("standing")) as url:
        upgrade(url, MIGRATIONS)
        opened = open_store(url, MIGRATIONS, mail_domain="mail.example")
        yield opened
        opened.close()


@pytest.fixture
def store(standing_store) -> Iterator[Store]:
    """A store with nothing in it, on each kind of database."""
    yield standing_store
    with standing_store.database.writing() as writer:
        for table in reversed(metadata.sorted_tables):
            writer.execute(table.delete())


@pytest.fixture
def sqlite_store(tmp_path, migrations) -> Iterator[Store]:
    """A store on SQLite, for what concerns files."""
    opened = open_store(f"sqlite:///{tmp_path}/reaper.db", migrations, create=True)
    yield opened
    opened.close()


@pytest.fixture
def moment() -> datetime:
    return datetime(2031, 4, 5, 6, 7, 8, 90, tzinfo=UTC)


@pytest.fixture
def odd_terms() -> Terms:
    """Terms of which no part is a default."""
    return Terms(
        policy="Probezeit 试用",
        lasts=timedelta(days=31, microseconds=1),
        warn_before=(timedelta(days=8), timedelta(hours=5), timedelta(seconds=0.25)),
        notice=timedelta(hours=47),
        renew_by=timedelta(days=13),
        renew_times=4,
        at_most=timedelta(days=91),
        opens_before=timedelta(days=6),
        suspension_lasts=timedelta(days=5),
        orphans_wait=timedelta(days=17),
        keep=frozenset({"image", "volume"}),
        archive=Archive.SERVERS,
        afterwards=Afterwards.REOPEN,
        language="zh_CN",
        contacts=("owner",),
        away=timedelta(days=19),
    )


@pytest.fixture
def tenant_named(moment, odd_terms) -> Callable[..., Tenant]:
    """Makes a tenant that is due, with a lease of its own."""

    def make(name: str, **other) -> Tenant:
        lease = Lease(f"lease-{name}", moment, moment + odd_terms.lasts, odd_terms)
        known = {"cloud": "trystack", "project_id": f"project-{name}", "next_due_at": moment, "lease": lease}
        return Tenant(id=f"id-{name}", name=name, **(known | other))

    return make


@pytest.fixture
def enrolled(store, tenant_named, moment) -> Callable[..., Tenant]:
    """Puts a tenant into the ledger and reads it back."""

    def enrol(name: str = "lagoon", **other) -> Tenant:
        tenant = tenant_named(name, **other)
        store.ledger.enrol([tenant], Event(moment, "observed", "first seen"))
        return store.ledger.tenant(tenant.id)

    return enrol


@pytest.fixture
def full_of_everything(moment) -> dict:
    """Every field of a tenant that the ledger keeps, none of them a default."""
    return {
        "domain": "trial-领域",
        "tags": frozenset({"keep", "Ünïcode"}),
        "people": (
            Person("u1", "Ada", "ada@mail.example", frozenset({"admin", "member"}), "zh_CN", enabled=False),
            Person("u2", "Bob"),
        ),
        "hold": Hold(moment + timedelta(days=3), "thesis", "Carol"),
        "protection": "protected: immutable",
        "suspended_at": moment + timedelta(microseconds=7),
        "reclaiming_at": moment + timedelta(days=1),
        "archived_at": moment + timedelta(days=1, hours=1),
        "emptied_at": moment + timedelta(days=1, hours=2),
        "reclaimed_at": moment + timedelta(days=2),
        "vanished_at": moment + timedelta(days=4),
        "halted_at": moment + timedelta(days=3, hours=3),
        "memory": (StoppedServer("RegionOne", "s1", "web", was_running=True, was_locked=False),),
        "failures": 2,
        "blocker": "port 7 is used by router 9",
        "retry_at": moment + timedelta(minutes=1),
        "quarantine_reason": "three failures",
    }
