"""The web server: waitress in a thread of its own, which answers what has begun before it stops."""

from __future__ import annotations

import threading
import time
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore
from waitress.server import BaseWSGIServer

from reaper.errors import Unusable
from reaper.web.connections import MOST, Connections

_THREADS = 8
_LARGEST_BODY = 64 * 1024
_LARGEST_HEADER = 16 * 1024
_SILENCE = 30  # seconds after which a connection that says nothing is closed
_PATIENCE = 20.0  # seconds that a connection has for one request
_LARGEST_PORT = 65535
_LOOK_UP = 1.0  # seconds; only the housekeeping of connections waits for it


class Server:
    """Serves an app at `host:port`; port 0 lets the system choose one, `port` tells which.

    `trusted_proxy` is the address of a reverse proxy whose X-Forwarded-For is believed; by default none is. A
    connection has `patience` seconds for one request.
    """

    def __init__(
        self, app: Flask, listen: str, *, trusted_proxy: str | None = None, patience: float = _PATIENCE
    ) -> None:
        self._connections = Connections(patience, [trusted_proxy])
        self._app = app
        self._listen = listen
        self._trusted_proxy = trusted_proxy
        self._sockets: dict[int, Any] = {}  # waitress's own map: listeners, connections and their wake-up pipes
        self._listeners: list[Any] = []
        self._stopping = threading.Event()
        self._closing = threading.Lock()  # the wake-up pipe must not be closed while somebody writes to it
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._give_up_at = 0.0

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return int(self._listeners[0].effective_port)

    @property
    def works(self) -> bool:
        """Whether its thread is alive."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to listen.

        Raises:
            Unusable: the address is not one, or is taken.
        """
        try:
            listen = _checked(self._listen)
            server = create_server(self._app, map=self._sockets, listen=listen, **self._settings())
        except (OSError, ValueError) as error:
            wasyncore.close_all(self._sockets, ignore_all=True)
            raise Unusable(f"the web page cannot listen on {self._listen!r}: {error}; give a free host:port") from error
        self._dispatcher = server.task_dispatcher
        self._listeners = [one for one in self._sockets.values() if isinstance(one, BaseWSGIServer)]
        self._thread.start()

    def stop(self, grace: float = 10.0) -> None:
        """Accept nothing new, answer what has begun for at most `grace` seconds, and return when all is closed."""
        with self._closing:
            if not self._listeners:
                return
            if not self._stopping.is_set():
                self._give_up_at = time.monotonic() + grace
                self._stopping.set()
                self._listeners[0].trigger.pull_trigger()
        self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._turn(_LOOK_UP)
        for listener in self._listeners:
            listener.accepting = False
            wasyncore.dispatcher.close(listener)
        while self._busy() and time.monotonic() < self._give_up_at:
            self._turn(0.05)
        self._dispatcher.shutdown(timeout=max(0.0, self._give_up_at - time.monotonic()))
        with self._closing:
            wasyncore.close_all(self._sockets, ignore_all=True)

    def _turn(self, wait: float) -> None:
        self._connections.tend(self._channels())
        wasyncore.loop(timeout=wait, use_poll=True, map=self._sockets, count=1)

    def _busy(self) -> bool:
        return any(one.requests or one.request is not None or one.total_outbufs_len for one in self._channels())

    def _channels(self) -> list[Any]:
        return [one for listener in self._listeners for one in list(listener.active_channels.values())]

    def _settings(self) -> dict[str, object]:
        settings: dict[str, object] = {
            "threads": _THREADS,
            "ident": "reaper",
            "channel_timeout": _SILENCE,
            "connection_limit": 2 * MOST,  # of sockets, waitress's own among them; beyond MOST some are closed
            "max_request_body_size": _LARGEST_BODY,
            "max_request_header_size": _LARGEST_HEADER,
        }
        if self._trusted_proxy:
            settings |= {"trusted_proxy": self._trusted_proxy, "trusted_proxy_headers": "x-forwarded-for"}
        return settings


def _checked(listen: str) -> str:
    """Refuse ports that the resolver would cut down to another number without a word."""
    port = listen.rpartition(":")[2]
    if not port.isdecimal() or int(port) > _LARGEST_PORT:
        raise ValueError(f"{port!r} is not a port")
    return listen
