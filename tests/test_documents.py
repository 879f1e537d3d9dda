"""What people read agrees with what there is: commands, settings, dependencies."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

from reaper.cli import reaper as commands

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("command", ["bin/reaper", "bin/test"])
def test_the_two_commands_of_the_readme_exist(command):
    assert re.search(rf"^\s*(\$ )?{command}\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert os.access(ROOT / command, os.X_OK)


FOR_DEVELOPERS = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "glossary.md"]
READ_BY_PEOPLE = [ROOT / "README.md", *FOR_DEVELOPERS[:2], *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
MENTION = re.compile(r"^[ `$]*(?:bin/)?reaper((?: [a-z][a-z-]*)+)", re.MULTILINE)


def mentions(text: str) -> list[str]:
    return [words for code in CODE.findall(text) for words in MENTION.findall(code)]


def unknown_word(mention: str) -> str | None:
    """Return the first word that is no command of the group before it; what follows a command is its own matter."""
    group: click.Command = commands
    for word in mention.split():
        if not isinstance(group, click.Group):
            break
        if word not in group.commands:
            return word
        group = group.commands[word]
    return None


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_the_documents_mention_exists(path):
    assert [f"reaper{mention}" for mention in mentions(path.read_text()) if unknown_word(mention)] == []


def test_a_mention_of_a_command_that_does_not_exist_is_noticed():
    text = "reaper is no command here; `reaper policy chekc` is\n```sh\n$ bin/reaper policy check FILE\n```\n"
    assert mentions(text) == [" policy chekc", " policy check"]
    assert [unknown_word(mention) for mention in mentions(text)] == ["chekc", None]


LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_the_documents_leads_somewhere(path):
    assert [target for target in LINK.findall(path.read_text()) if not (path.parent / target).exists()] == []


PLACE = re.compile(r"`((?:reaper|tests|docs|notify|migrations|benchmarks|etc|policies|bin|\.ci)/[^`\s*]*)`")


@pytest.mark.parametrize("path", FOR_DEVELOPERS, ids=lambda path: path.name)
def test_every_place_that_the_guides_name_exists(path):
    places = PLACE.findall(path.read_text())
    assert len(places) > 5
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_document_is_in_the_index():
    documents = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert documents == {
        target for target in LINK.findall((ROOT / "docs" / "README.md").read_text()) if "/" not in target
    }


def settings() -> set[str]:
    """Return every setting as `group.option`, asked through the entry point that the sample's generator asks."""
    (found,) = entry_points(group="oslo.config.opts", name="reaper")
    return {f"{group or 'DEFAULT'}.{option.name}" for group, options in found.load()() for option in options}


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"`(\w+\.\w+)`", text))
    assert settings()
    assert settings() <= documented


def test_every_setting_is_in_the_sample():
    group, found = "", set()
    for line in (ROOT / "etc" / "reaper.conf.sample").read_text().splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            group = heading[1]
        elif option := re.match(r"#?(\w+) *=", line):
            found.add(f"{group}.{option[1]}")
    assert settings() == found


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_explained():
    text = (ROOT / "docs" / "dependencies.md").read_text()
    explained = {plain(name) for name in re.findall(r"^\| `([\w.-]+)", text, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    assert explained == {plain(re.match(r"[\w.-]+", requirement)[0]) for requirement in wanted}
