"""Folds the text of a letter so that it reads well in a terminal: 72 columns, Chinese characters being two wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, combining, east_asian_width

WIDTH = 72
_BULLET = re.compile(r"\s*(?:[-*•] |\d+\. )?")
#: Unicode categories of marks that may not begin a line (closing brackets and quotes, other punctuation) or end one.
_CLOSING, _OPENING = ("Pe", "Pf", "Po"), ("Ps", "Pi")


def fold(text: str, width: int = WIDTH) -> str:
    """Fold each line that is too long, at spaces or between Chinese characters; links stay whole.

    In a template one line is one paragraph. Blank lines next to each other become one, since a condition that does
    not hold leaves its line behind.
    """
    folded = "\n".join(line for paragraph in text.splitlines() for line in _lines(paragraph.rstrip(), width))
    return re.sub(r"\n{3,}", "\n\n", folded).strip("\n") + "\n"


def columns(text: str) -> int:
    """Count the columns that a terminal needs for a text."""
    return sum(2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in text)


def _lines(paragraph: str, width: int) -> Iterator[str]:
    bullet = _BULLET.match(paragraph)
    lead = bullet.group() if bullet else ""
    line, empty = lead, True
    for piece in _pieces(paragraph[len(lead) :]):
        if not empty and columns((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = " " * columns(lead) + piece.lstrip()
        else:
            line += piece
        empty = False
    yield line.rstrip()


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: before a space and between wide characters, never before a closing mark."""
    pieces: list[str] = []
    for run in re.findall(r"\s*[^\s\u2e80-\uffff]+|\s*[\u2e80-\uffff]", text):
        glued = pieces and (category(run[0]) in _CLOSING or category(pieces[-1][-1]) in _OPENING)
        if glued:
            pieces[-1] += run
        else:
            pieces.append(run)
    return pieces
