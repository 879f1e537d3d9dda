"""A tenant with what today's policies and facts say of it: the only kind that anything is decided about."""

from __future__ import annotations

from dataclasses import dataclass, field

from reaper.model.archive import ServerArchive
from reaper.model.tenant import Tenant
from reaper.model.uninspectable import UninspectableService
from reaper.model.words import Enforce


@dataclass(frozen=True)
class NotKnown:
    """What cannot be told just now, and why. It is neither yes nor no, and wherever it matters it spares."""

    why: str

    def __str__(self) -> str:
        """Render as one line."""
        return f"not known: {self.why}"


@dataclass(frozen=True)
class Judged(Tenant):
    """A tenant as it stands today. Made by `reaper.policy.standing` alone, never half.

    Attributes:
        enforce: How far the policy that covers it goes today; None: the policy of its lease no longer exists.
        exempt: Why nobody may touch it; None only where it was looked at and nothing spares it.
        archives: Of a reclaimed tenant whose letters are drawn up: what became of its servers' images.
        unseen: Of such a one, too: what could not be looked into.
    """

    enforce: Enforce | None = field(kw_only=True)
    exempt: str | NotKnown | None = field(kw_only=True)
    archives: tuple[ServerArchive, ...] = field(default=(), kw_only=True)
    unseen: tuple[UninspectableService, ...] = field(default=(), kw_only=True)
