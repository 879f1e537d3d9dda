"""What a click has led to, as the page then says it: only as far as the lease bears it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reaper.lifecycle import NotAway, NotNow, NotRenewed
from reaper.operations import Situation, View
from reaper.web.actions import refused_away, refused_now
from reaper.web.locale import PageLocale
from reaper.web.page_facts import refusal_in

Refusal = NotRenewed | NotAway | NotNow
_RUNS = (Situation.RUNNING, Situation.ENDING, Situation.RESTORING)


@dataclass(frozen=True)
class Flash:
    """What the address of a page claims to have happened: it proves nothing."""

    renewed: int | None = None  # the count of renewals that a click has just led to
    said: str = ""

    @classmethod
    def told(cls, query: Mapping[str, str]) -> Flash:
        """Read it off an address."""
        count = query.get("renewed", "")
        return cls(int(count) if count.isdecimal() and len(count) < 4 else None, query.get("said", ""))  # noqa: PLR2004 - no lease is renewed so often


def banner(
    view: View, reader: PageLocale, values: Mapping[str, object], news: Flash, refused: Refusal | None
) -> Mapping[str, object] | None:
    """Say what a click led to, or which rule stood against it."""
    words = reader.words
    if refused is not None:
        return {"tone": "bad", "sentences": _refusal(refused, view, reader)}
    if news.renewed and news.renewed == view.tenant.lease.renewals and view.situation in _RUNS:
        left = words.say("renew.left", count=view.left, times=view.tenant.lease.terms.renew_times)
        return {"tone": "good", "sentences": [words.say("banner.renewed", **values), left]}
    borne_out = {
        "away": view.tenant.lease.away_until is not None and view.situation in _RUNS,
        "done": view.given_back,
        "kept": not view.given_back and view.situation in _RUNS,
    }
    if not borne_out.get(news.said):
        return None
    return {"tone": "good", "sentences": [words.say(f"banner.{news.said}", **values)]}


def _refusal(refused: Refusal, view: View, reader: PageLocale) -> list[object]:
    if isinstance(refused, NotRenewed):
        return [reader.words.say("banner.refused"), refusal_in(refused, view, reader)]
    return [refused_away(refused, view, reader) if isinstance(refused, NotAway) else refused_now(refused, reader)]
