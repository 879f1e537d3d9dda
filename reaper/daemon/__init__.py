"""What keeps a process running for months: schedule, signals, logs, metrics.

Each name is loaded when it is asked for: a command that only reads the ledger needs no scheduler and no metrics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reaper.daemon.logs import Repeats, logger, set_up_logs
    from reaper.daemon.metrics import Figures, Metrics
    from reaper.daemon.passes import GRACE, Passes
    from reaper.daemon.pid_identity import is_over, this_life
    from reaper.daemon.schedule import Job, Schedule
    from reaper.daemon.service import Service

__all__ = [
    "GRACE",
    "Figures",
    "Job",
    "Metrics",
    "Passes",
    "Repeats",
    "Schedule",
    "Service",
    "is_over",
    "logger",
    "set_up_logs",
    "this_life",
]

_WHERE = {
    "pid_identity": ("is_over", "this_life"),
    "logs": ("Repeats", "logger", "set_up_logs"),
    "metrics": ("Figures", "Metrics"),
    "passes": ("GRACE", "Passes"),
    "schedule": ("Job", "Schedule"),
    "service": ("Service",),
}


def __getattr__(name: str) -> object:
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
