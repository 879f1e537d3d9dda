"""The schema: up, down, up, and the models equal its newest revision."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from reaper.errors import Unusable
from reaper.store import is_current, open_store, revision, upgrade
from reaper.store.engine import open_database
from reaper.store.migrate import configuration
from reaper.store.tables import metadata


@pytest.fixture
def database(connection):
    opened = open_database(connection, creating=True)
    yield opened
    opened.close()


def test_the_schema_can_be_built_removed_and_built_again(connection, database, migrations):
    upgrade(connection, migrations)
    with database.writing() as writer:
        command.downgrade(configuration(migrations, writer), "base")
    with database.reading() as reader:
        assert inspect(reader).get_table_names() == ["alembic_version"]
    assert not is_current(connection, migrations)
    upgrade(connection, migrations)
    assert is_current(connection, migrations)


def test_the_newest_revision_equals_the_models(connection, database, migrations):
    upgrade(connection, migrations)
    with database.reading() as reader:
        context = MigrationContext.configure(reader, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_of_a_current_database_changes_nothing(connection, migrations):
    upgrade(connection, migrations)
    upgrade(connection, migrations)
    assert revision(connection) == "0001"


def test_processes_that_upgrade_at_the_same_time_wait_for_each_other(connection, migrations):
    start = threading.Barrier(3)

    def open_it():
        start.wait()
        return open_store(connection, migrations, create=True)

    with ThreadPoolExecutor(3) as pool:
        stores = [future.result() for future in [pool.submit(open_it) for _ in range(3)]]
    upgrade(connection, migrations)
    for store in stores:
        store.close()
    assert is_current(connection, migrations)


def test_a_database_without_the_schema_is_not_opened(connection, database, migrations):
    with database.writing() as writer:
        writer.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    with pytest.raises(Unusable, match="reaper db upgrade"):
        open_store(connection, migrations)
    with pytest.raises(Unusable, match="reaper db upgrade"):
        open_store(connection, migrations, create=True)


def test_a_table_that_is_in_the_way_is_named(connection, database, migrations):
    with database.writing() as writer:
        writer.execute(text("CREATE TABLE letters (id INTEGER)"))
    with pytest.raises(Unusable, match=r"letters.* already exists; .*name an empty database or a backup"):
        upgrade(connection, migrations)


def test_an_empty_database_is_given_the_schema_only_when_asked(connection, database, migrations):
    with pytest.raises(Unusable, match="run: reaper db upgrade"):
        open_store(connection, migrations)
    open_store(connection, migrations, create=True).close()
    assert is_current(connection, migrations)


def test_a_database_of_a_newer_release_is_left_alone(connection, database, migrations):
    upgrade(connection, migrations)
    with database.writing() as writer:
        writer.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(Unusable, match=r"revision 0999 is not known to this release \(newest: 0001\); run the newer"):
        open_store(connection, migrations)
    with pytest.raises(Unusable, match="0999 is not known"):
        upgrade(connection, migrations)


def test_a_running_process_notices_that_its_schema_is_not_current_any_more(connection, migrations, moment):
    store = open_store(connection, migrations, create=True)
    assert store.ledger.gate_inputs(moment).at_head
    with store.database.writing() as writer:
        writer.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    assert not store.ledger.gate_inputs(moment).at_head
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind_where_the_database_can(tmp_path, migrations):
    broken = tmp_path / "migrations"
    (broken / "versions").mkdir(parents=True)
    (broken / "env.py").write_text((migrations / "env.py").read_text())
    first = (migrations / "versions" / "0001_the_first_schema.py").read_text()
    (broken / "versions" / "0001.py").write_text(first.replace("    _censuses()\n", "    op.execute('nonsense')\n"))
    url = f"sqlite:///{tmp_path}/reaper.db"
    with pytest.raises(Exception, match="nonsense"):
        upgrade(url, broken)
    database = open_database(url)
    with database.reading() as reader:
        assert inspect(reader).get_table_names() == []
    database.close()
    upgrade(url, migrations)
    assert is_current(url, migrations)


def test_a_folder_without_migrations_is_named(tmp_path):
    with pytest.raises(Unusable, match="is not the folder of migrations"):
        open_store(f"sqlite:///{tmp_path}/reaper.db", tmp_path, create=True)
