"""Progress on standard error: bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from reaper.cli.output import say
from reaper.model import Tenant
from reaper.printable import printable


class ReclaimBar:
    """Shows how much of each tenant is gone: bars on a terminal, plain lines otherwise."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Begin to draw, if somebody is looking."""
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.completed}/{task.total}"),
                TimeElapsedColumn(),
            )
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._progress.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Take the bars away."""
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, tenant: Tenant, left: int, gone: int) -> None:
        """Show how far one tenant is."""
        if self._progress is None:
            if self._said.get(tenant.id) != left:
                say(f"reclaiming {tenant.full_name}: {gone} gone, {left} left", err=True)
            self._said[tenant.id] = left
            return
        if tenant.id not in self._tasks:
            self._tasks[tenant.id] = self._progress.add_task(
                printable(f"reclaiming {tenant.full_name}"), total=left + gone
            )
        self._progress.update(self._tasks[tenant.id], completed=gone, total=left + gone)
