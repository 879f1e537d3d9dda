"""The sample file and the tables of the documents, written from the options themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from reaper.config.options import GROUPS, REQUIRED

BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
_HEAD = """\
# Settings of Reaper, each with its default. Copy this file to /etc/reaper/reaper.conf and take the # away where another
# value shall hold. Further files may lie in /etc/reaper/reaper.conf.d/; the environment stands above all of them, as
# OS_<GROUP>__<OPTION>. Comments stand on lines of their own. Relative paths start at this file's folder.
"""
_EXAMPLES = {"clouds": "mycloud", "protect": "admin, service"}


def sample() -> str:
    """Return the text of etc/reaper.conf.sample."""
    return _HEAD + "".join(f"\n[{group}]\n" + "".join(map(_entry, options)) for group, options in GROUPS)


def table() -> str:
    """Return the settings as a table in Markdown, for docs/settings.md."""
    rows = [row for group, options in GROUPS for row in _rows(group, options)]
    return "\n".join(["| setting | type | default | meaning |", "|---|---|---|---|", *rows]) + "\n"


def with_table(document: str) -> str:
    """Return a document with the table between its two marks renewed."""
    parts = re.fullmatch(f"(.*{BEGIN}\n)(.*)({END}.*)", document, re.DOTALL)
    if parts is None:
        raise ValueError(f"the document lacks the marks {BEGIN} and {END}")
    return f"{parts[1]}{table()}{parts[3]}"


def _entry(option: Any) -> str:
    words = "\n".join(f"# {line}" for line in wrap(f"{option.help} ({_kind(option)})", width=110))
    if option.dest in REQUIRED:
        return f"\n{words}\n{option.dest} = {_EXAMPLES[option.dest]}\n"
    return f"\n{words}\n#{option.dest} = {_default(option)}".rstrip() + "\n"


def _rows(group: str, options: Any) -> Iterator[str]:
    for option in options:
        default = "(required)" if option.dest in REQUIRED else f"`{_default(option)}`" if _default(option) else ""
        yield f"| `{group}.{option.dest}` | {_kind(option)} | {default} | {option.help} |"


def _default(option: Any) -> str:
    if isinstance(option.default, list):
        return ", ".join(option.default)
    return "" if option.default is None else str(option.default)


def _kind(option: Any) -> str:
    choices = getattr(option.type, "choices", None)
    if choices:
        return ", ".join(choices)
    low, high = getattr(option.type, "min", None), getattr(option.type, "max", None)
    bounds = f" {low} to {high}" if high is not None else f" from {low}" if low is not None else ""
    names = {"string value": "text", "integer value": "number", "port value": "port"}
    return f"{names.get(option.type.type_name, option.type.type_name)}{bounds}"
