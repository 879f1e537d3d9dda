"""The API over real HTTP, a simulated Keystone that vouches for its users, and a ledger with their leases."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests

from reaper.cloud import look_at
from reaper.model import Enforce, Event, Lease, Tenant
from reaper.operations import SelfService
from reaper.paths import share
from reaper.simulator import Simulator
from reaper.web import Access, Server, create_app
from tests.integration.web.conftest import START, TERMS, World, days, empty_database, store, world  # noqa: F401 - the same world

AWAY = replace(TERMS, away=days(21))


@pytest.fixture(scope="session")
def simulator():
    with Simulator(pace=0.0) as made:
        made.seeded = {name: made.seed.tenant(name) for name in ("trial-aurora", "trial-borealis")}
        yield made


@pytest.fixture
def keystone(simulator, tmp_path):
    (tmp_path / "clouds.yaml").write_text(json.dumps(simulator.clouds_yaml("trystack")))
    return look_at("trystack", protect=("admin",), config_files=[str(tmp_path / "clouds.yaml")])


@pytest.fixture
def api(world: World, simulator, keystone):  # noqa: F811
    """Ask as somebody: `ask(method, path, token)`."""
    desk = SelfService(world.ledger, world.clock, world.signer, world.standing, world.losses, world.idle_of)
    access = Access({"trystack": keystone}, frozenset({"Admin"}), frozenset({"member", "admin"}), frozenset({"reader"}))
    page = create_app(
        desk, cloud_title="Try", support_contact=None, words=share("notify") / "pages", api=(world.ledger, access)
    )
    server = Server(page, "127.0.0.1:0")
    server.start()
    world.enforce = Enforce.RECLAIM
    ids = {name: enrol(world, name, tenant.project_id) for name, tenant in simulator.seeded.items()}
    session = requests.Session()

    def ask(method, path, token=None, **more):
        headers = {"X-Auth-Token": token} if token else {}
        url = f"http://127.0.0.1:{server.port}/v1{path}"
        return session.request(method, url, headers=headers | more.pop("headers", {}), timeout=20, **more)

    url = f"http://127.0.0.1:{server.port}/v1"
    yield SimpleNamespace(ask=ask, url=url, ids=ids, lease=lambda name: f"/leases/{simulator.seeded[name].project_id}")
    session.close()
    server.stop()


def enrol(world, name, project_id):  # noqa: F811
    lease = Lease(f"lease-{name}", START, START + TERMS.lasts, AWAY)
    tenant = Tenant(f"tenant-{name}", "trystack", project_id, name, lease)
    world.ledger.enrol([tenant], Event(START, "observed", "first seen"))
    return tenant.id


@pytest.fixture
def token_of(simulator):
    """Log in as a real client would."""

    def log_in(user, project, password="pw", domain="default"):  # noqa: S107 - the simulator gives it to everybody
        identity = {
            "methods": ["password"],
            "password": {"user": {"name": user, "domain": {"id": "default"}, "password": password}},
        }
        scope = {"project": {"name": project, "domain": {"id": domain}}} if project else "unscoped"
        body = {"auth": {"identity": identity, "scope": scope}}
        answer = requests.post(f"{simulator.auth_url}/auth/tokens", json=body, timeout=20)
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    return log_in


@pytest.fixture
def member(token_of):
    return token_of("trial-aurora-u0", "trial-aurora")


@pytest.fixture
def admin(simulator, token_of):
    auth = simulator.clouds_yaml("trystack")["clouds"]["trystack"]["auth"]
    return token_of("admin", "admin", auth["password"])
