"""The types of a policy's values, each of which says in a sentence what it takes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from reaper.policy import durations

T = TypeVar("T")


class Contradiction(ValueError):  # noqa: N818 - it is what it says
    """Values that are each right and cannot stand together; `complaints` pairs a key with a sentence."""

    def __init__(self, complaints: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {sentence}" for key, sentence in complaints))
        self.complaints = complaints


class Section(BaseModel):
    """A part of a policy: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def agree(*rules: tuple[bool, str, str]) -> None:
    """Raise one Contradiction with every rule (broken?, key, sentence) that is broken."""
    complaints = [(key, sentence) for broken, key, sentence in rules if broken]
    if complaints:
        raise Contradiction(complaints)


def _span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return durations.bounded(value)
    if isinstance(value, str):
        return durations.parse(value)
    raise ValueError(f"a duration is expected here; write one such as {durations.EXAMPLES}")


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is expected here; write one name")  # noqa: TRY004 - pydantic gathers ValueErrors
    if not value or value != value.strip() or not value.isprintable():
        raise ValueError(f"{value!r} is empty or has blanks or line breaks around it and would match nothing; cut them")
    return value


def _name(value: str) -> str:
    if not re.fullmatch(NAME, value):
        raise ValueError(f"{value!r} is not a name; write up to 63 letters, digits, dots, dashes, starting with one")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(LANGUAGE, value):
        raise ValueError(f"{value!r} is not a language; write one such as en or zh_CN")
    return value


def _count(value: object) -> int:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,3}", text):
        raise ValueError(f"{value!r} is not a number of times; write a whole number from 0 to 999")
    return int(text)


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise ValueError("the list is empty; name something or leave the key out")
    return _once(values)


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    twice = [value for at, value in enumerate(values) if value in values[:at]]
    if twice:
        shown = durations.written(twice[0]) if isinstance(twice[0], timedelta) else twice[0]
        raise ValueError(f"{shown} stands twice in the list; keep one")
    return values


def _descending(steps: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    right = sorted(steps, reverse=True)
    if list(_some(steps)) != right:
        raise ValueError(f"the earliest warning comes first; write [{', '.join(map(durations.written, right))}]")
    return steps


NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
LANGUAGE = r"^[a-z]{2,3}(_[A-Z]{2})?$"

Span = Annotated[
    timedelta,
    BeforeValidator(_span),
    PlainSerializer(durations.written, return_type=str),
    WithJsonSchema({"type": "string", "pattern": durations.PATTERN, "minLength": 2, "examples": ["12h", "7d", "2w"]}),
]
Word = Annotated[str, BeforeValidator(_word), WithJsonSchema({"type": "string", "minLength": 1})]
Name = Annotated[Word, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": NAME})]
Language = Annotated[Word, AfterValidator(_language), WithJsonSchema({"type": "string", "pattern": LANGUAGE})]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 999})]
#: A list that names each thing once, and one that also names at least one.
Distinct = Annotated[tuple[T, ...], AfterValidator(_once)]
Some = Annotated[tuple[T, ...], AfterValidator(_some)]
#: Times before an end, the longest first.
Ladder = Annotated[tuple[Span, ...], AfterValidator(_descending)]
