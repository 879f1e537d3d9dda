"""What a report comes to: who has lost the letter, who still waits for it, and whether it can be read at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reaper.letters.addresses import same_address
from reaper.letters.bounces.addresses import stands_in

_QUOTED = 200


class Reading(StrEnum):
    """What kind of message came back."""

    REPORT = "report"  # it says what became of the letter
    ANSWER = "answer"  # a person's or a machine's answer, a read receipt, a spam report: nothing failed
    UNREADABLE = "unreadable"  # a mail system's, and it says nothing that can be understood


@dataclass(frozen=True)
class Failure:
    """One recipient of a report: its names, the address as it was sent to first, and the words about it."""

    names: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Bounce:
    """A report taken apart: addresses that will never take the letter, and those that still may, with the words.

    `sent_to` is where it went: one of them tells which letter it is about. `also` are addresses that the report names
    where it may mean something else; `unnamed` is what a report says that names nobody in a way to rely on.
    `text` is what it says itself, without the letter that it quotes. `sender` is set where the words of a sender with
    an ordinary name were believed: nobody who can write has lost their mailbox.
    """

    sent_to: tuple[str, ...]
    reading: Reading = Reading.ANSWER
    failures: tuple[Failure, ...] = ()
    delays: tuple[Failure, ...] = ()
    also: tuple[Failure, ...] = ()
    local_parts: tuple[str, ...] = ()
    unnamed: str = ""
    text: str = ""
    sender: str = ""

    @property
    def failed(self) -> dict[str, str]:
        """Who has lost the letter, each as the letter was sent to them where the report says so, with the words."""
        named = self.failures or self.also
        return {found.names[0]: found.words for found in named if found.names}

    @property
    def delayed(self) -> dict[str, str]:
        """Who still waits for it, with the words."""
        return {found.names[0]: found.words for found in self.delays if found.names}

    @property
    def says_failure(self) -> bool:
        """Whether somebody has lost the letter, named or not."""
        return bool(self.failures or self.also or self.unnamed)

    def leaves_open(self, recipients: Iterable[str]) -> bool:
        """Whether somebody may have lost the letter, and nothing here says who of those that had it."""
        if self.is_from(recipients):
            return False
        return self.says_failure or self.reading is Reading.UNREADABLE

    def failed_of(self, recipients: Sequence[str]) -> dict[str, str]:
        """Say which of those that had the letter it came back from.

        A report may name where an address led to instead of the address: that is clear if only one had the letter.
        """
        if not self.says_failure or self.is_from(recipients):
            return {}
        found = (
            _of(self.failures, recipients)
            or _of(self.also, recipients)
            or self._mentioned(recipients)
            or self._by_local_part(recipients)
        )
        if found or len({same_address(address) for address in recipients}) != 1:
            return found
        words = next((one.words for one in (*self.failures, *self.also) if one.words), self.unnamed[:_QUOTED])
        return dict.fromkeys(recipients, words)

    def is_from(self, recipients: Iterable[str]) -> bool:
        """Whether one of those that had the letter has written this: an answer then, whatever its words."""
        return bool(self.sender) and same_address(self.sender) in {same_address(address) for address in recipients}

    def _mentioned(self, recipients: Iterable[str]) -> dict[str, str]:
        """Find recipients in the text of a report that no form could be found in."""
        if not self.text:
            return {}
        text = _comparable(self.text)
        return {address: self.unnamed[:_QUOTED] for address in recipients if stands_in(address, text)}

    def _by_local_part(self, recipients: Sequence[str]) -> dict[str, str]:
        """Find the one recipient whose name before the @ is what a report gives instead of an address."""
        names = {name.casefold() for name in self.local_parts}
        names |= {name.casefold() for one in self.failures for name in one.names if "@" not in name}
        found = [address for address in recipients if same_address(address).partition("@")[0] in names]
        return {found[0]: self.unnamed[:_QUOTED]} if len(found) == 1 else {}


def _of(named: Iterable[Failure], recipients: Sequence[str]) -> dict[str, str]:
    """Take of each recipient of the report the first name that had the letter: the address as it was sent to."""
    ours = {same_address(address): address for address in recipients}
    found: dict[str, str] = {}
    for one in named:
        name = next((ours[same_address(name)] for name in one.names if same_address(name) in ours), None)
        if name is not None:
            found.setdefault(name, one.words)
    return found


def _comparable(text: str) -> str:
    return text.casefold()
