"""How long letters wait, when they are given up, and what a pass came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.model import Letter

#: How long a letter waits after each attempt; the last one repeats.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
#: After what is not about the letter itself (server down, broken template) it waits no longer than this.
SOON = PAUSES[2]
#: After so long and so many answers, "later" means that the address will never take it.
GIVEN_UP_AFTER, GIVEN_UP_AT = timedelta(days=5), 10
#: Once some have a letter, the others are asked so often, and once more at least.
PARTLY_AT = 4


@dataclass(frozen=True)
class Delivered:
    """What one pass came to. `broken` are sentences about letters that could not be drawn up, each once.

    `held` letters were put back untouched, since their server is given only so many a minute.
    """

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    superseded: int = 0
    temporary_error: str | None = None
    permanent_error: str | None = None
    broken: tuple[str, ...] = ()
    held: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether another letter has a chance now."""
        return self.temporary_error is None and self.permanent_error is None

    def plus(self, other: Delivered) -> Delivered:
        """Add what became of further letters."""
        return Delivered(
            self.accepted + other.accepted,
            self.deferred + other.deferred,
            self.refused + other.refused,
            self.superseded + other.superseded,
            self.temporary_error or other.temporary_error,
            self.permanent_error or other.permanent_error,
            (*dict.fromkeys(self.broken + other.broken),),
            self.held + other.held,
        )


def pause_after(letter: Letter) -> timedelta:
    """Say how long a letter waits after the attempt it has just had."""
    return PAUSES[min(max(letter.attempts, 1), len(PAUSES)) - 1]


def asked_enough(letter: Letter, have: Sequence[str], now: datetime) -> bool:
    """Whether those who say "later" now have been asked often enough; what was said of us is no answer of theirs."""
    asked, since = letter.asked + 1, letter.asked_since or now
    if have:
        return bool(letter.recipients) and asked >= PARTLY_AT
    return asked >= GIVEN_UP_AT and now - since >= GIVEN_UP_AFTER
