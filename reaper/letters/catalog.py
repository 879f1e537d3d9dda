"""The letters: one row for each, with every fact that tells it from the others. Whoever sorts letters reads it here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Literal, assert_never

from reaper.model import Enforce, LetterKind, NoticeKind, ReportKind, State


class Audience(Enum):
    """Who gets a letter."""

    PEOPLE = "the tenant's people"
    ADMINS = "the admins of the cloud"


class Scope(Enum):
    """What a letter speaks of; something else having begun makes it untrue."""

    ROUND = "the running round of the lease's warnings: untrue once another round has begun"
    THINGS = "single things, which a renewal neither saves nor condemns"
    ANYWAY = "what is told in whatever round, and whatever is impossible about the tenant"


class OvertakenBy(Enum):
    """What makes a letter untrue although the tenant's state, lease and round are still the same."""

    NEVER = "nothing does"
    WARNED = "any warning of the round"
    WARNED_LATER = "a warning of the round that is more urgent"
    RESTORING = "a restoration that has not come to its end"
    RELEASED = "the end of the hold"
    REACHABLE = "somebody who can be reached again"


class LastTurn(StrEnum):
    """Folders of templates that stand in for those of a letter when no other of its kind can follow."""

    WARNING = "last_warning"
    RENEWAL = "no_renewals_left"


@dataclass(frozen=True)
class LetterSpec:
    """The facts of one letter. The defaults are those on which nothing hangs: a letter gets weight by saying so.

    `notice` is what a lease remembers it as, and deadlines hang on nothing else. `report` is set for what is about no
    single tenant. `to_come` says that it is about what is to come, and which stage the policy must have reached.
    """

    kind: LetterKind
    audience: Audience = Audience.PEOPLE
    true_in: tuple[State, ...] = ()  # states of the tenant
    scope: Scope = Scope.ROUND
    overtaken: OvertakenBy = OvertakenBy.NEVER
    notice: NoticeKind | None = None
    report: ReportKind | None = None
    names_deadline: bool = False  # the moment it names is kept, and the next step never comes earlier
    to_come: Enforce | None = None
    once_per_round: bool = False  # never queued twice in a round, and taken from the queue when the round is over
    tells_losses: bool = False  # lists resources, which the cloud is asked for
    reckoned: bool = True  # dates and terms are reckoned from the lease, which must be possible for that
    calendar: bool = False  # carries the entry for calendars
    bundled: bool = False  # goes with others of its kind to the same people
    waits: bool = False  # an early one waits a little for others to go with
    moment: Literal["expires", "deadline"] = "deadline"  # the fact it is sorted by among others
    last_turn: LastTurn | None = None
    unsubscribe: bool = False  # bears List-Unsubscribe also by itself

    @property
    def for_admins(self) -> bool:
        """Whether the cloud's admins get it instead of the tenant's people."""
        return self.audience is Audience.ADMINS

    @property
    def templates(self) -> tuple[str, ...]:
        """The folders of templates that it needs."""
        return (self.kind.value, *((self.last_turn.value,) if self.last_turn else ()))


def _row(kind: LetterKind) -> LetterSpec:  # noqa: C901, PLR0911, PLR0912 - one row for each, and mypy misses none
    match kind:
        case LetterKind.WELCOME:
            return LetterSpec(
                kind,
                true_in=(State.ACTIVE,),
                overtaken=OvertakenBy.WARNED,
                notice=kind,
                to_come=Enforce.NOTIFY,
                once_per_round=True,
                calendar=True,
                bundled=True,
                moment="expires",
            )
        case LetterKind.WARNING:
            return LetterSpec(
                kind,
                true_in=(State.ACTIVE,),
                overtaken=OvertakenBy.WARNED_LATER,
                notice=kind,
                names_deadline=True,
                to_come=Enforce.NOTIFY,
                once_per_round=True,
                tells_losses=True,
                calendar=True,
                bundled=True,
                waits=True,
                last_turn=LastTurn.WARNING,
            )
        case LetterKind.SUSPENDED:
            return LetterSpec(
                kind,
                true_in=(State.SUSPENDED,),
                notice=kind,
                names_deadline=True,
                to_come=Enforce.NOTIFY,
                once_per_round=True,
                tells_losses=True,
                calendar=True,
                bundled=True,
            )
        case LetterKind.RENEWED:
            return LetterSpec(kind, true_in=(State.ACTIVE,), calendar=True, last_turn=LastTurn.RENEWAL)
        case LetterKind.RESTORED:
            return LetterSpec(
                kind, true_in=(State.ACTIVE,), overtaken=OvertakenBy.RESTORING, tells_losses=True, calendar=True
            )
        case LetterKind.RECLAIMED:
            return LetterSpec(kind, true_in=(State.RECLAIMED,), scope=Scope.ANYWAY, tells_losses=True, calendar=True)
        case LetterKind.AWAY | LetterKind.AMNESTY:
            return LetterSpec(kind, true_in=(State.ACTIVE,), calendar=True)
        case LetterKind.CLOSURE:
            return LetterSpec(
                kind, true_in=(State.ACTIVE, State.SUSPENDED), overtaken=OvertakenBy.RELEASED, calendar=True
            )
        case LetterKind.IDLE_WARNING:
            return LetterSpec(kind, true_in=(State.ACTIVE,), scope=Scope.THINGS, to_come=Enforce.RECLAIM)
        case LetterKind.IDLE_GIVEN_BACK:
            return LetterSpec(kind, true_in=(State.ACTIVE, State.SUSPENDED, State.RECLAIMING), scope=Scope.THINGS)
        case LetterKind.ORPHAN:
            return LetterSpec(
                kind,
                Audience.ADMINS,
                true_in=(State.ACTIVE, State.SUSPENDED),
                overtaken=OvertakenBy.REACHABLE,
                notice=kind,
                names_deadline=True,
                to_come=Enforce.OBSERVE,
                tells_losses=True,
            )
        case LetterKind.QUARANTINED:
            return LetterSpec(kind, Audience.ADMINS, true_in=(State.QUARANTINED,), scope=Scope.ANYWAY, reckoned=False)
        case LetterKind.DIGEST:
            return LetterSpec(kind, Audience.ADMINS, report=kind, unsubscribe=True)
        case LetterKind.MAIL_TROUBLE:
            return LetterSpec(kind, Audience.ADMINS, report=kind)
        case _:
            assert_never(kind)


#: A row for each letter, in the order of the letters.
CATALOG: tuple[LetterSpec, ...] = tuple(_row(kind) for kind in LetterKind)
#: The template around letters that go to the same people in one message.
TOGETHER = "together"
#: Every folder of templates that has to be there.
TEMPLATES: tuple[str, ...] = (*(name for spec in CATALOG for name in spec.templates), TOGETHER)
_BY_KIND = {spec.kind: spec for spec in CATALOG}


def spec_of(kind: LetterKind) -> LetterSpec:
    """Look up the facts of a letter."""
    return _BY_KIND[kind]
