"""The envelope: where a letter comes back to, reports where they are offered, and headers nobody can break into."""

# ruff: noqa: N802 - aiosmtpd chose these names
import string
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given, settings
from hypothesis import strategies as st

from reaper.clock import HandClock
from reaper.letters import is_address
from reaper.letters.verp import ReturnAddress
from reaper.mail import SmtpPostman
from reaper.mail.message import address_of, compose, sender_from
from reaper.ports import Message
from tests.integration.mail.conftest import START

REF = "0123456789abcdef0123456789abcdef"
RETURNS = ReturnAddress("bounces@reaper.example", ["a secret"])


class Reporting(SMTP):
    """A server that offers reports (RFC 3461) and remembers what was asked."""

    asked: list[str]

    async def smtp_EHLO(self, hostname):
        self.transport.write(b"250-tests\r\n250 DSN\r\n")
        self.session.host_name, self.session.extended_smtp = hostname, True
        self._set_rset_state()

    async def smtp_MAIL(self, arg):
        self.asked.append(arg)
        await super().smtp_MAIL(arg.partition(" RET=")[0])

    async def smtp_RCPT(self, arg):
        self.asked.append(arg)
        await super().smtp_RCPT(arg.partition(" NOTIFY=")[0])


@pytest.fixture
def reporting():
    return type("Here", (Reporting,), {"asked": []})


def carry(server, message):
    with SmtpPostman(server.settings, "Reaper <reaper@example.org>", HandClock(START), RETURNS.sender_of) as postman:
        return postman.send(message)


def test_a_letter_comes_back_to_an_address_that_names_it_and_people_see_the_sender(postbox, message):
    server = postbox()
    assert carry(server, message(ref=REF)).accepted
    assert RETURNS.letter_named_in([server.post.letters[0].mail_from]) == REF
    assert server.post.mails()[0]["From"] == "Reaper <reaper@example.org>"


def test_reports_are_asked_for_where_they_are_offered(postbox, message, reporting):
    server = postbox(reporting)
    assert carry(server, message("ann+trial@example.org", ref=REF)).accepted
    sender, recipient = reporting.asked
    assert sender.endswith(f" RET=HDRS ENVID={REF}")
    assert recipient.endswith(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;ann+2Btrial@example.org")


def test_reports_are_not_asked_for_where_nobody_offers_them(postbox, message):
    server = postbox()
    assert carry(server, message(ref=REF)).accepted
    assert server.post.letters[0].mail_options == []


# ---------------------------------------------------------------- headers

WICKED = st.text(st.sampled_from(string.printable + "\x00\x85\u2028\u202e王é<>@\"'\\"), max_size=60)
KNOWN = {
    *("from", "to", "subject", "date", "message-id", "auto-submitted", "precedence", "x-auto-response-suppress"),
    *("content-language", "content-type", "mime-version", "references", "content-transfer-encoding"),
}


@settings(max_examples=60, deadline=None)
@given(subject=WICKED, language=WICKED, thread=WICKED, name=WICKED)
def test_no_text_of_strangers_becomes_a_header(subject, language, thread, name):
    headers = {"References": thread, f"X{name}": "y"}
    letter = Message("<a@b.example>", ("ann@example.org",), subject, "x", "<p>x</p>", language, headers)
    mail = compose(letter, sender_from("Reaper <r@example.org>"), [address_of("ann@example.org")], START)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    found = {header.lower() for header in read}
    extra = {f"x{name}".lower()} if name.isascii() and name.replace("-", "").isalnum() else set()
    assert found - extra <= KNOWN | {"x"}
    assert len(read.get_all("to")) == len(read.get_all("subject")) == 1


@settings(max_examples=60, deadline=None)
@given(WICKED)
def test_what_passes_for_an_address_cannot_end_its_line(text):
    address = f"{text}@example.org"
    if is_address(address):
        assert address.isprintable()
        assert not set(address) & set("\r\n<> ")
