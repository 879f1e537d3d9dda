"""The rules by which single things are given back while the lease runs, and of which kinds that can be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from reaper.kinds import KINDS, When
from reaper.policy.durations import written
from reaper.policy.fields import Section, Span, Word, agree

#: Without a word of its own a rule's people are told half of its time before, and a day at most.
WARNED_AT_MOST = timedelta(days=1)


#: The kinds of which it can be told. A port without a device may be the address of a cluster, and a network without
#: ports may be needed tomorrow: of those nothing is concluded. A volume that is attached cannot be taken at all.
POSSIBLE: Mapping[When, frozenset[str]] = {
    when: frozenset(kind.name for kind in KINDS if when in kind.idle_when) for when in When
}
IDLE_KINDS: frozenset[str] = frozenset().union(*POSSIBLE.values())


class IdleRule(Section):
    """One kind of thing that is given back while the lease runs."""

    kind: Word
    """The kind of resource."""
    when: When
    """unattached, stopped, or older (than its time, whatever it does)."""
    for_: Span = Field(alias="for")
    """How long that must have been so."""
    warn_before: Span | None = None
    """How long before it is taken its people are told; without it half of `for`, and a day at most."""

    @model_validator(mode="after")
    def _warns_in_time(self) -> Self:
        late = self.warn_before is not None and self.warn_before >= self.for_
        agree((late, "warn_before", f"is not within {written(self.for_)}, the rule's own `for`; write less"))
        return self

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        told = POSSIBLE[self.when]
        never = self.kind in IDLE_KINDS and self.kind not in told
        agree((never, "when", f"{self.when} cannot be told of a {self.kind}; it can of {', '.join(sorted(told))}"))
        return self

    @property
    def notice(self) -> timedelta:
        """How long before it is taken its people must have been told, counted from when the mail server took it."""
        return self.warn_before or min(WARNED_AT_MOST, self.for_ / 2)

    def under(self, policy: str) -> str:
        """Name the rule and all it says: what is written otherwise is another rule, and begins anew."""
        return f"{policy}: {self.kind} {self.when} for {written(self.for_)}, told {written(self.notice)} before"
