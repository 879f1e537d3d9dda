"""What the message says that holds several letters of one kind to the same people: each by name, the soonest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from reaper.letters.catalog import spec_of
from reaper.letters.languages import Moment, joined
from reaper.model import Letter, LetterKind, Tenant

#: What the words around the letters depend on; those that differ in it do not go together.
ALIKE = ("will_stop", "will_delete", "support", "home", "privacy", "logo", "command")
#: Letters that were queued within this time of each other go together, if they still wait.
WITHIN = timedelta(hours=1)
#: A warning that comes so shortly before the end is not kept waiting.
_PRESSING = timedelta(days=1)


def may_wait(tenant: Tenant, letter: Letter) -> bool:
    """Whether nothing is lost by sending a letter an hour later: an early warning, on which no deadline stands."""
    early = letter.before is not None and letter.before > max(tenant.lease.terms.required_warning, _PRESSING)
    return early and spec_of(letter.kind).waits and letter.attempts <= 1 and letter.bundle is None


@dataclass(frozen=True)
class Part:
    """One of the letters: its kind, what its own template may say, and how that reads as text and as HTML."""

    kind: LetterKind
    facts: Mapping[str, object]
    text: str
    html: str

    @property
    def when(self) -> Moment:
        """The moment it is about: the end of the lease, or the next step."""
        named = self.facts[spec_of(self.kind).moment]
        if not isinstance(named, Moment):
            raise TypeError(f"a {self.kind} letter names no moment")
        return named


def facts_together(parts: Sequence[Part]) -> Mapping[str, object]:
    """Return what the template around them may say. No letter is left out, and none is shortened."""
    ordered = sorted(parts, key=lambda part: part.when.at)
    first = ordered[0].facts
    clouds = dict.fromkeys(str(part.facts["cloud"]) for part in ordered)
    return {
        "kind": ordered[0].kind.value,
        "count": len(ordered),
        "first": ordered[0].when,
        "parts": ordered,
        "cloud": joined(list(clouds), str(first["language"])),
        **{name: first[name] for name in ALIKE},
    }
