"""A database that was put back from a backup is noticed by a file outside it, and takes nothing until a person says so.

What a backup has forgotten is what counts most: renewals that people were told have succeeded, holds, a pause.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from reaper.gates import Limits, closed_gates
from reaper.lifecycle.transitions import hold
from reaper.model import Event, EventKind, Hold, Lease, Tenant, Terms
from reaper.paths import share
from reaper.store import open_store

NOW = datetime(2031, 5, 3, 7, 13, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = Terms("trial", 31 * DAY, (7 * DAY, DAY), DAY, 13 * DAY, 3, 97 * DAY, 8 * DAY, 6 * DAY, 9 * DAY)


class Machine:
    """A database and the folder its mark lies in."""

    def __init__(self, folder):
        self.file, self.mark, self.copy = folder / "reaper.db", folder / "ledger.mark", folder / "backup.db"
        self.ledger = self._open().ledger

    def _open(self):
        self.store = open_store(f"sqlite:///{self.file}", share("migrations"), create=True, mark=self.mark)
        return self.store

    def back_up(self):
        with closing(sqlite3.connect(self.file)) as there, closing(sqlite3.connect(self.copy)) as here:
            there.backup(here)

    def put_back(self):
        self.store.close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.copy, self.file)
        self.ledger = self._open().ledger

    def shut(self):
        gates = closed_gates(self.ledger.gate_inputs(NOW), (), NOW, Limits())
        return [gate for gate in gates if gate.name == "ledger"]


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    tenant = Tenant("t-17", "sim", "p-17", "trial-17", Lease("l-17", NOW, NOW + TERMS.lasts, TERMS))
    made.ledger.enrol([tenant], Event(NOW, EventKind.OBSERVED, "first seen"))
    made.ledger.beat(NOW)
    yield made
    made.store.close()


def test_a_ledger_in_use_is_never_behind(machine):
    for minute in range(5):
        machine.ledger.beat(NOW + timedelta(minutes=minute))
        assert machine.shut() == []
    machine.back_up()
    machine.put_back()
    assert machine.shut() == []  # nothing was promised since


@pytest.mark.parametrize(
    "promise",
    [
        lambda m: m.ledger.record(hold(m.ledger.tenant("t-17"), Hold(NOW + DAY, "a talk", "ada"), "until then", NOW)),
        lambda m: m.ledger.pause("ada: moving house", NOW),
        lambda m: m.ledger.beat(NOW + DAY),
    ],
    ids=["what a person was told is done", "a pause", "a sweep"],
)
def test_a_backup_from_before_a_promise_closes_the_gate(machine, promise):
    machine.back_up()
    promise(machine)
    machine.put_back()
    (gate,) = machine.shut()
    assert "older than what was promised" in gate.why
    assert "reaper db restored" in gate.why


def test_going_on_with_a_restored_ledger_does_not_make_it_current(machine):
    """The daemon goes on writing; were tokens counted, it would soon have caught up with what it has forgotten."""
    machine.back_up()
    machine.ledger.beat(NOW + DAY)
    machine.put_back()
    for day in range(2, 9):
        machine.ledger.beat(NOW + day * DAY)
    assert len(machine.shut()) == 1


def test_a_new_database_in_the_place_of_the_old_one_is_noticed_too(machine):
    machine.store.close()
    machine.file.unlink()
    machine.ledger = machine._open().ledger
    assert len(machine.shut()) == 1


def test_a_persons_word_opens_the_gate_for_good(machine):
    machine.back_up()
    machine.ledger.beat(NOW + DAY)
    machine.put_back()
    machine.ledger.adopt(NOW + 2 * DAY)
    assert machine.shut() == []
    machine.ledger.beat(NOW + 3 * DAY)
    assert machine.shut() == []


def test_a_crash_between_database_and_file_is_no_sign_of_a_backup(machine):
    before = machine.mark.read_text()
    machine.ledger.beat(NOW + DAY)
    machine.mark.write_text(before)  # as if the file had not been written any more
    assert machine.shut() == []
    machine.ledger.beat(NOW + 2 * DAY)
    assert machine.shut() == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"chain": "x", "token": "y", "at": "never"}', "\x00"])
def test_a_mark_that_cannot_be_read_is_a_doubt(machine, text):
    machine.mark.write_text(text)
    (gate,) = machine.shut()
    assert "cannot be read" in gate.why


def test_a_mark_that_cannot_be_written_closes_the_gate_and_spoils_no_promise(machine, tmp_path):
    machine.mark.unlink()
    machine.mark.mkdir()  # so that no file can be put in its place, not even by root
    (machine.mark / "inside").touch()
    machine.ledger.pause("ada: moving house", NOW)
    assert machine.ledger.paused()
    assert len(machine.shut()) == 1


def test_two_machines_keep_marks_of_their_own(machine, tmp_path):
    other = open_store(f"sqlite:///{machine.file}", share("migrations"), mark=tmp_path / "other.mark")
    try:
        for minute in range(3):
            machine.ledger.beat(NOW + timedelta(minutes=minute))
            other.ledger.beat(NOW + timedelta(minutes=minute, seconds=30))
        assert machine.shut() == []
        assert other.ledger.gate_inputs(NOW).behind is None
        assert (
            json.loads(machine.mark.read_text())["chain"] != json.loads((tmp_path / "other.mark").read_text())["chain"]
        )
    finally:
        other.close()
