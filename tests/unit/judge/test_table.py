"""The table in the documents is the one that is judged by."""

from __future__ import annotations

from pathlib import Path

from reaper.judge import TABLE, About, Step, table

DOCS = Path(__file__).parents[3] / "docs"


def test_the_promises_show_the_table_as_it_is():
    assert table() in (DOCS / "promises.md").read_text("utf-8")


def test_every_step_has_a_row_and_every_fact_is_needed_somewhere():
    assert set(TABLE) == set(Step)
    assert {need.about for row in TABLE.values() for need in row} == set(About)
