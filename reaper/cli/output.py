"""How answers reach people and programs: rich tables, or one JSON document on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reaper.printable import json_safe, printable

Command = TypeVar("Command", bound=Callable[..., Any])


def formatted(command: Command) -> Command:
    """Give a command the option `-f table|json`."""
    option = click.option(
        "-f",
        "--format",
        "style",
        type=click.Choice(["table", "json"]),
        default="table",
        help="How to print the answer.",
    )
    return option(command)


def as_json(value: object) -> str:
    """Write a value as one JSON document; moments as ISO 8601, spans in seconds."""
    return json_safe(json.dumps(value, default=_plain, ensure_ascii=False, indent=1))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def say_json(value: object) -> None:
    """Print the one document."""
    click.echo(as_json(value))


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text for people; what is in it of strangers' names cannot act on their terminal."""
    click.echo(printable(text, lines=True), err=err, nl=nl)


class PlainConsole(Console):
    """A console that takes strings as they are: no markup in them is obeyed, and nothing a terminal would act on."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print strings as text, and anything else as rich does."""
        shown_as = (Text(printable(one, lines=True)) if isinstance(one, str) else one for one in objects)
        super().print(*shown_as, **how)


def console() -> PlainConsole:
    """Return where people read: standard output, at most as wide as their terminal."""
    return PlainConsole(highlight=False, width=None if sys.stdout.isatty() else 160)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Make a table whose texts are shown as they are, without markup."""
    made = Table(title=_as_text(title), title_justify="left", header_style="bold", pad_edge=False, min_width=len(title))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*map(_as_text, row))
    return made


def pairs(facts: Mapping[str, object]) -> Table:
    """Make a two-column table of names and values; empty ones are left out."""
    made = Table(show_header=False, box=None, pad_edge=False)
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in facts.items():
        if value not in (None, "", (), [], {}):
            made.add_row(name.replace("_", " "), _as_text(shown(value)))
    return made


def shown(value: object) -> str:
    """Write a value for people."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items()) or "-"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "\n".join(shown(item) for item in value) or "-"
    return "-" if value is None else str(value)


def _as_text(text: str) -> Text:
    """Show a cell as it is; a name that looks like rich's markup is only a name."""
    return Text(printable(text, lines=True))
