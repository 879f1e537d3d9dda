"""Letters drawn up: one by itself, or several to the same people in one message that leaves nothing of them out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reaper.letters import ALIKE, TOGETHER, Appointment, Part, facts_together, root_of, spec_of, template_for
from reaper.lifecycle import deadline
from reaper.model import Judged, Letter
from reaper.ports import Message, Renderer

_WHOLE_PAGE = "<html"


@dataclass(frozen=True)
class Drawn:
    """A letter with everything that it says, to whom and in which language."""

    tenant: Judged
    letter: Letter
    to: tuple[str, ...]
    language: str
    facts: Mapping[str, object]
    entry: Appointment | None

    @property
    def thread(self) -> str:
        """The conversation that it belongs to."""
        return root_of(self.tenant, self.letter)

    def goes_with(self, other: Drawn) -> bool:
        """Whether two letters have exactly the same readers, and the same words around them hold."""
        readers = same_readers(self.to, other.to)
        alike = all(self.facts.get(name) == other.facts.get(name) for name in ALIKE)
        kinds = (self.letter.kind, self.language) == (other.letter.kind, other.language)
        return readers and alike and kinds and self.tenant.id != other.tenant.id

    def told_at(self, now: datetime) -> datetime | None:
        """The moment that it names as the next step's, if it names one."""
        return deadline(self.tenant, now) if spec_of(self.letter.kind).names_deadline else None

    def claimed_as(self, letter: Letter) -> Drawn:
        """Return it with the letter as it was claimed."""
        return replace(self, letter=letter)

    def message(self, renderer: Renderer) -> Message:
        """Write it as a message of its own."""
        parts = renderer.render(template_for(self.tenant, self.letter), self.language, self.facts)
        thread = {"References": self.thread, "In-Reply-To": self.thread}
        entries = (self.entry,) if self.entry else ()
        name = self.letter.message_id
        return Message(name, self.to, *parts, self.language, thread, ref=self.letter.id, appointments=entries)

    def part(self, renderer: Renderer) -> Part | None:
        """Write it as a part of a message; None where the operator's own frame of letters knows only whole pages."""
        inside = {**self.facts, "inside": True}
        _, text, html = renderer.render(template_for(self.tenant, self.letter), self.language, inside)
        return None if _WHOLE_PAGE in html.lower() else Part(self.letter.kind, self.facts, text, html)


@dataclass(frozen=True)
class Bundle:
    """Letters that go together, and the one message that they make."""

    drawn: Sequence[Drawn]
    message: Message

    def claimed_as(self, letters: Sequence[Letter]) -> Bundle:
        """Return it with the letters as they were claimed, and the Message-ID that these keep whenever they go again.

        Nothing else ever goes under that name: what a mailbox throws away as seen already, its reader has seen.
        """
        of = {letter.id: letter for letter in letters}
        drawn = [one.claimed_as(of[one.letter.id]) for one in self.drawn]
        name = str(letters[0].bundle)
        host = letters[0].message_id.strip("<>").rpartition("@")[2]
        return Bundle(drawn, replace(self.message, message_id=f"<{name}@{host}>", ref=name))


def same_readers(some: Collection[str], others: Collection[str]) -> bool:
    """Whether exactly the same people read both: nobody may learn of a project that they do not belong to."""
    return {address.casefold() for address in some} == {address.casefold() for address in others}


def draft_of(
    drawn: Sequence[Drawn], parts: Sequence[Part], renderer: Renderer, headers: Mapping[str, str] | None = None
) -> Bundle:
    """Write one message of several letters to the same people; it has no name before they are claimed for it."""
    first = drawn[0]
    written = renderer.render(TOGETHER, first.language, facts_together(parts))
    thread = {"References": " ".join(one.thread for one in drawn), "In-Reply-To": first.thread, **(headers or {})}
    entries = tuple(one.entry for one in drawn if one.entry)
    return Bundle(drawn, Message("", first.to, *written, first.language, thread, appointments=entries))
