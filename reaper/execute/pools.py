"""Threads that carry requests, with a width per service that follows how well the service bears it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

from reaper.errors import Permanent, ReaperError, Temporary

T = TypeVar("T")

#: An answer that takes so many times longer than the calm ones, and over a second, tells of a queue in the service.
SLOW, SLOW_AT_LEAST = 4.0, 1.0


class Width:
    """How many requests a service gets at once: one more after a full set of good answers, half after a bad one."""

    def __init__(self, most: int) -> None:
        """Begin in the middle."""
        self._most = most
        self._limit = max(1.0, most / 2)
        self._calm: float | None = None
        self._busy = 0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return int(self._limit)

    def enter(self) -> None:
        """Wait for a place."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy < int(self._limit))
            self._busy += 1

    def leave(self, seconds: float, *, overloaded: bool) -> None:
        """Give the place back, with how the request went."""
        with self._changed:
            self._busy -= 1
            if overloaded:
                self._limit = max(1.0, self._limit / 2)
            elif self._calm is not None and seconds > max(SLOW_AT_LEAST, SLOW * self._calm):
                self._limit = max(1.0, self._limit * 0.9)
            else:
                self._limit = min(float(self._most), self._limit + 1 / self._limit)
                self._calm = seconds if self._calm is None else 0.9 * self._calm + 0.1 * seconds
            self._changed.notify_all()


@dataclass(frozen=True)
class Task(Generic[T]):
    """One request to one service."""

    service: str
    ask: Callable[[], T]


class Pools(AbstractContextManager["Pools"]):
    """All the threads there are, shared fairly by the services. Use as a context manager, or `close` at the end."""

    def __init__(self, workers: int) -> None:
        """Make no thread before the first request."""
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="ask")
        self._widths: dict[str, Width] = {}
        self._lock = threading.Lock()
        self.asked = 0

    def run(self, tasks: Sequence[Task[T]]) -> list[T | ReaperError]:
        """Ask everything, return the answers in order; an error is an answer too, and stops nobody else."""
        if len(tasks) == 1:
            return [self._one(tasks[0])]
        return list(self._threads.map(self._one, tasks))

    def start(self, task: Task[T]) -> Future[T | ReaperError]:
        """Ask, and go on; the answer comes with the future, and may be an error."""
        return self._threads.submit(self._one, task)

    def limit(self, service: str) -> int:
        """How many requests the service gets at once, now."""
        return self._width(service).limit

    def _one(self, task: Task[T]) -> T | ReaperError:
        width = self._width(task.service, asked=1)
        width.enter()
        began, overloaded = time.perf_counter(), False
        try:
            return task.ask()
        except Temporary as error:
            overloaded = True
            return error
        except ReaperError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the boundary: a fault in one request must not lose the others
            wrapped = Permanent(f"an unexpected fault: {type(error).__name__}: {error}")
            wrapped.__cause__ = error
            return wrapped
        finally:
            width.leave(time.perf_counter() - began, overloaded=overloaded)

    def _width(self, service: str, asked: int = 0) -> Width:
        with self._lock:
            self.asked += asked
            return self._widths.setdefault(service, Width(self.workers))

    def close(self) -> None:
        """Wait for what is under way."""
        self._threads.shutdown()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
