"""A real ledger in SQLite, a desk with a hand-moved clock, and the page on a real server."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests

from reaper.clock import HandClock
from reaper.links import Signer, link_for
from reaper.model import Change, Enforce, Event, Lease, Person, Resource, Tenant, Terms
from reaper.operations import SelfService
from reaper.paths import share
from reaper.store import open_store
from reaper.web import Server, create_app
from tests.unit.lifecycle.cases import judged

START = datetime(2031, 5, 1, 7, 13, tzinfo=UTC)


def days(number):
    return timedelta(days=number)


TERMS = Terms(
    policy="trial",
    lasts=days(30),
    warn_before=(days(7), days(3), days(1)),
    notice=days(2),
    renew_by=days(13),
    renew_times=3,
    at_most=days(97),
    opens_before=days(7),
    suspension_lasts=days(11),
    orphans_wait=days(30),
    keep=frozenset({"image"}),
)


def resource(kind, name, project_id="project-17", **facts):
    return Resource(kind, "RegionOne", f"{name}-id", name, project_id, "ACTIVE", facts)


OWNED = (
    resource("server", "web-1", addresses=("10.1.2.3", "203.0.113.7")),
    resource("volume", "pgdata", size=41),
    resource("network", "private"),
    resource("image", "golden"),
    resource("server", "somebody-elses", project_id="project-99"),
)


@dataclass
class World:
    """What tests turn the knobs of: the clock, today's policy, what the cloud shows."""

    ledger: object
    clock: HandClock
    signer: Signer
    enforce: Enforce | None = Enforce.RECLAIM
    exempt: str | None = None
    owned: object = OWNED
    idle: object = ()
    terms: Terms = TERMS
    looked: list[str] = field(default_factory=list)

    def standing(self, tenant):
        return judged(tenant, self.enforce, self.exempt)

    def idle_of(self, tenants):
        return [thing for tenant in tenants for thing in self.idle if thing.tenant_id == tenant.id]

    def losses(self, tenant):
        self.looked.append(tenant.id)
        if isinstance(self.owned, Exception):
            raise self.owned
        return self.owned

    def enrol(self, name="trial-aurora", **changes):
        """Enrol a tenant, then write down what is special about it."""
        number = len(list(self.ledger.tenants())) + 17
        lease = Lease(f"lease-{number}", START, START + TERMS.lasts, changes.pop("terms", TERMS))
        person = Person("user-5", "Ada", "ada@example.org", frozenset({"member"}))
        tenant = Tenant(f"tenant-{number}", "trystack", f"project-{number}", name, lease, people=(person,))
        assert self.ledger.enrol([tenant], Event(START, "observed", "first seen")) == 1
        return self.change(tenant.id, **changes) if changes else self.ledger.tenant(tenant.id)

    def change(self, tenant_id, **changes):
        """Write a change as another part of the service would."""
        tenant = self.ledger.tenant(tenant_id)
        leased = {name: changes.pop(name) for name in ("renewals", "expires_at", "terms") if name in changes}
        return self.ledger.record(Change(replace(tenant, **changes, lease=replace(tenant.lease, **leased))))

    def token(self, tenant):
        return self.signer.token(tenant.id, tenant.lease.id)

    def what_is_written(self):
        """Everything that a request could have changed."""
        return [(t, self.ledger.history(t.id)) for t in self.ledger.tenants()], self.outbox.letters()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with the schema and nothing else, made once."""
    path = tmp_path_factory.mktemp("empty") / "reaper.db"
    open_store(f"sqlite:///{path}", share("migrations"), create=True).close()
    return path


@pytest.fixture
def store(tmp_path, empty_database):
    copy = shutil.copy(empty_database, tmp_path / "reaper.db")
    opened = open_store(f"sqlite:///{copy}", share("migrations"))
    yield opened
    opened.close()


@pytest.fixture
def world(store):
    made = World(store.ledger, HandClock(START + days(25)), Signer(["a-secret-of-tests"]))
    made.outbox = store.outbox
    return made


@pytest.fixture
def desk(world):
    return SelfService(world.ledger, world.clock, world.signer, world.standing, world.losses, world.idle_of)


@pytest.fixture
def serve():
    """Start servers that are stopped at the end."""
    servers = []

    def start(app):
        server = Server(app, "127.0.0.1:0")
        server.start()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def site(desk, world, serve):
    """The page as people meet it, with a way to ask for anything."""
    app = create_app(desk, cloud_title="Try Stack", support_contact="help@example.org", words=share("notify") / "pages")
    url = serve(app)
    session = requests.Session()

    def ask(method, path, **options):
        options.setdefault("allow_redirects", False)
        return session.request(method, url + path, timeout=20, **options)

    yield SimpleNamespace(
        url=url,
        app=app,
        ask=ask,
        get=lambda path, **options: ask("GET", path, **options),
        post=lambda path, **options: ask("POST", path, **options),
        path=lambda tenant: link_for("", world.token(tenant)),
    )
    session.close()
