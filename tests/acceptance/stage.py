"""The whole Reaper as the composition root wires it: simulated cloud, real mail over SMTP, real page over HTTP."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import requests
import yaml
from aiosmtpd.smtp import SMTP

from reaper import config
from reaper.app import Daemon, Reach, build
from reaper.cloud import client
from reaper.mail.listener import Listener
from reaper.simulator import Simulator
from tests.acceptance.world import TwoClocks

START = datetime(2031, 12, 3, 9, 23, tzinfo=UTC)  # the lease runs over the end of the year
DAY = timedelta(days=1)
POLICY = {
    "policy": "trial",
    "match": {"names": ["trial-*"]},
    "enforce": "reclaim",
    "lease": {"lasts": "31d", "warn_before": ["7d", "3d", "1d"], "notice": "23h"},
    "renewal": {"by": "13d", "times": 3, "at_most": "97d", "opens_before": "8d"},
    "suspension": {"lasts": "6d"},
}


@dataclass(frozen=True)
class Mail:
    """One letter in somebody's mailbox."""

    to: tuple[str, ...]
    subject: str
    text: str
    link: str
    id: str
    entry: str = ""  # for calendars


class Mailboxes:
    """Everybody's mailbox behind a real SMTP server."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd chose the name
        message = message_from_bytes(envelope.content, policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        link = re.search(r"http://\S+/lease/[\w.-]+", text)
        name = message["Message-ID"]
        entries = [p.get_content() for p in message.iter_attachments() if p.get_content_type() == "text/calendar"]
        link, to = link[0] if link else "", tuple(envelope.rcpt_tos)
        self.mails.append(Mail(to, message["Subject"], text, link, name, "".join(entries)))
        return "250 taken"

    def of(self, name: str) -> list[Mail]:
        """Return what the first person of a project has got."""
        return [mail for mail in self.mails if f"{name}-u0@example.org" in mail.to]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Stage:
    """A cloud, its users' mailboxes, and Reaper with its page; only `live` lets time pass."""

    #: Which OpenStack it is; whether its Nova shows locks, without which ours are left alone; what no admin can see.
    release, locks, unseen = "today", True, frozenset[str]()
    #: Whether admins get their letter of each day: a third of what a day costs.
    digest = False

    def __init__(self, folder: Path, changes: dict | None = None, regions: dict[str, tuple[str, ...]] | None = None):
        """Build one cloud `sim` of one region, or several clouds by name with their regions; `sim` is the first."""
        self.folder = folder
        # No real time is spent on asking once more what a fault refuses anyway.
        self.retries, client.STATUS_RETRIES = client.STATUS_RETRIES, 0
        self.clock = TwoClocks(START)
        made = {name: self._simulator(names) for name, names in (regions or {"sim": ()}).items()}
        self.sims = made
        self.sim = next(iter(made.values()))
        self.boxes = self._mailboxes()
        self.post = self._mail_server(0)
        (folder / "policies").mkdir()
        self.write_policy({**POLICY, **(changes or {})})
        entries = {name: sim.clouds_yaml(name)["clouds"][name] for name, sim in made.items()}
        (folder / "clouds.yaml").write_text(yaml.safe_dump({"clouds": entries}))
        (folder / "reaper.conf").write_text(self._settings(free_port()))
        settings = config.load([str(folder / "reaper.conf")])
        files = [str(folder / "clouds.yaml")]
        self.app = build(settings, clock=self.clock, create=True, reach=Reach.WRITE, cloud_files=files)
        self.page = Daemon(self.app).web
        self.page.start()

    def _simulator(self, regions: tuple[str, ...]) -> Simulator:
        return Simulator(self.clock.cloud, pace=0.0, page_limit=5, regions=regions, release=self.release).start()

    def _settings(self, port: int) -> str:
        return f"""[DEFAULT]
policies_dir = {self.folder}/policies
clouds = {",".join(self.sims)}
protect = admin
[database]
connection = sqlite:///{self.folder}/reaper.db
[mail]
host = 127.0.0.1
port = {self.post.port}
sender = reaper@cloud.example
admins = ops@cloud.example
daily_digest = {str(self.digest).lower()}
[web]
listen = 127.0.0.1:{port}
public_url = http://127.0.0.1:{port}
secret_file = {self.folder}/secret
[limits]
percent_per_pass = 100
"""

    def _mail_server(self, port: int) -> Listener:
        post = Listener(f"127.0.0.1:{port}", lambda: SMTP(self.boxes, enable_SMTPUTF8=True))
        post.start()
        return post

    def _mailboxes(self) -> Mailboxes:
        return Mailboxes()

    def mail_goes_away(self) -> None:
        """Let nobody listen where the mail server was."""
        self.post.stop()

    def mail_comes_back(self) -> None:
        """Let it listen there again."""
        self.post = self._mail_server(self.post.port)

    def write_policy(self, content: dict) -> None:
        """Write the one policy."""
        (self.folder / "policies" / "trial.yaml").write_text(yaml.safe_dump(content))

    def live(self, days: int, *, at_once: timedelta = DAY) -> list[dict]:
        """Let so many days pass, with one pass of everything after each step; returns what each pass came to."""
        said = []
        for _ in range(round(days * DAY / at_once)):
            self.clock.advance(at_once)
            said.append(self.app.once())
        return said

    def press(self, link: str) -> requests.Response:
        """Open a letter's link in a browser and press the button that the page shows."""
        with requests.Session() as browser:
            page = browser.get(link, timeout=30)
            form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page.text))
            return browser.post(f"{link}/renew", data=form, timeout=30)

    def tenant(self, name: str):
        """Load a tenant as today's policies see it."""
        return self.app.standing(self.app.store.ledger.find(f"sim/{name}"))

    def servers(self, project_id: str) -> dict[str, tuple[str, bool]]:
        """Return each server's state and whether it is locked, as the cloud itself knows."""
        ids = self.sim.inventory(project_id)["server"]
        records = {one: self.sim.record("server", one) for one in ids}
        return {one: (found["vm_state"], bool(found["locked"])) for one, found in records.items()}

    def stands_still(self, project_id: str) -> bool:
        """Whether every server is stopped, and locked where its users could start it otherwise."""
        found = self.servers(project_id).values()
        return all(state == "stopped" and (locked or not self.locks) for state, locked in found)

    def left(self, project_id: str) -> set[str]:
        """Return the kinds of which a project still has something."""
        return {kind for kind, ids in self.sim.inventory(project_id).items() if ids}

    def is_open(self, project_id: str) -> bool:
        """Whether the project's users can work in it."""
        return self.sim.cloud.identity["projects"][project_id]["enabled"]

    def destructive(self) -> list[str]:
        """Return every request so far that changed something."""
        return [f"{call.method} {call.path}" for call in self.sim.writes()]

    def close(self) -> None:
        """Stop everything."""
        client.STATUS_RETRIES = self.retries
        self.page.stop()
        self.app.close()
        self.post.stop()
        for sim in self.sims.values():
            sim.stop()


class OldStage(Stage):
    """The same as of 2012."""

    release, locks, unseen = "folsom", False, frozenset({"security_group"})
