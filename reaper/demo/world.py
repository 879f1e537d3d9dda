"""The demo's world: a simulated OpenStack, a mail server, a ledger, the page; the real Reaper between them."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from reaper import config
from reaper.app import App, Daemon, Reach, build
from reaper.clock import HandClock, SystemClock
from reaper.demo.cast import CAST, POLICY, Role
from reaper.demo.post import Arrived, Post
from reaper.model import Hold, State
from reaper.operations import admin
from reaper.simulator import SeedTenant, SimClock, Simulator

#: When the play begins; a Monday.
BEGIN = datetime(2031, 3, 3, 9, tzinfo=UTC)
SETTINGS = """\
[DEFAULT]
clouds = demo
protect = admin, service, production-web
policies_dir = {folder}/policies
cloud_title = the demo cloud
support_contact = help@demo.example
[database]
connection = sqlite:///{folder}/reaper.db
[mail]
host = 127.0.0.1
port = {smtp}
sender = Reaper <reaper@demo.example>
admins = admins@demo.example
[web]
listen = 127.0.0.1:{web}
public_url = http://127.0.0.1:{web}
secret_file = {folder}/web.secret
[limits]
percent_per_pass = 100
"""


class DemoClock(HandClock):
    """Moved by hand; waiting also takes a little real time, since the simulated cloud works in real time."""

    def __init__(self, start: datetime, sim: SimClock) -> None:
        """Take the simulator's clock along."""
        super().__init__(start)
        self._sim = sim
        self._real = SystemClock()

    def wait(self, seconds: float) -> None:
        """Move by so much and let a little of it pass."""
        super().wait(seconds)
        self._sim.set(self.now())
        self._real.wait(min(seconds, 0.05))

    def advance(self, span: timedelta) -> datetime:
        """Move both clocks."""
        moment = super().advance(span)
        self._sim.set(moment)
        return moment


@dataclass
class Player:
    """A role with what it owns and what it did."""

    role: Role
    seeded: SeedTenant | None = None
    letters: Counter[str] = field(default_factory=Counter)
    renewals: int = 0
    last_link: str | None = None


class World:
    """Everything that is running; `open_world` makes and ends it."""

    def __init__(self, sim: Simulator, post: Post, app: App, daemon: Daemon, clock: DemoClock) -> None:
        """Hold what was started."""
        self.sim, self.post, self.app, self.daemon, self.clock = sim, post, app, daemon, clock
        self.players = {role.name: Player(role) for role in CAST}
        self.started = clock.now()
        self._kinds: dict[str, tuple[str, str]] = {}

    @property
    def day(self) -> int:
        """How many days have passed."""
        return (self.clock.now() - self.started).days

    def seat(self) -> None:
        """Let those in whose day has come."""
        for player in self.players.values():
            if player.seeded is None and player.role.joins <= self.day:
                player.seeded = self._seed(player.role)

    def _seed(self, role: Role) -> SeedTenant:
        seeded = self.sim.seed.tenant(
            role.name,
            servers=role.servers,
            fips=role.fips,
            volumes=role.volumes,
            email=role.address.format(name=role.name) if role.address else None,
            language=role.language,
            tags=role.tags,
        )
        if role.stubborn:
            self.sim.stubborn("server", seeded.servers[0], "deleting")
        return seeded

    def put_on_hold(self) -> None:
        """Do what an admin of this cloud does on the first day."""
        for player in self.players.values():
            if player.role.hold and player.seeded is not None:
                found = self.app.store.ledger.find(player.seeded.project_id)
                now = self.clock.now()
                hold = Hold(now + timedelta(days=60), "the press is looking at it", "admin")
                admin.hold(self.app.store.ledger, found, hold, hold.reason, now)

    def read_mail(self) -> list[tuple[str, str, Arrived, bool]]:
        """Let everybody read their letters; returns (project, kind, letter, renewed?)."""
        arrived = self.post.arrived()
        if arrived:
            names = {tenant.id: tenant.name for tenant in self.app.store.ledger.tenants()}
            letters = self.app.store.outbox.letters()
            self._kinds = {le.message_id: (names.get(le.tenant_id, ""), str(le.kind)) for le in letters}
        return [self._read(letter) for letter in arrived]

    def _read(self, letter: Arrived) -> tuple[str, str, Arrived, bool]:
        name, kind = self._kinds.get(letter.message_id, ("", ""))
        player = self.players.get(name)
        if player is None or player.role.address is None:
            return name, kind, letter, False
        player.letters[kind] += 1
        player.last_link = letter.link or player.last_link
        acts = player.role.habit(kind, player.letters[kind], player.renewals)
        renewed = acts and letter.link is not None and press_the_button(letter.link, player.renewals)
        if renewed:
            player.renewals += 1
            player.letters["warning"] = 0
        return name, kind, letter, renewed

    def in_use(self) -> dict[str, int]:
        """Count what of the shared pool is in use: servers that run, and floating IPs."""
        seen = self.sim.inventory()
        running = sum(self._runs(key) for key in seen["server"])
        return {"servers running": running, "floating IPs": len(seen["floating_ip"])}

    def _runs(self, server_id: str) -> bool:
        return (self.sim.record("server", server_id) or {}).get("vm_state") == "active"

    def look_before(self) -> int:
        """Draw up the next sweep with the client that cannot write; returns how many writes the cloud saw of it."""
        before = len(self.sim.writes())
        looking = build(self.app.settings, clock=self.clock, reach=Reach.LOOK, cloud_files=self._files())
        try:
            looking.forecast()
        finally:
            looking.close()
        return len(self.sim.writes()) - before

    def _files(self) -> list[str]:
        return [str(self.app.settings.policies_dir.parent / "clouds.yaml")]

    def leftovers(self) -> int:
        """Count, in the cloud's own memory, what is left of the tenants that are booked as reclaimed."""
        reclaimed = [t for t in self.app.store.ledger.tenants() if t.state is State.RECLAIMED]
        return sum(len(keys) for t in reclaimed for keys in self.sim.inventory(t.project_id).values())


def press_the_button(link: str, seen: int) -> bool:
    """Do what a person does: open the page, press the button, be led back to the page."""
    page = requests.get(link, timeout=10)
    if not page.ok or "<form" not in page.text:
        return False
    return requests.post(f"{link}/renew", data={"seen": seen}, timeout=10).ok


@contextlib.contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Start everything on loopback, in a folder of its own, and stop it at the end."""
    sim_clock = SimClock(BEGIN)
    with contextlib.ExitStack() as ends:
        sim = ends.enter_context(Simulator(sim_clock))
        post = Post(folder / "letters")
        post.start()
        ends.callback(post.stop)
        settings = config.load([str(_written(folder, sim, post.port, _free_port()))])
        clock = DemoClock(BEGIN, sim_clock)
        files = [str(folder / "clouds.yaml")]
        app = build(settings, clock=clock, create=True, reach=Reach.WRITE, cloud_files=files)
        ends.callback(app.close)
        daemon = Daemon(app)
        daemon.web.start()
        ends.callback(daemon.web.stop)
        yield World(sim, post, app, daemon, clock)


def _written(folder: Path, sim: Simulator, smtp: int, web: int) -> Path:
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    clouds = folder / "clouds.yaml"
    clouds.write_text(json.dumps(sim.clouds_yaml("demo")), encoding="utf-8")  # JSON is YAML
    clouds.chmod(0o600)
    file = folder / "reaper.conf"
    file.write_text(SETTINGS.format(folder=folder, smtp=smtp, web=web), encoding="utf-8")
    return file


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
