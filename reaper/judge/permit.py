"""What `may` answers: a permit that names one step on one thing and lives for seconds, or a refusal that says why."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from reaper.judge.steps import Need, Step

#: How long a permit lives. The thread that carries it may have to wait for a place in its service's line.
LASTS = timedelta(seconds=10)
#: Only `may` has it: nobody else makes a permit.
SEAL = object()
Key = tuple[str, str, str]


@final
@dataclass(frozen=True)
class Permit:
    """One step on one thing of one project (`key` None: on the project itself), until a few seconds from now.

    Raises:
        TypeError: it was not made by `may`.
    """

    step: Step
    cloud: str
    project_id: str
    key: Key | None
    at: datetime
    until: datetime
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("a permit is made by reaper.judge.may, and by nothing else")


@dataclass(frozen=True)
class Refusal:
    """The step must not be taken: which fact speaks against it, and why.

    `doubtful`: nothing speaks against it that is known; a fact is missing, malformed or too old.
    """

    step: Step
    need: Need
    why: str
    at: datetime
    doubtful: bool = False

    def __str__(self) -> str:
        """Render as a person would say it."""
        return self.why


def objection(permit: object, steps: tuple[Step, ...], cloud: str, key: Key | None, now: datetime) -> str | None:
    """Say why a permit does not cover a call; None when it does. Whatever is no permit covers nothing."""
    if not isinstance(permit, Permit):
        return "there is no permit for it"
    if permit.step not in steps:
        return f"its permit is one to {permit.step}"
    if (permit.cloud, permit.key) != (cloud, key):
        return "its permit is for something else"
    if not permit.at - timedelta(seconds=1) <= now <= permit.until:
        return "its permit is over"
    return None
