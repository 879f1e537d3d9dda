"""The verbs at their intervals: APScheduler, one instance of each at a time, missed runs folded into one.

Each pass runs in a thread of its own. One that takes longer than any may (a hang in a library) is left behind in it,
said and counted, and the next one begins at its time; what two passes at once may do to a tenant, the ledger's
versions decide.
"""

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

from reaper.daemon.passes import Passes

log = structlog.get_logger(__name__)

#: How long `stop` waits for the passes under way; below the TimeoutStopSec of the unit.
PATIENCE = timedelta(seconds=100)


@dataclass(frozen=True)
class Job:
    """Something to be done every so often."""

    name: str
    every: timedelta
    do: Callable[[], None]


class Schedule:
    """Runs jobs in threads of their own; a job that fails is logged and runs again at its next time."""

    def __init__(self, jobs: Sequence[Job], now: Callable[[], datetime], passes: Passes) -> None:
        """Make the schedule; nothing runs before `start`. `passes` says how long one may take, and keeps the record."""
        self._now = now
        self._passes = passes
        self._changed = threading.Condition()
        self._running: set[_Pass] = set()  # those that are waited for
        self._hanging: set[_Pass] = set()  # those that were left behind
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

    @property
    def works(self) -> bool:
        """Whether the thread that begins passes is alive."""
        thread = self._scheduler._thread  # noqa: SLF001 - APScheduler says `running` even when its thread has died
        return thread is not None and thread.is_alive()

    def nudge(self, name: str) -> None:
        """Run a job now instead of at its next time, for instance when somebody renewed from suspension."""
        with suppress(JobLookupError):  # stopped: nothing is run any more
            self._scheduler.modify_job(name, next_run_time=self._now())

    def stop(self, patience: timedelta = PATIENCE) -> list[str]:
        """Start nothing more and wait for what is running; returns the names of those that hang all the same."""
        # APScheduler would wait with its lock held, and a job that nudges another one would wait for the lock.
        self._scheduler.shutdown(wait=False)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._running, patience.total_seconds())
            return sorted(one.name for one in self._running | self._hanging)

    def _run(self, job: Job) -> None:
        """Begin a pass and wait for its end, or until it has taken longer than any may."""
        with self._changed:
            if self._stopping:
                return
            one = _Pass(job.name)
            self._running.add(one)
            threading.Thread(target=self._do, args=(job, one), name=job.name, daemon=True).start()
            longest = self._passes.longest
            self._changed.wait_for(lambda: one not in self._running or self._stopping, longest.total_seconds())
            if one not in self._running or self._stopping:
                return
            self._running.discard(one)
            self._hanging.add(one)
        self._passes.left_behind(job.name)
        log.error(
            "a pass hangs and is left behind", action="pass_left_behind", job=job.name, after_seconds=longest.seconds
        )

    def _do(self, job: Job, one: _Pass) -> None:
        try:
            _logged(job)
        finally:
            with self._changed:
                came_back = one in self._hanging
                self._running.discard(one)
                self._hanging.discard(one)
                self._changed.notify_all()
            if came_back:
                self._passes.came_back(job.name)
                log.warning("a pass that was left behind has ended", action="pass_came_back", job=job.name)


class _Pass:
    """One run of a job, told from the others by being another object."""

    def __init__(self, name: str) -> None:
        self.name = name


def _logged(job: Job) -> None:
    try:
        job.do()
    except Exception as error:
        log.exception("job failed", action="job_failed", job=job.name, error=str(error))
