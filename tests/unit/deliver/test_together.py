"""Letters of one kind to the same people go in one message, and each of them is booked by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import PAUSES, Delivered
from reaper.errors import Temporary
from reaper.lifecycle import deadline
from reaper.model import Enforce, LetterKind, LetterState
from reaper.ports import Sent
from tests.unit.lifecycle.cases import judged

ANN = "ann@example.org"
NAMES = ("aurora", "borealis", "cirrus")


def refuses_all(message):
    return Sent(refused=dict.fromkeys(message.to, "550 no such user"))


def warn(office, *names, to=(ANN,)):
    """Warn several projects of the same people; each lease ends a day later than the one before."""
    for number, name in enumerate(names or NAMES):
        tenant = office.tenant(name, *to)
        later = replace(tenant.lease, expires_at=tenant.lease.expires_at + timedelta(days=number))
        office.queue(tenant, lease=later)


def states(office):
    return {letter.tenant_id.removeprefix("id-"): letter.state for letter in office.store.outbox.letters()}


def names_of(office):
    return [message.message_id for message in office.postman.carried]


def test_several_projects_of_one_person_make_one_message_that_says_everything(office):
    warn(office)
    due = {name: deadline(office.store.ledger.tenant(f"id-{name}"), office.clock.now()) for name in NAMES}
    assert office.deliver() == Delivered(accepted=3)
    (message,) = office.postman.carried
    assert message.subject.startswith("[Action needed] 3 of your trial projects end, the first on Sunday 30 November")
    for number, name in enumerate(NAMES):
        letter = office.letter(name)
        assert (letter.state, letter.told_at) == (LetterState.ACCEPTED, due[name])
        assert letter.recipients == (ANN,)
        for text, links in ((message.text, 2), (message.html, 4)):  # in HTML also behind the button and below it
            assert text.count(f"https://reaper.example.org/lease/id-{name}") == links
            assert (
                f"{('Sunday 30 November', 'Monday 1 December', 'Tuesday 2 December')[number]} 2031, 09:07 UTC" in text
            )
            assert f"({'p-' + name})" in text
    assert message.html.count("<html") == message.html.count("<h1") == 1
    assert len(message.appointments) == 3
    assert len(message.headers["References"].split()) == 3
    assert message.message_id not in {letter.message_id for letter in office.store.outbox.letters()}


def test_the_message_is_in_the_readers_language(office):
    office.standing = lambda t: judged(replace(t, people=tuple(replace(p, language="zh_CN") for p in t.people)))
    warn(office)
    office.deliver()
    assert "您的3个试用项目即将到期" in office.postman.carried[0].subject


def test_projects_with_other_people_too_have_letters_of_their_own(office):
    warn(office, "aurora", "borealis")
    warn(office, "cirrus", to=(ANN, "bob@example.org"))
    assert office.deliver() == Delivered(accepted=3)
    assert [message.to for message in office.postman.carried] == [(ANN,), (ANN,), ("bob@example.org",)]


def test_letters_of_another_kind_or_from_long_before_go_by_themselves(office):
    warn(office, "aurora")
    office.queue(office.tenant("borealis", ANN), LetterKind.WELCOME)
    office.clock.advance(timedelta(hours=1, minutes=1))
    warn(office, "cirrus")
    office.deliver()
    assert len(office.postman.carried) == 3


def test_what_is_no_longer_true_is_left_out(office):
    warn(office)
    tenant = office.store.ledger.tenant("id-borealis")
    office.standing = lambda t: judged(t, None if t.id == tenant.id else Enforce.RECLAIM)
    assert office.deliver() == Delivered(accepted=2, superseded=1)
    assert len(office.postman.carried) == 1
    assert "borealis" not in office.postman.carried[0].text


def test_an_address_that_is_refused_is_asked_for_each_letter_before_it_is_believed(office):
    warn(office)
    office.postman.script = [refuses_all] * 4
    assert office.deliver() == Delivered(deferred=3, refused=3)
    assert set(states(office).values()) == {LetterState.REFUSED}
    assert len(set(names_of(office))) == 4


def test_a_message_that_is_refused_as_a_whole_costs_nobody_a_letter(office):
    warn(office)
    office.postman.script = [refuses_all]
    assert office.deliver() == Delivered(deferred=3, accepted=3)
    assert set(states(office).values()) == {LetterState.ACCEPTED}


@pytest.mark.parametrize(
    "answer",
    [Temporary("broke off"), lambda m: Sent(deferred=dict.fromkeys(m.to, "451 later"))],
    ids=["broken", "grey"],
)
def test_a_message_that_may_have_arrived_goes_again_whole_and_under_the_same_name(office, answer):
    warn(office)
    office.postman.script = [answer]
    assert office.deliver().deferred == 3
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=3)
    assert len(names_of(office)) == 2
    assert len(set(names_of(office))) == 1


def break_off_and_lose_one(office):
    """Let the message break off, and the letter about borealis be true no more before it is tried again."""
    warn(office)
    office.postman.script = [Temporary("broke off")]
    office.deliver()
    office.clock.advance(PAUSES[0])
    no_longer_true_of_borealis(office)
    office.deliver()


def no_longer_true_of_borealis(office):
    office.standing = lambda t: judged(t, None if t.id == "id-borealis" else Enforce.RECLAIM)


def test_nothing_but_the_whole_ever_goes_under_the_name_of_a_message(office):
    break_off_and_lose_one(office)
    assert names_of(office)[1:] == [office.letter("aurora").message_id, office.letter("cirrus").message_id]
    assert states(office)["borealis"] is LetterState.SUPERSEDED


def test_a_crash_between_two_bookings_repeats_the_other_by_itself(office):
    class Died(BaseException):
        pass

    warn(office)
    outbox = office.store.outbox

    class Dies:
        def __init__(self):
            self.left = 1

        def __getattr__(self, name):
            if name == "accepted" and not self.left:
                raise Died
            self.left -= name == "accepted"
            return getattr(outbox, name)

    office.store = replace(office.store, outbox=Dies())
    with pytest.raises(Died):
        office.deliver()
    office.store = replace(office.store, outbox=outbox)
    assert sorted(states(office).values()) == ["accepted", "sending", "sending"]
    office.clock.advance(office.manners.claim_for)
    assert office.deliver() == Delivered(accepted=2)
    assert names_of(office)[1:] == [office.letter(name).message_id for name in NAMES[1:]]


def test_what_comes_back_reaches_every_letter_of_the_message(office):
    warn(office)
    office.deliver()
    ref = office.postman.carried[0].ref
    assert len(office.store.outbox.named(ref)) == 3
    assert len(office.store.outbox.bounced(ref, {ANN: "550 no such user"}, office.clock.now())) == 3
    assert set(states(office).values()) == {LetterState.BOUNCED}
    assert office.store.outbox.bounced(ref, {ANN: "550 no such user"}, office.clock.now()) == []


@pytest.mark.parametrize("asked_by", ["a letter of it", "its own name"])
def test_a_message_that_is_sent_again_is_the_whole_under_a_new_name(office, asked_by):
    warn(office)
    office.deliver()
    letter = office.letter("borealis")
    ref = letter.id if asked_by == "a letter of it" else letter.bundle
    again = office.store.outbox.again(ref, office.clock.now(), "ops")
    assert [one.tenant_id for one in again] == [f"id-{name}" for name in NAMES]
    assert office.deliver() == Delivered(accepted=3)
    first, second = office.postman.carried
    assert (second.to, second.subject) == (first.to, first.subject)
    assert second.message_id != first.message_id
    assert all(f"id-{name}" in second.text for name in NAMES)
    assert office.history("aurora")[-2:] == ["letter", "letter_accepted"]


def test_of_a_message_that_is_sent_again_what_is_no_longer_true_is_left_out(office):
    warn(office)
    office.deliver()
    no_longer_true_of_borealis(office)
    office.store.outbox.again(office.letter("aurora").id, office.clock.now(), "ops")
    assert office.deliver() == Delivered(accepted=2, superseded=1)
    assert len(office.postman.carried) == 2
    assert "borealis" not in office.postman.carried[1].text


def test_a_letter_that_went_by_itself_in_the_end_is_sent_again_by_itself(office):
    warn(office)
    office.postman.script = [refuses_all]
    office.deliver()
    again = office.store.outbox.again(office.letter("borealis").id, office.clock.now(), "ops")
    assert [one.tenant_id for one in again] == ["id-borealis"]


def test_what_was_left_out_of_a_message_is_not_sent_again_with_it(office):
    break_off_and_lose_one(office)
    again = office.store.outbox.again(office.letter("aurora").id, office.clock.now(), "ops")
    assert [one.tenant_id for one in again] == ["id-aurora", "id-cirrus"]


def test_a_letter_that_another_deliverer_takes_meanwhile_is_not_shared(office):
    warn(office)
    outbox = office.store.outbox
    mine = outbox.claim(office.clock.now(), timedelta(minutes=5))
    others = outbox.companions(mine, office.clock.now(), (ANN,))
    theirs = outbox.claim(office.clock.now(), timedelta(minutes=5))
    assert outbox.join(mine, others, office.clock.now(), timedelta(minutes=5)) == []
    assert [letter.state for letter in outbox.letters()].count(LetterState.SENDING) == 2
    assert theirs.id in {letter.id for letter in others}
    assert all(letter.bundle is None for letter in outbox.letters())
