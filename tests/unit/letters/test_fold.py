"""Text letters fold at 72 columns in every script, and links stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.mail.fold import columns, fold


def test_a_long_line_is_folded_at_spaces():
    assert fold("one two three four", 9) == "one two\nthree\nfour\n"


def test_chinese_characters_are_two_columns_wide_and_fold_anywhere():
    assert columns("项目 abc") == 8
    assert fold("您的试用项目将到期", 8) == "您的试用\n项目将到\n期\n"


def test_a_closing_mark_never_begins_a_line():
    assert fold("您的试用。项目", 8) == "您的试\n用。项目\n"


def test_an_opening_mark_never_ends_a_line():
    assert fold("您的试《项目》", 8) == "您的试\n《项目》\n"


def test_a_list_keeps_its_indent():
    assert fold("  - web: 10.0.0.5 203.0.113.7", 18) == "  - web: 10.0.0.5\n    203.0.113.7\n"


def test_blank_lines_left_by_conditions_become_one():
    assert fold("\n\na\n\n\n\nb\n\n") == "a\n\nb\n"


def test_a_link_stays_whole_however_long():
    link = "https://reaper.example.org/lease/" + "x" * 200
    assert fold(f"See {link} now", 40) == f"See\n{link}\nnow\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])), st.integers(10, 80))
def test_folding_loses_nothing_but_white_space(text, width):
    assert "".join(fold(text, width).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["a " * 300, "试 用" * 200])
def test_no_line_is_too_long(text):
    assert max(map(columns, fold(text).splitlines())) <= 72
