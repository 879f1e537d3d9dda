"""A Keystone that does not answer holds up those who ask it something, and nobody else.

Each question about a token keeps a thread of the web server until Keystone answers; eight tokens of nobody, sent while
Keystone was slow, once kept everybody from the page behind the letters for as long as they pleased.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from reaper.operations import SelfService
from reaper.paths import share
from reaper.web import Access, Server, create_app
from reaper.web.api.token_checks import AT_ONCE
from tests.integration.web.conftest import World, world  # noqa: F401 - the ledger that these tests stand on


class SilentKeystone:
    """Vouches for nobody, and only once it is let go on."""

    def __init__(self):
        self.asked = threading.Semaphore(0)
        self.go_on = threading.Event()

    def caller(self, _token):
        self.asked.release()
        assert self.go_on.wait(60)


@pytest.fixture
def keystone():
    silent = SilentKeystone()
    yield silent
    silent.go_on.set()


@pytest.fixture
def site(world: World, keystone):  # noqa: F811
    desk = SelfService(world.ledger, world.clock, world.signer, world.standing, world.losses, world.idle_of)
    access = Access({"trystack": keystone}, frozenset({"admin"}), frozenset({"member"}))
    words = share("notify") / "pages"
    page = create_app(desk, cloud_title="Try", support_contact=None, words=words, api=(world.ledger, access))
    server = Server(page, "127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    keystone.go_on.set()
    server.stop()


def ask(site, number):
    return requests.get(f"{site}/v1/leases", headers={"X-Auth-Token": f"nobody-{number:08d}"}, timeout=60)


def test_tokens_of_nobody_do_not_freeze_the_page_while_keystone_is_silent(site, keystone):
    with ThreadPoolExecutor(AT_ONCE) as threads:
        held = [threads.submit(ask, site, number) for number in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert keystone.asked.acquire(timeout=60)
        # Given as many questions as may be open, more of them are refused at once and the page answers
        more = [ask(site, number) for number in range(100, 120)]
        assert {answer.status_code for answer in more} == {503}
        assert all(answer.headers["Retry-After"] for answer in more)
        assert requests.get(f"{site}/healthz", timeout=60).status_code == 200
        assert not any(one.done() for one in held)
        keystone.go_on.set()
        assert {one.result().status_code for one in held} == {401}
    assert ask(site, 7).status_code == 401
