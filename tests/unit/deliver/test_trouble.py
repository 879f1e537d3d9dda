"""One letter's trouble is its own, a server's costs no letter, and a crash neither loses nor doubles one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import PAUSES, Delivered
from reaper.errors import Gone, Permanent, Temporary
from reaper.mail import LetterRenderer
from reaper.model import LetterKind, LetterState, Resource
from reaper.paths import share
from reaper.ports import Sent
from tests.unit.lifecycle.cases import judged

SOON = timedelta(minutes=1)


@pytest.mark.parametrize("error", [Temporary("the mail server is down"), Permanent("the login is not accepted")])
def test_a_server_that_takes_nothing_ends_the_pass_and_costs_no_letter(office, error):
    office.postman.script = [error]
    for name in ("aurora", "borealis", "cirrus"):
        office.queue(office.tenant(name))
    ended = office.deliver()
    field = "temporary_error" if isinstance(error, Temporary) else "permanent_error"
    assert ended == replace(Delivered(deferred=1), **{field: str(error)})
    states = [letter.state for letter in office.store.outbox.letters()]
    assert sorted(states) == [LetterState.DEFERRED, LetterState.QUEUED, LetterState.QUEUED]
    assert office.deliver() == Delivered(accepted=2)
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)


def test_a_server_that_is_down_for_a_week_makes_nobody_an_orphan(office):
    office.postman.script = [Temporary("down")] * 5000
    office.queue(office.tenant())
    for _ in range(7 * 4):
        assert office.deliver().temporary_error == "down"
        office.clock.advance(timedelta(hours=6))
    assert office.letter().state is LetterState.DEFERRED
    assert office.letter().next_attempt_at <= office.clock.now()


def test_a_broken_template_holds_up_only_its_own_letters(office, tmp_path):
    place = tmp_path / "letters" / "last_warning" / "en"
    place.mkdir(parents=True)
    (place / "subject.txt.j2").write_text("{{ nonsense }}")
    office.renderer = LetterRenderer(share("notify"), tmp_path / "letters")
    office.queue(office.tenant("aurora"))
    office.queue(office.tenant("borealis"), LetterKind.RENEWED)
    office.queue(office.tenant("cirrus"))
    ended = office.deliver()
    assert (ended.accepted, ended.deferred, len(ended.broken)) == (1, 2, 1)
    assert "last_warning/en/subject.txt.j2, line 1: 'nonsense' is undefined" in ended.broken[0]
    (place / "subject.txt.j2").write_text("mended")
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=2)


def test_a_letter_that_breaks_in_an_unknown_way_never_stops_the_rest(office):
    def standing(tenant):
        if tenant.name == "trial-aurora":
            raise KeyError("surprise")
        return judged(tenant)

    office.queue(office.tenant("aurora"))
    office.queue(office.tenant("borealis"), LetterKind.RENEWED)
    office.standing = standing
    assert office.deliver() == Delivered(accepted=1, deferred=1, broken=("KeyError: 'surprise'",))
    assert office.letter("aurora").answer == "KeyError: 'surprise'"


def test_a_warning_does_not_wait_for_a_cloud_that_does_not_answer(office):
    def losses(_tenant):
        raise Temporary("Nova answers 503")

    office.losses = losses
    office.queue(office.tenant())
    assert office.deliver() == Delivered(accepted=1)
    assert "could not be read when this letter was written" in " ".join(office.postman.carried[0].text.split())


def test_a_warning_lists_what_is_lost(office):
    server = Resource("server", "north", "s1", "web", "p-aurora", facts={"addresses": ("203.0.113.7",)})
    office.losses = lambda _tenant: (server, replace(server, id="s2", name="theirs", project_id="other"))
    office.queue(office.tenant())
    office.deliver()
    assert "web (203.0.113.7)" in office.postman.carried[0].text
    assert "theirs" not in office.postman.carried[0].text


def test_the_cloud_is_not_asked_for_letters_that_list_nothing(office):
    asked = []
    office.losses = lambda tenant: asked.append(tenant.name) or ()
    office.queue(office.tenant("aurora"), LetterKind.RENEWED)
    office.queue(office.tenant("borealis"))
    office.deliver()
    assert asked == ["trial-borealis"]


def test_a_letter_in_hand_when_the_process_died_goes_again_under_the_same_message_id(office):
    class Killed(BaseException):
        pass

    office.queue(office.tenant())

    def dies(message):
        raise Killed

    office.postman.script = [dies]
    with pytest.raises(Killed):
        office.deliver()
    assert office.letter().state is LetterState.SENDING
    assert office.deliver() == Delivered()
    office.clock.advance(office.manners.claim_for + SOON)
    assert office.deliver() == Delivered(accepted=1)
    assert len({message.message_id for message in office.postman.carried}) == 1


def test_a_ledger_that_cannot_be_written_to_after_the_servers_yes_is_told_not_hidden(office):
    class Outbox:
        def __init__(self, outbox):
            self.outbox = outbox

        def __getattr__(self, name):
            return getattr(self.outbox, name)

        def accepted(self, *_):
            raise Temporary("the disk is full")

    office.queue(office.tenant())
    outbox = office.store.outbox
    office.store = replace(office.store, outbox=Outbox(outbox))
    with pytest.raises(Temporary, match="disk is full"):
        office.deliver()
    office.store = replace(office.store, outbox=outbox)
    assert office.letter().state is LetterState.SENDING


def test_two_deliverers_never_send_the_same_letter(office):
    office.queue(office.tenant("aurora"))
    office.queue(office.tenant("borealis"))
    another = []
    office.postman.script = [lambda m: another.append(office.deliver()) or Sent(accepted=m.to)]
    assert office.deliver() == Delivered(accepted=1)
    assert another == [Delivered(accepted=1)]
    assert len({message.to for message in office.postman.carried}) == 2


def test_a_letter_about_a_tenant_that_is_gone_from_the_ledger_is_set_aside(office):
    class Ledger:
        def tenant(self, tenant_id):
            raise Gone(f"no tenant {tenant_id}")

    office.queue(office.tenant())
    office.store = replace(office.store, ledger=Ledger())
    assert office.deliver() == Delivered(superseded=1)
    assert office.letter().answer == "no tenant id-aurora"


def test_what_is_broken_is_told_once_for_many_letters():
    broken = Delivered(broken=("a", "b")).plus(Delivered(broken=("b", "c")))
    assert broken.broken == ("a", "b", "c")
