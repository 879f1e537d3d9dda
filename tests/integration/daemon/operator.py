"""The real `reaper run` in a process of its own; cloud and mail server tell of each call."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import yaml
from aiosmtpd.smtp import SMTP

from reaper.mail.listener import Listener
from reaper.simulator import Simulator
from reaper.simulator.calls import Calls, RecordedCall
from tests.integration.daemon.nursery import Fledgling

ROOT = Path(__file__).resolve().parents[3]
POLICY = {
    "policy": "trial",
    "match": {"names": ["trial-*"]},
    "enforce": "reclaim",
    "lease": {"lasts": "6s", "warn_before": ["3s"], "notice": "1s"},
    "renewal": {"by": "5s", "times": 2, "at_most": "60s"},
    "suspension": {"lasts": "2s"},
}
#: How long anything may take on a machine that is busy with other things.
PATIENCE = 120.0


@dataclass
class Happenings:
    """What cloud, mail server and log have told, for whoever waits; at the n-th of a kind something can be done."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    counts: dict[str, int] = field(default_factory=dict)
    deeds: dict[tuple[str, int], Callable[[], None]] = field(default_factory=dict)

    def tell(self, what: str) -> None:
        """Count one, do what was asked for at this one, wake up who waits."""
        with self.changed:
            self.counts[what] = self.counts.get(what, 0) + 1
            deed = self.deeds.pop((what, self.counts[what]), None)
            self.changed.notify_all()
        if deed is not None:
            deed()

    def at_the_next(self, what: str, nth: int, deed: Callable[[], None]) -> None:
        """Do something at the n-th of these from now."""
        with self.changed:
            self.deeds[what, self.counts.get(what, 0) + nth] = deed

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something told makes it true."""
        with self.changed:
            self.changed.wait_for(lambda: holds() or self.counts.get("end"), PATIENCE)
            assert holds(), f"waited in vain for {what}: {self.counts}"


class Watched(Calls):
    """The simulator's calls; each write is told before it is answered."""

    def __init__(self, happenings: Happenings) -> None:
        super().__init__()
        self._happenings = happenings

    def append(self, call: RecordedCall) -> None:
        """Keep it and tell."""
        super().append(call)
        if call.writes:
            self._happenings.tell("write")


class Mailbox:
    """Everybody's mailbox. A letter is told when it is there, before the server has said yes."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings
        self.letters: list[tuple[str, str]] = []  # (Message-ID, address)
        self.links: dict[str, str] = {}

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd chose the name
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.letters += [(message["Message-ID"], address) for address in envelope.rcpt_tos]
        self._happenings.tell("letter")
        return "250 taken"


def free_port() -> int:
    """Find a port that nobody listens on: the mail server wants to be told its own."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Operator:
    """Starts and stops the daemon; everything it needs lies in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.happenings = Happenings()
        self.sim = Simulator(pace=0.05)
        self.sim.calls = self.sim._front.calls = Watched(self.happenings)
        self.sim.start()
        self.mailbox = Mailbox(self.happenings)
        self.post = Listener("127.0.0.1:0", lambda: SMTP(self.mailbox, enable_SMTPUTF8=True))
        self.post.start()
        self.log: list[dict] = []
        self.daemon: subprocess.Popen[str] | Fledgling | None = None
        self._reading: threading.Thread | None = None
        (folder / "policies").mkdir()
        self.write_policy(POLICY)
        (folder / "clouds.yaml").write_text(yaml.safe_dump(self.sim.clouds_yaml("sim")))
        self.settings = folder / "reaper.conf"
        self.settings.write_text(self._settings())

    def _settings(self) -> str:
        return f"""[DEFAULT]
policies_dir = {self.folder}/policies
clouds = sim
protect = admin
[database]
connection = sqlite:///{self.folder}/reaper.db
[mail]
host = 127.0.0.1
port = {self.post.port}
admins = ops@cloud.example
daily_digest = false
[web]
listen = 127.0.0.1:0
secret_file = {self.folder}/secret
[sweep]
observe_every = 1s
sweep_every = 1s
deliver_every = 1s
[limits]
percent_per_pass = 100
[logs]
format = json
"""

    def write_policy(self, content: dict | str) -> None:
        """Write the one policy, right or wrong."""
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        (self.folder / "policies" / "trial.yaml").write_text(text)

    def run(self, *, alone: bool = False) -> None:
        """Start the daemon, forked or (`alone`) with an interpreter of its own."""
        self.happenings.counts.pop("end", None)
        arguments = ["--config-file", str(self.settings), "run"]
        environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(self.folder / "clouds.yaml")}
        if alone:
            command = [sys.executable, "-c", "from reaper.cli import main; main()", *arguments]
            self.daemon = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        else:
            self.daemon = Fledgling(arguments, environment)
        self._reading = threading.Thread(target=self._read, args=(self.daemon,), daemon=True)
        self._reading.start()

    def _read(self, daemon: subprocess.Popen[str] | Fledgling) -> None:
        for line in daemon.stderr:
            said = json.loads(line) if line.startswith("{") else {"action": "other", "event": line}
            self.log.append(said)
            self.happenings.tell(f"log {said.get('action')}")
        self.happenings.tell("end")

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something told made it true; in vain it says how the tenants stand."""
        try:
            self.happenings.wait_for(holds, what)
        except AssertionError as error:
            stand = self.rows("select name, state, unfinished, failures, blocker, next_due_at from tenants")
            raise AssertionError(f"{error}; {stand}; {self.complaints()}") from error

    def complaints(self) -> str:
        """Return what it said that is no line of the log."""
        return "".join(line["event"] for line in self.log if line["action"] == "other")

    def signal(self, number: int) -> None:
        """Send the daemon a signal."""
        self.daemon.send_signal(number)

    def kill_at_the_next(self, what: str, nth: int) -> None:
        """Let the daemon die at the n-th write or letter from now, in the middle of it."""
        self.happenings.at_the_next(what, nth, self.daemon.kill)

    def ended(self) -> int:
        """Wait for the end of the daemon and return its exit code."""
        code = self.daemon.wait(PATIENCE)
        self._reading.join(PATIENCE)
        self.daemon.stderr.close()
        return code

    def rows(self, sql: str) -> list[tuple]:
        """Ask the database file itself."""
        with closing(sqlite3.connect(f"file:{self.folder}/reaper.db?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def states(self) -> set[str]:
        """Return the states there are."""
        return {state for (state,) in self.rows("select distinct state from tenants")}

    def close(self) -> None:
        """Stop everything."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGKILL)
            self.ended()
        self.post.stop()
        self.sim.stop()
