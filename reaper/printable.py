"""Strangers' text as it may be shown: names of projects and resources are anybody's choice, and terminals obey some.

What a terminal would act on (control characters, escape sequences) or what would turn a line round (direction marks) is
shown by its number and not sent. Spreadsheets take some cells for formulas; those are quoted.
"""

from __future__ import annotations

import re
import unicodedata

#: Categories of Unicode that are never sent: controls, formats (directions, zero widths), surrogates, separators.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Format characters that letters need to be written with: joiners of Persian, Indic scripts and emoji.
_NEEDED = frozenset("\u200c\u200d")
_MAYBE = re.compile(r"[^\x20-\x7e\n]")
#: A spreadsheet takes a cell for a formula when it begins like this, full-width signs and white space before included.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return the text with everything a terminal would act on written by its number, as `\x1b` or `\u202e`.

    Line feeds stay with `lines`; otherwise they are written as `\n`, so that a name cannot begin a line of its own.
    """
    return _MAYBE.sub(lambda found: _shown(found[0]), text) if lines else _one_line(text)


def _one_line(text: str) -> str:
    return _MAYBE.sub(lambda found: _shown(found[0]), text).replace("\n", "\\n")


def _shown(character: str) -> str:
    if character in _NEEDED or unicodedata.category(character) not in _ACTIVE:
        return character
    number = ord(character)
    if number < 0x100:  # noqa: PLR2004 - what fits two digits
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004 - what fits four


def json_safe(document: str) -> str:
    """Escape in a JSON document what it may hold raw and a terminal would act on; it means the same afterwards."""
    return re.sub(r"[^\x20-\x7e\n]", lambda found: _escaped(found[0]), document)


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _ACTIVE:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def cell(text: str) -> str:
    """Return a text as a spreadsheet shows it, never as a formula: a quotation mark before it where that is needed."""
    shown = printable(text)
    return f"'{shown}" if _FORMULA.match(text) or _FORMULA.match(shown) else shown
