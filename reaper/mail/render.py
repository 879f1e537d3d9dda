"""Turns the facts of a letter into subject, text and HTML: Jinja2 in a sandbox, the operator's templates first."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reaper.errors import Unusable
from reaper.mail.fold import fold

SUBJECT, TEXT, HTML = "subject.txt.j2", "body.txt.j2", "body.html.j2"
PARTS = (SUBJECT, TEXT, HTML)
ENTRY = "calendar.txt.j2"
FALLBACK = "en"


class LetterRenderer:
    """Renders letters from `<letter>/<language>/{subject.txt,body.txt,body.html}.j2` in one folder or two.

    A file in `overriding` (the setting `letters_dir`) stands in front of the shipped one of the same name. Templates
    are read again when they change. Text values are escaped in HTML; a template can neither reach Python nor change
    what it is given, and a name it does not know is an error, never an empty place in a letter.
    """

    def __init__(self, shipped: Path, overriding: Path | None = None) -> None:
        folders = [folder for folder in (overriding, shipped) if folder is not None]
        missing = next((folder for folder in folders if not folder.is_dir()), None)
        if missing is not None:
            raise Unusable(f"the folder of letters {missing} does not exist or cannot be read")
        self._folders: Sequence[Path] = folders
        self._plain = _environment(folders, autoescape=False)
        self._escaped = _environment(folders, autoescape=True)

    def render(self, kind: str, language: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
        """Return subject (one line), text (folded to 72 columns) and HTML; English where the letter lacks the language.

        Raises:
            Unusable: a template is missing or broken (which file, line).
        """
        spoken = language if self._has(kind, language) else FALLBACK
        subject, text, html = (self._part(f"{kind}/{spoken}/{part}", facts) for part in PARTS)
        return " ".join(subject.split()), fold(text), html

    def calendar(self, language: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """Return title (one line) and description of the entry in a calendar, in English where there is none.

        Raises:
            Unusable: a template is missing or broken (which file, line).
        """
        spoken = (
            language if any((folder / "base" / language / ENTRY).is_file() for folder in self._folders) else FALLBACK
        )
        title, _, description = self._part(f"base/{spoken}/{ENTRY}", facts).strip().partition("\n")
        return " ".join(title.split()), description.strip()

    def languages(self, kind: str) -> tuple[str, ...]:
        """Return the languages that have this letter, English first."""
        found = {place.name for folder in self._folders for place in (folder / kind).glob("*") if place.is_dir()}
        spoken = [name for name in found if self._has(kind, name)]
        return tuple(sorted(spoken, key=lambda name: (name != FALLBACK, name)))

    def _has(self, kind: str, language: str) -> bool:
        return any((folder / kind / language / SUBJECT).is_file() for folder in self._folders)

    def _part(self, name: str, facts: Mapping[str, object]) -> str:
        jinja = self._escaped if name.endswith(HTML) else self._plain
        try:
            return jinja.get_template(name).render(facts)
        except jinja2.TemplateNotFound as missing:
            where = " or ".join(str(folder) for folder in self._folders)
            wanted = missing.name or name
            raise Unusable(f"the letter template {wanted} is missing: it should be in {where}") from missing
        except jinja2.TemplateSyntaxError as broken:
            place = broken.filename or broken.name or name
            raise Unusable(f"the letter template {place}, line {broken.lineno}: {broken.message}") from broken
        except OSError as unreadable:
            raise Unusable(f"the letter template {name} cannot be read: {unreadable}") from unreadable
        except Exception as failed:  # a template is a program of the operator's and can fail in any way
            raise Unusable(f"the letter template {_place(failed, name)}: {failed}") from failed


def _environment(folders: Sequence[Path], *, autoescape: bool) -> jinja2.Environment:
    """Make one of two: sentences shared by text and HTML are escaped in the one and not in the other."""
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _place(failed: BaseException, name: str) -> str:
    """Find file and line in the template at which rendering failed: Jinja puts its files into the traceback."""
    frames = [f for f in traceback.extract_tb(failed.__traceback__) if f.filename.endswith(".j2")]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else name
