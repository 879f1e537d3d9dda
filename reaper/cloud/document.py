"""The parts of docs/kinds.md that are made from the code: what is told of each kind, and what a list costs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping

from reaper.cloud.list_scope import WORTH_A_CALL
from reaper.cloud.rows import ROWS, Row
from reaper.kinds import BY_NAME, MAKERS, STUCK, Kind

_BLOCK = "(<!-- generated: {} -->\n)(.*?)(<!-- end -->)"


def kinds_table() -> str:
    """Return the table of all kinds in Markdown."""
    head = "| kind | found by | must be gone before | leaves with | may leave with | removed by |\n"
    return f"{head}|---|---|---|---|---|---|\n{''.join(map(_line, ROWS))}"


def cost_of_lists() -> str:
    """Say in two sentences how many projects a list takes in a call, and from when on the whole cloud is read."""
    by_many = sorted({(BY_NAME[row.kind].service, row.filter.at_once) for row in ROWS if row.filter.at_once > 1})
    single = sorted({BY_NAME[row.kind].service for row in ROWS if row.filter.by and row.filter.at_once == 1})
    many = " and ".join(f"{number} to the service `{service}`" for service, number in by_many)
    one = ", ".join(f"`{service}`" for service in single)
    return (
        f"So many projects are named in one call: {many}.\n"
        f"One project in a call: {one}; of these one list of the whole cloud is read\n"
        f"instead as long as it holds no more than {WORTH_A_CALL} objects for each tenant in work.\n"
    )


def stuck_states() -> str:
    """Return the table of the states that hold a thing, and the way out of each."""
    lines = (
        f"| `{row.kind}` | {'task ' if row.task else ''}{_named(row.states)} | {row.way} | {row.source} |\n"
        for row in STUCK
    )
    return f"| kind | state | way out | source of the service (release) |\n|---|---|---|---|\n{''.join(lines)}"


#: Each generated part by its name in the document.
PARTS: Mapping[str, Callable[[], str]] = {"kinds": kinds_table, "lists": cost_of_lists, "stuck": stuck_states}


def renewed(document: str) -> str:
    """Return a document with every generated part as it is today.

    Raises:
        ValueError: a part has no place in it.
    """
    for name, make in PARTS.items():
        found = re.search(_BLOCK.format(name), document, re.DOTALL)
        if found is None:
            raise ValueError(f"the document lacks the marks of the part {name!r}")
        document = f"{document[: found.start()]}{found[1]}{make()}{found[3]}{document[found.end() :]}"
    return document


def _line(row: Row) -> str:
    kind = BY_NAME[row.kind]
    everybody_waits = set(MAKERS) <= set(kind.after)  # said once for all, below the table
    cells = (
        f"`{row.kind}`",
        _found(row, kind),
        _named(name for name in kind.after if not (everybody_waits and name in MAKERS)),
        _above(kind),
        _named(sorted(kind.leaves_with)),
        sentence(row.remove),
    )
    return f"| {' | '.join(cells)} |\n"


def _found(row: Row, kind: Kind) -> str:
    if kind.listed_with:
        return f"shown in the list of `{kind.listed_with}`: no call"
    if row.filter.address:
        return "one call for each project"
    how = "by project" if row.filter.by else "of the whole cloud (there is no filter)"
    version = f", since {row.since[0]}.{row.since[1]}" if row.since else ""
    extension = f", extension `{row.extension}`" if row.extension else ""
    return f"`GET {row.path or '/'}` {how}{version}{extension}"


def _above(kind: Kind) -> str:
    if kind.parent is None:
        return ""
    return f"`{kind.parent.kind}`" if kind.parent.kind else "what it shares"


def sentence(function: Callable[..., object]) -> str:
    """Return the first sentence of a function's docstring, which says what it does, without its full stop."""
    first = (inspect.getdoc(function) or "").split("\n\n")[0]
    return " ".join(first.split()).removesuffix(".")


def _named(kinds: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in kinds)
