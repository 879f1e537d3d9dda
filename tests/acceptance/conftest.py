"""A cloud with everything around it."""

import pytest

from reaper.paths import share
from reaper.store import open_store
from tests.acceptance.stage import Stage


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    """A database with the schema and nothing else, made once."""
    path = tmp_path_factory.mktemp("empty") / "reaper.db"
    open_store(f"sqlite:///{path}", share("migrations"), create=True).close()
    return path
