"""A small cloud with its people, and Reaper's real parts around it; time stands still until somebody moves it."""

from __future__ import annotations

import json
import random
import shutil
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import yaml

from reaper.clock import HandClock
from reaper.cloud import client, connect
from reaper.deliver import Deliverer, Manners
from reaper.errors import Temporary
from reaper.execute import Pools, survey
from reaper.gates import Limits
from reaper.links import Signer
from reaper.mail import LetterRenderer
from reaper.model import State
from reaper.observe import Observer
from reaper.operations import SelfService
from reaper.paths import share
from reaper.policy import Policies, parse, standing
from reaper.ports import Sent
from reaper.simulator import SimClock, Simulator
from reaper.store import open_store
from reaper.sweep import Sweeper, suspending
from tests.acceptance.trip import Tripwire, Wired

START = datetime(2031, 2, 20, 9, 41, tzinfo=UTC)
DAY = timedelta(days=1)
#: Templates compiled once for all lives.
LETTERS = LetterRenderer(share("notify"))
ADMIN = "ops@cloud.example"
#: What the lease is worth, in days; the witness reads the same numbers from the ledger's rows.
TERMS = {"lasts": 10, "notice": 1, "suspension": 3, "orphans": 4, "by": 5, "at_most": 25}


def policy_text(stage: str = "reclaim", lasts: int = 10, keep: tuple[str, ...] = (), project: str = "close") -> bytes:
    """Write the one policy of this cloud."""
    days = {name: f"{number}d" for name, number in {**TERMS, "lasts": lasts}.items()}
    return yaml.safe_dump(
        {
            "policy": "trial",
            "match": {"names": ["trial-*"], "tags": {"none": ["keep"]}},
            "enforce": stage,
            "lease": {"lasts": days["lasts"], "warn_before": ["3d", "1d"], "notice": days["notice"]},
            "renewal": {"by": days["by"], "times": 2, "at_most": days["at_most"], "opens_before": "5d"},
            "suspension": {"lasts": days["suspension"]},
            "orphans": {"wait": days["orphans"]},
            "reclaim": {"keep": list(keep), "project": project},
        }
    ).encode()


class TwoClocks(HandClock):
    """Reaper's clock and the cloud's, moved together."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.cloud = SimClock(start)

    def advance(self, span: timedelta) -> datetime:
        """Move both."""
        self.cloud.advance(span)
        return super().advance(span)


@dataclass
class Mail:
    """A post office that does to each address what it was told; `taken` is what reached a mailbox."""

    moods: dict[str, str] = field(default_factory=dict)
    mood: str = "accepts"
    breaks: int = 0  # how many more connections break
    taken: list[tuple[str, str, datetime]] = field(default_factory=list)  # (Message-ID, address, when)
    unsure: set[str] = field(default_factory=set)  # Message-IDs whose sender does not know
    attempts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    clock: HandClock | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing is kept open."""

    def send(self, message) -> Sent:
        """Answer for each address; a connection that breaks leaves the sender unsure."""
        self.attempts.append((message.message_id, message.to))
        breaks, self.breaks = self.breaks > 0, self.breaks - 1
        if breaks and self.mood == "breaks before":
            raise Temporary("the mail server broke off")
        sent = Sent(
            tuple(a for a in message.to if self.moods.get(a, "accepts") == "accepts"),
            {a: "550 no such user" for a in message.to if self.moods.get(a) == "refuses"},
            {a: "450 later" for a in message.to if self.moods.get(a) == "defers"},
        )
        self.taken += [(message.message_id, address, self.clock.now()) for address in sent.accepted]
        if breaks and self.mood == "breaks after":
            self.unsure.add(message.message_id)
            raise Temporary("the mail server broke off")
        return sent


