"""From the outbox to a real mail server: each letter meets its own fate, whatever happens to its neighbours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import PAUSES, Delivered
from reaper.mail import SmtpPostman
from reaper.model import LetterState
from tests.integration.mail.conftest import HANG_UP, SILENCE


def connect(office, server, **changes):
    settings = replace(server.settings, **changes)
    office.postman = lambda: SmtpPostman(settings, "Reaper <reaper@example.org>", office.clock)


def fates(office):
    return {letter.tenant_id.removeprefix("id-"): letter.state for letter in office.store.outbox.letters()}


def message_ids(server):
    return [mail["Message-ID"] for mail in server.post.mails()]


def test_each_letter_meets_its_own_fate(office, postbox):
    server = postbox()
    server.post.rcpt = {"refused@example.org": "550 no such user", "grey@example.org": "451 later"}
    connect(office, server)
    for name in ("fine", "refused", "grey", "last"):
        office.queue(office.tenant(name))
    office.queue(office.tenant("half", "half@example.org", "refused@example.org"))
    assert office.deliver() == Delivered(accepted=3, deferred=1, refused=1)
    server.post.rcpt.pop("grey@example.org")
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)
    assert fates(office).pop("refused") is LetterState.REFUSED
    assert len(set(message_ids(server))) == len(server.post.letters) == 4


@pytest.mark.parametrize("how", [HANG_UP, SILENCE])
def test_a_server_that_breaks_off_after_the_final_dot_may_get_that_letter_twice_and_no_other(office, postbox, how):
    server = postbox(timeout=0.3)
    server.post.data = [None, how]
    connect(office, server)
    for number in range(5):
        office.queue(office.tenant(f"number-{number}"))
    broken_off = office.deliver()
    assert (broken_off.accepted, broken_off.deferred) == (1, 1)
    assert "127.0.0.1" in broken_off.temporary_error
    assert office.deliver() == Delivered(accepted=3)
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)
    assert set(fates(office).values()) == {LetterState.ACCEPTED}
    assert len(set(message_ids(server))) == 5
    assert len(server.post.letters) == (6 if how == SILENCE else 5)


def test_a_server_that_is_away_costs_nothing_but_time(office, postbox):
    server = postbox()
    connect(office, server, port=1)
    for number in range(3):
        office.queue(office.tenant(f"number-{number}"))
    for _ in range(5):
        assert office.deliver().accepted == 0
        office.clock.advance(timedelta(minutes=1))
    connect(office, server)
    office.clock.advance(PAUSES[2])
    assert office.deliver() == Delivered(accepted=3)
    assert len(set(message_ids(server))) == len(server.post.letters) == 3


def test_many_letters_go_over_one_connection_in_one_pass(office, postbox):
    server = postbox()
    connect(office, server, letters_per_connection=1000)
    for number in range(50):
        office.queue(office.tenant(f"number-{number}"))
    assert office.deliver() == Delivered(accepted=50)
    assert len(server.post.sessions) == 1
    assert len({mail["To"] for mail in server.post.mails()}) == 50


def test_letters_to_the_same_person_arrive_as_one_message_and_count_each(office, postbox):
    server = postbox()
    connect(office, server)
    for name in ("aurora", "borealis"):
        office.queue(office.tenant(name, "ann@example.org"))
    assert office.deliver() == Delivered(accepted=2)
    (mail,) = server.post.mails()
    assert mail["Subject"].startswith("[Action needed] 2 of your trial projects end, the first on Sunday 30 November")
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_content().count("BEGIN:VEVENT") for part in calendars] == [2]
    told = {letter.told_at for letter in office.store.outbox.letters()}
    assert told == {office.clock.now() + timedelta(days=2)}


@pytest.mark.parametrize("how", [HANG_UP, SILENCE])
def test_a_server_that_breaks_off_after_the_final_dot_gets_the_same_message_again(office, postbox, how):
    server = postbox(timeout=0.3)
    server.post.data = [how]
    connect(office, server)
    for name in ("aurora", "borealis"):
        office.queue(office.tenant(name, "ann@example.org"))
    assert office.deliver().deferred == 2
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=2)
    assert len(set(message_ids(server))) == 1


def test_an_address_that_is_refused_leaves_both_leases_without_a_letter(office, postbox):
    server = postbox()
    server.post.rcpt = {"ann@example.org": "550 no such user"}
    connect(office, server)
    for name in ("aurora", "borealis"):
        office.queue(office.tenant(name, "ann@example.org"))
    assert office.deliver() == Delivered(deferred=2, refused=2)
    assert set(fates(office).values()) == {LetterState.REFUSED}
