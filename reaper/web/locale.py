"""For whom a page is written: words, time zone, the cloud's name, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup

from reaper.letters.languages import Span, moment, span
from reaper.web.words import PageWords


@dataclass(frozen=True)
class PageLocale:
    """In which words, in which time zone, on which cloud, and whom to ask."""

    words: PageWords
    zone: tzinfo
    cloud_title: str
    contact: Markup | None

    def when(self, at: datetime, now: datetime) -> Markup:
        """Say a moment in full, machine-readable too."""
        said = moment(at, now, self.words.language, self.zone).full
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), said)

    def day(self, at: datetime, now: datetime) -> str:
        """Say a day, and the time too where days are too coarse."""
        said = moment(at, now, self.words.language, self.zone)
        return said.full if abs(at - now) < timedelta(days=1) else said.day

    def ask(self, key: str) -> Markup:
        """Say whom to turn to."""
        if self.contact is None:
            return self.words.say(f"{key}_unnamed")
        return self.words.say(key, contact=self.contact)

    def span(self, length: timedelta) -> Span:
        """Say a length of time."""
        return span(length, self.words.language)
