"""The composition root: the one place where settings become clients, a ledger, verbs and a daemon.

The daemon is loaded when it is asked for: no command but `reaper run` needs the page and the schedule.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reaper.app.health import person_needed_for
from reaper.app.verbs import App
from reaper.app.wiring import Reach, build

if TYPE_CHECKING:
    from reaper.app.serve import Daemon, serve

__all__ = ["App", "Daemon", "Reach", "build", "person_needed_for", "serve"]


def __getattr__(name: str) -> object:
    if name in ("Daemon", "serve"):
        return getattr(import_module("reaper.app.serve"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
