"""What is wrong outside is said in one sentence, with exit code 2 or a named gate; never a traceback, never a step."""

from __future__ import annotations

import json
import resource
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from reaper.model import Change, Enforce, Event, LetterKind, Queued, State
from reaper.paths import share
from reaper.simulator import Simulator
from reaper.store import open_store
from tests.acceptance.command import Done, run_alone, run_here
from tests.acceptance.stage import POLICY, free_port

UNUSABLE = 2
NEEDS_A_PERSON = 1


class Installation:
    """Settings, policies and clouds.yaml in a folder, and a cloud with a tenant whose time is over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sim = Simulator(pace=0.0).start()
        self.tenant = self.sim.seed.tenant("trial-due")
        self.write("policies/trial.yaml", yaml.safe_dump(POLICY))
        self.write("clouds.yaml", yaml.safe_dump(self.sim.clouds_yaml("sim")))
        self.settings = {
            "DEFAULT": {"policies_dir": f"{folder}/policies", "clouds": "sim", "protect": "admin"},
            "database": {"connection": f"sqlite:///{folder}/reaper.db"},
            "mail": {"host": "127.0.0.1", "port": str(free_port())},
            "web": {"listen": "127.0.0.1:0", "secret_file": f"{folder}/secret"},
            "limits": {"timeout": "5s", "percent_per_pass": "100"},
        }

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file of the installation."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def say(self, *words: str, before=None, alone=False, **environment: str) -> Done:
        """Run one command; the settings are written afresh. `before` and `alone` want a process of its own."""
        lines = [
            f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in said.items()) for group, said in self.settings.items()
        ]
        self.write("reaper.conf", "\n".join(lines))
        arguments = ["--config-file", str(self.folder / "reaper.conf"), *words]
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.folder / "clouds.yaml"), **environment}
        return run_alone(arguments, environment, before) if before or alone else run_here(arguments, environment)

    def make_due(self) -> None:
        """Let the tenant's suspension be over by the ledger, with every letter accepted long enough ago."""
        assert self.say("sweep", "-f", "json").returncode in (0, NEEDS_A_PERSON)
        store = open_store(self.settings["database"]["connection"], share("migrations"))
        (tenant,) = store.ledger.tenants()
        now = datetime.now(UTC)  # noqa: TID251 - the command runs by the machine's clock
        lease = replace(tenant.lease, started_at=now - timedelta(days=40), expires_at=now - timedelta(days=9))
        late = replace(
            tenant,
            lease=lease,
            state=State.SUSPENDED,
            suspended_at=now - timedelta(days=8),
            decided_under=Enforce.RECLAIM,
            next_due_at=now - timedelta(days=1),
        )
        for letter in iter(lambda: store.outbox.claim(now + timedelta(days=1), timedelta(1)), None):
            store.outbox.superseded(letter, now, "it is about another time")
        late = replace(late, version=store.ledger.tenant(tenant.id).version)
        queued = [Queued(LetterKind.SUSPENDED)]
        store.ledger.record(Change(late, [Event(now - timedelta(days=8), "suspended", "for a test")], queued))
        letter = store.outbox.claim(now, timedelta(minutes=5))
        store.outbox.accepted(letter, now - timedelta(days=7), None, ["ada@example.org"])
        store.close()
        self.sim.cloud.identity["projects"][self.tenant.project_id]["enabled"] = False


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path)
    yield made
    made.sim.stop()


def complains(done, *parts: str) -> None:
    """One clear sentence on standard error, nothing of Python's."""
    everything = done.stdout + done.stderr
    assert "Traceback" not in everything
    assert done.returncode == UNUSABLE, everything
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for part in parts:
        assert part in lines[0], done.stderr


BAD_POLICIES = {
    "no YAML": ("policy: [trial\n", ["trial.yaml:"]),
    "bytes": (b"\xff\xfe\x00\x01", ["trial.yaml:", "UTF-8"]),
    "unknown key": (yaml.safe_dump({**POLICY, "enforced": "reclaim"}), ["trial.yaml:", "enforced", "enforce"]),
    "wrong duration": (
        yaml.safe_dump({**POLICY, "lease": {"lasts": "a month"}}),
        ["trial.yaml:", "lease.lasts", "a month"],
    ),
    "empty": ("", ["trial.yaml:", "empty"]),
}


