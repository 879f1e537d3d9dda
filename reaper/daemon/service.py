"""A process from its start to a clean end: SIGTERM drains, SIGHUP reads policies and settings again."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_END = frozenset({signal.SIGTERM, signal.SIGINT})


class Service:
    """Waits for signals and calls what was given for each. Only the main thread may run it.

    No signal is lost, whenever it comes: the interpreter's own C handler writes its number into a pipe
    (signal.set_wakeup_fd), and what stands in a pipe is read, now or later. A `threading.Event` that a Python handler
    sets is not so: the handler may run in the middle of `Event.wait`, which then waits for ever.
    """

    def __init__(
        self, *, reload: Callable[[], None], stop: Callable[[], None], alive: Callable[[], str | None] = lambda: None
    ) -> None:
        """Keep what is called for each signal.

        Args:
            reload: Must not raise.
            stop: Must end all work that is under way and may take its time.
            alive: Says what stands still, None for nothing. While it says something, systemd's watchdog is not told
                that all is well, and ends the process (WatchdogSec= of the unit).
        """
        self._reload = reload
        self._stop = stop
        self._alive = alive
        self._wanted: set[int] = set()

    def run(self, start: Callable[[], None] = lambda: None) -> None:
        """Call `start` and say that we are ready, then wait until asked to end; a signal during `start` counts too."""
        with self._listening() as pipe:
            start()
            tell_systemd("READY=1")
            log.info("ready", action="ready", pid=os.getpid())
            self._wait(pipe)
            tell_systemd("STOPPING=1")
            log.info("stopping", action="stopping")
            self._stop()
            log.info("stopped", action="stopped")

    def _wait(self, pipe: int) -> None:
        every, said = watchdog_interval(), ""
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        while not self._wanted & _END:
            if signal.SIGHUP in self._wanted:
                self._wanted.discard(signal.SIGHUP)
                log.info("reading policies again", action="reload")
                self._reload()
            if every is not None:
                said = self._tell_watchdog(said)
            if waiting.poll(None if every is None else every * 1000):
                self._wanted.update(os.read(pipe, 65_536))

    def _tell_watchdog(self, said: str) -> str:
        """Tell it that all is well, or once what is not; returns that."""
        trouble = self._alive()
        if trouble is None:
            tell_systemd("WATCHDOG=1")
        elif trouble != said:
            log.error("standing still", action="standing_still", why=trouble)
            tell_systemd(f"STATUS={trouble}")
        return trouble or ""

    @contextlib.contextmanager
    def _listening(self) -> Iterator[int]:
        """Let each signal write its number into a pipe; yields the end to read from."""
        out, into = os.pipe()
        os.set_blocking(into, False)
        before = signal.set_wakeup_fd(into, warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._heard) for number in _HEARD}
        try:
            yield out
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            os.close(into)
            os.close(out)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        """Remember it also where the pipe is full of others."""
        self._wanted.add(number)


def watchdog_interval() -> float | None:
    """Return after how many seconds the service manager wants to hear from us (sd_watchdog_enabled(3)), None: never."""
    wanted, whom = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or int(wanted) == 0 or (whom and whom != str(os.getpid())):
        return None
    return int(wanted) / 2_000_000


def tell_systemd(state: str) -> None:
    """Send a state to the service manager, if there is one that listens (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.sendall(state.encode())
