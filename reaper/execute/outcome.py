"""How reclaiming one tenant went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from reaper.execute.tenant_reclaim import TenantReclaim
from reaper.model import Resource, Tenant
from reaper.plan import Finding


@dataclass(frozen=True)
class Outcome:
    """How reclaiming one tenant went. `done` means verified empty, twice; `left` is what is not."""

    tenant: Tenant
    done: bool
    at: datetime  # when it was seen to be so
    gone: int = 0
    left: tuple[Resource, ...] = ()
    blockers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # what could not be listed or asked: neither empty nor failed
    findings: tuple[Finding, ...] = ()
    kept: tuple[Resource, ...] = ()
    stopped: str | None = None  # the judge said no: why
    stuck: str | None = None  # patience ended: why

    @classmethod
    def of(cls, reclaim: TenantReclaim, at: datetime) -> Self:
        """Sum up."""
        troubles = (*reclaim.doubts.values(), *dict.fromkeys(reclaim.unheard.values()))
        return cls(
            reclaim.tenant,
            reclaim.empty,
            at,
            gone=len(reclaim.gone & reclaim.planned),
            left=tuple(reclaim.remaining.values()),
            blockers=() if reclaim.empty else _blockers(reclaim, troubled=bool(troubles)),
            doubts=troubles,
            findings=tuple(reclaim.left_alone.findings.values()),
            kept=tuple(reclaim.left_alone.kept.values()),
            stopped=reclaim.stopped,
            stuck=reclaim.stuck,
        )

    @property
    def temporary(self) -> bool:
        """Whether it is the cloud that does not answer, not the tenant that will not go."""
        return bool(self.doubts) and not self.blockers


def _blockers(reclaim: TenantReclaim, *, troubled: bool) -> tuple[str, ...]:
    """Name what stands in the way; with services in trouble only what another one has refused outright.

    What was asked to go and is still there may be waiting for a service that does not answer.
    """
    refused = {key: text for key, text in reclaim.answers.items() if text and key not in reclaim.unheard}
    said = tuple(f"{reclaim.remaining[key]}: {text}" for key, text in refused.items() if key in reclaim.remaining)
    if said or troubled:
        return said
    # What was asked to go and is still there stands in the way; the rest only waits behind it.
    asked = [reclaim.remaining[key] for key in reclaim.answers if key in reclaim.remaining]
    lasting = asked or list(reclaim.remaining.values())
    return tuple(f"{r} is still there ({r.status or 'no status'})" for r in lasting)
