"""How reclaiming one tenant went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from reaper.execute.work import Work
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
    def of(cls, work: Work, at: datetime) -> Self:
        """Sum up."""
        troubles = (*work.doubts.values(), *dict.fromkeys(work.unheard.values()))
        return cls(
            work.tenant,
            work.empty,
            at,
            gone=len(work.gone & work.planned),
            left=tuple(work.remaining.values()),
            blockers=() if work.empty else _blockers(work, troubled=bool(troubles)),
            doubts=troubles,
            findings=tuple(work.findings.values()),
            kept=tuple(work.kept.values()),
            stopped=work.stopped,
            stuck=work.stuck,
        )

    @property
    def temporary(self) -> bool:
        """Whether it is the cloud that does not answer, not the tenant that will not go."""
        return bool(self.doubts) and not self.blockers


def _blockers(work: Work, *, troubled: bool) -> tuple[str, ...]:
    """Name what stands in the way; with services in trouble only what another one has refused outright.

    What was asked to go and is still there may be waiting for a service that does not answer.
    """
    refused = {key: text for key, text in work.answers.items() if text and key not in work.unheard}
    said = tuple(f"{work.remaining[key]}: {text}" for key, text in refused.items() if key in work.remaining)
    if said or troubled:
        return said
    # What was asked to go and is still there stands in the way; the rest only waits behind it.
    asked = [work.remaining[key] for key in work.answers if key in work.remaining]
    lasting = asked or list(work.remaining.values())
    return tuple(f"{r} is still there ({r.status or 'no status'})" for r in lasting)
