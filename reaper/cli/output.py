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
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1)


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


def console() -> Console:
    """Return where people read: standard output, at most as wide as their terminal."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Make a table whose texts are shown as they are, without markup."""
    made = Table(title=title, title_justify="left", header_style="bold", pad_edge=False, min_width=len(title))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(_escaped(cell) for cell in row))
    return made


def pairs(facts: Mapping[str, object]) -> Table:
    """Make a two-column table of names and values; empty ones are left out."""
    made = Table(show_header=False, box=None, pad_edge=False)
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in facts.items():
        if value not in (None, "", (), [], {}):
            made.add_row(name.replace("_", " "), _escaped(shown(value)))
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


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
