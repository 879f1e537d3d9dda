"""The server answers what has begun before it stops, and says clearly where it cannot listen."""

import socket
import threading

import pytest
import requests
from flask import Flask, request

from reaper.errors import Unusable
from reaper.web import Server


def slow_app():
    """An app whose one answer waits until it is let go."""
    app, begun, go = Flask("slow"), threading.Event(), threading.Event()

    @app.get("/")
    def slow():
        begun.set()
        assert go.wait(20)
        return "at last"

    return app, begun, go


def test_stopping_answers_what_has_begun_and_then_accepts_nothing():
    # Given a request that is being answered
    app, begun, go = slow_app()
    server = Server(app, "127.0.0.1:0")
    server.start()
    url, answers = f"http://127.0.0.1:{server.port}/", []
    asking = threading.Thread(target=lambda: answers.append(requests.get(url, timeout=20).text))
    asking.start()
    assert begun.wait(20)
    # When
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    go.set()
    stopping.join()
    asking.join()
    # Then
    assert answers == ["at last"]
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_stopping_does_not_wait_for_connections_that_say_nothing():
    server = Server(Flask("quiet"), "127.0.0.1:0")
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        server.stop(grace=600)
        assert idle.recv(1) == b""


def test_stopping_twice_or_before_starting_is_nothing_special():
    server = Server(Flask("quiet"), "127.0.0.1:0")
    server.stop()
    server.start()
    server.stop()
    server.stop()


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "nowhere", "127.0.0.1:http:"])
def test_an_address_that_is_none_is_one_clear_sentence(listen):
    with pytest.raises(Unusable, match="cannot listen on"):
        Server(Flask("quiet"), listen).start()


def test_an_address_that_is_taken_is_one_clear_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unusable, match=where):
            Server(Flask("quiet"), where).start()


def test_a_proxy_that_is_trusted_tells_where_people_come_from():
    app = Flask("echo")
    app.add_url_rule("/", "echo", lambda: request.remote_addr or "")
    server = Server(app, "127.0.0.1:0", trusted_proxy="127.0.0.1")
    server.start()
    try:
        url = f"http://127.0.0.1:{server.port}/"
        assert requests.get(url, headers={"X-Forwarded-For": "192.0.2.7"}, timeout=20).text == "192.0.2.7"
    finally:
        server.stop()
