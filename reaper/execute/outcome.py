"""How reclaiming one tenant went."""

from __future__ import annotations

from dataclasses import dataclass

from reaper.model import Resource, Tenant
from reaper.plan import Finding


@dataclass(frozen=True)
class Outcome:
    """How reclaiming one tenant went. `done` means verified empty, twice; `left` is what is not."""

    tenant: Tenant
    done: bool
    gone: int = 0
    left: tuple[Resource, ...] = ()
    blockers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # what could not be listed or asked: neither empty nor failed
    findings: tuple[Finding, ...] = ()
    kept: tuple[Resource, ...] = ()
    stopped: str | None = None  # the permit was taken back: why
    stuck: str | None = None  # patience ended: why

    @property
    def temporary(self) -> bool:
        """Whether it is the cloud that does not answer, not the tenant that will not go."""
        return bool(self.doubts) and not self.blockers
