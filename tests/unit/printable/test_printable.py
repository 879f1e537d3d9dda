"""Names that strangers chose cannot act on a terminal, a table, a spreadsheet or a line of the log."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reaper.printable import cell, json_safe, printable

ACTIVE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}


@given(some.text())
def test_nothing_that_a_terminal_acts_on_is_left(text):
    assert not [c for c in printable(text) if unicodedata.category(c) in ACTIVE and c not in JOINERS]


@given(some.text(some.characters(blacklist_categories=tuple(ACTIVE))))
def test_what_is_harmless_stays_as_it_is(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;PWNED\x07", "\\x1b]0;PWNED\\x07"),  # sets a terminal's title
        ("\x9b2J", "\\x9b2J"),  # the same as ESC [ in one byte: clears the screen
        ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),  # reads as invoiceexe.pdf where directions are obeyed
        ("a\nroot: ok", "a\\nroot: ok"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_it_is_written_by_its_number(text, shown):
    assert printable(text) == shown


@given(some.recursive(some.text(), lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner)))
def test_a_json_document_means_the_same_afterwards(value):
    document = json_safe(json.dumps(value, ensure_ascii=False))
    assert json.loads(document) == json.loads(json.dumps(value))
    assert not [c for c in document if unicodedata.category(c) in ACTIVE]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\uff1d1+1", "\r=1"])
def test_a_cell_that_would_be_a_formula_is_quoted(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["vm-1", "10.0.0.1", "a;=1+1", "服务器"])
def test_other_cells_stay_as_they_are(text):
    assert cell(text) == text
