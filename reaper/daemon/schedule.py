"""The verbs at their intervals: APScheduler, one instance of each at a time, missed runs folded into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
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
                _logged,
                "interval",
                args=[job],
                id=job.name,
                seconds=job.every.total_seconds(),
                next_run_time=self._now(),
            )
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Run a job now instead of at its next time, for instance when somebody renewed from suspension."""
        self._scheduler.modify_job(name, next_run_time=self._now())

    def stop(self) -> None:
        """Start nothing more and wait for what is running."""
        self._scheduler.shutdown(wait=True)


def _logged(job: Job) -> None:
    try:
        job.do()
    except Exception as error:
        log.exception("job failed", action="job_failed", job=job.name, error=str(error))
