"""What an operator does on a terminal, what users do with their mail, and what independent eyes see in the cloud."""

from __future__ import annotations

import email
import json
import os
import queue
import re
import signal
import socket
import subprocess
from email.policy import default
from pathlib import Path

import requests
from aiosmtpd.smtp import SMTP

from reaper.mail.listener import Listener
from tests.openstack.lab import Lab
from tests.openstack.lab.seed import connect

POLICY = """\
policy: trial
match: {{names: ["trial-*"]}}
enforce: {enforce}
lease: {{lasts: 40s, warn_before: [20s], notice: 5s}}
renewal: {{by: {by}, times: 3, at_most: 2h, opens_before: 40s}}
suspension: {{lasts: 15s}}
"""
CONF = """\
[DEFAULT]
clouds = {cloud}
protect = admin, service
policies_dir = {folder}/policies
[database]
connection = sqlite:///{folder}/reaper.db
[mail]
host = 127.0.0.1
port = {smtp}
admins = admins@example.org
[web]
listen = 127.0.0.1:{web}
public_url = http://127.0.0.1:{web}
secret_file = {folder}/secret
[sweep]
observe_every = 5s
sweep_every = 1s
deliver_every = 1s
[limits]
percent_per_pass = 100
"""
LINK = re.compile(r"http://[^\s<>]+/lease/[\w.-]+")
#: Where each service lists what a project may own, and how it names the owner.
LISTINGS = (
    ("compute", "/servers/detail?all_tenants=1", "servers", "tenant_id"),
    ("network", "/v2.0/ports", "ports", "project_id"),
    ("network", "/v2.0/floatingips", "floatingips", "project_id"),
    ("network", "/v2.0/routers", "routers", "project_id"),
    ("network", "/v2.0/networks", "networks", "project_id"),
    ("network", "/v2.0/subnets", "subnets", "project_id"),
    ("network", "/v2.0/security-groups", "security_groups", "project_id"),
    ("block-storage", "/volumes/detail?all_tenants=1", "volumes", "os-vol-tenant-attr:tenant_id"),
    ("block-storage", "/snapshots/detail?all_tenants=1", "snapshots", "os-extended-snapshot-attributes:project_id"),
    ("network", "/v2.0/trunks", "trunks", "project_id"),
    ("network", "/v2.0/rbac-policies", "rbac_policies", "project_id"),
    ("image", "/v2/images?limit=1000", "images", "owner"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """A real SMTP server; letters are waited for, never slept for."""

    def __init__(self) -> None:
        self.letters: list[dict[str, object]] = []
        self._new: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        self._listener = Listener("127.0.0.1:0", lambda: SMTP(self, enable_SMTPUTF8=True))

    @property
    def port(self) -> int:
        return self._listener.port

    def start(self) -> None:
        self._listener.start()

    def stop(self) -> None:
        self._listener.stop()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=default)
        text = message.get_body(("plain",)).get_content()
        found = LINK.search(text)
        letter = {
            "to": tuple(envelope.rcpt_tos),
            "subject": str(message["Subject"]),
            "id": str(message["Message-ID"]),
            "auto": message["Auto-Submitted"],
            "text": text,
            "link": found.group(0) if found else None,
        }
        self.letters.append(letter)
        self._new.put(letter)
        return "250 OK"

    def wait_for(self, name: str, words: str, patience: float = 420) -> dict[str, object]:
        """Wait for a letter about this project whose subject holds these words."""
        for letter in list(self.letters):
            if name in letter["subject"] and words in letter["subject"]:
                return letter
        while True:
            letter = self._new.get(timeout=patience)
            if name in letter["subject"] and words in letter["subject"]:
                return letter


class Operator:
    """Runs the real command in processes of its own."""

    def __init__(self, lab: Lab, mailbox: Mailbox, folder: Path, python: str, cloud: str = "") -> None:
        self.lab, self.folder, self.web = lab, folder, free_port()
        (folder / "policies").mkdir()
        self.conf = folder / "reaper.conf"
        words = {"cloud": cloud or lab.cloud, "folder": folder, "smtp": mailbox.port, "web": self.web}
        self.conf.write_text(CONF.format(**words), encoding="utf-8")
        self.write_policy("reclaim")
        self._reaper = str(Path(python).with_name("reaper"))
        self._daemon: subprocess.Popen[bytes] | None = None

    def write_policy(self, enforce: str, by: str = "1h") -> None:
        (self.folder / "policies" / "trial.yaml").write_text(POLICY.format(enforce=enforce, by=by), encoding="utf-8")

    def say(self, *words: str) -> tuple[int, object]:
        """Run a command; returns its exit code and its JSON."""
        done = subprocess.run(
            [self._reaper, "--config-file", str(self.conf), *words, "-f", "json"],
            env=self._environment(),
            capture_output=True,
            check=False,
            timeout=300,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done.returncode, json.loads(done.stdout) if done.stdout.strip() else done.stderr.decode()

    def run(self) -> None:
        """Start the daemon."""
        with (self.folder / "daemon.log").open("ab") as log:
            self._daemon = subprocess.Popen(
                [self._reaper, "--config-file", str(self.conf), "run"], env=self._environment(), stderr=log, stdout=log
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._daemon is not None
        self._daemon.kill()
        self._daemon.wait()

    def stop(self) -> int:
        """End it as a service manager would; returns its exit code."""
        if self._daemon is None or self._daemon.poll() is not None:
            return 0
        self._daemon.send_signal(signal.SIGTERM)
        return self._daemon.wait(timeout=120)

    def log(self) -> str:
        return (self.folder / "daemon.log").read_text(encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "OS_CLIENT_CONFIG_FILE": str(self.lab.clouds_yaml)}


class Eyes:
    """Looks at the cloud without a line of Reaper's: every service's own list of everything, by owner."""

    def __init__(self, cloud: str, region: str | None = None) -> None:
        self._admin = connect(cloud, region)

    def everything(self) -> dict[str, dict[str, list[str]]]:
        """Return ids by owner and kind."""
        seen: dict[str, dict[str, list[str]]] = {}
        for service, path, key, owner in LISTINGS:
            for one in self._admin.get(service, path)[key]:
                seen.setdefault(one.get(owner) or "", {}).setdefault(key, []).append(one["id"])
        return {project: {key: sorted(ids) for key, ids in kinds.items()} for project, kinds in seen.items()}

    def owned_by(self, project_id: str) -> dict[str, list[str]]:
        """Return what one project owns; the `default` group that listing as its owner brings back is not counted."""
        return self.everything().get(project_id, {})

    def servers(self, project_id: str) -> dict[str, tuple[str, bool]]:
        """Return status and lock of a project's servers, by id."""
        session = self._admin.session
        answer = session.get(
            f"/servers/detail?all_tenants=1&project_id={project_id}",
            endpoint_filter={"service_type": "compute", "interface": "public", "region_name": self._admin.region},
            headers={"OpenStack-API-Version": "compute 2.73"},
        )
        return {one["id"]: (one["status"], one["locked"]) for one in answer.json()["servers"]}

    def enabled(self, project_id: str) -> bool:
        return bool(self._admin.get("identity", f"/projects/{project_id}")["project"]["enabled"])

    def act(self, server_id: str, action: str) -> None:
        self._admin.post("compute", f"/servers/{server_id}/action", {action: None})

    def wait_for_server(self, project_id: str, server_id: str, status: str) -> None:
        """Wait until a server has a status; the services' own work is what is waited for."""
        for _ in range(600):
            if self.servers(project_id)[server_id][0] == status:
                return
        raise TimeoutError(f"{server_id} never became {status}")


def press(link: str) -> requests.Response:
    """Do what a person does: open the page, press its button."""
    page = requests.get(link, timeout=60)
    assert page.ok, page.text
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen, page.text
    return requests.post(f"{link}/renew", data={"seen": seen.group(1)}, timeout=60)
