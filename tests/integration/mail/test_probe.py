"""`reaper letter test`: what the mail server says at each step, and what of a domain other servers judge by."""

from dataclasses import replace

import pytest

from reaper.mail.domain import findings_on
from reaper.mail.message import trial_letter
from reaper.mail.probe import probe
from tests.integration.mail.conftest import START

SENDER, ANN = "Reaper <reaper@cloud.example>", "ann@mail.example"


def steps(settings, mail=None):
    return list(probe(settings, SENDER, ANN, mail))


def test_each_step_is_told_and_nothing_is_sent(postbox):
    server = postbox()
    told = steps(replace(server.settings, ehlo_name="reaper.cloud.example"))
    assert [step.step.split(" ")[0] for step in told] == ["connect", "EHLO", "MAIL", "RCPT", "QUIT"]
    assert told[1].step == "EHLO reaper.cloud.example"
    assert all(step.fine for step in told)
    assert server.post.letters == []


def test_a_test_letter_goes_only_when_it_is_asked_for(postbox):
    server = postbox()
    told = steps(server.settings, trial_letter(SENDER, ANN, START))
    assert (told[-2].step, told[-2].fine) == ("DATA and the letter", True)
    (mail,) = server.post.mails()
    assert (mail["To"], mail["Subject"]) == (ANN, "[Reaper] A test")


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname", "us"),
        ("550 5.1.1 <ann@mail.example>: User unknown in relay recipient table", "this address"),
    ],
)
def test_a_no_ends_it_and_says_what_it_is_about(postbox, said, about):
    server = postbox()
    server.post.rcpt = {ANN: said}
    last = steps(server.settings, trial_letter(SENDER, ANN, START))[-1]
    assert (last.step, last.fine, last.said, last.about) == (f"RCPT TO:<{ANN}>", False, said, about)
    assert server.post.letters == []


def test_a_sender_that_is_refused_is_told(postbox):
    server = postbox()
    server.post.mail = ["550 5.1.8 sender rejected"]
    last = steps(server.settings)[-1]
    assert (last.step, last.about) == ("MAIL FROM:<reaper@cloud.example>", "us")


def test_a_wrong_password_is_told(postbox, post_with_login, tmp_path):
    post, authenticator = post_with_login
    file = tmp_path / "password"
    file.write_text("open")
    server = postbox(post=post, authenticator=authenticator, auth_require_tls=False)
    last = steps(replace(server.settings, username="reaper", password_file=file))[-1]
    assert (last.step, last.fine, last.about) == ("AUTH as reaper", False, "us")


def test_a_server_that_is_not_there_is_told(postbox):
    settings = postbox().settings
    (only,) = steps(replace(settings, port=1))
    assert (only.fine, only.about) == (False, "us")
    assert "cannot be reached" in only.said


ZONE = {
    "good.example": ["v=spf1 ip4:192.0.2.1 -all", "site-verification=1"],
    "_dmarc.good.example": ["v=DMARC1; p=quarantine; rua=mailto:d@good.example"],
    "key._domainkey.good.example": ["v=DKIM1; k=ed25519; p=abc def"],
    "gone._domainkey.good.example": ["v=DKIM1; p="],
    "open.example": ["v=spf1 +all"],
    "twice.example": ["v=spf1 -all", "v=spf1 ~all"],
    "_dmarc.open.example": ["v=DMARC1; rua=mailto:d@open.example"],
}


@pytest.mark.parametrize(
    ("domain", "selector", "fine"),
    [
        ("good.example", "key", [True, True, True]),
        ("good.example", "gone", [True, False, True]),
        ("good.example", None, [True, None, True]),
        ("open.example", "key", [False, False, False]),
        ("twice.example", "key", [False, False, False]),
        ("bare.example", "key", [False, False, False]),
    ],
)
def test_a_domain_is_judged_by_what_dns_holds(domain, selector, fine):
    assert [one.fine for one in findings_on(domain, selector, lambda name: ZONE.get(name, []))] == fine


def test_where_no_dns_server_answers_that_is_said_and_nothing_else():
    found = findings_on("good.example", "key", lambda _name: None)
    assert [(one.fine, one.said) for one in found] == [(None, "no DNS server answers from here")] * 3
