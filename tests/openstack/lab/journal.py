"""The APIs' request logs, read back: which calls reached a service since a moment."""

import http.client
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from .settings import LOOPBACK, Settings

_READS = {"GET", "HEAD", "OPTIONS"}
_MARKER = "reaper-lab-mark"
_PATIENCE = 5.0
# uWSGI's own words; the agent stands last because it may hold blanks.
LOG_FORMAT = "%(method) %(uri) %(status) %(msecs) %(uagent)"

Mark = Mapping[str, int]


@dataclass(frozen=True)
class Request:
    """One answered call; the services' calls to one another are here too, told apart by `agent`."""

    service: str
    method: str
    path: str
    status: int
    agent: str

    @property
    def writes(self) -> bool:
        """Say whether the call could change something; taking a token does not count."""
        return self.method not in _READS and not self.path.startswith("/v3/auth/tokens")


@dataclass(frozen=True)
class Journal:
    """The request logs of one lab's APIs."""

    settings: Settings

    def log_of(self, service: str) -> Path:
        """Return the log of every request a service answered: method, uri, status, milliseconds, user agent."""
        return self.settings.logs / f"{service}.requests.log"

    def mark(self) -> Mark:
        """Return this moment, to be handed to `requests_since`."""
        self._settle()
        return {service: self._size(service) for service in self.settings.apis}

    def requests_since(self, mark: Mark) -> list[Request]:
        """List what each service answered since a mark, service by service, each in the order of the answers."""
        self._settle()
        return [request for service in self.settings.apis for request in self._read(service, mark.get(service, 0))]

    def _read(self, service: str, offset: int) -> Iterator[Request]:
        if not self.log_of(service).exists():
            return
        with self.log_of(service).open("rb") as log:
            log.seek(offset)
            lines = log.read().decode(errors="replace").splitlines()
        for line in lines:
            method, path, status, _, agent = (line.split(" ", 4) + [""] * 5)[:5]
            if status.isdecimal() and agent != _MARKER:
                yield Request(service, method, path, int(status), agent)

    def _size(self, service: str) -> int:
        log = self.log_of(service)
        return log.stat().st_size if log.exists() else 0

    def _settle(self) -> None:
        """Wait until the logs hold everything answered so far: an answer leaves before its line is written."""
        awaited = {service: word for service in self.settings.apis if (word := self._knock(service))}
        give_up = time.monotonic() + _PATIENCE
        while awaited and time.monotonic() < give_up:
            awaited = {service: word for service, word in awaited.items() if word not in self._end_of_log(service)}
            time.sleep(0.005)

    def _knock(self, service: str) -> str:
        """Make a request that is easy to find in the log; returns nothing if the service does not run."""
        word = uuid.uuid4().hex
        connection = http.client.HTTPConnection(LOOPBACK, self.settings.port(service), timeout=_PATIENCE)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", f"/?{word}", headers={"User-Agent": _MARKER})
            connection.getresponse().read()
            return word
        return ""

    def _end_of_log(self, service: str) -> str:
        with suppress(FileNotFoundError), self.log_of(service).open("rb") as log:
            log.seek(max(0, self._size(service) - 65536))
            return log.read().decode(errors="replace")
        return ""
