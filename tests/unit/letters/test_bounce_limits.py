"""Whatever comes back: the reader never raises, is done soon, and never names whom only the quoted letter names."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reaper.letters.bounces import read_bounce
from tests.corpus.specimens import specimens

HEAD = b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nTo: b@x.example\nSubject: Undeliverable\n"
TEXT = HEAD + b"\nUndeliverable: could not be delivered\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n<html><body>"
STATUS = HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
NEST = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(3000))
LARGE = {
    "one long word": TEXT + b"a" * 900_000,
    "the ends of addresses": TEXT + b"a@" * 400_000,
    "addresses on one line": TEXT + b"a@b.example " * 80_000,
    "addresses on many lines": TEXT + b"a@b.example\n" * 80_000,
    "heads of letters": TEXT + b"To: a\n" * 150_000,
    "beginnings of phrases": TEXT + b"failed user to " * 60_000,
    "codes": TEXT + b"550 " * 220_000,
    "quotes": TEXT + b"> a@b.example\n" * 60_000,
    "tags that never end": HTML + b"<head " * 150_000,
    "tags in tags": HTML + b"<head>" * 150_000,
    "comments": HTML + b"<!" * 400_000,
    "recipients": STATUS + b"Final-Recipient: rfc822; a@b.example\nAction: failed\n" * 15_000,
    "comments in a field": STATUS + b"Final-Recipient: rfc822; " + b"(" * 800_000,
    "parts in parts": HEAD + NEST,
    "a long subject": HEAD.replace(b"Undeliverable", b"=?utf-8?q?user?= " * 50_000) + b"\nx",
    "many who had it": HEAD.replace(b"To: b", b"To: " + b"a@b.example, " * 60_000 + b"b") + b"\nUndeliverable",
    "comments in comments": HEAD.replace(b"From: M", b"From: " + b"(" * 100_000) + b"\nx",
}
FAILING = [one for one in specimens() if one.failed]
CUTS = (
    "------ This is a copy of the message, including all the headers. ------",
    "--- Below this line is a copy of the message.",
    "----- Original message -----",
    "   ----- Original message follows -----",
)
HEADERS = "Received: from api\nFrom: reaper@reaper.example\nTo: {0}\nSubject: Your trial project ends\n\n{1}\n"


@pytest.mark.parametrize("raw", LARGE.values(), ids=LARGE.keys())
def test_the_largest_that_arrives_is_read_within_seconds(raw):
    began = time.process_time()
    read_bounce(raw).failed_of(("a@b.example", "ann@example.org"))
    assert time.process_time() - began < 8


@settings(max_examples=300)
@given(st.sampled_from(specimens()), st.integers(0, 3000), st.integers(0, 200), st.binary(max_size=60))
def test_a_report_that_was_damaged_on_its_way_breaks_nothing(specimen, at, length, filled):
    at = min(at, len(specimen.raw))
    bounce = read_bounce(specimen.raw[:at] + filled + specimen.raw[at + length :])
    assert set(bounce.failed_of(specimen.had)) <= set(specimen.had)


@settings(max_examples=200)
@given(
    st.sampled_from(FAILING),
    st.sampled_from(CUTS),
    st.lists(
        st.sampled_from(["550 5.1.1 <{0}> user unknown", "{0}", "To: {0}", "could not be delivered to {0}", "", "x"])
    ),
)
def test_whom_only_the_quoted_letter_names_has_lost_nothing(specimen, cut, lines):
    quoted = "neighbour@example.org"
    letter = HEADERS.format(quoted, "\n".join(lines).format(quoted))
    bounce = read_bounce(_quoting(specimen, cut, letter))
    assert quoted not in bounce.failed
    assert quoted not in bounce.failed_of((*specimen.had, quoted))


def _quoting(specimen, cut, letter):
    """Put a letter behind a report, as a part of it or below a line that says so."""
    if b"multipart" in specimen.raw.lower():
        boundary = specimen.raw.rstrip().rpartition(b"\n")[2].removesuffix(b"--")
        part = b"\nContent-Type: message/rfc822\n\n" + letter.encode()
        return specimen.raw.rstrip().removesuffix(b"--") + part + boundary + b"--\n"
    if b"base64" in specimen.raw or b"text/html" in specimen.raw:
        return _as_attachment(specimen, letter)
    return specimen.raw + f"\n{cut}\n\n{letter}".encode("ascii")


def _as_attachment(specimen, letter):
    head, _, body = specimen.raw.partition(b"\n\n")
    typed = [line for line in head.split(b"\n") if line.lower().startswith(b"content-")]
    other = [line for line in head.split(b"\n") if line not in typed]
    outer = [*other, b"Content-Type: multipart/mixed; boundary=o", b"", b"--o", *typed, b"", body.rstrip(), b"--o"]
    return b"\n".join([*outer, b"Content-Type: message/rfc822", b"", letter.encode(), b"--o--", b""])


def test_a_report_that_python_itself_has_written_is_read():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "MAILER-DAEMON@x.example", "b@x.example", "Undeliverable mail"
    message.set_content("Your message could not be delivered to:\n\n  bob@example.org\n", cte="base64")
    assert list(read_bounce(message.as_bytes()).failed_of(("ann@example.org", "bob@example.org"))) == [
        "bob@example.org"
    ]
