"""The verbs at their intervals: APScheduler, one instance of each at a time, missed runs folded into one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to be done every so often."""

    name: str
    every: timedelta
    do: Callable[[], None]


class Schedule:
    """Runs jobs in threads of their own; a job that fails is logged and runs again at its next time."""

    def __init__(self, jobs: Sequence[Job], now: Callable[[], datetime]) -> None:
        """Make the schedule; nothing runs before `start`."""
        self._now = now
        self._changed = threading.Condition()
        self._busy = 0
        self._stopping = False
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(jobs))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._jobs = jobs

    def start(self) -> None:
        """Run every job at once, then at its interval."""
        for job in self._jobs:
            self._scheduler.add_job(
                self._run,
                "interval",
                args=[job],
                id=job.name,
                seconds=job.every.total_seconds(),
                next_run_time=self._now(),
            )
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Run a job now instead of at its next time, for instance when somebody renewed from suspension."""
        with suppress(JobLookupError):  # stopped: nothing is run any more
            self._scheduler.modify_job(name, next_run_time=self._now())

    def stop(self) -> None:
        """Start nothing more and wait for what is running."""
        # APScheduler would wait with its lock held, and a job that nudges another one would wait for the lock.
        self._scheduler.shutdown(wait=False)
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: not self._busy)

    def _run(self, job: Job) -> None:
        with self._changed:
            if self._stopping:
                return
            self._busy += 1
        try:
            _logged(job)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()


def _logged(job: Job) -> None:
    try:
        job.do()
    except Exception as error:
        log.exception("job failed", action="job_failed", job=job.name, error=str(error))
