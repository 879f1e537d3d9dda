"""The words that have a fixed set of values: states, stages, letters."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """Where a tenant stands in its life."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RECLAIMING = "RECLAIMING"
    RECLAIMED = "RECLAIMED"
    QUARANTINED = "QUARANTINED"


class Unfinished(StrEnum):
    """A change that is decided and recorded, but not yet carried out to its end in the cloud."""

    SUSPEND = "suspend"
    RESTORE = "restore"


class Enforce(StrEnum):
    """How far a policy goes: the operator's staged roll-out."""

    OBSERVE = "observe"
    NOTIFY = "notify"
    SUSPEND = "suspend"
    RECLAIM = "reclaim"

    def reaches(self, other: Enforce) -> bool:
        """Whether this stage includes the other."""
        order = list(Enforce)
        return order.index(self) >= order.index(other)


class Afterwards(StrEnum):
    """What becomes of the project once it is empty."""

    CLOSE = "close"
    DELETE = "delete"
    REOPEN = "reopen"


class Archive(StrEnum):
    """What is kept of a tenant before it is reclaimed."""

    NONE = "none"
    SERVERS = "servers"


class LetterKind(StrEnum):
    """The letters that exist; a folder of templates bears each name, and `letters/catalog.py` has a row for each."""

    WELCOME = "welcome"
    WARNING = "warning"
    SUSPENDED = "suspended"
    RENEWED = "renewed"
    RESTORED = "restored"
    RECLAIMED = "reclaimed"
    AWAY = "away"
    AMNESTY = "amnesty"
    CLOSURE = "closure"
    IDLE_WARNING = "idle_warning"
    IDLE_GIVEN_BACK = "idle_given_back"
    ORPHAN = "orphan"
    QUARANTINED = "quarantined"
    DIGEST = "digest"
    MAIL_TROUBLE = "mail_trouble"


#: The letters that a lease remembers. Deadlines hang on these and can hang on no other: a `Notice` has no other kind.
NoticeKind = Literal[LetterKind.WELCOME, LetterKind.WARNING, LetterKind.SUSPENDED, LetterKind.ORPHAN]
#: The letters to the admins that are about no single tenant.
ReportKind = Literal[LetterKind.DIGEST, LetterKind.MAIL_TROUBLE]


class LetterState(StrEnum):
    """What became of a letter; only `accepted` lets a deadline come, and it is over once the letter has `bounced`."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    BOUNCED = "bounced"
    SUPERSEDED = "superseded"
