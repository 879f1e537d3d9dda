"""What programs do with links, and what admins hear: scanners change nothing, trouble with mail is told once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from reaper.model import Change, Event, Hold, LetterKind, LetterState, State
from tests.acceptance.stage import Stage

HOUR = timedelta(hours=1)
METHODS = ("GET", "HEAD", "OPTIONS")


def urls_in(mail):
    return set(re.findall(r"https?://[^\s\"'<>)]+", mail.text)) | ({mail.link} if mail.link else set())


def as_it_stands(stage):
    """Everything that a click could change: the cloud, and the ledger apart from what time alone does."""
    ledger = stage.app.store.ledger
    tenants = [ledger.tenant(tenant.id) for tenant in ledger.tenants()]
    return tenants, [len(ledger.history(tenant.id)) for tenant in tenants], stage.destructive()


def test_a_scanner_that_opens_every_link_of_every_letter_changes_nothing(stage):
    stage.sim.seed.tenant("trial-keeps", servers=1)
    for name in ("trial-gone", "trial-too"):
        stage.sim.seed.tenant(name, servers=1, email="both@users.example")
    stage.live(25)
    assert any("2 of your trial projects end" in mail.subject for mail in stage.boxes.mails)
    stage.press(stage.boxes.of("trial-keeps")[-1].link)
    stage.live(23)
    assert stage.tenant("trial-gone").state is State.RECLAIMED
    assert stage.tenant("trial-keeps").state is State.SUSPENDED
    links = set().union(*map(urls_in, stage.boxes.mails))
    assert len(links) >= 3
    before = as_it_stands(stage)
    answers = {
        (method, requests.request(method, link + more, timeout=30, allow_redirects=True).status_code)
        for link in sorted(links)
        for more in ("", "/renew", "/away", "/done", "?confirm=yes")
        for method in METHODS
    }
    assert all(code < 500 for _, code in answers)
    assert as_it_stands(stage) == before


def to_admins(stage, kind):
    return [letter for letter in stage.app.store.outbox.letters() if letter.kind is kind]


def test_mail_that_is_put_off_for_long_is_told_once_each_time_and_stands_in_the_status(stage):
    stage.sim.seed.tenant("trial-a", servers=1)
    stage.mail_goes_away()
    stage.live(1, at_once=HOUR * 2)
    assert len(to_admins(stage, LetterKind.MAIL_TROUBLE)) == 1
    assert "cannot be reached" in stage.app.status()["mail_trouble"]
    stage.mail_comes_back()
    stage.live(1, at_once=HOUR * 2)
    (told,) = to_admins(stage, LetterKind.MAIL_TROUBLE)
    assert told.state is LetterState.ACCEPTED
    assert stage.app.status()["mail_trouble"] is None
    assert any("do not go out" in mail.subject for mail in stage.boxes.mails)


class StageWithDigest(Stage):
    digest = True


@pytest.fixture
def digesting(tmp_path):
    made = StageWithDigest(tmp_path)
    yield made
    made.close()


def days_told(stage):
    """The daily letters that arrived."""
    return [mail for mail in stage.boxes.mails if mail.to == ("ops@cloud.example",) and "[Reaper]" in mail.subject]


def test_on_the_first_day_the_admins_get_no_letter_of_what_was_not_read_yet(digesting):
    # A daemon that has just started delivers before it has read the cloud: every gate is closed for that reason.
    digesting.sim.seed.tenant("trial-a", servers=1)
    digesting.app.deliver()
    digesting.live(1, at_once=HOUR * 6)
    assert all("gates" not in mail.text for mail in days_told(digesting))


def test_quiet_days_are_passed_in_silence_and_a_quiet_week_is_not(digesting):
    stage = digesting
    stage.sim.seed.tenant("trial-a", servers=1)
    stage.live(16)
    told = days_told(stage)
    assert ["nothing happened" in mail.subject for mail in told] == [True, True]
    assert "Nothing waits for a person" in told[0].text
    states = [letter.state for letter in to_admins(stage, LetterKind.DIGEST)]
    assert states.count(LetterState.ACCEPTED) == 2
    assert states.count(LetterState.SUPERSEDED) == len(states) - 2


def test_the_admins_get_one_letter_a_day_that_names_what_waits_for_them(digesting):
    stage = digesting
    stage.sim.seed.tenant("trial-nobody", servers=1, email=None)
    stage.live(26)
    stage.boxes.mails.clear()
    stage.live(2, at_once=HOUR * 6)
    assert len(days_told(stage)) == 2
    stage.live(4)
    assert len(days_told(stage)) == 6
    assert "trial-nobody: suspended from" in " ".join(days_told(stage)[-1].text.split())


def test_a_hold_that_ends_begins_with_the_full_notice_and_is_told_before(digesting):
    stage = digesting
    # Given a tenant on hold beyond the end of its lease.
    stage.sim.seed.tenant("trial-thesis", servers=1)
    stage.live(20)
    ledger, now = stage.app.store.ledger, stage.clock.now()
    held = ledger.find("sim/trial-thesis")
    until = held.lease.expires_at + timedelta(days=9)
    ledger.record(
        Change(replace(held, hold=Hold(until, "thesis", "carol"), next_due_at=until), [Event(now, "held", "thesis")])
    )
    # When its lease is over; then nothing happens to it.
    stage.live((until - now).days - 1)
    assert stage.tenant("trial-thesis").state is State.ACTIVE
    assert len(stage.boxes.of("trial-thesis")) == 1
    assert any("carol: thesis" in mail.text for mail in stage.boxes.mails)
    # When the review date passes; then it is warned, and suspended only after the full notice.
    stage.live(1)
    assert len(stage.boxes.of("trial-thesis")) == 2
    assert stage.tenant("trial-thesis").state is State.ACTIVE
    stage.live(1)
    assert stage.tenant("trial-thesis").state is State.SUSPENDED
