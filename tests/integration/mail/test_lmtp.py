"""What comes back by LMTP is read as by the command; whoever speaks nonsense is answered, and nothing is lost."""

import asyncio
import gc
import random
import smtplib
import socket
from email.message import EmailMessage

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from reaper.deliver import Returned
from reaper.errors import Temporary, Unusable
from reaper.letters.verp import ReturnAddress
from reaper.mail.listener import Listener
from reaper.mail.lmtp import LARGEST, MOST_ADDRESSES, MOST_CONNECTIONS, BounceListener
from reaper.model import LetterState
from tests.integration.mail.relay import free_port

RETURNS = ReturnAddress("bounces@reaper.example", ["a secret of the tests that is long enough"])
GONE = "gone@mail.example"


def report(lost=GONE, action="failed"):
    """Write a report as relays do (RFC 3464)."""
    return (
        b"From: MAILER-DAEMON@relay.example\r\nTo: bounces@reaper.example\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        + f"Final-Recipient: rfc822; {lost}\r\nAction: {action}\r\nStatus: 5.1.1\r\n".encode()
        + b"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--B--\r\n"
    )


@pytest.fixture
def door(office, tmp_path):
    """Open a door for an office's letters; `failing` is what taking back raises, `told` what the operator heard."""
    opened = []

    def start(listen=None, failing=None, told=None):
        taking = Returned(office.store.ledger, office.store.outbox, office.clock, RETURNS, tuple)

        def take_back(raw, sent_to):
            if failing:
                raise failing
            return taking.take_back(raw, sent_to)[0]

        where = listen or f"127.0.0.1:{free_port()}"
        heard = [] if told is None else told
        made = BounceListener(where, expects=taking.expects, take_back=take_back, tell=heard.append)
        made.start()
        opened.append(made)
        return where

    yield start
    for made in opened:
        made.stop()


def call(where):
    """Open a conversation as a relay does."""
    if where.startswith("/"):
        relay = smtplib.LMTP(where)
    else:
        host, port = where.rsplit(":", 1)
        relay = smtplib.LMTP(host, int(port))
    relay.ehlo("relay.example")
    return relay


def bring(relay, content, *addresses):
    """Hand over one mail; returns what was said to each address, and of the data for each that was taken."""
    relay.mail("<>")
    said = [relay.rcpt(address)[0] for address in addresses]
    answers = []
    if 250 in said:
        answers = [relay.data(content)] + [relay.getreply() for _ in range(said.count(250) - 1)]
    return said, answers


def sent_letter(office, *people):
    office.queue(office.tenant("aurora", *people))
    office.deliver()
    return RETURNS.sender_of(office.postman.carried[-1].ref)


@pytest.mark.parametrize("at", ["port", "path"])
def test_a_report_takes_the_letter_back(door, office, tmp_path, at):
    address = sent_letter(office, GONE)
    with call(door(f"{tmp_path}/door" if at == "path" else None)) as relay:
        assert bring(relay, report(), address) == ([250], [(250, b"2.0.0 bounced")])
        assert office.letter().state is LetterState.BOUNCED
        assert bring(relay, report(), address) == ([250], [(250, b"2.0.0 nothing")])


def test_a_report_about_several_letters_in_one_message_reaches_all(door, office):
    office.queue(office.tenant("aurora", GONE))
    office.queue(office.tenant("borealis", GONE))
    office.deliver()
    (message,) = office.postman.carried
    with call(door()) as relay:
        assert bring(relay, report(), RETURNS.sender_of(message.ref))[1] == [(250, b"2.0.0 bounced")]
    assert {letter.state for letter in office.store.outbox.letters()} == {LetterState.BOUNCED}


def test_only_addresses_that_letters_come_back_to_are_let_in(door, office):
    address = sent_letter(office, GONE)
    forged = address.replace("bounces+", "bounces+a", 1)
    with call(door()) as relay:
        strangers = ("ann@mail.example", forged, "bounces@elsewhere.example", "bounces+x@reaper.example")
        assert bring(relay, report(), *strangers) == ([550] * 4, [])
        assert bring(relay, report(), "bounces@reaper.example") == ([250], [(250, b"2.0.0 foreign")])
    assert office.letter().state is LetterState.ACCEPTED


def test_there_is_an_answer_for_each_address(door, office):
    address = sent_letter(office, GONE)
    with call(door()) as relay:
        said, answers = bring(relay, report(), "bounces@reaper.example", "ann@mail.example", address)
        assert said == [250, 550, 250]
        assert answers == [(250, b"2.0.0 foreign"), (250, b"2.0.0 bounced")]
        assert relay.noop()[0] == 250
        said, _ = bring(relay, report(), *[address] * (MOST_ADDRESSES + 1))
        assert said == [250] * MOST_ADDRESSES + [452]
        assert relay.noop()[0] == 250


