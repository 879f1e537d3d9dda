"""How each language says dates, spans of time and counts; the only words that are not in templates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from reaper.model import Person, Terms

ENGLISH, CHINESE = "en", "zh_CN"
#: The languages whose dates and counts are known here; a letter in any other gets the English ones.
KNOWN = (ENGLISH, CHINESE)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS = (
    (timedelta(days=1), "day", "天"),
    (timedelta(hours=1), "hour", "小时"),
    (timedelta(minutes=1), "minute", "分钟"),
    (timedelta(seconds=1), "second", "秒"),
)
_MINUTE = timedelta(minutes=1)
#: A date further away than this is ambiguous without its year; so is one in another year.
_YEAR_MATTERS = timedelta(days=180)


@dataclass(frozen=True)
class Moment:
    """One moment in a reader's words. `day` is short, for subjects; `full` has year, time and zone."""

    at: datetime
    day: str
    full: str
    relative: str

    def __str__(self) -> str:
        """Render in full."""
        return self.full


@dataclass(frozen=True)
class Span:
    """A length of time in a reader's words."""

    length: timedelta
    text: str

    def __str__(self) -> str:
        """Render as words."""
        return self.text


def moment(at: datetime, now: datetime, language: str, zone: tzinfo) -> Moment:
    """Put a moment into words, as seen from `now`, in the zone given."""
    local = at.astimezone(zone)
    far = abs(at - now) > _YEAR_MATTERS or local.year != now.astimezone(zone).year
    soon = timedelta(0) < at - now < timedelta(hours=1)
    clock = f"{local:%H:%M:%S}" if soon else f"{local:%H:%M}"
    return Moment(at, _day(local, language, with_year=far), _full(local, clock, language), relative(at, now, language))


def span(length: timedelta, language: str) -> Span:
    """Put a length of time into words, exactly: in the largest unit that divides it."""
    unit = next(u for u in _UNITS if length % u[0] == timedelta(0) or u is _UNITS[-1])
    return Span(length, _amount(length // unit[0], unit, language))


def relative(at: datetime, now: datetime, language: str) -> str:
    """Say how far away a moment is.

    A whole unit is said when at most a twelfth of it is missing, so that a letter which leaves a minute after its
    time still says "in 7 days", and nobody is promised noticeably more time than there is.
    """
    away = abs(at - now)
    if at <= now and away < _MINUTE:
        return "刚刚" if language == CHINESE else "just now"
    count, unit = next(
        ((n, u) for u in _UNITS if (n := int((away + u[0] / 12) // u[0])) >= 2),  # noqa: PLR2004 - "in 24 hours" reads better than "in 1 day"
        (round(away.total_seconds()), _UNITS[-1]),
    )
    amount = _amount(count, unit, language)
    if language == CHINESE:
        return f"{amount}后" if at >= now else f"{amount}前"
    return f"in {amount}" if at >= now else f"{amount} ago"


def times(count: int, language: str) -> str:
    """Say how often: once, 3 times."""
    if language == CHINESE:
        return f"{count}次"
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def joined(items: Sequence[str], language: str) -> str:
    """Join words as a sentence does: a, b and c."""
    if len(items) < 2:  # noqa: PLR2004 - it takes two to join
        return "".join(items)
    comma, last = ("、", "和") if language == CHINESE else (", ", " and ")
    before, end = comma.join(items[:-1]), items[-1]
    if language == CHINESE:  # beside Latin letters stands a space
        last = f"{' ' * _is_latin(before[-1:])}{last}{' ' * _is_latin(end[:1])}"
    return f"{before}{last}{end}"


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def language_for(terms: Terms, people: Collection[Person], languages: Collection[str] = KNOWN) -> str:
    """Choose one language for a letter: the one that all its readers prefer, else the policy's, else English."""
    wanted = {spelled(p.language, languages) for p in people if p.language}
    common = wanted.pop() if len(wanted) == 1 and all(p.language for p in people) else None
    return common or spelled(terms.language, languages) or ENGLISH


def spelled(language: str | None, languages: Collection[str] = KNOWN) -> str | None:
    """Find the language that somebody means by zh, zh-CN, zh_CN.UTF-8 or EN-gb; None when there is no such."""
    name = (language or "").split(".")[0].replace("-", "_").strip().casefold()
    if name in ("zh_hans", "zh_hans_cn", "zh_sg"):
        name = "zh_cn"
    exact = next((known for known in languages if known.casefold() == name), None)
    if exact or not name or name in ("zh_tw", "zh_hk", "zh_hant"):
        return exact
    stem = name.split("_")[0]
    return next((known for known in languages if known.casefold().split("_")[0] == stem), None)


def _amount(count: int, unit: tuple[timedelta, str, str], language: str) -> str:
    if language == CHINESE:
        return f"{count}{unit[2]}"
    return f"{count} {unit[1]}{'' if count == 1 else 's'}"


def _day(local: datetime, language: str, *, with_year: bool) -> str:
    if language == CHINESE:
        year = f"{local.year}年" if with_year else ""
        weekday = "一二三四五六日"[local.weekday()]
        return f"{year}{local.month}月{local.day}日（星期{weekday}）"  # noqa: RUF001 - Chinese has brackets of its own
    year = f" {local.year}" if with_year else ""
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def _full(local: datetime, clock: str, language: str) -> str:
    day = _day(local, language, with_year=True)
    return f"{day}{clock} {_zone(local)}" if language == CHINESE else f"{day}, {clock} {_zone(local)}"


def _zone(local: datetime) -> str:
    """Name the zone by its distance from UTC: letters such as CST mean three different zones."""
    offset = local.utcoffset() or timedelta(0)
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    return f"UTC{'-' if offset < timedelta(0) else '+'}{hours:02}:{minutes:02}"
