"""What docs/kinds.md says of each kind is made from the tables, and stays so."""

import pytest

from reaper.cloud.document import PARTS, cost_of_lists, kinds_table, renewed, sentence
from reaper.cloud.rows import ROWS
from reaper.kinds import BY_NAME
from reaper.paths import share


def page() -> str:
    return (share("etc").parent / "docs" / "kinds.md").read_text(encoding="utf-8")


def test_the_document_tells_of_the_kinds_as_the_code_has_them():
    assert page() == renewed(page()), "run python -m reaper.cloud"


def test_every_kind_has_a_line_of_its_own():
    assert [line.split("`")[1] for line in kinds_table().splitlines()[2:]] == list(BY_NAME)


def test_every_way_to_remove_something_says_what_it_does():
    assert [row.kind for row in ROWS if len(sentence(row.remove).split()) < 2] == []


def test_the_figures_of_lists_are_those_of_the_adapter():
    assert {str(row.filter.at_once) for row in ROWS if row.filter.at_once > 1} <= set(cost_of_lists().split())


@pytest.mark.parametrize("part", PARTS)
def test_a_document_without_the_place_of_a_part_is_told(part: str):
    with pytest.raises(ValueError, match=part):
        renewed(page().replace(f"<!-- generated: {part} -->", ""))