@pytest.mark.parametrize("what", ["long", "wide"])
def test_what_is_too_large_is_refused_once_for_each_address(door, office, what):
    address = sent_letter(office, GONE)
    line = b"x" * (998 if what == "long" else 100_000) + b"\r\n"
    with call(door()) as relay:
        _, answers = bring(relay, report() + line * (LARGEST // len(line) + 2), address, "bounces@reaper.example")
        assert [code for code, _ in answers] == [552 if what == "long" else 500] * 2
        assert bring(relay, report(), address)[1] == [(250, b"2.0.0 bounced")]


@pytest.mark.parametrize("failing", [Temporary("the ledger does not answer"), KeyError("what nobody foresaw")])
def test_what_cannot_be_read_now_is_left_with_the_relay(door, office, failing):
    told = []
    address = sent_letter(office, GONE)
    with call(door(failing=failing, told=told)) as relay:
        assert [code for code, _ in bring(relay, report(), address, address)[1]] == [451, 451]
        assert [code for code, _ in bring(relay, report(), address)[1]] == [451]
    assert told == ([failing] * 3 if isinstance(failing, KeyError) else [])
    assert office.letter().state is LetterState.ACCEPTED


def test_rubbish_is_answered_and_ends_nothing(door, office):
    told = []
    address = sent_letter(office, GONE)
    where = door(told=told)
    luck = random.Random(31)  # noqa: S311 - rubbish that is the same in every run
    with socket.create_connection(("127.0.0.1", int(where.rsplit(":", 1)[1]))) as rough:
        rough.sendall(
            b"HELO x\r\nEHLO x\r\nDATA\r\n\xff\xfe\x00\r\nMAIL\r\nRCPT TO:<\r\n" + luck.randbytes(5000) + b"\r\n"
        )
        assert rough.recv(1000).startswith(b"220 ")
    whole = report()
    with call(where) as relay:
        for _ in range(150):
            broken = bytearray(whole)
            for _ in range(luck.randrange(1, 30)):
                broken[luck.randrange(len(broken))] = luck.randrange(256)
            del broken[luck.randrange(len(broken)) :]
            _, ((code, _words),) = bring(relay, bytes(broken), address)
            assert code == 250
        assert bring(relay, whole, address)[0] == [250]
    assert told == []


def test_an_answer_of_a_person_changes_nothing(door, office):
    address = sent_letter(office, "ann@mail.example")
    answer = EmailMessage()
    answer["To"], answer["Subject"], answer["Auto-Submitted"] = address, "Away", "auto-replied"
    answer.set_content("I am away; ann@mail.example is not read, 550.")
    with call(door()) as relay:
        assert bring(relay, answer.as_bytes(), address)[1] == [(250, b"2.0.0 nothing")]
    assert office.letter().state is LetterState.ACCEPTED


def test_a_place_that_is_taken_is_told_and_one_that_is_left_is_free(door, office, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unusable, match=f"bounces cannot be taken at '{where}'"):
            door(where)
    path = tmp_path / "door"
    listener = BounceListener(str(path), expects=bool, take_back=lambda _raw, _to: "nothing")
    listener.start()
    listener.stop()
    listener.stop()
    assert not path.exists()
    door(str(path))


def test_one_connection_too_many_is_told_to_come_back_and_may_when_another_has_ended(office, door):
    sent_letter(office, GONE)
    where = door()
    relays = [call(where) for _ in range(MOST_CONNECTIONS)]
    host, port = where.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as late:
        assert late.recv(100).startswith(b"421 ")
        assert late.recv(100) == b""
    for relay in relays:
        relay.quit()
    with call(where) as relay:
        assert bring(relay, report(), "nobody@reaper.example")[0] == [550]


def test_a_listener_that_was_never_started_or_could_not_start_leaves_no_event_loop_behind():
    """Such a loop has two sockets; the collector finds them in whatever runs later and calls it a leak there."""
    gc.collect()
    before = loops()
    BounceListener("127.0.0.1:0", expects=bool, take_back=lambda _raw, _to: "nothing").stop()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listener = BounceListener(f"127.0.0.1:{port}", expects=bool, take_back=lambda _raw, _to: "nothing")
        for _ in range(2):
            with pytest.raises(Unusable):
                listener.start()
    listener.start()
    listener.stop()
    assert [loop for loop in loops() if not loop.is_closed() and loop not in before] == []


def test_a_listener_that_is_stopped_in_the_middle_of_conversations_closes_each_of_them():
    gc.collect()
    before = loops()
    listener = Listener("127.0.0.1:0", lambda: SMTP(Sink()))
    listener.start()
    talking = [smtplib.SMTP("127.0.0.1", listener.port, timeout=10) for _ in range(3)]
    listener.stop()
    for one in talking:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            one.noop()
        one.close()
    assert [loop for loop in loops() if not loop.is_closed() and loop not in before] == []
    with pytest.raises(ConnectionError):
        smtplib.SMTP("127.0.0.1", listener.port)


def loops():
    return [one for one in gc.get_objects() if isinstance(one, asyncio.AbstractEventLoop)]
