"""A post office with a ledger in a file."""

import pytest

from reaper.clock import HandClock
from reaper.mail import LetterRenderer
from reaper.paths import share
from reaper.store import open_store
from tests.unit.deliver.office import NOW, PostOffice


@pytest.fixture
def office(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'reaper.db'}", share("migrations"), create=True)
    yield PostOffice(store, HandClock(NOW), renderer=LetterRenderer(share("notify")))
    store.close()
