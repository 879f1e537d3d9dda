"""A thing that an idle rule of its tenant's policy speaks of: since when, what was told, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.model.cloud import Resource
from reaper.model.words import LetterState


@dataclass(frozen=True)
class Disk:
    """A volume that goes, or may go, along with a server; `size` in GB."""

    id: str
    name: str
    size: int | None = None


@dataclass(frozen=True)
class IdleThing:
    """One row for each thing and rule. The rule's times are copied into it; `rule` is all that the rule says.

    `since` is when it became idle, as far as Reaper has seen it, and `seen_at` when that was last true. `along` is what
    its people were told goes with it. `letter_state`, `queued_at` and `accepted_at` are those of the letter that warned
    of it: a letter that came back was accepted by nobody. `damaged` says what of the row could not be read.
    """

    id: str
    tenant_id: str
    rule: str
    when: str
    resource: Resource
    lasts: timedelta  # how long it must be idle: the rule's `for`
    notice: timedelta  # how long before it goes its people must have been told
    since: datetime
    seen_at: datetime
    along: tuple[Disk, ...] = ()
    letter_id: str | None = None
    letter_state: LetterState | None = None
    queued_at: datetime | None = None
    accepted_at: datetime | None = None
    asked_at: datetime | None = None
    answer: str = ""
    absent_at: datetime | None = None
    gone_at: datetime | None = None
    receipt_id: str | None = None
    damaged: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Region, kind and id of the thing."""
        return self.resource.key

    @property
    def told(self) -> bool:
        """Whether a letter about it was queued that still counts."""
        return self.letter_id is not None and self.letter_state not in (None, LetterState.SUPERSEDED)
