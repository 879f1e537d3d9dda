"""A process from its start to a clean end: SIGTERM drains, SIGHUP reads policies and settings again."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import structlog

log = structlog.get_logger(__name__)


class Service:
    """Waits for signals and calls what was given for each. Only the main thread may run it."""

    def __init__(self, *, reload: Callable[[], None], stop: Callable[[], None]) -> None:
        """`stop` must end all work that is under way and may take its time; `reload` must not raise."""
        self._reload = reload
        self._stop = stop
        self._woken = threading.Event()
        self._wanted: set[int] = set()

    def run(self) -> None:
        """Say that we are ready, then wait until asked to end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._heard)
        tell_systemd("READY=1")
        log.info("ready", action="ready", pid=os.getpid())
        while not self._wanted & {signal.SIGTERM, signal.SIGINT}:
            self._woken.wait()
            self._woken.clear()
            if signal.SIGHUP in self._wanted:
                self._wanted.discard(signal.SIGHUP)
                log.info("reading policies again", action="reload")
                self._reload()
        tell_systemd("STOPPING=1")
        log.info("stopping", action="stopping")
        self._stop()
        log.info("stopped", action="stopped")

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        self._wanted.add(number)
        self._woken.set()


def tell_systemd(state: str) -> None:
    """Send a state to the service manager, if there is one that listens (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.sendall(state.encode())
