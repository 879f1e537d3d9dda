"""What the admins are told about everything: the day that was, and mail that does not go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import assert_never

from reaper.config import Settings
from reaper.errors import Gone
from reaper.gates import Gate
from reaper.leftovers import Noted
from reaper.letters import spec_of
from reaper.letters.digest import Day, facts_of_day, facts_of_trouble
from reaper.lifecycle import deadline, inconsistency, is_orphan
from reaper.model import Enforce, Judged, Letter, LetterKind, State, Tenant
from reaper.store import Store

_DAY = timedelta(days=1)
#: A hold is told of so long before its review date.
_REVIEW = timedelta(days=7)
#: The ledger's note that the admins were told of mail trouble, until it is over.
TROUBLE = "mail trouble"
#: The ledger's note of the day of the last letter about a day, or of the day on which such letters began.
DIGEST = "digest"
_WEEK = timedelta(days=7)
_NEEDED = {"suspended": Enforce.SUSPEND, "deleted": Enforce.RECLAIM}


@dataclass(frozen=True)
class AdminNews:
    """Decides when the admins are written to, and gathers what is said. Nobody is, where no admins are set."""

    settings: Settings
    store: Store
    tenants: Iterator[Judged]
    gates: Sequence[Gate]
    now: datetime
    leftovers: Mapping[str, Noted] = field(default_factory=dict)  # by cloud

    def facts(self, letter: Letter, language: str) -> Mapping[str, object]:
        """Gather what a letter to the admins says; drawn up when it is sent, so that it is true then."""
        zone, cloud = self.settings.time_zone, self.settings.cloud_title or ", ".join(self.settings.clouds)
        report = spec_of(letter.kind).report
        match report:
            case LetterKind.DIGEST:
                day = self._day()
                self._tell_or_not(day)
                return facts_of_day(day, self.now, cloud=cloud, language=language, zone=zone)
            case LetterKind.MAIL_TROUBLE:
                return self._trouble(letter, cloud, language, zone)
            case None:
                raise ValueError(f"a {letter.kind} letter is about a tenant")
            case _:
                assert_never(report)

    def _tell_or_not(self, day: Day) -> None:
        """Let a quiet day pass in silence, and a quiet week not: silence alone would not tell that Reaper lives.

        Raises:
            Gone: there is nothing to say.
        """
        today, told = _today(self.settings, self.now), self.store.ledger.noted(DIGEST)
        since = today - date.fromisoformat(told) if told is not None else _WEEK
        if day.is_quiet and timedelta(0) < since < _WEEK:
            raise Gone("nothing happened, nothing comes due and nothing waits for a person")
        self.store.ledger.note(DIGEST, today.isoformat())

    def _trouble(self, letter: Letter, cloud: str, language: str, zone: tzinfo) -> Mapping[str, object]:
        waiting = put_off(self.store, self.settings, self.now)
        since = min((late.queued_at for late in waiting), default=letter.queued_at)
        lines = [_line(late) for late in waiting]
        return facts_of_trouble(lines, since, self.now, cloud=cloud, language=language, zone=zone)

    def _day(self) -> Day:
        yesterday, known = self.now - _DAY, list(self.tenants)
        return Day(
            happened=self.store.ledger.happened(yesterday),
            freed=self.store.journal.freed(yesterday),
            due=[f"{t.full_name}: {at:%Y-%m-%d %H:%M} UTC" for t in known if (at := self._due(t)) is not None],
            orphans=[f"{t.full_name}: {self._fate(t)}" for t in known if self._sound(t) and is_orphan(t)],
            quarantined=[f"{t.full_name}: {t.quarantine_reason}" for t in known if t.state is State.QUARANTINED],
            waiting=[unfinished for t in known if (unfinished := unfinished_in_words(t))],
            holds=[
                f"{t.full_name}: {t.hold.until:%Y-%m-%d}, {t.hold.by}: {t.hold.reason}"
                for t in known
                if t.hold is not None and t.hold.until < self.now + _REVIEW
            ],
            leftovers=[said for name, noted in self.leftovers.items() if (said := noted.in_words(name))],
            gates=[str(gate) for gate in self.gates],
            mail=[_line(late) for late in put_off(self.store, self.settings, self.now)],
        )

    def _sound(self, tenant: Tenant) -> bool:
        living = tenant.state in (State.ACTIVE, State.SUSPENDED) and tenant.vanished_at is None
        return living and inconsistency(tenant, self.now) is None

    def _due(self, tenant: Judged) -> datetime | None:
        if not self._sound(tenant) or tenant.hold is not None or tenant.exempt:
            return None
        at = deadline(tenant, self.now)
        return at if at <= self.now + _DAY else None

    def _fate(self, tenant: Judged) -> str:
        return fate_of_orphan(tenant, self.now)


def fate_of_orphan(tenant: Judged, now: datetime) -> str:
    """Say what its policy will do with a tenant that nobody can be reached of."""
    due = f"{deadline(tenant, now):%Y-%m-%d %H:%M} UTC"
    step = "deleted" if tenant.state is State.SUSPENDED else "suspended"
    if tenant.enforce is None or not tenant.enforce.reaches(_NEEDED[step]):
        return "nothing is taken under its policy"
    return f"{step} from {due} on, unless somebody can be reached"


def unfinished_in_words(tenant: Tenant) -> str | None:
    """Say what has kept a suspension, restoration or reclaim that was begun from its end, or None."""
    under_way = tenant.unfinished is not None or tenant.state is State.RECLAIMING
    return f"{tenant.full_name}: {tenant.blocker}" if under_way and tenant.blocker else None


def put_off(store: Store, settings: Settings, now: datetime) -> list[Letter]:
    """Find the tenants' letters that have been put off for so long that a person should know."""
    late = store.outbox.waiting_since(now - settings.mail.escalate_after)
    return [letter for letter in late if letter.tenant_id]


