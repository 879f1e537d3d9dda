"""The pages as HTML: templates, style and words, read once and checked when the service starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path

import jinja2
from markupsafe import Markup

from reaper.errors import Unusable
from reaper.operations import View
from reaper.web.actions import confirmation
from reaper.web.flash import Flash, Refusal, banner
from reaper.web.locale import PageLocale
from reaper.web.page_facts import facts_of, values_of
from reaper.web.words import PageWords, read_words


class PageTemplates:
    """Lays out the page of a lease and the small pages that say one thing."""

    def __init__(
        self, folder: Path, languages: Sequence[str], *, cloud_title: str, contact: str | None, zone: tzinfo = UTC
    ) -> None:
        """Read everything.

        Raises:
            Unusable: a template, the style or a file of words is missing or broken.
        """
        self.languages = read_words(folder, languages)
        self.css = _read_style(folder / "page.css")
        self._cloud_title = cloud_title
        self._contact = _linked(contact)
        self._zone = zone
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
        )
        names = ("base", "wishes", "lease", "confirm", "message")
        _, _, self._lease, self._confirm, self._message = (self._load(f"{name}.html.j2") for name in names)

    def lease(
        self, view: View, language: str, *, here: str, chosen: str, news: Flash | None, refused: Refusal | None
    ) -> str:
        """Lay out a lease, with the news that a click has led to, or the refusal that one met."""
        reader = self._reader(language, view.tenant.cloud)
        return self._lease.render(
            self._frame(reader, here),
            **facts_of(view, reader),
            banner=banner(view, reader, values_of(view, reader), news or Flash(), refused),
            seen=view.tenant.lease.renewals,
            chosen=chosen,
        )

    def confirm(self, view: View, language: str, *, here: str, back: str, chosen: str, wrong: bool) -> str:
        """Lay out the question that comes before a project is taken back; `wrong`: another name was typed."""
        reader = self._reader(language, view.tenant.cloud)
        facts = confirmation(view, reader, values_of(view, reader))
        return self._confirm.render(self._frame(reader, here), **facts, lease=back, chosen=chosen, wrong=wrong)

    def message(self, key: str, language: str, *, here: str) -> str:
        """Lay out one of the small pages."""
        reader = self._reader(language, "")
        title, text = reader.words.say(f"message.{key}.title"), reader.words.say(f"message.{key}.text")
        return self._message.render(self._frame(reader, here), title=title, text=text)

    def _reader(self, language: str, cloud: str) -> PageLocale:
        return PageLocale(self.languages[language], self._zone, self._cloud_title or cloud, self._contact)

    def _frame(self, reader: PageLocale, here: str) -> Mapping[str, object]:
        return {
            "words": reader.words,
            "languages": list(self.languages.values()),
            "cloud_title": reader.cloud_title,
            "css": Markup(self.css),  # noqa: S704 - our own file, inside <style>
            "here": here,
            "ask": reader.ask("site.contact"),
        }

    def _load(self, name: str) -> jinja2.Template:
        try:
            return self._templates.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            raise Unusable(f"the page {error.name}, line {error.lineno}, is not a template: {error.message}") from error
        except jinja2.TemplateNotFound as error:
            raise Unusable(f"the page {error.name} is missing among the words of the pages") from error


def preferred(words: Mapping[str, PageWords], accepted: Sequence[str], default: str) -> str:
    """Choose the first language that a browser accepts and the pages have."""
    by_tag = {word.tag.lower(): language for language, word in words.items()}
    by_stem = {tag.split("-")[0]: language for tag, language in by_tag.items()}
    found = (by_tag.get(tag.lower()) or by_stem.get(tag.lower().split("-")[0]) for tag in accepted)
    return next((language for language in found if language), default)


def _linked(contact: str | None) -> Markup | None:
    """Make an address or a page of the operator's clickable."""
    if not contact:
        return None
    if contact.startswith(("https://", "http://")):
        return Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(contact)
    if "@" in contact and not any(c.isspace() for c in contact):
        return Markup('<a href="mailto:{0}">{0}</a>').format(contact)
    return Markup.escape(contact)


def _read_style(path: Path) -> str:
    try:
        css = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"the style of the pages cannot be read: {path}: {error}") from error
    if "</" in css:
        raise Unusable(f"the style of the pages must not contain '</': {path}")
    return css
