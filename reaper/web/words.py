"""The words of the pages: one file per language, filled in with escaped values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from reaper.errors import Unusable


class PageWords:
    """One language's words. What it lacks is said in the words of `fallback`."""

    def __init__(self, language: str, words: Mapping[str, object], fallback: PageWords | None = None) -> None:
        self.language = language
        self._words = words
        self._fallback = fallback

    @property
    def tag(self) -> str:
        """The language as HTML and HTTP name it (BCP 47)."""
        return str(self.say("tag"))

    @property
    def name(self) -> str:
        """The language as its speakers call it."""
        return str(self.say("name"))

    def say(self, key: str, **values: object) -> Markup:
        """Fill in the words under a dotted key; values are escaped unless they are markup themselves.

        Words that depend on a number are a table of `none`, `one` and `other`, chosen by the value `count`.

        Raises:
            Unusable: neither this language nor the fallback has the key, or the words ask for a value not given.
        """
        found = self._find(key)
        if found is None and self._fallback is not None:
            return self._fallback.say(key, **values)
        if isinstance(found, Mapping):
            found = _numbered(found, values.get("count"))
        if not isinstance(found, str):
            raise Unusable(f"the words of the pages have no {key!r} in {self.language}.toml")
        try:
            return Markup(found).format(**values)  # noqa: S704 - the words are the operator's own files
        except (KeyError, IndexError, ValueError) as error:
            raise Unusable(f"{self.language}.toml, {key}: {{{error}}} is not among {sorted(values)}") from error

    def has(self, key: str) -> bool:
        """Whether this language or the fallback has the key."""
        return self._find(key) is not None or (self._fallback is not None and self._fallback.has(key))

    def _find(self, key: str) -> object:
        found: object = self._words
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def read_words(folder: Path, languages: Sequence[str]) -> dict[str, PageWords]:
    """Read the words of each language; the first one stands in for what others lack.

    Raises:
        Unusable: a file is missing or is not TOML.
    """
    first = PageWords(languages[0], _read(folder / f"{languages[0]}.toml"))
    others = {name: PageWords(name, _read(folder / f"{name}.toml"), first) for name in languages[1:]}
    return {languages[0]: first, **others}


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"the words of the pages cannot be read: {path}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise Unusable(f"the words of the pages are not TOML: {path}: {error}") from error


def _numbered(forms: Mapping[str, object], count: object) -> object:
    name = {0: "none", 1: "one"}.get(count, "other") if isinstance(count, int) else "other"
    return forms.get(name, forms.get("other"))
