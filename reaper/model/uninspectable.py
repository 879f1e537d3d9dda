"""A service that a cloud offers and Reaper cannot look into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class UninspectableService:
    """A service of a region of which nothing is listed: what a project has there is neither known nor touched."""

    service: str
    region: str
    why: str

    def __str__(self) -> str:
        """Say what, where, and why."""
        return f"{self.service} in {self.region}: {self.why}"
