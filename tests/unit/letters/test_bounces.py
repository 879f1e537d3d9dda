"""Reports are read for what they say, and nothing else is taken for a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.letters.bounces import read_bounce, words
from reaper.paths import share

ANN, BOB = "ann@example.org", "Bob@example.org"
OLD = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: bounces+x@reaper.example
Subject: failure notice

Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message.
<ann@example.org>:
Remote host said: 550 5.1.1 no such user
"""


def report(*groups, to="bounces+token@reaper.example"):
    """A report of RFC 3464 about these recipients."""
    fields = "\n\n".join("\n".join(f"{name}: {value}" for name, value in group.items()) for group in groups)
    return f"""From: MAILER-DAEMON@mx.example.net
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{fields}

--b
Content-Type: text/rfc822-headers

Subject: Your trial project ends
--b--
""".encode()


def about(address, action="failed", status="5.1.1", **more):
    named = {"Final-Recipient": f"rfc822; {address}", "Action": action, "Status": status}
    return named | {name.replace("_", "-"): value for name, value in more.items()}


def test_a_report_names_who_does_not_have_the_letter_and_why():
    bounce = read_bounce(report(about(ANN, Diagnostic_Code="smtp; 550 5.1.1 no such user")))
    assert bounce.failed_of((ANN, BOB)) == {ANN: "5.1.1 smtp; 550 5.1.1 no such user"}
    assert bounce.sent_to == ("bounces+token@reaper.example",)


def test_a_delay_is_no_failure():
    bounce = read_bounce(report(about(ANN, "delayed", "4.4.1")))
    assert (bounce.failed_of((ANN,)), list(bounce.delayed)) == ({}, [ANN])


def test_what_was_given_up_after_days_has_failed_though_it_says_4():
    assert list(read_bounce(report(about(ANN, "failed", "4.4.7"))).failed_of((ANN,))) == [ANN]


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_changes_nothing(action):
    bounce = read_bounce(report(about(ANN, action, "2.0.0")))
    assert (bounce.failed_of((ANN,)), bounce.delayed) == ({}, {})


def test_the_address_as_we_gave_it_counts_when_it_led_elsewhere():
    moved = about("a.smith@elsewhere.example", Original_Recipient="rfc822;ann@example.org")
    assert list(read_bounce(report(moved)).failed_of((ANN, BOB))) == [ANN]


def test_an_address_that_led_elsewhere_is_clear_if_only_one_had_the_letter():
    bounce = read_bounce(report(about("a.smith@elsewhere.example")))
    assert list(bounce.failed_of((ANN,))) == [ANN]
    assert bounce.failed_of((ANN, BOB)) == {}


def test_odd_characters_of_an_address_are_read_as_they_were_written():
    odd = about("x", Original_Recipient="rfc822;ann+2Btrial@example.org")
    assert list(read_bounce(report(odd)).failed_of(("ann+trial@example.org", BOB))) == ["ann+trial@example.org"]


def test_addresses_are_the_same_in_any_case():
    assert list(read_bounce(report(about("bob@EXAMPLE.org"))).failed_of((ANN, BOB))) == [BOB]


def test_several_recipients_are_told_apart():
    bounce = read_bounce(report(about(ANN), about(BOB, "delayed", "4.2.0")))
    assert list(bounce.failed_of((ANN, BOB))) == [ANN]


def test_a_report_from_before_reports_is_believed_when_it_names_somebody():
    assert list(read_bounce(OLD.encode()).failed_of((ANN, BOB))) == [ANN]


@pytest.mark.parametrize(
    "changed",
    [
        OLD.replace("550 5.1.1", "450 4.2.0"),
        OLD.replace("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net", "From: ann@example.org"),
        OLD.replace("From: MAILER-DAEMON@mx.example.net", "From: ann@example.org"),
    ],
)
def test_an_answer_of_a_person_or_of_one_who_is_away_is_no_report(changed):
    assert read_bounce(changed.encode()).failed_of((ANN,)) == {}


def test_a_report_may_say_that_a_machine_answers():
    marked = OLD.replace("Subject:", "Auto-Submitted: auto-replied\nSubject:")  # as Exim and Postfix mark all of theirs
    assert list(read_bounce(marked.encode()).failed_of((ANN, BOB))) == [ANN]


@pytest.mark.parametrize(
    "subject",
    sorted(share("notify").glob("*/*/subject.txt.j2")),
    ids=lambda path: path.parts[-3] + " " + path.parts[-2],
)
def test_no_subject_of_ours_makes_an_answer_to_it_look_like_a_report(subject):
    written = subject.read_text("utf-8")
    assert not any(known.search(written) for known in (words.FAILURE, words.SUBJECT, words.DELAY))


@given(st.binary(max_size=3000))
def test_nothing_that_arrives_breaks_the_reader(raw):
    bounce = read_bounce(raw)
    assert bounce.failed_of(()) == {}


@given(st.text(max_size=400))
def test_nothing_within_a_report_breaks_the_reader(text):
    group = {"Final-Recipient": text, "Action": text, "Original-Recipient": f"rfc822;{text}"}
    read_bounce(report(group)).failed_of((ANN,))
