"""What is wrong with a database is one sentence that says what, where and what would be right; never a password."""

import os
import subprocess
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as engine_events
from sqlalchemy import make_url, text

from reaper.errors import Permanent, ReaperError, Temporary, Unusable
from reaper.model import Change, Event
from reaper.store import open_store, upgrade

SECRET = "hunter2"
INSTANT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("connection", "error", "says"),
    [
        ("", Unusable, "is not an SQLAlchemy URL such as sqlite:////var/lib"),
        (f"{SECRET}@host", Unusable, "is not an SQLAlchemy URL"),
        (f"postgresql://reaper:{SECRET}@127.0.0.1:port/reaper", Unusable, "is not an SQLAlchemy URL"),
        ("sqlite://", Unusable, "SQLite needs a file"),
        ("sqlite:///:memory:", Unusable, "SQLite needs a file"),
        ("sqlite:////nowhere/at/all/reaper.db", Unusable, "there is no folder /nowhere/at/all"),
        ("sqlite:////proc/reaper.db", Unusable, "/proc/reaper.db: it cannot be made"),
        (f"oracle://reaper:{SECRET}@127.0.0.1/reaper", Unusable, "'oracle' is not supported"),
        (
            f"postgresql+pg8000://reaper:{SECRET}@127.0.0.1/reaper",
            Unusable,
            "pip install 'openstack-reaper.postgresql.'",
        ),
        (f"mysql+nothing://reaper:{SECRET}@127.0.0.1/reaper", Unusable, "there is no driver 'mysql.nothing'"),
        (f"mysql://reaper:{SECRET}@127.0.0.1:1/reaper?bogus=1", Unusable, "cannot be opened with these options"),
        (f"postgresql://reaper:{SECRET}@127.0.0.1:1/reaper?bogus=1", Unusable, "check the options behind the ?"),
        (
            f"postgresql://reaper:{SECRET}@127.0.0.1:1/reaper",
            Temporary,
            "reaper at 127.0.0.1:1 .PostgreSQL.: .*refused",
        ),
        (f"mariadb://reaper:{SECRET}@127.0.0.1:1/reaper", Temporary, "reaper at 127.0.0.1:1 .MariaDB.: .*refused"),
    ],
)
def test_a_connection_that_cannot_work_is_explained_without_its_password(connection, error, says, migrations):
    with pytest.raises(error, match=says.replace("?", r"\?")) as caught:
        open_store(connection, migrations, create=True)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_the_file_is_named(tmp_path, migrations):
    with pytest.raises(Unusable, match="must be a file that Reaper's user can read and write"):
        open_store(f"sqlite:///{tmp_path}", migrations)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path, migrations):
    tmp_path.chmod(0o500)
    with pytest.raises(Unusable, match="must be writable"):
        open_store(f"sqlite:///{tmp_path}/reaper.db", migrations, create=True)


