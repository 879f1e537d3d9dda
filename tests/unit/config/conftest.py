"""A folder with a configuration file, and an environment that says nothing."""

import os

import pytest

from reaper import config

LEAST = "[DEFAULT]\nclouds = mycloud\nprotect = admin, service\n"


@pytest.fixture(autouse=True)
def silent_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def configured(tmp_path):
    """Return what writes a file with these further lines and loads it."""

    def load(more="", least=LEAST):
        file = tmp_path / "reaper.conf"
        file.write_text(least + more, encoding="utf-8")
        return config.load([str(file)])

    return load
