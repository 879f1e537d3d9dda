"""Daemons that start at once: forked from a process that has imported everything, and nothing else has happened in it.

Each is a process like any other, to be signalled and killed; only the two seconds of imports are spent once.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.connection import Connection
from typing import TextIO

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["reaper.cli", "reaper.cloud", "reaper.mail.smtp", __name__])


class Fledgling:
    """A running command: what subprocess.Popen offers of it, as far as it is used."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        """Start it; `stderr` gives what it says."""
        out, into = _FORKING.Pipe(duplex=False)
        self._process = _FORKING.Process(target=_live, args=(arguments, environment, into))
        self._process.start()
        into.close()
        self.stderr: TextIO = os.fdopen(os.dup(out.fileno()), encoding="utf-8", errors="replace")
        out.close()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """Wait for its end and return the exit code."""
        self._process.join(seconds)
        code = self._process.exitcode
        assert code is not None, f"it has not ended within {seconds} s"
        return code


def _live(arguments: list[str], environment: dict[str, str], said: Connection) -> None:
    os.dup2(said.fileno(), 2)
    said.close()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    from reaper.cli import main  # noqa: PLC0415 - imported before the fork

    main(arguments)
