"""What is no longer true is not sent, one letter's trouble is its own, nothing is lost or doubled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import GIVEN_UP_AFTER, PARTLY_AT, PAUSES, Delivered
from reaper.lifecycle import deadline
from reaper.model import Change, LetterKind, LetterState, State
from reaper.ports import Sent
from tests.unit.lifecycle.cases import judged

SOON = timedelta(minutes=1)


def refuses_all(message):
    return Sent(refused=dict.fromkeys(message.to, "550 no such user"))


def later_for_all(message):
    return Sent(deferred=dict.fromkeys(message.to, "451 come back later"))


def takes_it(message):
    return Sent(accepted=message.to)


# ---------------------------------------------------------------- the usual way


def test_a_warning_that_is_taken_sets_the_deadline_it_named(office):
    office.queue(office.tenant())
    due = deadline(office.store.ledger.tenant("id-aurora"), office.clock.now())
    assert office.deliver() == Delivered(accepted=1)
    letter, message = office.letter(), office.postman.carried[0]
    assert (letter.state, letter.accepted_at, letter.told_at) == (LetterState.ACCEPTED, office.clock.now(), due)
    assert letter.recipients == message.to == ("aurora@example.org",)
    assert message.message_id == letter.message_id
    assert "Sunday 30 November 2031, 09:07 UTC" in message.html
    assert "https://reaper.example.org/lease/id-aurora" in message.text


@pytest.mark.parametrize("kind", [LetterKind.WELCOME, LetterKind.RENEWED, LetterKind.RESTORED])
def test_a_letter_that_names_no_deadline_has_told_none(office, kind):
    office.queue(office.tenant(), kind)
    office.deliver()
    assert office.letter().told_at is None


def test_an_empty_outbox_is_an_empty_pass(office):
    assert office.deliver() == Delivered()


def test_a_process_that_is_asked_to_stop_takes_no_further_letter(office):
    office.queue(office.tenant())
    office.clock.stop()
    assert office.deliver() == Delivered()
    assert office.letter().state is LetterState.QUEUED


def test_a_letter_is_written_in_the_readers_language(office):
    tenant = office.tenant()
    office.standing = lambda t: judged(replace(t, people=tuple(replace(p, language="zh_CN") for p in t.people)))
    office.queue(tenant, LetterKind.RENEWED)
    office.deliver()
    assert office.postman.carried[0].language == "zh_CN"
    assert "已续期" in office.postman.carried[0].subject


def test_alarms_go_to_the_admins_alone(office):
    stopped = {"state": State.QUARANTINED, "quarantine_reason": "three failures", "quarantined_from": State.ACTIVE}
    office.queue(office.tenant(), LetterKind.QUARANTINED, **stopped)
    assert office.deliver() == Delivered(accepted=1)
    assert office.postman.carried[0].to == ("admins@example.org",)


# ---------------------------------------------------------------- what is no longer true


def test_a_letter_that_a_renewal_has_overtaken_is_not_sent(office):
    tenant = office.queue(office.tenant())
    later = replace(tenant.lease, arming=1, expires_at=tenant.lease.expires_at + timedelta(days=13), notices=())
    office.store.ledger.record(Change(replace(tenant, lease=later)))
    office.deliver()
    assert office.postman.carried == []
    assert office.letter().state is LetterState.SUPERSEDED


def test_an_exempt_tenant_is_not_warned_and_the_ledger_says_why(office):
    office.queue(office.tenant())
    office.standing = lambda t: judged(t, exempt="it has the tag keep")
    assert office.deliver() == Delivered(superseded=1)
    assert office.letter().answer == "the tenant is exempt: it has the tag keep"
    assert "letter_superseded" in office.history()


# ---------------------------------------------------------------- what the mail server says


def test_a_letter_that_all_refuse_is_refused_with_the_servers_words(office):
    office.postman.script = [refuses_all]
    office.queue(office.tenant())
    assert office.deliver() == Delivered(refused=1)
    assert office.letter().answer == "aurora@example.org: 550 no such user"
    assert office.store.ledger.tenant("id-aurora").lease.notices[0].undeliverable


@pytest.mark.parametrize("email", [None, "nobody", "a@b\r\nBcc: c@d"])
def test_a_tenant_without_a_usable_address_is_refused_without_asking_the_server(office, email):
    office.queue(office.tenant("aurora", email))
    assert office.deliver() == Delivered(refused=1)
    assert office.postman.carried == []
    assert office.letter().answer == "there is no address to send it to"


def test_one_refused_address_does_not_matter_when_another_takes_it(office):
    office.postman.script = [takes_it, lambda m: Sent(refused={m.to[0]: "550 unknown"})]
    office.queue(office.tenant("aurora", "a@example.org", "b@example.org"))
    assert office.deliver() == Delivered(accepted=1)
    assert office.letter().recipients == ("a@example.org",)


def test_a_greylisted_letter_goes_again_after_the_pause_under_the_same_message_id(office):
    office.postman.script = [later_for_all]
    office.queue(office.tenant())
    assert office.deliver() == Delivered(deferred=1)
    assert office.letter().answer == "aurora@example.org: 451 come back later"
    assert office.deliver() == Delivered()
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)
    assert len({message.message_id for message in office.postman.carried}) == 1


def test_the_pauses_grow_and_after_days_later_means_never(office):
    office.postman.script = [later_for_all] * 100
    office.queue(office.tenant())
    started, waits = office.clock.now(), []
    while (letter := office.letter()).state in (LetterState.QUEUED, LetterState.DEFERRED):
        before = office.clock.now()
        office.clock.advance(max(letter.next_attempt_at - before, timedelta(0)))
        waits.append(office.clock.now() - before)
        office.deliver()
    assert waits[1:7] == [*PAUSES, PAUSES[-1]]
    assert office.letter().state is LetterState.REFUSED
    assert GIVEN_UP_AFTER <= office.clock.now() - started < GIVEN_UP_AFTER + PAUSES[-1]


def test_a_letter_that_waited_for_days_for_our_own_server_is_not_given_up_at_its_first_later(office):
    office.postman.script = [later_for_all]
    office.queue(office.tenant())
    office.clock.advance(GIVEN_UP_AFTER + timedelta(days=1))
    assert office.deliver() == Delivered(deferred=1)


def test_who_has_a_letter_does_not_get_it_again_while_the_others_wait(office):
    office.postman.script = [takes_it, later_for_all]
    office.queue(office.tenant("aurora", "a@example.org", "b@example.org"))
    assert office.deliver() == Delivered(deferred=1)
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)
    assert [message.to for message in office.postman.carried] == [
        ("a@example.org",),
        ("b@example.org",),
        ("b@example.org",),
    ]
    theirs, first, again = (message.message_id for message in office.postman.carried)
    assert theirs != first == again
    assert office.letter().recipients == ("a@example.org", "b@example.org")


def test_an_address_that_always_says_later_cannot_hold_the_deadline_for_long(office):
    office.postman.script = [takes_it, *[later_for_all] * 20]
    office.queue(office.tenant("aurora", "a@example.org", "b@example.org"))
    started = office.clock.now()
    while office.letter().state is not LetterState.ACCEPTED:
        office.deliver()
        office.clock.advance(timedelta(minutes=15))
    assert office.letter().attempts == PARTLY_AT
    assert office.letter().recipients == ("a@example.org",)
    assert office.clock.now() - started < timedelta(hours=2)


def test_the_deadline_is_never_earlier_than_any_of_its_letters_said(office):
    office.postman.script = [takes_it, later_for_all]
    office.queue(office.tenant("aurora", "a@example.org", "b@example.org"))
    office.clock.advance(timedelta(days=1, hours=12))
    office.deliver()
    office.clock.advance(PAUSES[0])
    office.deliver()
    last = deadline(office.store.ledger.tenant("id-aurora"), office.clock.now())
    assert last >= office.letter().told_at == office.clock.now() + timedelta(days=1)
