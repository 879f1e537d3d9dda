"""What a letter says of idle things: which they are, since when, when each goes or went, and what goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reaper.kinds import KINDS
from reaper.letters.languages import Moment, Span, joined, moment, span
from reaper.letters.losses import Thing, clean, counted, kind_name, thing_of
from reaper.lifecycle import promised_at
from reaper.model import Disk, IdleThing


@dataclass(frozen=True)
class IdleLine:
    """One thing. `at` is when it goes at the earliest, or was found gone; `when` unattached, stopped or older."""

    kind: str
    thing: Thing
    when: str
    lasts: Span
    since: Moment
    at: Moment
    along: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class IdleLines:
    """All things of one letter: `text` counts them, `first` is the earliest moment of any."""

    text: str
    first: Moment
    lines: tuple[IdleLine, ...]

    @property
    def whens(self) -> frozenset[str]:
        """The words of the rules that took them."""
        return frozenset(line.when for line in self.lines)


def idle_in(things: Sequence[IdleThing], now: datetime, language: str, zone: tzinfo) -> IdleLines | None:
    """Put idle things into words, the first to go first; None where there are none."""
    if not things:
        return None
    timed = sorted(
        ((thing.gone_at or promised_at(thing, now), thing) for thing in things), key=lambda t: (t[0], t[1].key)
    )
    lines = tuple(
        IdleLine(
            kind=kind_name(thing.resource.kind, language),
            thing=thing_of(thing.resource),
            when=thing.when,
            lasts=span(thing.lasts, language),
            since=moment(thing.since, now, language, zone),
            at=moment(at, now, language, zone),
            along=tuple(map(disk_of, thing.along)),
        )
        for at, thing in timed
    )
    kinds = [thing.resource.kind for thing in things]
    counts = [counted(kinds.count(kind.name), kind.name, language) for kind in KINDS if kind.name in kinds]
    return IdleLines(joined(counts, language), lines[0].at, lines)


def disk_of(disk: Disk) -> Thing:
    """Name a volume that goes along."""
    return Thing(clean(disk.name or disk.id), f"{disk.size} GB" if disk.size is not None else "")
