"""A whole Reaper on loopback for browsers: simulated cloud, real mail and page, two tenants, a hand-moved clock."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reaper import config
from reaper.app import App, Daemon, Reach, build
from reaper.demo.post import Arrived, Post
from reaper.demo.world import DemoClock
from reaper.simulator import Simulator

BEGIN = datetime(2031, 3, 3, 9, tzinfo=UTC)
ADDRESSES = {"en": "ada@users.example", "zh_CN": "wang.fang@users.example"}
PROJECTS = {"en": "trial-aurora", "zh_CN": "trial-chenxi"}
POLICY = """\
policy: trial
match: {names: ["trial-*"]}
enforce: reclaim
lease: {lasts: 30d, warn_before: [7d, 3d, 1d], notice: 48h}
renewal: {by: 14d, times: 3, at_most: 90d, opens_before: 7d, away: 21d}
suspension: {lasts: 7d}
reclaim: {keep: [image]}
"""
#: Rules that give back what `open_stage(idle=True)` leaves idle; what they concern is looked at at least once a day.
IDLE = """\
idle:
  - {kind: floating_ip, when: unattached, for: 6d, warn_before: 2d}
  - {kind: volume, when: unattached, for: 6d, warn_before: 2d}
  - {kind: server, when: stopped, for: 7d, warn_before: 2d}
"""
SETTINGS = """\
[DEFAULT]
clouds = trystack
protect = admin, service
policies_dir = {folder}/policies
cloud_title = TryStack
support_contact = help@trystack.example
[database]
connection = sqlite:///{folder}/reaper.db
[mail]
host = 127.0.0.1
port = {smtp}
sender = TryStack <reaper@trystack.example>
admins = admins@trystack.example
daily_digest = false
[web]
listen = 127.0.0.1:{web}
public_url = http://127.0.0.1:{web}
secret_file = {folder}/web.secret
[limits]
percent_per_pass = 100
"""


@dataclass
class Stage:
    """What is running. `letters` are all that have arrived, in order."""

    app: App
    clock: DemoClock
    post: Post
    simulator: Simulator
    letters: list[Arrived]

    def turn(self, passes: int = 3) -> None:
        """Observe, sweep and deliver, by default often enough for what follows from one another."""
        for _ in range(passes):
            self.app.observe()
            self.app.sweep()
            self.app.deliver()
        self.letters += self.post.arrived()

    def later(self, **span: float) -> None:
        """Let days pass, each with a pass."""
        left = timedelta(**span)
        while left > timedelta(0):
            step = min(left, timedelta(days=1))
            self.clock.advance(step)
            self.turn(1)
            left -= step
        self.turn()

    def latest(self, language: str) -> Arrived:
        """Return the last letter to the one who reads this language."""
        return next(one for one in reversed(self.letters) if ADDRESSES[language] in one.to)

    def tenant(self, language: str):
        """Return the tenant of the one who reads this language."""
        return next(t for t in self.app.store.ledger.tenants() if t.name == PROJECTS[language])


@contextlib.contextmanager
def open_stage(folder: Path, *, idle: bool = False) -> Iterator[Stage]:
    """Start everything, with one tenant for each language, and end it; `idle`: with things that nobody uses."""
    web, post = _free_port(), Post(folder / "mail")
    post.start()
    (folder / "policies").mkdir(parents=True)
    (folder / "policies" / "trial.yaml").write_text(POLICY + (IDLE if idle else ""))
    (folder / "reaper.conf").write_text(SETTINGS.format(folder=folder, smtp=post.port, web=web))
    with Simulator(pace=0.0) as simulator:
        (folder / "clouds.yaml").write_text(json.dumps(simulator.clouds_yaml("trystack")))
        for language, project in PROJECTS.items():
            seeded = simulator.seed.tenant(
                project, servers=2, fips=1, volumes=2, email=ADDRESSES[language], language=language
            )
            assert seeded.servers
            if idle:
                _leave_idle(simulator, seeded.project_id, seeded.network_id)
        clock = DemoClock(BEGIN, simulator.clock)
        settings = config.load([folder / "reaper.conf"])
        files = [str(folder / "clouds.yaml")]
        app = build(settings, clock=clock, create=True, reach=Reach.WRITE, cloud_files=files)
        daemon = Daemon(app)
        daemon.web.start()
        stage = Stage(app, clock, post, simulator, [])
        stage.turn()
        try:
            yield stage
        finally:
            daemon.web.stop()
            post.stop()
            app.close()


def _leave_idle(simulator: Simulator, project_id: str, network_id: str) -> None:
    """Leave an address on nothing, a volume too, and a server that is off with its disk."""
    simulator.seed.floating_ip(project_id)
    simulator.seed.volume(project_id, 20, name="old-records")
    server = simulator.seed.server(project_id, "nightly-build", network_id=network_id, status="SHUTOFF")
    simulator.seed.volume(project_id, 40, server, name="nightly-build-disk")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
