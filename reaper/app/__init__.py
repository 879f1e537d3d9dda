"""The composition root: the one place where settings become clients, a ledger, verbs and a daemon."""

from reaper.app.health import person_needed_for
from reaper.app.serve import Daemon, serve
from reaper.app.verbs import App
from reaper.app.wiring import Reach, build

__all__ = ["App", "Daemon", "Reach", "build", "person_needed_for", "serve"]