def test_a_missing_file_is_not_made_by_looking_for_it(tmp_path, migrations):
    with pytest.raises(Unusable, match="does not exist yet; run: reaper db upgrade"):
        open_store(f"sqlite:///{tmp_path}/reaper.db", migrations)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_nobody_elses_business(tmp_path, migrations):
    upgrade(f"sqlite:///{tmp_path}/reaper.db", migrations)
    assert (tmp_path / "reaper.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, migrations):
    file = tmp_path / "reaper.db"
    file.write_text("Dear diary, " * 99)
    for attempt in (open_store, upgrade):
        with pytest.raises(Unusable, match="file is not a database; restore it from a backup"):
            attempt(f"sqlite:///{file}", migrations)
    assert file.read_text() == "Dear diary, " * 99


def test_a_torn_file_is_told_apart_from_an_empty_one(sqlite_store, tenant_named, moment):
    sqlite_store.ledger.enrol([tenant_named(str(n)) for n in range(200)], Event(moment, "observed", "x" * 999))
    with sqlite_store.database.reading() as reader:
        reader.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    file = sqlite_store.database.where
    sqlite_store.close()
    with Path(file).open("r+b") as torn:
        torn.seek(4096)
        torn.write(b"\xa5" * 40_960)
    with pytest.raises(Unusable, match="restore it from a backup"):
        list(sqlite_store.ledger.tenants())


def test_a_full_disk_loses_nothing_that_was_written_and_writes_nothing_half(sqlite_store, tenant_named, moment):
    ledger, database = sqlite_store.ledger, sqlite_store.database
    ledger.enrol([tenant_named("lagoon")], Event(moment, "observed", ""))
    tenant = ledger.tenant("id-lagoon")

    def keep_small(connection, _entry):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    database.close()
    engine_events.listen(database.engine, "connect", keep_small)
    with pytest.raises(Temporary, match="database or disk is full; free some space"):
        ledger.record(Change(replace(tenant, blocker="x" * 9999), [Event(moment, "said", "y" * 15_000)] * 9))
    assert ledger.tenant("id-lagoon") == tenant
    assert len(ledger.history("id-lagoon")) == 1
    database.close()
    engine_events.remove(database.engine, "connect", keep_small)
    ledger.record(Change(replace(tenant, blocker="x" * 9999), [Event(moment, "said", "y" * 15_000)] * 9))
    assert len(ledger.history("id-lagoon")) == 10


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_stops_an_upgrade_with_one_sentence(tmp_path, migrations):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "reaper", tmp_path], check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        with pytest.raises((Temporary, Unusable), match=r"reaper\.db: .*(full|disk)"):
            upgrade(f"sqlite:///{tmp_path}/reaper.db", migrations)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_lock_that_is_held_too_long_is_a_matter_of_time(sqlite_store, migrations, moment):
    url = f"sqlite:///{sqlite_store.database.where}"
    hasty = open_store(url, migrations, patience=INSTANT)
    with sqlite_store.database.writing():
        with pytest.raises(Temporary, match="database is locked; somebody else holds it"):
            hasty.ledger.beat(moment)
        assert hasty.ledger.gate_inputs(moment).beat_at is None  # who reads does not wait
    hasty.ledger.beat(moment)
    hasty.close()


def test_two_processes_that_read_and_then_write_wait_for_each_other(sqlite_store, migrations, tenant_named, moment):
    # Where both begin by reading, SQLite refuses one of them at once, however patient it is.
    other = open_store(f"sqlite:///{sqlite_store.database.where}", migrations)
    start = threading.Barrier(2)
    counts = []

    def enrol(store, mine):
        start.wait()
        counts.append(
            sum(store.ledger.enrol([tenant_named(f"{mine}-{n}")], Event(moment, "observed", "")) for n in range(20))
        )

    writers = [threading.Thread(target=enrol, args=pair) for pair in ((sqlite_store, "a"), (other, "b"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    other.close()
    assert counts == [20, 20]


def test_tables_that_are_missing_ask_for_an_upgrade(connection, migrations, moment):
    store = open_store(connection, migrations, create=True)
    with store.database.writing() as writer:
        writer.execute(text("DROP TABLE facts"))
    with pytest.raises(Unusable, match="run: reaper db upgrade"):
        store.ledger.beat(moment)
    store.close()


def test_a_database_that_does_not_exist_on_its_server_is_named(store, migrations):
    url = make_url(store.database.engine.url)
    if url.get_backend_name() == "sqlite":
        pytest.skip("a file, see above")
    wrong = url.set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(Unusable, match=r"nowhere at .*check user, password and database name"):
        open_store(wrong, migrations)


def test_what_does_not_fit_is_refused_and_never_cut(store, tenant_named, moment):
    if store.database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps every length")
    with pytest.raises(Permanent, match="please report it"):
        store.ledger.enrol([tenant_named("x" * 99)], Event(moment, "observed", ""))
    assert list(store.ledger.tenants()) == []


def test_a_connection_that_broke_is_made_anew(store, enrolled):
    if store.database.engine.dialect.name == "sqlite":
        pytest.skip("nothing lies between Reaper and a file")
    tenant = enrolled()
    with store.database.reading() as reader:
        kept_in_the_pool = reader.connection.dbapi_connection
    kept_in_the_pool.close()
    assert store.ledger.tenant(tenant.id) == tenant


def test_every_complaint_is_one_of_ours(sqlite_store):
    with pytest.raises(ReaperError, match="please report it"), sqlite_store.database.reading() as reader:
        reader.execute(text("SELEKT"))
