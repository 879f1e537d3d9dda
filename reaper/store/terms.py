"""The terms of a lease as they are kept: one JSON object, durations in seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reaper.model import Afterwards, Archive, Terms

_SPANS = (
    "lasts",
    "notice",
    "renew_by",
    "at_most",
    "opens_before",
    "suspension_lasts",
    "orphans_wait",
    "archive_kept",
    "away",
)


def as_kept(terms: Terms) -> dict[str, Any]:
    """Write terms down; the policy's name stands in a column of its own."""
    spans: dict[str, Any] = {name: getattr(terms, name).total_seconds() for name in _SPANS}
    return spans | {
        "warn_before": [span.total_seconds() for span in terms.warn_before],
        "renew_times": terms.renew_times,
        "keep": sorted(terms.keep),
        "archive": str(terms.archive),
        "afterwards": str(terms.afterwards),
        "language": terms.language,
        "contacts": list(terms.contacts),
    }


def as_read(policy: str, kept: Any) -> Terms:
    """Read terms back.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: they are not what `as_kept` writes.
    """
    times = kept["renew_times"]
    if not isinstance(times, int):
        raise TypeError("renew_times")
    spans = {name: _span(kept[name]) for name in _SPANS}
    return Terms(
        policy=policy,
        **spans,
        warn_before=tuple(_span(seconds) for seconds in _several(kept["warn_before"])),
        renew_times=times,
        keep=frozenset(_words(kept["keep"])),
        archive=Archive(kept["archive"]),
        afterwards=Afterwards(kept["afterwards"]),
        language=str(kept["language"]),
        contacts=_words(kept["contacts"]),
    )


def no_terms(policy: str) -> Terms:
    """Stand in for terms that cannot be read; nothing may be concluded from them."""
    never = timedelta(0)
    return Terms(
        policy=policy,
        lasts=never,
        warn_before=(),
        notice=never,
        renew_by=never,
        renew_times=0,
        at_most=never,
        opens_before=never,
        suspension_lasts=never,
        orphans_wait=never,
    )


def _span(seconds: Any) -> timedelta:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError("a duration is a number of seconds")
    return timedelta(seconds=seconds)


def _several(items: Any) -> tuple[Any, ...]:
    if not isinstance(items, tuple):
        raise TypeError("a list was expected")
    return items


def _words(items: Any) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in _several(items)):
        raise TypeError("a list of words was expected")
    return tuple(items)
