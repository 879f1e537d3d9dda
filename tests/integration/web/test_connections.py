"""Connections that hold a place without asking anything do not keep anybody from the page."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack

import pytest
import requests
from flask import Flask

from reaper.web import Server
from reaper.web.connections import MOST_OF_ONE

HALF = b"GET / HTTP/1.1\r\nHost: here\r\n"


@pytest.fixture
def site():
    app = Flask("here")
    app.add_url_rule("/", "here", lambda: "here")
    server = Server(app, "127.0.0.1:0", patience=1.0)
    server.start()
    yield server.port
    server.stop()


def is_closed(connection) -> bool:
    connection.settimeout(60)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_clients_that_never_end_their_request_do_not_keep_others_out(site):
    """A hundred clients that send a header line now and then are alive to the server library, which takes a hundred."""
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(socket.create_connection(("127.0.0.1", site))) for _ in range(150)]
        for one in slow:
            one.sendall(HALF)
        assert requests.get(f"http://127.0.0.1:{site}/", timeout=60).text == "here"


def test_a_request_that_drips_is_cut_off_however_alive_its_connection_is(site):
    stop = threading.Event()
    with socket.create_connection(("127.0.0.1", site)) as dripping:
        dripping.sendall(HALF)

        def drip():
            while not stop.wait(0.1):
                try:
                    dripping.sendall(b"X-More: and more\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert is_closed(dripping)
        finally:
            stop.set()
            thread.join()


def test_one_address_holds_only_so_many_connections_that_ask_nothing():
    app = Flask("here")
    server = Server(app, "127.0.0.1:0", patience=600.0)
    server.start()
    try:
        with ExitStack() as open_ones:
            place = ("127.0.0.1", server.port)
            many = [open_ones.enter_context(socket.create_connection(place)) for _ in range(MOST_OF_ONE + 5)]
            assert all(is_closed(one) for one in many[:3])
    finally:
        server.stop(grace=0)


def test_a_request_under_way_is_answered_however_long_that_takes():
    app, begun, go = Flask("slow"), threading.Event(), threading.Event()

    @app.get("/")
    def slow():
        begun.set()
        assert go.wait(60)
        return "at last"

    server = Server(app, "127.0.0.1:0", patience=0.3)
    server.start()
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(requests.get(f"http://127.0.0.1:{server.port}/", timeout=60).text)
    )
    try:
        asking.start()
        assert begun.wait(60)
        with socket.create_connection(("127.0.0.1", server.port)) as idle:
            assert is_closed(idle)  # so longer than the patience has passed
        go.set()
        asking.join()
    finally:
        go.set()
        server.stop()
    assert answers == ["at last"]
