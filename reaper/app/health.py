"""Whether the daemon lives and whether it does its work: what /healthz, /readyz and the watchdog are told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from reaper.app.admins import trouble_in_words
from reaper.app.verbs import App
from reaper.daemon import GRACE
from reaper.errors import ReaperError
from reaper.model import State

#: The gates that close because something does not work; `pause` and `limits` close because a person wants it.
OF_TROUBLE = ("inventory", "mail", "clock", "outage", "database")
#: The fact by which the ledger is tried: whoever can write it can write everything.
READY = "ready"
_TRIED_EVERY = 10.0  # seconds; questions at /readyz must not become a load of writes


def person_needed_for(app: App, status: Mapping[str, Any]) -> list[str]:
    """Say what of `App.status` a person is needed for; empty: of nothing."""
    last, now = status["last_sweep"], app.clock.now()
    if last is None:
        return []  # it was never started, and nothing is wrong with that
    silent = now - last > app.settings.sweep.sweep_every + GRACE
    quarantined = status["tenants"].get(str(State.QUARANTINED), 0)
    mail = status["mail_trouble"]
    return [
        *(f"closed gate: {gate}" for gate in app.gates() if gate.name != "pause"),  # whoever paused knows
        *([f"{quarantined} quarantined: `reaper tenant list --state quarantined`"] if quarantined else []),
        *(f"unfinished: {line}" for line in status["unfinished"]),
        *([f"mail: {mail}"] if mail else []),
        *([f"no sweep since {last:%Y-%m-%d %H:%M} UTC: does the daemon run?"] if silent else []),
    ]


class Health:
    """Asks an App. Nothing here raises: what cannot be told is a reason."""

    def __init__(self, app: App) -> None:
        """Ask nothing yet."""
        self._app = app
        self._tried: tuple[float, str | None] | None = None

    def live(self) -> Mapping[str, object]:
        """Say whether the process works at all, apart from whatever it works with: if not, start it again."""
        still, last = self._app.passes.standing_still(), None
        with contextlib.suppress(ReaperError):  # the database is a matter of `ready`; a new process has no other
            last = self._app.store.ledger.gate_inputs(self._app.clock.now()).beat_at
        return {"ok": still is None, "why": [still] if still else [], "last_sweep": last.isoformat() if last else None}

    def ready(self) -> Mapping[str, object]:
        """Say whether the work is done: a good pass of each verb, a ledger to write in, each cloud read, mail going."""
        passes = self._app.passes
        why = passes.late()
        trouble = self._database()
        if trouble is not None:
            why.append(f"database: {trouble}")
        censuses: dict[str, object] = {}
        try:
            why += self._reasons()
            censuses = self._censuses()
        except ReaperError as error:
            if trouble is None:
                why.append(f"database: {error}")
        return {
            "ok": not why,
            "why": why,
            "seconds_since_good_pass": {verb: round(age, 1) for verb, age in passes.ages().items()},
            "passes_left_behind": {verb: past.left_behind for verb, past in passes.past().items() if past.left_behind},
            "last_complete_census": censuses,
        }

    def _reasons(self) -> list[str]:
        app = self._app
        mail = trouble_in_words(app.store, app.settings, app.clock.now())
        gates = [str(gate) for gate in app.gates() if gate.name in OF_TROUBLE]
        return [*gates, *([f"mail: {mail}"] if mail else [])]

    def _censuses(self) -> dict[str, object]:
        marks = self._app.store.ledger.gate_inputs(self._app.clock.now()).censuses
        known = {cloud: marks.get(cloud) for cloud in self._app.settings.clouds}
        return {cloud: mark.at.isoformat() if mark and mark.complete else None for cloud, mark in known.items()}

    def _database(self) -> str | None:
        """Write something small, at most every ten seconds; returns what went wrong."""
        now = self._app.clock.monotonic()
        if self._tried is None or now - self._tried[0] >= _TRIED_EVERY or self._tried[1] is not None:
            self._tried = (now, self._write())
        return self._tried[1]

    def _write(self) -> str | None:
        try:
            self._app.store.ledger.note(READY, self._app.clock.now().isoformat())
        except ReaperError as error:
            return str(error)
        return None
