"""What keeps a process running for months: schedule, signals, logs, metrics."""

from reaper.daemon.lives import is_over, this_life
from reaper.daemon.logs import News, logger, set_up_logs
from reaper.daemon.metrics import Figures, Metrics
from reaper.daemon.passes import GRACE, Passes
from reaper.daemon.schedule import Job, Schedule
from reaper.daemon.service import Service

__all__ = [
    "GRACE",
    "Figures",
    "Job",
    "Metrics",
    "News",
    "Passes",
    "Schedule",
    "Service",
    "is_over",
    "logger",
    "set_up_logs",
    "this_life",
]
