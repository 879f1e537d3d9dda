"""Faults on order: errors, delays, dropped connections, lists that come back empty or cut."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from reaper.simulator.exchange import ApiAnswer, refusal


@dataclass(slots=True, eq=False)
class Fault:
    """One fault and what it falls on; `times` counts down, None means for ever."""

    service: str | None = None
    method: str | None = None
    path: re.Pattern[str] | None = None
    status: int | None = None
    body: str | None = None
    times: int | None = None
    delay: float = 0.0
    drop: bool = False
    empty: bool = False
    truncate: bool = False
    region: str | None = None
    late: bool = False
    hits: int = 0

    def falls_on(self, service: str, method: str, path: str, region: str) -> bool:
        """Say whether this request is one of those meant."""
        return (
            self.service in {None, service}
            and self.method in {None, method}
            and self.region in {None, region}
            and (self.path is None or self.path.search(path) is not None)
        )

    def answer(self, service: str) -> ApiAnswer | None:
        """Give the answer that replaces the true one, None when the true one is only changed or delayed."""
        if self.status is None:
            return None
        if self.body is not None:
            return ApiAnswer(self.status, text=self.body, media="text/html")
        return refusal(service, self.status, "The server is currently unavailable.")

    def bend(self, answer: ApiAnswer, service: str) -> ApiAnswer:
        """Empty or cut the lists of a true answer, as a service in trouble does."""
        if not (self.empty or self.truncate) or not isinstance(answer.document, dict):
            return answer
        document = {key: self._cut(value) for key, value in answer.document.items() if not key.endswith("_links")}
        document.pop("next", None)
        if self.truncate and service == "identity":
            document |= {"truncated": True, "links": {**answer.document.get("links", {}), "next": None}}
        return ApiAnswer(answer.status, document, headers=answer.headers)

    def _cut(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [] if self.empty else value[: len(value) // 2]


class Faults:
    """The faults in force, the first that fits falls."""

    def __init__(self) -> None:
        self._all: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        *,
        service: str | None = None,
        method: str | None = None,
        path_regex: str | None = None,
        status: int | None = None,
        body: str | None = None,
        times: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        empty: bool = False,
        truncate: bool = False,
        region: str | None = None,
        late: bool = False,
    ) -> Fault:
        """Order a fault; what is not named fits everything. Services: identity, compute, network, volume, image.

        With `late` the work is done first, and only the answer is lost (`drop`) or replaced (`status`).
        """
        path = None if path_regex is None else re.compile(path_regex)
        fault = Fault(service, method, path, status, body, times, delay, drop, empty, truncate, region, late)
        with self._lock:
            self._all.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """End one fault; one that has ended already is no error."""
        with self._lock:
            if fault in self._all:
                self._all.remove(fault)

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._all.clear()

    def falling(self, service: str, method: str, path: str, region: str) -> Fault | None:
        """Find the fault for this request and count it."""
        if not self._all:
            return None
        with self._lock:
            for fault in self._all:
                if fault.falls_on(service, method, path, region):
                    fault.hits += 1
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._all.remove(fault)
                    return fault
        return None