@pytest.mark.parametrize(("text", "parts"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_an_unusable_policy_is_named_with_its_place(installation, text, parts):
    installation.write("policies/trial.yaml", text)
    complains(installation.say("sweep"), *parts)
    assert installation.sim.writes() == []


def test_the_daemon_does_not_start_with_an_unusable_policy(installation):
    installation.write("policies/trial.yaml", "policy: trial")
    complains(installation.say("run", alone=True), "trial.yaml:")


def test_a_policy_that_cannot_be_opened_is_named(installation):
    (installation.folder / "policies" / "trial.yaml").unlink()
    (installation.folder / "policies" / "trial.yaml").symlink_to(installation.folder / "nowhere.yaml")
    complains(installation.say("sweep"), "trial.yaml")


def test_a_folder_without_policies_is_named(installation):
    (installation.folder / "policies" / "trial.yaml").unlink()
    complains(installation.say("sweep"), "policies")


def test_a_cloud_that_clouds_yaml_does_not_know_is_named(installation):
    installation.settings["DEFAULT"]["clouds"] = "atlantis"
    complains(installation.say("sweep"), "atlantis", "clouds.yaml")


def test_settings_that_name_nothing_to_protect_are_refused(installation):
    installation.settings["DEFAULT"]["protect"] = ""
    complains(installation.say("sweep"), "protect")


def test_an_unknown_setting_is_named(installation):
    installation.settings["sweep"] = {"sweep_evry": "1m"}
    complains(installation.say("sweep"), "sweep_evry")


def test_settings_that_do_not_exist_are_named(tmp_path):
    command = ["--config-file", str(tmp_path / "none.conf"), "sweep"]
    done = run_alone(command, {})
    complains(done, "none.conf")


def test_a_database_that_is_none_is_named(installation):
    installation.write("reaper.db", b"this is no database, but a letter to a friend" * 100)
    complains(installation.say("sweep"), "reaper.db")


# ---------------------------------------------------------------- what goes away while it runs


def troubled(done) -> dict:
    """A pass that ended with a person wanted; returns what it came to."""
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == NEEDS_A_PERSON, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_wrong_password_closes_the_gate_of_the_inventory(installation):
    installation.make_due()
    clouds = installation.sim.clouds_yaml("sim")
    clouds["clouds"]["sim"]["auth"]["password"] = "wrong"
    installation.write("clouds.yaml", yaml.safe_dump(clouds))
    done = installation.say("sweep", "-f", "json")
    assert "inventory" in troubled(done)["gates"]
    assert "sim" in str(troubled(done)["troubles"])
    assert installation.sim.writes() == []


def test_a_cloud_that_is_down_closes_the_gate_of_the_inventory(installation):
    installation.make_due()
    installation.sim.stop()
    found = troubled(installation.say("sweep", "-f", "json"))
    assert "inventory" in found["gates"]
    assert found["reclaimed"] == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"service": "identity", "status": 503},
        {"service": "identity", "path_regex": "/projects", "truncate": True},
        {"service": "identity", "path_regex": r"/projects(\?|$)", "empty": True},
        {"service": "identity", "path_regex": "role_assignments", "empty": True},
        {"service": "identity", "status": 200, "body": "<html>Welcome to nginx</html>"},
    ],
    ids=["503", "truncated", "no projects", "no roles", "a web page"],
)
def test_what_keystone_does_not_tell_whole_leads_to_no_step(installation, fault):
    installation.make_due()
    installation.sim.faults.add(method="GET", **fault)
    assert "inventory" in troubled(installation.say("sweep", "-f", "json"))["gates"]
    assert installation.sim.writes() == []


def test_a_list_of_servers_that_is_wrongly_empty_leads_to_no_delete(installation):
    installation.make_due()
    remembered = json.dumps(
        [
            {"region": "RegionOne", "id": one, "name": "vm", "was_running": True, "was_locked": False}
            for one in installation.tenant.servers
        ]
    )
    store = open_store(installation.settings["database"]["connection"], share("migrations"))
    with store.database.writing() as connection:
        connection.exec_driver_sql("update tenants set memory = ?", (remembered,))
    store.close()
    installation.sim.faults.add(service="compute", method="GET", path_regex="servers/detail", empty=True)
    done = installation.say("sweep", "-f", "json")
    assert "Traceback" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["held"] == 1
    assert [call for call in installation.sim.writes() if call.method == "DELETE"] == []


def test_without_a_mail_server_letters_wait_and_it_is_said(installation):
    done = installation.say("sweep", "-f", "json")
    assert "Traceback" not in done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["letters"]["accepted"] == 0
    assert found["troubles"]
    assert installation.sim.writes() == []


def test_a_full_disk_is_one_sentence_and_no_step(installation):
    installation.make_due()

    def no_more_space() -> None:
        """Not even one page fits, as on a full disk; files that are there can be read."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    # Somebody else has the database open, so that the file its users share is there already.
    with closing(sqlite3.connect(installation.folder / "reaper.db")) as open_elsewhere:
        open_elsewhere.execute("select 1 from tenants").fetchall()
        done = installation.say("sweep", "-f", "json", before=no_more_space)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode in (NEEDS_A_PERSON, UNUSABLE)
    assert "reaper.db" in done.stderr + done.stdout
    assert installation.sim.writes() == []
