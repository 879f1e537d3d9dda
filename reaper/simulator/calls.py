"""The record of what was asked of the simulated cloud."""

import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple


class RecordedCall(NamedTuple):
    """One request as it was answered; status 0 when the connection was dropped."""

    moment: datetime
    method: str
    path: str
    status: int
    project_id: str
    service: str
    region: str

    @property
    def writes(self) -> bool:
        """Say whether it could change something: not a read, and not the making of a token."""
        makes_a_token = self.path.endswith(("/auth/tokens", "/v2.0/tokens"))
        return self.method not in {"GET", "HEAD", "OPTIONS"} and not makes_a_token


class Calls:
    """A ring of the last requests, oldest first."""

    def __init__(self, kept: int = 500_000) -> None:
        self._ring: deque[RecordedCall] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def append(self, call: RecordedCall) -> None:
        """Keep one more call."""
        with self._lock:
            self._ring.append(call)

    def clear(self) -> None:
        """Forget all calls so far."""
        with self._lock:
            self._ring.clear()

    def __iter__(self) -> Iterator[RecordedCall]:
        with self._lock:
            return iter(tuple(self._ring))

    def __len__(self) -> int:
        return len(self._ring)

    def __getitem__(self, index: int) -> RecordedCall:
        return self._ring[index]

    def writes(self, service: str | None = None) -> list[RecordedCall]:
        """Give the calls that could change something, of one service or of all."""
        return [call for call in self if call.writes and service in {None, call.service}]
