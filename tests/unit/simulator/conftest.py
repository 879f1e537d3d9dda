"""A simulator per test, and a small client of its own."""

from collections.abc import Callable, Iterator

import pytest
import requests

from reaper.simulator import SimClock, Simulator

Ask = Callable[..., requests.Response]


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def sim(clock: SimClock) -> Iterator[Simulator]:
    with Simulator(clock) as simulator:
        yield simulator


@pytest.fixture
def ask(sim: Simulator) -> Iterator[Ask]:
    """Ask the simulator as its admin: ask("GET", "compute", "/v2.1/servers")."""
    auth = sim.clouds_yaml()["clouds"]["sim"]["auth"]
    home = {"name": "Default"}
    user = {"name": "admin", "password": auth["password"], "domain": home}
    body = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": "admin", "domain": home}},
    }
    root = sim.auth_url.removesuffix("/identity/v3")
    with requests.Session() as session:
        token = session.post(f"{sim.auth_url}/auth/tokens", json={"auth": body}, timeout=30)
        session.headers["X-Auth-Token"] = token.headers["X-Subject-Token"]

        def ask_for(method: str, service: str, path: str, **options) -> requests.Response:
            return session.request(method, f"{root}/{service}{path}", timeout=30, **options)

        yield ask_for
