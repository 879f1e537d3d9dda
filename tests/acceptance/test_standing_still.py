"""Whoever runs it is told when anything stands still: by /healthz, /readyz, metrics, the log and the exit code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import requests
from structlog.testing import capture_logs

from reaper.app import Daemon, person_needed_for
from reaper.lifecycle.transitions import quarantine
from reaper.model import QuarantineCause
from tests.acceptance.stage import DAY, START

UNIT = Path(__file__).resolve().parents[2] / "etc" / "reaper.service"


@pytest.fixture
def ask(stage):
    def at(path):
        answer = requests.get(f"http://127.0.0.1:{stage.page.port}/{path}", timeout=30)
        return answer.status_code, answer.json()

    return at


def why(answer):
    code, told = answer
    assert (code, told["ok"]) == (503, False)
    return " | ".join(told["why"])


def test_all_is_well_while_passes_end(stage, ask):
    stage.sim.seed.tenant("trial-a", servers=0)
    assert "no pass has ended well yet" in why(ask("readyz"))
    assert ask("healthz")[0] == 200
    stage.live(1)
    code, told = ask("readyz")
    assert (code, told["why"]) == (200, [])
    assert list(told["last_complete_census"]) == ["sim"]
    assert ask("healthz") == (200, {"ok": True, "why": [], "last_sweep": (START + DAY).isoformat()})


def test_ten_days_without_a_sweep_are_told(stage, ask):
    stage.live(1)
    stage.clock.advance(DAY * 10)
    assert "observe: no pass has ended for 10 days" in why(ask("healthz"))
    told = why(ask("readyz"))
    for verb in ("observe", "sweep", "deliver"):
        assert f"{verb}: the last good pass ended 10 days" in told
    metrics = requests.get(f"http://127.0.0.1:{stage.page.port}/metrics", timeout=30).text
    assert 'reaper_pass_age_seconds{verb="sweep"} 864000.0' in metrics


def test_a_cloud_that_cannot_be_read_is_told_and_the_process_lives(stage, ask):
    stage.live(1)
    stage.sim.faults.add(service="identity", status=401, body="<h1>sign in</h1>")
    stage.live(1)
    assert "inventory (sim)" in why(ask("readyz"))
    assert ask("healthz")[0] == 200
    stage.sim.faults.clear()
    stage.live(1)
    assert ask("readyz")[0] == 200


def test_mail_that_is_put_off_for_long_is_told(stage, ask):
    stage.sim.seed.tenant("trial-a", servers=0)
    stage.mail_goes_away()
    stage.live(1, at_once=DAY / 4)
    assert "mail: " in why(ask("readyz"))
    assert any(one.startswith("mail: ") for one in person_needed_for(stage.app, stage.app.status()))
    stage.mail_comes_back()


def test_a_database_that_cannot_be_written_is_told(stage, ask):
    stage.live(1)
    assert ask("readyz")[0] == 200
    with closing(sqlite3.connect(stage.folder / "reaper.db", isolation_level=None)) as other:
        for kind in ("insert", "update"):
            other.execute(f"create trigger {kind}s before {kind} on facts begin select raise(abort, 'disk full'); end")
        stage.clock.advance(DAY / 96)
        assert "database: " in why(ask("readyz"))
        assert ask("healthz")[0] == 200
        for kind in ("insert", "update"):
            other.execute(f"drop trigger {kind}s")
    assert ask("readyz")[0] == 200


def test_a_gate_that_stays_closed_is_a_line_once_and_then_once_a_day(stage):
    daemon = Daemon(stage.app)
    stage.live(1)
    stage.app.store.ledger.pause("ada: a drill", stage.clock.now())
    with capture_logs() as lines:
        for _ in range(8):
            stage.clock.advance(DAY / 4)
            daemon._sweep()
    assert [line["gate"] for line in lines if line["action"] == "gate_closed"].count("pause") == 2


def test_a_person_is_needed_for_what_nobody_else_mends_and_for_nothing_when_all_is_well(stage):
    stage.sim.seed.tenant("trial-a", servers=1)
    assert person_needed_for(stage.app, stage.app.status()) == []
    stage.live(1)
    assert person_needed_for(stage.app, stage.app.status()) == []
    stage.app.store.ledger.pause("ada: a drill", stage.clock.now())
    assert person_needed_for(stage.app, stage.app.status()) == []  # whoever paused knows
    stage.sim.faults.add(service="identity", status=503)
    stage.live(1)
    assert any("closed gate: inventory (sim)" in one for one in person_needed_for(stage.app, stage.app.status()))
    stage.sim.faults.clear()
    stage.live(1)
    tenant = stage.tenant("trial-a")
    stage.app.store.ledger.record(quarantine(tenant, QuarantineCause.FAILED, "three failures", stage.clock.now()))
    assert any("1 quarantined" in one for one in person_needed_for(stage.app, stage.app.status()))
    stage.clock.advance(DAY)
    assert any("does the daemon run?" in one for one in person_needed_for(stage.app, stage.app.status()))


def test_the_unit_hides_nothing_by_which_a_process_is_known_and_has_a_watchdog():
    lines = {line.strip() for line in UNIT.read_text().splitlines() if not line.startswith("#")}
    assert not [line for line in lines if line.startswith("ProcSubset=") and line != "ProcSubset=all"]
    assert any(line.startswith("WatchdogSec=") for line in lines)