class World:
    """The cloud, its mail, and Reaper. `crashed` takes everything in memory away and starts again from the file."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self.luck = random.Random(17)  # noqa: S311 - ids that are the same in every run
        self._uuid4, uuid.uuid4 = uuid.uuid4, self._next_id
        self.folder = folder
        self.clock = TwoClocks(START)
        self.sim = Simulator(self.clock.cloud, page_limit=6, pace=0.0, dhcp_ports=False)
        self.heard = threading.local()
        self._listen()
        self.sim.start()
        self.mail = Mail(clock=self.clock)
        self.policies = Policies([parse(policy_text(), "trial.yaml")])
        self.limits = Limits(percent_per_pass=100, tenants_per_day=10_000)
        self.signer = Signer(["a-secret-of-tests"])
        self.wire = Tripwire()
        # One order of calls in every run, and no real time spent on asking once more what a fault refuses anyway.
        self.before = (suspending.SIDE_BY_SIDE, client.CONNECT_RETRIES, client.STATUS_RETRIES)
        suspending.SIDE_BY_SIDE, client.CONNECT_RETRIES, client.STATUS_RETRIES = 1, 0, 0
        (folder / "clouds.yaml").write_text(yaml.safe_dump(self.sim.clouds_yaml("sim")))
        self.file = Path(shutil.copy(empty_database, folder / "reaper.db"))
        self._build()

    def _next_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.luck.getrandbits(128), version=4)

    def _listen(self) -> None:
        """Keep the body of the request that a thread of the simulator is answering."""
        answer = self.sim._client.respond

        def respond(method, path, query, headers, content):
            self.heard.body = json.loads(content) if content else {}
            return answer(method, path, query, headers, content)

        self.sim._client.respond = respond

    def _build(self) -> None:
        """Wire everything as the composition root does."""
        self.store = open_store(f"sqlite:///{self.file}", share("migrations"), mail_domain="cloud.example")
        self.pools = Pools(1)
        cloud = connect(
            "sim", protect=["trial-ours"], config_files=[str(self.folder / "clouds.yaml")], clock=self.clock
        )
        self.cloud = Wired(cloud, self.wire, "cloud")
        self.ledger = Wired(self.store.ledger, self.wire, "ledger")
        self.outbox = Wired(self.store.outbox, self.wire, "outbox")
        self.journal = Wired(self.store.journal, self.wire, "journal")
        self.idle = Wired(self.store.idle, self.wire, "idle")
        self.desk = SelfService(self.ledger, self.clock, self.signer, self.standing, self.losses, self.idle_of)

    def standing(self, tenant):
        """Fill in what today's policies say."""
        return standing(tenant, self.policies)

    def losses(self, tenant):
        """List what a tenant owns, as its letters tell it."""
        if tenant.state is State.RECLAIMED:
            return [step.resource for step in self.journal.steps(tenant) if step.gone_at is not None]
        seen = survey(self.cloud, self.pools, [tenant.project_id])
        return None if seen.doubts else seen.owned_by(tenant.project_id)

    def idle_of(self, tenants):
        """Read the record of these tenants' idle things."""
        return self.idle.of(*(tenant.id for tenant in tenants))

    # ------------------------------------------------------------------ the verbs

    def observe(self):
        """Look at the cloud once."""
        return Observer(self.ledger, {"sim": self.cloud}, lambda: self.policies, self.clock, self.limits).observe()

    def sweep(self):
        """Decide for everybody who is due, and carry it out."""
        clouds = {"sim": self.cloud}
        asked = (self.ledger, self.journal, clouds, lambda: self.policies, self.clock, self.limits, self.pools)
        return Sweeper(*asked, None, 20.0, idle=self.idle).sweep()

    def deliver(self):
        """Send what is to be sent."""
        return Deliverer(
            self.ledger,
            self.outbox,
            LETTERS,
            lambda: Wired(self.mail, self.wire, "mail"),
            self.clock,
            self.standing,
            self.losses,
            lambda tenant: f"https://lease.example/{self.signer.token(tenant.id, tenant.lease.id)}",
            Manners(admins=(ADMIN,)),
            idle=lambda letter: self.idle.told_in(letter.id),
        ).deliver()

    def crashed(self) -> None:
        """Begin again with nothing but the database file."""
        self.wire.clear()
        self.pools.close()
        self.store.close()
        self._build()

    def close(self) -> None:
        """Give everything back."""
        self.pools.close()
        self.store.close()
        self.sim.stop()
        uuid.uuid4 = self._uuid4
        suspending.SIDE_BY_SIDE, client.CONNECT_RETRIES, client.STATUS_RETRIES = self.before

    # ------------------------------------------------------------------ what people do in the cloud, past Reaper

    def project(self, project_id: str) -> dict:
        """Return Keystone's own record."""
        return self.sim.cloud.identity["projects"][project_id]

    def switch(self, project_id: str, *, enabled: bool) -> None:
        """Open or close a project by an admin's hand."""
        with self.sim.cloud.lock:
            self.project(project_id)["enabled"] = enabled

    def tag(self, project_id: str, *, keep: bool) -> None:
        """Put the tag on a project that spares it, or take it off."""
        with self.sim.cloud.lock:
            self.project(project_id)["tags"] = ["keep"] if keep else []
