"""Column types that mean the same on SQLite, PostgreSQL and MariaDB and never raise on what they cannot read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeDecorator

#: How many characters of a text are kept: four bytes each, they fit a MariaDB TEXT.
LONGEST_TEXT = 16_000
_QUOTED = 60
#: A number that counts rows. SQLite numbers its rows by itself only under this very type.
Number = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(frozen=True)
class Unreadable:
    """What a column holds in place of a value that makes sense."""

    held: object

    def __str__(self) -> str:
        """Quote it, cut to what a sentence can bear."""
        quoted = repr(self.held)
        return quoted if len(quoted) <= _QUOTED else f"{quoted[:_QUOTED]}..."


class MomentColumn(TypeDecorator[datetime | Unreadable]):
    """A moment as text in UTC, "2026-03-01T08:00:00.000000Z".

    Text, because it sorts by time, keeps microseconds and looks the same on every database; and because a value that
    makes no sense can be read and named, where a driver would raise and take all other rows of the answer with it.
    """

    # PostgreSQL compares bytes here: the order of a language knows nothing of time.
    impl = String(27).with_variant(postgresql.VARCHAR(27, collation="C"), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: datetime | Unreadable | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a moment; one without a time zone is a mistake of ours."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(f"{value!r} is no moment with a time zone")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | Unreadable | None:  # noqa: ARG002
        """Read a moment, or say what stands there."""
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            return Unreadable(value) if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return Unreadable(value)


class SpanColumn(TypeDecorator[timedelta | Unreadable]):
    """A duration in whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | Unreadable | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Write a duration."""
        return value // timedelta(microseconds=1) if isinstance(value, timedelta) else None

    def process_result_value(self, value: object, dialect: Dialect) -> timedelta | Unreadable | None:  # noqa: ARG002
        """Read a duration, or say what stands there."""
        if value is None:
            return None
        try:
            return timedelta(microseconds=value) if isinstance(value, int) else Unreadable(value)
        except OverflowError:
            return Unreadable(value)


class WordsColumn(TypeDecorator[str]):
    """A line of text from outside, or the word of an enumeration: cut to its column, and made fit to be kept."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it as plain text."""
        return None if value is None else legible(str(value))[: self.length]


class ProseColumn(TypeDecorator[str]):
    """A text from outside of any length, made fit to be kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write its beginning."""
        return None if value is None else legible(str(value))[:LONGEST_TEXT]


class JsonColumn(TypeDecorator[Any]):
    """A value as JSON text: lists come back as tuples, for whoever reads them builds frozen values."""

    # A tenant's many servers are more than the 64 KiB of a MariaDB TEXT.
    impl = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a value; sets are written as sorted lists, so that equal values are equal texts."""
        return None if value is None else json.dumps(value, sort_keys=True, default=_plain)

    def process_result_value(self, value: object, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read a value, or say what stands there."""
        if value is None:
            return None
        try:
            return _frozen(json.loads(value)) if isinstance(value, str) else Unreadable(value)
        except (ValueError, RecursionError):
            return Unreadable(value)


def legible(text: str) -> str:
    """Replace what a database refuses to keep: NUL, and halves of characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value)
    return dict(value) if hasattr(value, "keys") else str(value)  # type: ignore[call-overload]


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
