"""An operator puts yesterday's database back: what people were told since holds until all were told anew."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import requests
from click.testing import CliRunner

from reaper.cli import reaper
from reaper.model import State
from tests.acceptance.stage import DAY


def back_up(stage):
    database, copy = stage.folder / "reaper.db", stage.folder / "backup.db"
    with closing(sqlite3.connect(database)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here)


def put_back(stage):
    """Put the file back while nobody has it open; the pool of connections opens it anew."""
    stage.app.store.database.engine.dispose()
    for suffix in ("-wal", "-shm"):
        (stage.folder / f"reaper.db{suffix}").unlink(missing_ok=True)
    shutil.copy(stage.folder / "backup.db", stage.folder / "reaper.db")


def say(stage, *words):
    answer = CliRunner().invoke(reaper, ["--config-file", str(stage.folder / "reaper.conf"), *words, "-f", "json"])
    return answer.exit_code, json.loads(answer.stdout)


def test_a_renewal_that_the_restored_ledger_has_forgotten_costs_nobody_anything(stage):
    made = stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(30)
    back_up(stage)
    # Given a renewal that was confirmed after the backup was taken
    link = stage.boxes.of("trial-a")[-1].link
    assert requests.post(f"{link}/renew", timeout=20).status_code == 200
    before = stage.sim.inventory(made.project_id)
    put_back(stage)
    # When the old end of the lease comes
    for said in stage.live(9):
        assert said["gates"] == ["ledger"]
    (tenant,) = stage.app.store.ledger.tenants()
    # Then nothing is taken, and a person's word begins everything afresh
    assert tenant.state is State.ACTIVE
    assert stage.sim.inventory(made.project_id) == before
    letters = len(stage.boxes.of("trial-a"))
    code, said = say(stage, "db", "restored", "--reason", "the disk was full")
    assert (code, said) == (0, {"begun_again": 1})
    (first, *_) = stage.live(1)
    assert first["gates"] == []
    assert len(stage.boxes.of("trial-a")) > letters
    assert next(iter(stage.app.store.ledger.tenants())).state is State.ACTIVE
    assert stage.sim.inventory(made.project_id) == before
    history = [event.text for event in stage.app.store.ledger.history(tenant.id)]
    assert any("the disk was full" in text for text in history)
    stage.clock.advance(2 * DAY)
    stage.live(2)
    assert next(iter(stage.app.store.ledger.tenants())).state is State.SUSPENDED  # after a full new notice
