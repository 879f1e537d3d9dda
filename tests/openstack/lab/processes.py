"""Processes that outlive the command that started them: recorded by pid and start time, ended by pid."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import LabBroke
from .settings import LOOPBACK


@dataclass(frozen=True)
class Processes:
    """The processes of one lab: a record and a log per name."""

    records: Path
    logs: Path

    def names(self) -> list[str]:
        """Name every process that was started and not ended on purpose."""
        return sorted(record.stem for record in self.records.glob("*.json"))

    def log_of(self, name: str) -> Path:
        """Return where a process writes what it prints."""
        return self.logs / f"{name}.log"

    def pid_of(self, name: str) -> int | None:
        """Return the pid of a process that runs; None when it ended, also when its pid is another's by now."""
        try:
            record = json.loads((self.records / f"{name}.json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return record["pid"] if _start_of(record["pid"]) == record["start"] else None

    def start(self, name: str, command: Sequence[object], environment: Mapping[str, str]) -> None:
        """Start a process in a session of its own, unless it runs; what it prints is added to its log.

        A Popen object would warn when it is dropped while its process lives on, so this spawns without one.
        """
        if self.pid_of(name) is not None:
            return
        words = [str(word) for word in command]
        log = str(self.log_of(name))
        pid = os.posix_spawnp(
            words[0],
            words,
            dict(environment),
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        (self.records / f"{name}.json").write_text(json.dumps({"pid": pid, "start": _start_of(pid)}))

    def stop(self, names: Iterable[str], patience: float = 20.0) -> None:
        """Ask processes to end, all at once, and kill what is left of their groups after `patience` seconds."""
        running = {name: pid for name in names if (pid := self.pid_of(name)) is not None}
        for pid in running.values():
            _signal_group(pid, signal.SIGTERM)
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up and any(self.pid_of(name) for name in running):
            time.sleep(0.05)
        for name, pid in running.items():
            _signal_group(pid, signal.SIGKILL)
            while self.pid_of(name) is not None or _pids_of_session(pid):  # children hold its port while they die
                time.sleep(0.01)
            (self.records / f"{name}.json").unlink(missing_ok=True)

    def wait(self, name: str, works: Callable[[], bool], patience: float = 300.0) -> None:
        """Return once `works` says so.

        Raises:
            LabBroke: the process ended, or `patience` seconds were not enough; with the end of its log.
        """
        give_up = time.monotonic() + patience
        while not works():
            if self.pid_of(name) is None:
                raise LabBroke(f"{name} ended instead of starting", self.log_of(name))
            if time.monotonic() > give_up:
                raise LabBroke(f"{name} was not ready after {patience:.0f} s", self.log_of(name))
            time.sleep(0.1)

    def memory(self, name: str) -> float:
        """Return the memory of a process and its children in MiB, each shared page counted in parts."""
        leader = self.pid_of(name)
        if leader is None:
            return 0.0
        return sum(_proportional_kib(pid) for pid in _pids_of_session(leader)) / 1024


def run(command: Sequence[object], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command to its end, what it prints added to a log.

    Raises:
        LabBroke: it failed; with the end of the log.
    """
    words = [str(word) for word in command]
    with log.open("ab") as out:
        answer = subprocess.run(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if answer.returncode:
        raise LabBroke(f"{' '.join(words[:4])} ... failed with exit code {answer.returncode}", log)


def listens(port: int) -> bool:
    """Say whether somebody accepts connections on a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers(port: int, path: str = "/") -> bool:
    """Say whether an API on a port of loopback answers a GET with less than a server error."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path)
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    return False


def _fields(pid: int) -> list[str]:
    # The second field is the program's name in brackets and may hold anything, so count from its end.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _start_of(pid: int) -> str | None:
    """Return when a process began, in the kernel's ticks; None if it is gone or only waits to be reaped."""
    try:
        state, start = (fields := _fields(pid))[0], fields[19]
    except (OSError, IndexError):
        return None
    if state != "Z":
        return start
    with contextlib.suppress(ChildProcessError):  # ours to reap only if this very process started it
        os.waitpid(pid, os.WNOHANG)
    return None


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _pids_of_session(leader: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = _fields(int(folder.name))
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def _proportional_kib(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
