"""Durations as people write them: 45s, 10m, 12h, 7d, 2w and sums such as 1d12h."""

from __future__ import annotations

import re
from datetime import timedelta

from reaper.errors import Unusable

#: How long one of each unit is, from the longest; `m` is a minute, a month has no fixed length.
UNITS: dict[str, timedelta] = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
LONGEST = timedelta(days=36525)  # a hundred years: beyond it something is mistyped
#: What a text must look like, for the schema; that each unit stands once and in order is checked below.
PATTERN = r"^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
EXAMPLES = "45s, 10m, 12h, 7d, 2w or 1d12h"

_WHOLE = re.compile(PATTERN)
_PART = re.compile(r"([0-9]+)([wdhms])")
#: About how many days the words for what has no fixed length mean; `M` alone may be months or minutes.
_UNEVEN = {
    "mo": 30,
    "mon": 30,
    "mth": 30,
    "month": 30,
    "quarter": 91,
    "y": 365,
    "yr": 365,
    "year": 365,
    "月": 30,
    "年": 365,
}
_UNEVENLY = re.compile(r"([0-9]{1,5}) *个?([a-z月年]+?)s?", re.IGNORECASE)
_WORDY = re.compile(r"([0-9]{1,5}) *(s|m|h|d|w|sec|min|hour|day|week)[a-z]*", re.IGNORECASE)


class NotADuration(Unusable, ValueError):  # noqa: N818 - the tree is named by what can be done
    """A text that is no duration; says what would be one."""


def parse(text: str) -> timedelta:
    """Read a duration of at least a second and under a hundred years.

    Raises:
        NotADuration: which is an Unusable and a ValueError; one sentence with what would be right.
    """
    if not text or not _WHOLE.fullmatch(text):
        raise NotADuration(f"{_quoted(text)} is not a duration; {_advice(text)}")
    if max(len(digits) for digits, _unit in _PART.findall(text)) > len("3155760000"):
        raise NotADuration(f"{_quoted(text)} is too long; a duration stays under 100 years")
    return bounded(sum((int(n) * UNITS[unit] for n, unit in _PART.findall(text)), timedelta()), text)


def bounded(span: timedelta, text: str = "") -> timedelta:
    """Return the span if it is longer than nothing and under a hundred years; NotADuration otherwise."""
    if span <= timedelta(0):
        raise NotADuration(f"{_quoted(text or str(span))} is no time at all; a duration is at least 1s")
    if span >= LONGEST:
        raise NotADuration(f"{_quoted(text or str(span))} is too long; a duration stays under 100 years")
    return span


def written(span: timedelta) -> str:
    """Write a span as `parse` reads it, in days and smaller (14d, not 2w); fractions of a second are cut."""
    rest, parts = span - timedelta(microseconds=span.microseconds), []
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _advice(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) < len("100000"):
        return f"the unit is missing: write {text}s, {text}m, {text}h, {text}d or {text}w"
    uneven = _UNEVENLY.fullmatch(text.strip())
    days = _UNEVEN.get(uneven[2].lower()) if uneven else None
    if uneven and days:
        return f"it has no fixed length: write days, such as {int(uneven[1]) * days}d"
    wordy = _WORDY.fullmatch(text.strip())
    if wordy and text.strip().endswith("M"):
        return f"write {wordy[1]}m for minutes; for months write days, such as {int(wordy[1]) * 30}d"
    if wordy:
        return f"write {wordy[1]}{wordy[2][0].lower()}"
    return f"write a number with its unit, such as {EXAMPLES}"


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")  # noqa: PLR2004 - what fits into a sentence
