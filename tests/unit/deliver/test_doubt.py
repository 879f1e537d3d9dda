"""A report that cannot be read puts its letter in doubt: it counts no more, goes once more, then a person is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import Delivered, Verdict
from reaper.errors import Temporary
from reaper.lifecycle import Keep, Quarantine, Reclaim, Suspend, Tell, deadline, decide, is_orphan
from reaper.model import Change, Enforce, LetterKind, LetterState, State
from reaper.ports import Sent
from tests.unit.deliver.office import TERMS
from tests.unit.deliver.test_returned import RETURNS, post_of, standing
from tests.unit.letters.test_bounces import about, report

DAY = timedelta(days=1)
PEOPLE = ("ann@example.org", "bob@example.org")


def unreadable(to):
    """A mail system's words in a language that nobody here knows."""
    return f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Tabia\n\nUjumbe haukufika.\n".encode()


def elsewhere(to):
    """A failure of an address that nobody of ours has: one of two has lost the letter, and nobody says which."""
    return report(about("somebody@elsewhere.example"), to=to)


def empty(to):
    """A delivery status without a single recipient."""
    return report(to=to)


@pytest.fixture
def warned(office):
    tenant = office.tenant("aurora", *PEOPLE, decided_under=Enforce.RECLAIM)
    office.queue(tenant)
    assert office.deliver() == Delivered(accepted=1)


def come_back(office, make=unreadable, number=-1):
    ref = office.store.outbox.letters("id-aurora")[number].id
    return post_of(office).take_back(make(RETURNS.sender_of(ref)))


def states(office):
    return [letter.state for letter in office.store.outbox.letters("id-aurora")]


@pytest.mark.parametrize("make", [unreadable, elsewhere, empty])
def test_a_letter_about_which_an_unreadable_report_comes_is_not_accepted_and_goes_once_more(office, warned, make):
    assert come_back(office, make)[0] is Verdict.IN_DOUBT
    assert states(office) == [LetterState.IN_DOUBT, LetterState.QUEUED]
    assert office.history()[-1] == "letter_in_doubt"
    decision = decide(standing(office), office.clock.now())
    assert isinstance(decision, Keep), "no deadline hangs on what nobody may have read"
    office.clock.advance(30 * DAY)
    assert isinstance(decide(standing(office), office.clock.now()), Keep)


def test_the_copy_that_is_accepted_counts_from_its_own_day(office, warned):
    office.clock.advance(DAY)
    come_back(office)
    assert office.deliver() == Delivered(accepted=1)
    assert not is_orphan(standing(office))
    assert deadline(standing(office), office.clock.now()) >= office.clock.now() + TERMS.notice
    office.clock.advance(TERMS.notice + DAY)
    assert isinstance(decide(standing(office), office.clock.now()), Suspend)


def test_a_second_unreadable_report_is_told_to_a_person_and_sends_nothing_more(office, warned):
    come_back(office)
    office.deliver()
    assert come_back(office)[0] is Verdict.IN_DOUBT
    assert states(office) == [LetterState.IN_DOUBT, LetterState.IN_DOUBT]
    assert is_orphan(standing(office))
    assert decide(standing(office), office.clock.now()) == Tell(LetterKind.ORPHAN)


def test_the_same_unreadable_report_twice_changes_nothing_the_second_time(office, warned):
    come_back(office)
    before = standing(office)
    assert come_back(office, number=0) == (Verdict.NOTHING, [])
    assert standing(office) == before


def test_a_report_that_can_be_read_after_all_says_who_has_lost_it(office, warned):
    come_back(office)
    ref = office.store.outbox.letters("id-aurora")[0].id
    raw = report(*map(about, PEOPLE), to=RETURNS.sender_of(ref))
    assert post_of(office).take_back(raw)[0] is Verdict.BOUNCED
    assert states(office)[0] is LetterState.BOUNCED


def test_a_report_read_twice_does_not_take_the_letter_from_who_is_left(office, warned):
    ref = office.store.outbox.letters("id-aurora")[0].id
    raw = report(about("ann@example.org"), to=RETURNS.sender_of(ref))
    assert post_of(office).take_back(raw)[0] is Verdict.BOUNCED
    assert post_of(office).take_back(raw) == (Verdict.NOTHING, [])
    assert office.letter().recipients == ("bob@example.org",)
    assert states(office) == [LetterState.ACCEPTED]


@pytest.mark.parametrize(
    "answer",
    [
        "Return-Path: <>\nFrom: Ann <ann@example.org>\nSubject: Out of office\n\nCall +1 555 0100 or room 5.12.3.\n",
        "Auto-Submitted: auto-replied\nFrom: desk@example.org\nSubject: Ticket #551\n\nYour ticket is 5.1.1.\n",
        "From: Ann <ann@example.org>\nSubject: Undeliverable\n\nYour last mail: 550 5.1.1 user unknown. Why?\n",
    ],
)
def test_an_answer_leaves_no_doubt(office, warned, answer):
    before = standing(office)
    assert come_back(office, lambda to: f"To: {to}\n{answer}".encode()) == (Verdict.NOTHING, [])
    assert standing(office) == before


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_leaves_no_doubt(office, warned, action):
    assert come_back(office, lambda to: report(about("x@y.example", action, "2.0.0"), to=to)) == (Verdict.NOTHING, [])


def test_an_unreadable_report_about_a_letter_on_its_way_is_brought_again_later(office):
    office.queue(office.tenant("aurora", *PEOPLE))

    def taken_and_returned(message):
        with pytest.raises(Temporary):
            come_back(office)
        return Sent(accepted=message.to)

    office.postman.script = [taken_and_returned]
    office.deliver()
    assert states(office) == [LetterState.ACCEPTED]
    assert come_back(office)[0] is Verdict.IN_DOUBT


def test_a_doubt_about_a_warning_after_the_suspension_tells_a_person_at_once(office, warned):
    suspended(office)
    assert come_back(office, number=0)[0] is Verdict.IN_DOUBT
    assert states(office)[0] is LetterState.IN_DOUBT
    assert LetterState.QUEUED not in states(office), "a warning is not true any more"
    assert decide(standing(office), office.clock.now()) == Tell(LetterKind.ORPHAN)


def test_a_doubt_about_the_letter_of_suspension_stops_the_reclaiming_until_the_copy_counts(office, warned):
    suspended(office)
    assert isinstance(decide(standing(office), office.clock.now()), Reclaim)
    come_back(office)
    assert isinstance(decide(standing(office), office.clock.now()), Keep)
    assert office.deliver() == Delivered(accepted=1)
    assert isinstance(decide(standing(office), office.clock.now()), Keep)


def test_a_doubt_while_things_are_deleted_stops_that_for_a_person(office, warned):
    suspended(office)
    tenant = standing(office)
    begun = {"state": State.RECLAIMING, "reclaiming_at": office.clock.now()}
    office.store.ledger.record(Change(replace(tenant, **begun)))
    assert isinstance(decide(standing(office), office.clock.now()), Reclaim)
    come_back(office)
    assert isinstance(decide(standing(office), office.clock.now()), Quarantine)


def suspended(office):
    """Suspend the warned tenant, with a letter that was taken, until everything may be deleted."""
    office.clock.advance(2 * DAY)
    begun = {"state": State.SUSPENDED, "suspended_at": office.clock.now(), "decided_under": Enforce.RECLAIM}
    office.queue(standing(office), LetterKind.SUSPENDED, **begun)
    assert office.deliver() == Delivered(accepted=1)
    office.clock.advance(TERMS.suspension_lasts)
