"""Each command imports what it needs and nothing else: a prompt must not wait for a scheduler or for OpenStack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reaper.paths import share
from reaper.store import open_store
from tests.integration.cli.conftest import CONF, POLICY

ROOT = Path(__file__).resolve().parents[3]
WATCH = """
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps(sorted(sys.modules)), file=sys.stderr))
from reaper.cli import main
main(json.loads(sys.argv[1]))
"""
#: What only the daemon, or only a command that asks a cloud, has a use for.
OF_THE_DAEMON = {"flask", "waitress", "apscheduler", "prometheus_client", "aiosmtpd", "reaper.web", "reaper.app.serve"}
OF_CLOUDS = {"openstack", "keystoneauth1", "requests", "reaper.cloud"}
OF_THE_LEDGER = {"sqlalchemy", "alembic", "reaper.store"}
OF_THE_DEMO = {"reaper.demo", "reaper.simulator"}
EVERYTHING = OF_THE_DAEMON | OF_CLOUDS | OF_THE_LEDGER | OF_THE_DEMO | {"jinja2", "pydantic", "oslo_config", "yaml"}
AT_A_PROMPT = {"_REAPER_COMPLETE": "bash_complete", "COMP_WORDS": "reaper te", "COMP_CWORD": "1"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A ledger with nothing in it, and settings; no cloud answers."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "policies").mkdir()
    (folder / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "reaper.conf").write_text(CONF.format(folder=folder, smtp=9), encoding="utf-8")
    open_store(f"sqlite:///{folder}/reaper.db", share("migrations"), create=True).close()
    return folder


def imported_by(folder, *words, **environment):
    """Run a command; returns the modules that it has imported by its end."""
    arguments = ["--config-file", str(folder / "reaper.conf"), *words] if words and words[0][0] != "-" else [*words]
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps(arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["--version"], {}), (["--help"], {}), ([], AT_A_PROMPT)],
    ids=["version", "help", "completion"],
)
def test_what_names_commands_loads_none(installed, words, environment):
    found = imported_by(installed, *words, **environment)
    ours = {name for name in found if name.split(".")[0] == "reaper"}
    assert ours == {"reaper", "reaper.cli", "reaper.cli.lazily", "reaper.errors"}
    assert found & (EVERYTHING | {"rich"}) == set()


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["policy", "check"], OF_THE_DAEMON | OF_CLOUDS | OF_THE_LEDGER | OF_THE_DEMO | {"jinja2"}),
        (["tenant", "list"], OF_THE_DAEMON | OF_CLOUDS | OF_THE_DEMO | {"alembic"}),
        (["status"], OF_THE_DAEMON | OF_CLOUDS | OF_THE_DEMO | {"alembic"}),
        (["gate", "list"], OF_THE_DAEMON | OF_CLOUDS | OF_THE_DEMO | {"alembic"}),
        (["letter", "list"], OF_THE_DAEMON | OF_CLOUDS | OF_THE_DEMO | {"alembic"}),
    ],
    ids=["policy check", "tenant list", "status", "gate list", "letter list"],  # a set has no order to name them by
)
def test_a_command_loads_nothing_that_only_others_need(installed, words, without):
    assert imported_by(installed, *words) & without == set()
