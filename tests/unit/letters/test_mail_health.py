"""When refusals become an incident, when it is over, and what the ledger keeps of it."""

from datetime import UTC, datetime, timedelta

import pytest

from reaper.letters.answer_scope import AnswerScope, ServerAnswer, Stage
from reaper.letters.mail_health import MailHealth, answer_in, books_the_same, read_health

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HELO = "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname"


def told(health, address, said=HELO, at=NOW):
    return health.judge(answer_in(said, address), at)


def test_one_refusal_of_us_is_an_incident_while_nobody_else_is_taken():
    scope, health = told(MailHealth(), "ann@mail.example")
    assert scope is AnswerScope.US
    assert health.incident.shuts(NOW + 365 * DAY)
    assert "need fully-qualified hostname" in str(health.incident)


def test_one_address_alone_is_no_incident_once_others_are_taken():
    _, health = told(MailHealth(), "ann@mail.example")
    health = health.took("bob@other.example", NOW + HOUR)
    assert health.incident is None
    scope, health = told(health, "ann@mail.example", at=NOW + 2 * HOUR)
    assert (scope, health.incident) == (AnswerScope.UNKNOWN, None)


def test_one_address_alone_stays_so_though_those_who_are_taken_are_of_its_own_domain():
    _, health = told(MailHealth(), "ann@mail.example")
    health = health.took("bob@mail.example", NOW + HOUR)
    scope, health = told(health, "ann@mail.example", at=NOW + 30 * DAY)
    assert (scope, health.incident, health.alone) == (AnswerScope.UNKNOWN, None, ("ann@mail.example",))
    assert health.took("ann@mail.example", NOW + 31 * DAY).alone == ()


def test_several_who_are_told_so_are_an_incident_though_others_are_taken_but_not_for_ever():
    _, health = told(MailHealth(), "ann@mail.example")
    _, health = told(health, "eve@mail.example")
    health = health.took("bob@other.example", NOW + HOUR)
    assert health.incident.others_taken_at == NOW + HOUR
    assert health.incident.shuts(NOW + 14 * DAY)
    assert not health.incident.shuts(NOW + 15 * DAY)
    assert told(health, "ann@mail.example", at=NOW + 13 * DAY)[0] is AnswerScope.US
    assert told(health, "ann@mail.example", at=NOW + 15 * DAY)[0] is AnswerScope.UNKNOWN


def test_an_incident_ends_when_somebody_of_its_domain_is_taken_and_its_length_is_kept():
    _, health = told(MailHealth(), "ann@mail.example")
    _, health = told(health, "eve@mail.example")
    over = health.took("dan@mail.example", NOW + 5 * HOUR)
    assert (over.incident, over.incidents, over.lost, over.heard) == (None, 1, 5 * HOUR, ())


def test_what_concerns_everybody_ends_with_the_first_letter_that_is_taken():
    health = MailHealth().refused("the login is not accepted", NOW)
    assert told(health, "ann@mail.example")[1].incident.addresses == ()
    assert health.refused("still not", NOW + HOUR).incident.began_at == NOW
    assert health.took("bob@other.example", NOW + HOUR).incident is None


def test_a_refusal_of_everybody_that_sounds_like_the_address_opens_an_incident_from_the_first_on():
    health, scopes = MailHealth(), []
    for n in range(3):
        said = f"550 5.1.1 <p{n}@mail{n}.example>: User unknown"
        scope, health = told(health, f"p{n}@mail{n}.example", said, NOW + n * HOUR)
        scopes.append(scope)
    assert scopes == [AnswerScope.ADDRESS, AnswerScope.ADDRESS, AnswerScope.US]
    assert health.incident.began_at == NOW


def test_what_was_booked_for_the_same_reason_is_recognised_and_nothing_else():
    same = books_the_same(answer_in("550 5.1.1 <ann@mail.example>: User unknown", "ann@mail.example"))
    assert same("bob@other.example", "550 5.1.1 <bob@other.example>: User unknown")
    assert same("bob@other.example", HELO)
    assert not same("bob@other.example", "552 5.2.2 <bob@other.example>: mailbox full")


def test_what_the_ledger_keeps_reads_back_the_same():
    _, health = told(MailHealth(taken_at=NOW, incidents=2, lost=HOUR), "ann@mail.example")
    assert read_health(str(health), NOW) == health
    assert len(str(health)) < 16_000
    for n in range(100):
        _, health = told(health, f"{'p' * 60}{n}@{'mail.' * 30}example", HELO + "x" * 900)
    assert read_health(str(health), NOW) == health
    assert len(str(health)) < 16_000


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"heard": 3}', "null"])
def test_what_cannot_be_read_keeps_the_gate_shut_until_a_letter_is_taken(kept):
    health = read_health(kept, NOW)
    assert health.incident.shuts(NOW)
    assert health.took("ann@mail.example", NOW).incident is None


def test_nothing_was_ever_heard_is_well():
    assert read_health(None, NOW) == MailHealth()


def test_a_refusal_of_the_sender_concerns_everybody():
    answer = ServerAnswer(Stage.MAIL, 452, "4.3.1 insufficient system storage", "ann@mail.example")
    scope, health = MailHealth().judge(answer, NOW)
    assert (scope, health.incident.addresses) == (AnswerScope.US, ())