def queue_news(store: Store, settings: Settings, now: datetime) -> None:
    """Queue what the admins are owed now: each day's letter once, and one letter when mail has begun to pile up.

    Whether there is something to say of a day is seen when its letter is drawn up.
    """
    if not settings.mail.admins:
        return
    if settings.mail.daily_digest:
        _queue_digest(store, _today(settings, now), now)
    late, told = put_off(store, settings, now), store.ledger.noted(TROUBLE)
    if late and told is None:
        # By name once an hour at most, whatever becomes of the note.
        store.outbox.tell_admins(LetterKind.MAIL_TROUBLE, f"{TROUBLE} {now:%Y-%m-%d %H}", now)
        store.ledger.note(TROUBLE, f"{now:%Y-%m-%d %H:%M:%S} UTC")
    elif told is not None and not late:
        store.ledger.note(TROUBLE, None)


def _queue_digest(store: Store, today: date, now: datetime) -> None:
    """Queue the letter of a day, but of the first: then nothing was read yet, and every gate is closed for it."""
    if store.ledger.noted(DIGEST) is None:
        store.ledger.note(DIGEST, today.isoformat())
    elif store.ledger.noted(DIGEST) != today.isoformat():
        store.outbox.tell_admins(LetterKind.DIGEST, f"digest {today}", now)


def _today(settings: Settings, now: datetime) -> date:
    return now.astimezone(settings.time_zone).date()


def trouble_in_words(store: Store, settings: Settings, now: datetime) -> str | None:
    """Say in one line that letters have been put off for long, or None."""
    late = put_off(store, settings, now)
    if not late:
        return None
    return f"{len(late)} letters put off, the oldest since {late[0].queued_at:%Y-%m-%d %H:%M} UTC: {late[0].answer}"


def incidents_over(store: Store, now: datetime) -> dict[str, object]:
    """Say how often the mail server refused us and took letters again, and for how long in all."""
    health = store.outbox.mail_health(now)
    return {"count": health.incidents, "hours": round(health.lost.total_seconds() / 3600, 1)}


def _line(letter: Letter) -> str:
    return f"{letter.kind}, {letter.queued_at:%Y-%m-%d %H:%M} UTC: {letter.answer}"
