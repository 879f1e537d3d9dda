"""The words that have a fixed set of values: states, stages, letters."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal


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


class QuarantineCause(StrEnum):
    """Why Reaper stopped at a tenant by itself; the reason beside it says it in full for people."""

    IMPOSSIBLE = "impossible"  # something about it cannot be true
    POLICY_GONE = "policy gone"
    NOBODY_TOLD = "nobody told"  # the letter that counts came back when deletion had begun
    FAILED = "failed"  # too many attempts
    MEDDLED = "meddled"  # somebody opened or closed its project
    ARCHIVE = "archive"  # the archive is not whole; a person's consent ends it


class EventKind(StrEnum):
    """What a line of a tenant's history is about."""

    OBSERVED = "observed"
    RETURNED = "returned"
    VANISHED = "vanished"
    PEOPLE = "people"
    PROTECTED = "protected"
    UNPROTECTED = "unprotected"
    HELD = "held"
    RELEASED = "released"
    WARNING = "warning"
    LETTER = "letter"
    REARMED = "rearmed"
    RENEWED = "renewed"
    AWAY = "away"
    GIVEN_BACK = "given back"
    KEPT = "kept"
    AMNESTY = "amnesty"
    SUSPENDING = "suspending"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    RECLAIMING = "reclaiming"
    ARCHIVING = "archiving"
    ARCHIVED = "archived"
    CONSENTED = "consented"
    EMPTIED = "emptied"
    RECLAIMED = "reclaimed"
    QUARANTINED = "quarantined"
    POSTPONED = "postponed"
    FAILED = "failed"
    ARCHIVE_OVER = "archive_over"
    ARCHIVE_STAYS = "archive_stays"
    IDLE_WARNING = "idle_warning"
    IDLE_ASKED = "idle_asked"
    IDLE_GIVEN_BACK = "idle_given_back"
    IDLE_OVER = "idle_over"
    LETTER_ACCEPTED = "letter_accepted"
    LETTER_REFUSED = "letter_refused"
    LETTER_DEFERRED = "letter_deferred"
    LETTER_DELAYED = "letter_delayed"
    LETTER_BOUNCED = "letter_bounced"
    LETTER_IN_DOUBT = "letter_in_doubt"
    LETTER_SUPERSEDED = "letter_superseded"
    UNREADABLE = "unreadable"  # the database holds another word


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
    """What became of a letter; only `accepted` lets a deadline come, and it is over once the letter has `bounced`.

    One `in_doubt` was accepted, and then a report about it came back that says who failed in no way that can be read.
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    BOUNCED = "bounced"
    IN_DOUBT = "in_doubt"
    SUPERSEDED = "superseded"


#: What a deadline never hangs on: nobody has the letter, or nobody can say who has.
NOT_DELIVERED: Final = (LetterState.REFUSED, LetterState.BOUNCED, LetterState.IN_DOUBT)
