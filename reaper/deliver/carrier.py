"""Handing a message over and judging what was said to it: which addresses never, which later, and what is about us."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reaper.deliver.bookkeeping import written
from reaper.errors import Permanent
from reaper.letters.answer_scope import AnswerScope, ServerAnswer, Stage
from reaper.letters.mail_health import MailHealth, answer_in, books_the_same
from reaper.ports import Clock, Message, Outbox, Postman, Sent

#: After so many messages in a row that were refused because of us, a pass ends: the rest would be told the same.
IN_A_ROW = 3
#: A letter is claimed a little before it is refused.
_CLAIMED_BEFORE = timedelta(hours=1)


_Change = Callable[[MailHealth, datetime], MailHealth]


@dataclass(frozen=True)
class Heard:
    """What a message came to, by address: who took it, who never will, who is asked again, and what is about us."""

    accepted: tuple[str, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    about_us: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = (
        frozenset()
    )  # of those asked again: "no" for good, of which nobody can tell what it is about
    unasked: tuple[str, ...] = ()

    def plus(self, other: Heard) -> Heard:
        """Add what was said to further people; a "no" that nobody can read is theirs once others have the letter."""
        accepted, unread = (*self.accepted, *other.accepted), self.unread | other.unread
        never, later = {**self.never, **other.never}, {**self.later, **other.later}
        if accepted:
            never |= {address: later.pop(address) for address in unread if address in later}
            unread = frozenset()
        return Heard(accepted, never, later, {**self.about_us, **other.about_us}, unread, other.unasked)


@dataclass
class Carrier:
    """A postman whose answers are understood; what is about us is noted as an incident and booked against nobody.

    `said` is what the server has against us, as long as it took nothing since, and `in_a_row` how often it said so.
    """

    postman: Postman
    outbox: Outbox
    clock: Clock
    said: str | None = None
    in_a_row: int = 0
    _health: MailHealth | None = None

    def send(self, message: Message) -> Heard:
        """Hand over one message.

        Raises:
            Temporary: as the postman does.
            Permanent: the server takes nothing from us, whoever it is for.
            LedgerError: what was heard cannot be noted.
        """
        try:
            sent = self.postman.send(message)
        except Permanent as turned_away:
            words = str(turned_away)
            self._change(lambda health, now: health.refused(words, now))
            raise
        for address in sent.accepted:
            self._took(address)
        heard = self._sorted(sent)
        if heard.accepted:
            self.said, self.in_a_row = None, 0
        elif heard.about_us:
            self.said, self.in_a_row = f"the mail server refuses us: {_first(heard.about_us)}", self.in_a_row + 1
        return heard

    def send_each(self, message: Message, progress: Callable[[Heard], bool], *, alone: bool) -> Heard:
        """Hand a message over to each of its people as one of their own, and tell after each what was heard so far.

        It is sent to nobody else once `progress` says no, the server refuses us again and again, or the clock is
        stopped. A letter that goes to one person only (`alone`) keeps its Message-ID.

        Raises:
            Temporary, Permanent, LedgerError: as `send`; what was told before holds.
        """
        heard = Heard()
        for n, address in enumerate(message.to):
            if n and (self.in_a_row >= IN_A_ROW or self.clock.stopped or not progress(heard)):
                return replace(heard, unasked=message.to[n:])
            name = message.message_id if alone else own_name(message.message_id, address)
            heard = heard.plus(self.send(replace(message, to=(address,), message_id=name)))
        return heard

    def look(self) -> None:
        """Read how things stand; where nothing waits any more, nothing can show that an incident is over."""
        now = self.clock.now()
        self._health = written(lambda: self.outbox.mail_health(now))
        if self._health.incident is not None and not written(self.outbox.any_waiting):
            self._change(lambda health, at: health.over(at))

    def _took(self, address: str) -> None:
        if self._health is None or self._health.incident is not None or self._health.heard:
            self._change(lambda health, now: health.took(address, now))

    def _sorted(self, sent: Sent) -> Heard:
        never: dict[str, str] = {}
        later: dict[str, str] = {}
        about_us: dict[str, str] = {}
        unread: set[str] = set()
        for address, words in (*sent.refused.items(), *sent.deferred.items()):
            answer = answer_in(words, address, sent.stages.get(address, Stage.RCPT))
            ours = not answer.code  # what the server was not even asked: it cannot be asked for such an address
            scope = AnswerScope.ADDRESS if ours else self._scope(answer)
            if scope is AnswerScope.US:
                about_us[address] = words
            elif address in sent.refused and scope is AnswerScope.ADDRESS:
                never[address] = words
            else:
                later[address] = words
                unread |= {address} if address in sent.refused and scope is AnswerScope.UNKNOWN else set()
        return Heard(accepted=sent.accepted, later=later, unread=frozenset(unread)).plus(Heard((), never, {}, about_us))

    def _scope(self, answer: ServerAnswer) -> AnswerScope:
        before, found = self._health, [AnswerScope.UNKNOWN]

        def judge(health: MailHealth, now: datetime) -> MailHealth:
            found[0], after = health.judge(answer, now)
            return after

        incident = self._change(judge).incident
        opened = before is None or before.incident is None
        if found[0] is AnswerScope.US and incident is not None and opened:
            now, since = self.clock.now(), incident.began_at - _CLAIMED_BEFORE
            written(lambda: self.outbox.forgive(books_the_same(answer), since, now))
        return found[0]

    def _change(self, how: _Change) -> MailHealth:
        now = self.clock.now()
        health = written(lambda: self.outbox.change_mail_health(lambda kept: how(kept, now), now))
        self._health = health
        return health


def own_name(message_id: str, address: str) -> str:
    """Return the Message-ID of one person's copy: the same whenever it goes again, and another than anybody else's."""
    name, _, host = message_id.strip("<>").rpartition("@")
    return f"<{name}.{hashlib.sha256(address.casefold().encode()).hexdigest()[:16]}@{host}>"


def _first(words: Mapping[str, str]) -> str:
    return next(iter(words.values()))
