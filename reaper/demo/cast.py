"""Who plays: about a dozen projects, and what their people do with the letters they get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Given the kind of a letter, how many of that kind came so far (this one included) and what renewals were made:
#: does the reader follow the link and press the button?
Habit = Callable[[str, int, int], bool]


def never(_kind: str, _count: int, _renewals: int) -> bool:
    """Read nothing."""
    return False


def at_the_first_warning(kind: str, count: int, renewals: int) -> bool:
    """Renew as soon as it is possible, once."""
    return kind == "warning" and count == 1 and renewals == 0


def at_the_last_warning(kind: str, count: int, renewals: int) -> bool:
    """Wait until the third warning, then renew, once."""
    return kind == "warning" and count == 3 and renewals == 0  # noqa: PLR2004 - the demo's policy warns three times


def whenever_possible(kind: str, _count: int, _renewals: int) -> bool:
    """Renew at every warning, as often as the rules allow."""
    return kind == "warning"


def when_it_hurts(kind: str, _count: int, renewals: int) -> bool:
    """Come back only when the servers have stopped."""
    return kind == "suspended" and renewals == 0


@dataclass(frozen=True)
class Role:
    """One project of the play. `joins` is the day on which it appears."""

    name: str
    fate: str  # in words, for the screen
    habit: Habit = never
    servers: int = 2
    fips: int = 1
    volumes: int = 1
    address: str | None = "{name}@users.example"
    language: str = "en"
    joins: int = 0
    tags: tuple[str, ...] = ()
    stubborn: bool = False
    hold: bool = False


CAST: tuple[Role, ...] = (
    Role("trial-weather", "renews at the first warning", at_the_first_warning, servers=3, fips=2),
    Role("trial-genome", "renews at the last warning", at_the_last_warning, servers=2, volumes=2),
    Role("trial-robots", "renews as often as it may", whenever_possible, servers=2),
    Role("trial-lecture", "comes back from suspension", when_it_hurts, servers=4, fips=2),
    Role("trial-shiyan", "comes back from suspension", when_it_hurts, servers=2, language="zh_CN"),
    Role("trial-forgotten", "ignores everything", servers=5, fips=3, volumes=3),
    Role("trial-weekend", "ignores everything", servers=2),
    Role("trial-ceshi", "ignores everything", servers=3, fips=2, language="zh_CN"),
    Role("trial-mining", "ignores everything", servers=6, fips=1, volumes=0),
    Role("trial-ghost", "has no address", address=None),
    Role("trial-bounced", "every address is refused", address="{name}@nowhere.example"),
    Role("trial-stubborn", "has a server that will not go", servers=2, stubborn=True),
    Role("trial-press", "on hold by an admin", servers=1, hold=True),
    Role("trial-keep", "exempt by a tag", servers=2, tags=("keep",)),
    Role("trial-newcomer", "arrives on day 6, ignores everything", servers=3, joins=6),
    Role("production-web", "not covered by any policy", servers=4, fips=2),
)

POLICY = """\
policy: trial
description: What the demo plays; the shipped policies are slower.
match:
  names: ["trial-*"]
  tags: {none: [keep]}
enforce: reclaim
lease:
  lasts: 14d
  warn_before: [7d, 3d, 1d]
  notice: 24h
renewal:
  by: 10d
  times: 2
  at_most: 28d
  opens_before: 7d
suspension:
  lasts: 4d
orphans:
  wait: 60d
"""
