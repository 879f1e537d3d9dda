"""Whether an operator's own letters will do: names that no letter knows, missing parts, and numbers typed in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import nodes

from reaper.errors import Unusable
from reaper.mail.preview import facts_of_template
from reaper.mail.render import FALLBACK, PARTS, LetterRenderer

_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|sixty|ninety|several|couple of"
_ENGLISH = re.compile(
    rf"\b(?:{_NUMBER_WORDS})[ -](?:second|minute|hour|day|week|month|year|time|renewal)s?\b", re.IGNORECASE
)
_CHINESE = re.compile(r"[〇零一二两三四五六七八九十百千半几数](?:秒|分钟|小时|天|日|周|个?星期|个?月|年|次|GB)")
_DIGIT = re.compile(r"\d+")
_MARKUP = ("style", "width", "height", "bgcolor", "cellpadding", "cellspacing", "border", "colspan")
_NO_WORDS = re.compile(r"#[0-9a-f]{3,8}|\S+\.j2")


def complaints_about(shipped: Path, folder: Path, templates: Collection[str]) -> list[str]:
    """Return a sentence for each thing that is wrong in a folder of letters, with its place; none when all will do.

    Raises:
        Unusable: the folder cannot be read.
    """
    renderer = LetterRenderer(shipped, folder)
    found = sorted(path for path in folder.rglob("*.j2"))
    wrong = [*_typed_numbers(found), *_strangers(folder, templates)]
    for place in sorted({path.parent for path in found if path.relative_to(folder).parts[0] in templates}):
        wrong += _of_letter(renderer, shipped, folder, place)
    return wrong


def counts_in(text: str) -> list[str]:
    """Find the numbers that somebody typed into a text instead of taking them from the lease."""
    return [match.group() for pattern in (_DIGIT, _ENGLISH, _CHINESE) for match in pattern.finditer(text)]


def typed_text(path: Path) -> str:
    """Return the text that a template brings along: between its expressions, and in the strings within them."""
    tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    text = "\x00".join(node.data for node in tree.find_all(nodes.TemplateData))
    strings = [
        c.value for c in tree.find_all(nodes.Const) if isinstance(c.value, str) and not _NO_WORDS.fullmatch(c.value)
    ]
    if ".html" in path.name:
        words = _Words()
        words.feed(text)
        text = " ".join(words.said)
    return " ".join([text, *strings])


class _Words(HTMLParser):
    """What a reader reads of HTML: its text and those attributes that are read out, without styles and comments."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep attributes that say something."""
        self._style = tag == "style"
        self.said += [value for name, value in attrs if value and name not in _MARKUP and tag not in ("meta", "html")]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        """Leave a style."""
        self._style = False

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._style:
            self.said.append(data)


def _typed_numbers(found: list[Path]) -> Iterator[str]:
    for path in found:
        try:
            counts = counts_in(typed_text(path))
        except (jinja2.TemplateSyntaxError, OSError, UnicodeDecodeError) as broken:
            yield f"{path}: cannot be read as a template: {broken}"
            continue
        if counts:
            yield f"{path}: the numbers {', '.join(counts)} are typed in; take them from the lease"


def _strangers(folder: Path, templates: Collection[str]) -> Iterator[str]:
    for place in sorted(folder.iterdir()):
        if place.is_dir() and place.name not in (*templates, "base", "pages"):
            yield f"{place}: there is no letter of this name; there are {', '.join(templates)}"


def _of_letter(renderer: LetterRenderer, shipped: Path, folder: Path, place: Path) -> Iterator[str]:
    template, language = place.relative_to(folder).parts[:2]
    missing = [part for part in PARTS if not any((f / template / language / part).is_file() for f in (folder, shipped))]
    if missing:
        yield f"{place}: {', '.join(missing)} is missing; a letter has subject, text and HTML"
        return
    try:
        parts = renderer.render(template, language, facts_of_template(template, language or FALLBACK))
    except Unusable as broken:
        yield str(broken)
        return
    if not all(part.strip() for part in parts):
        yield f"{place}: a part of the letter is empty"
