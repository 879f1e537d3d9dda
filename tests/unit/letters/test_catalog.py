"""Every letter has its row, nothing about letters is decided outside of it, and what lists letters agrees with it."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from reaper.letters import CATALOG, TEMPLATES, TOGETHER, OvertakenBy, Scope, spec_of
from reaper.model import LetterKind, NoticeKind, ReportKind

ROOT = Path(__file__).resolve().parents[3]
CODE = sorted((ROOT / "reaper").rglob("*.py"))
#: Here letters are told apart: where they are named, and in their rows.
HOME = {"reaper/model/words.py", "reaper/letters/catalog.py"}


def letters_that(fact):
    return {spec.kind.value for spec in CATALOG if fact(spec)}


def test_every_letter_has_one_row():
    assert [spec.kind for spec in CATALOG] == list(LetterKind)
    assert all(spec_of(kind).kind is kind for kind in LetterKind)


def test_deadlines_hang_on_the_letters_that_a_lease_remembers_and_on_no_other():
    assert letters_that(lambda spec: spec.notice) == {kind.value for kind in get_args(NoticeKind)}
    assert letters_that(lambda spec: spec.names_deadline) == {"warning", "suspended", "orphan"}
    assert all(spec.notice is spec.kind for spec in CATALOG if spec.names_deadline or spec.notice)


def test_a_report_is_about_no_tenant_and_goes_to_the_admins():
    reports = [spec for spec in CATALOG if spec.report]
    assert {spec.kind for spec in reports} == {*get_args(ReportKind)}
    assert all(spec.for_admins and spec.true_in == () and spec.report is spec.kind for spec in reports)
    assert all(spec.true_in for spec in CATALOG if spec.report is None)


@pytest.mark.parametrize(
    ("fact", "letters"),
    [
        (lambda spec: spec.for_admins, {"orphan", "quarantined", "digest", "mail_trouble"}),
        (lambda spec: spec.once_per_round, {"welcome", "warning", "suspended"}),
        (lambda spec: spec.bundled, {"welcome", "warning", "suspended"}),
        (lambda spec: spec.waits, {"warning"}),
        (lambda spec: spec.moment == "expires", {"welcome"}),
        (lambda spec: spec.tells_losses, {"warning", "suspended", "orphan", "reclaimed", "restored"}),
        (lambda spec: spec.to_come, {"welcome", "warning", "suspended", "orphan", "idle_warning"}),
        (lambda spec: spec.scope is Scope.THINGS, {"idle_warning", "idle_given_back"}),
        (lambda spec: spec.scope is Scope.ANYWAY, {"reclaimed", "quarantined"}),
        (lambda spec: not spec.reckoned, {"quarantined"}),
        (lambda spec: spec.unsubscribe, {"digest"}),
        (lambda spec: spec.last_turn, {"warning", "renewed"}),
        (
            lambda spec: spec.overtaken is not OvertakenBy.NEVER,
            {"welcome", "warning", "restored", "closure", "orphan"},
        ),
    ],
)
def test_what_weighs_on_a_letter_is_what_was_decided_for_it(fact, letters):
    assert letters_that(fact) == letters


def test_what_goes_with_others_is_named_after_the_round_and_names_its_moment():
    """Several letters in one message are sorted by a moment, and each is booked once for its round."""
    assert all(spec.once_per_round and spec.notice for spec in CATALOG if spec.bundled or spec.waits)


def named(node):
    """The letters that stand in a piece of code."""
    inside = ast.walk(node)
    return {
        each.attr
        for each in inside
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "LetterKind"
    }


def lists_of_letters(code):
    """The lines at which several letters are put into one list, set or mapping, or every letter is gone through."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.List | ast.Set | ast.Tuple | ast.Dict | ast.BoolOp) and len(named(node)) > 1:
            yield node.lineno
        elif isinstance(node, ast.comprehension | ast.For) and ast.unparse(node.iter) == "LetterKind":
            yield node.target.lineno


def test_no_list_of_letters_stands_beside_the_catalog():
    found = {path.relative_to(ROOT).as_posix(): [*lists_of_letters(path.read_text())] for path in CODE}
    assert {path: lines for path, lines in found.items() if lines and path not in HOME} == {}


@pytest.mark.parametrize(
    "code",
    [
        "KINDS = (LetterKind.WARNING, LetterKind.WELCOME)",
        "if kind in {LetterKind.WARNING, LetterKind.WELCOME}: pass",
        "BY = {LetterKind.WARNING: 1, LetterKind.WELCOME: 2}",
        "if kind is LetterKind.WARNING or kind is LetterKind.WELCOME: pass",
        "rest = [kind for kind in LetterKind if kind != 'welcome']",
    ],
)
def test_a_list_of_letters_beside_the_catalog_is_noticed(code):
    assert [*lists_of_letters(code)] == [1]


# ---------------------------------------------------------------- docs/letters.md

ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]+) \| [^|]+ \| ([^|]*)\|$", re.MULTILINE)


def documented():
    """What the table says of each template: to whom, and whether it has an entry for calendars."""
    found = ROW.findall((ROOT / "docs" / "letters.md").read_text())
    return {name.strip("`"): (to, bool(entry.strip())) for names, to, entry in found for name in names.split(", ")}


def test_the_documents_list_every_letter_with_its_readers_and_its_calendar():
    wanted = {name: (spec.for_admins, spec.calendar) for spec in CATALOG for name in spec.templates}
    assert {name: (to.strip() == "admins", entry) for name, (to, entry) in documented().items()} == wanted
    assert {*wanted, TOGETHER} == {*TEMPLATES}
    assert f"`{TOGETHER}`" in (ROOT / "docs" / "letters.md").read_text()
