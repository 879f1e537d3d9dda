"""What happens while several letters are put into one message: nothing untrue goes, and no letter waits for another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.clock import HandClock
from reaper.deliver import PAUSES, Delivered, Manners
from reaper.errors import Temporary, Unusable
from reaper.model import Change, Event, LetterKind, LetterState
from reaper.ports import Sent
from tests.unit.deliver.office import NOW

ANN, BOB = "ann@example.org", "bob@example.org"
NAMES = ("aurora", "borealis", "cirrus")


class Ticking(HandClock):
    """A clock on which a moment passes with every look."""

    def now(self):
        return self.advance(timedelta(milliseconds=7))


def takes_it(message):
    return Sent(message.to)


def later(message):
    return Sent(deferred=dict.fromkeys(message.to, "451 later"))


def nobody(message):
    return Sent((), dict.fromkeys(message.to, "554 looks like spam"))


def warn(office, *names, to=(ANN,)):
    for name in names or NAMES:
        office.queue(office.tenant(name, *to))


def renews(office, name, when_drawn):
    """Let somebody renew one project while what another has is read."""
    seen = []

    def losses(tenant):
        if tenant.name == f"trial-{when_drawn}" and not seen:
            seen.append(tenant.name)
            meanwhile = office.store.ledger.tenant(f"id-{name}")
            later = replace(meanwhile.lease, expires_at=meanwhile.lease.expires_at + timedelta(days=13), arming=1)
            event = Event(office.clock.now(), "renewed", "renewed")
            office.store.ledger.record(Change(replace(meanwhile, lease=later), [event]))
        return ()

    office.losses = losses


def test_who_renews_while_others_are_drawn_up_gets_no_warning(office):
    warn(office)
    renews(office, "borealis", when_drawn="cirrus")
    assert office.deliver() == Delivered(accepted=2)
    (message,) = office.postman.carried
    assert "borealis" not in message.text + message.html
    assert len(message.appointments) == 2
    assert office.letter("borealis").state is LetterState.SUPERSEDED


def test_whose_turn_it_is_may_renew_too(office):
    warn(office)
    renews(office, "aurora", when_drawn="cirrus")
    assert office.deliver() == Delivered(accepted=2, held=1, superseded=1)
    (message,) = office.postman.carried
    assert "aurora" not in message.text
    assert office.letter("aurora").state is LetterState.SUPERSEDED


@pytest.mark.parametrize("ends", ["together", "warning"])
def test_a_broken_frame_around_letters_makes_none_of_them_wait(office, ends):
    class Broken:
        def __init__(self, renderer):
            self.renderer = renderer

        def render(self, template, language, facts):
            if template == "together" or (ends == "warning" and "inside" in facts):
                raise Unusable("together/en/body.txt.j2 line 3: nonsense")
            return self.renderer.render(template, language, facts)

        def calendar(self, language, facts):
            return self.renderer.calendar(language, facts)

    warn(office)
    office.renderer = Broken(office.renderer)
    delivered = office.deliver()
    assert delivered.accepted == len(office.postman.carried) == 3
    assert delivered.broken == (("together/en/body.txt.j2 line 3: nonsense",) if ends == "together" else ())


@pytest.mark.parametrize("answer", [Temporary("broke off"), None], ids=["told", "crash"])
def test_what_went_together_comes_due_at_one_moment_on_a_clock_that_ticks(office, answer):
    class Died(BaseException):
        pass

    def dies(_message):
        raise Died

    office.clock = Ticking(NOW)
    warn(office)
    office.postman.script = [answer or dies]
    if answer:
        assert office.deliver().deferred == 3
    else:
        with pytest.raises(Died):
            office.deliver()
    due = {letter.next_attempt_at for letter in office.store.outbox.letters()}
    assert len(due) == 1
    office.clock.advance(due.pop() - office.clock.now())
    assert office.deliver() == Delivered(accepted=3)
    first, again = office.postman.carried
    assert first.message_id == again.message_id
    assert first.subject == again.subject


def test_some_who_take_it_later_get_the_same_whole_again(office):
    warn(office, to=(ANN, BOB))
    office.postman.script = [takes_it, later]
    assert office.deliver().deferred == 3
    assert {letter.accepted_at for letter in office.store.outbox.letters()} == {None}
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=3)
    _, first, again = office.postman.carried
    assert (first.message_id, again.to) == (again.message_id, (BOB,))
    assert {letter.recipients for letter in office.store.outbox.letters()} == {(ANN, BOB)}


def test_what_is_owned_is_read_only_for_what_goes_along(office):
    warn(office, "aurora")
    warn(office, "borealis", "cirrus", to=(ANN, BOB))
    asked = []
    office.losses = lambda tenant: asked.append(tenant.name) or ()
    office.deliver()
    assert sorted(asked) == ["trial-aurora", "trial-borealis", "trial-cirrus"]


def test_letters_of_one_message_were_queued_within_an_hour_of_each_other(office):
    warn(office, "aurora")
    office.clock.advance(timedelta(minutes=50))
    warn(office, "borealis")
    office.clock.advance(timedelta(minutes=50))
    warn(office, "cirrus")
    assert office.deliver() == Delivered(accepted=3)
    assert ["borealis" in message.text for message in office.postman.carried] == [True, False]


def test_only_messages_of_several_letters_say_where_to_write_to_get_no_more(office):
    office.manners = Manners(admins=("admins@example.org",), unsubscribe="desk@example.org")
    warn(office, "aurora", "borealis")
    office.queue(office.tenant("cirrus", BOB), LetterKind.WELCOME)
    office.deliver()
    together, alone = office.postman.carried
    assert together.headers["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    assert "List-Unsubscribe-Post" not in together.headers
    assert "List-Unsubscribe" not in alone.headers


def test_a_report_about_the_message_reaches_who_went_apart_since(office):
    warn(office)
    office.postman.script = [Temporary("broke off")]
    office.deliver()
    together = office.postman.carried[0].ref
    office.clock.advance(PAUSES[0])
    office.postman.script = [nobody]
    assert office.deliver().accepted == 3
    assert len(office.store.outbox.bounced(together, {ANN: "550 no such user"}, office.clock.now())) == 3
    assert {letter.state for letter in office.store.outbox.letters()} == {LetterState.BOUNCED}
