"""Who is slowed down behind a reverse proxy: whoever guesses, and nobody else who comes through it."""

import pytest
import requests

from reaper.paths import share
from reaper.web import Server, create_app


@pytest.fixture
def behind_a_proxy(desk):
    servers = []

    def start(trusted_proxy):
        page = create_app(desk, cloud_title="Try Stack", support_contact=None, words=share("notify") / "pages")
        server = Server(page, "127.0.0.1:0", trusted_proxy=trusted_proxy)
        server.start()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}/lease/a-guess"

    yield start
    for server in servers:
        server.stop()


def guesses(url, count, address):
    with requests.Session() as session:
        answers = [session.get(url, headers={"X-Forwarded-For": address}, timeout=20) for _ in range(count)]
    return [answer.status_code for answer in answers]


def test_behind_a_trusted_proxy_each_address_has_its_own_count(behind_a_proxy):
    url = behind_a_proxy("127.0.0.1")
    assert guesses(url, 22, "192.0.2.1")[-1] == 429
    assert guesses(url, 1, "192.0.2.2") == [404]


def test_an_address_that_a_stranger_claims_is_not_believed(behind_a_proxy):
    url = behind_a_proxy(None)
    assert guesses(url, 20, "192.0.2.1") == [404] * 20
    assert guesses(url, 1, "192.0.2.2") == [429]


def test_a_proxy_that_is_not_the_trusted_one_is_not_believed(behind_a_proxy):
    url = behind_a_proxy("192.0.2.77")
    guesses(url, 20, "192.0.2.1")
    assert guesses(url, 1, "192.0.2.2") == [429]
