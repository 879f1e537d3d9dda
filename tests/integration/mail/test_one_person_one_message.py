# ruff: noqa: N802 - aiosmtpd chose these names and arguments
"""Three hundred people of one project behind a relay with limits: each gets each letter once, and by themselves."""

from collections import Counter

import pytest

from reaper.model import LetterState
from tests.integration.mail.conftest import Post

PEOPLE = tuple(f"student-{n}@course.example" for n in range(300))
SOME = PEOPLE[:60]


class Narrow(Post):
    """Takes 50 recipients a message, and 20 messages a connection, of which it tells in one of the ways relays have."""

    way = "421 at MAIL"

    def _used_up(self, session) -> bool:
        return getattr(session, "taken", 0) >= 20

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self._used_up(session) and self.way == "421 at MAIL":
            return "421 4.7.0 too many messages in this connection"
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self._used_up(session):
            return self.way
        if len(envelope.rcpt_tos) >= 50:
            return "452 4.5.3 too many recipients"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        session.taken = getattr(session, "taken", 0) + 1
        return await super().handle_DATA(server, session, envelope)


class Killed(BaseException):
    """What a process meets that is killed."""


@pytest.mark.parametrize(
    "way",
    [
        "421 at MAIL",
        "421 4.4.5 too many",
        "452 4.5.3 Too many recipients in this session",
        "550 5.5.3 Too many recipients",
    ],
)
def test_each_of_three_hundred_people_gets_the_letter_once_and_sees_nobody_elses_address(postbox, postman, office, way):
    server = postbox(post=Narrow())
    server.post.way = way
    office.postman = lambda: postman(server.settings)
    office.queue(office.tenant("course", *PEOPLE))
    assert office.deliver().accepted == 1
    mails = server.post.mails()
    assert sorted(mail["To"] for mail in mails) == sorted(PEOPLE)
    assert all(envelope.rcpt_tos == [mail["To"]] for envelope, mail in zip(server.post.letters, mails, strict=True))
    assert len({mail["Message-ID"] for mail in mails}) == 300
    assert len(server.post.sessions) <= 16
    assert sorted(office.letter("course").recipients) == sorted(PEOPLE)


@pytest.mark.parametrize("at", [0, 1, 30, 58, 59])
@pytest.mark.parametrize("taken", [True, False])
def test_a_kill_between_two_people_loses_nobody_and_doubles_nobody(postbox, postman, office, at, taken):
    server = postbox(post=Narrow())
    sent = Counter()

    class Mortal:
        """A postman whose process is killed once, before or after the mail server has a message."""

        def __init__(self):
            self.inner = postman(server.settings)

        def __enter__(self):
            return self

        def __exit__(self, *exc):
            pass

        def send(self, message):
            last = sum(sent.values()) == at and not sent["killed"]
            if last and not taken:
                sent["killed"] += 1
                raise Killed
            answer = self.inner.send(message)
            sent[message.to] += 1
            if last:
                sent["killed"] += 1
                raise Killed
            return answer

    office.postman = Mortal
    office.queue(office.tenant("course", *SOME))
    with pytest.raises(Killed):
        office.deliver()
    office.clock.advance(office.manners.claim_for)
    assert office.deliver().accepted == 1
    names = Counter(mail["To"] for mail in server.post.mails())
    assert set(names) == set(SOME)
    twice = [mail["Message-ID"] for mail in server.post.mails() if names[mail["To"]] > 1]
    assert len(twice) <= 2, "only the one whose yes nobody could write down"
    assert len(set(twice)) <= 1
    assert len({mail["Message-ID"] for mail in server.post.mails()}) == 60
    assert office.letter("course").state is LetterState.ACCEPTED


def test_what_breaks_off_in_the_middle_goes_on_where_it_was(postbox, postman, office):
    server = postbox()
    server.post.data = [None] * 120 + ["421 4.3.2 shutting down"]
    office.postman = lambda: postman(server.settings)
    office.queue(office.tenant("course", *PEOPLE))
    assert "shutting down" in office.deliver().temporary_error
    assert len(office.letter("course").recipients) == 120
    office.clock.advance(office.manners.claim_for)
    assert office.deliver().accepted == 1
    assert sorted(mail["To"] for mail in server.post.mails()) == sorted(PEOPLE)


def test_who_cannot_be_reached_keeps_the_letter_from_nobody_else(postbox, postman, office):
    server = postbox()
    server.post.rcpt = {PEOPLE[3]: "550 5.1.1 no such user", PEOPLE[7]: "451 4.7.1 come back"}
    office.postman = lambda: postman(server.settings)
    office.queue(office.tenant("course", *PEOPLE[:10]))
    assert office.deliver().deferred == 1
    assert len(server.post.letters) == 8
    server.post.rcpt = {}
    office.clock.advance(office.manners.claim_for)
    assert office.deliver().accepted == 1
    assert list(office.letter("course").lost) == [PEOPLE[3]]
    assert len(server.post.letters) == 9
