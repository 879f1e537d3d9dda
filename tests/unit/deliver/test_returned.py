"""A letter that comes back was never a warning; what is forged, repeated or late moves nothing it should not."""

from datetime import timedelta

import pytest

from reaper.deliver import PAUSES, Delivered, Returned, Verdict
from reaper.letters.verp import ReturnAddress
from reaper.lifecycle import Keep, Quarantine, Reclaim, Suspend, Tell, deadline, decide, is_orphan
from reaper.model import Change, Enforce, LetterKind, LetterState, State
from reaper.ports import Sent
from tests.unit.deliver.office import TERMS
from tests.unit.letters.test_bounces import about, report

RETURNS = ReturnAddress("bounces@reaper.example", ["a secret"])
DAY = timedelta(days=1)


def takes_it(message):
    return Sent(accepted=message.to)


def later(message):
    return Sent(deferred=dict.fromkeys(message.to, "451 later"))


@pytest.fixture
def warned(office):
    """A tenant whose last warning was taken for these addresses."""

    def warn(*emails):
        tenant = office.tenant("aurora", *(emails or ("ann@example.org",)), decided_under=Enforce.RECLAIM)
        office.queue(tenant)
        assert office.deliver() == Delivered(accepted=1)
        return tenant.id

    return warn


def come_back(office, *groups, to=None):
    ref = office.store.outbox.letters("id-aurora")[0].id
    return post_of(office).take_back(report(*groups, to=to or RETURNS.sender_of(ref)))


def post_of(office):
    """What reads the reports."""
    return Returned(office.store.ledger, office.store.outbox, office.clock, RETURNS, lambda: ("admins@example.org",))


def standing(office):
    return office.standing(office.store.ledger.tenant("id-aurora"))


def test_a_tenant_whose_warning_bounced_is_an_orphan_with_a_later_deadline(office, warned):
    warned()
    before = deadline(standing(office), office.clock.now())
    assert come_back(office, about("ann@example.org"))[0] is Verdict.BOUNCED
    tenant = standing(office)
    assert is_orphan(tenant)
    assert decide(tenant, office.clock.now()) == Tell(LetterKind.ORPHAN)
    assert deadline(tenant, office.clock.now()) == office.clock.now() + TERMS.orphans_wait > before
    assert office.history()[-1] == "letter_bounced"


def test_a_warning_that_somebody_else_still_has_counts(office, warned):
    warned("ann@example.org", "bob@example.org")
    come_back(office, about("ann@example.org"))
    assert office.letter().state is LetterState.ACCEPTED
    assert office.letter().recipients == ("bob@example.org",)
    come_back(office, about("bob@example.org"))
    assert office.letter().state is LetterState.BOUNCED


def test_a_warning_that_came_back_from_a_crowd_is_no_warning(office, warned):
    crowd = [f"member{number}@example.org" for number in range(120)]
    warned(*crowd)
    for some in (crowd[:10], crowd[10:]):
        assert come_back(office, *map(about, some))[0] is Verdict.BOUNCED
    assert office.letter().state is LetterState.BOUNCED
    assert is_orphan(standing(office))


def test_a_delay_is_written_down_and_moves_nothing(office, warned):
    warned()
    before = standing(office)
    assert come_back(office, about("ann@example.org", "delayed", "4.4.1"))[0] is Verdict.DELAYED
    assert standing(office) == before
    assert office.history()[-1] == "letter_delayed"


@pytest.mark.parametrize(
    "to", ["bounces@reaper.example", ReturnAddress("bounces@reaper.example", ["guess"]).sender_of("0" * 32)]
)
def test_a_report_that_nobody_here_asked_for_moves_nothing(office, warned, to):
    warned()
    before = standing(office)
    assert come_back(office, about("ann@example.org"), to=to) == (Verdict.FOREIGN, [])
    assert standing(office) == before


def test_a_report_about_somebody_who_did_not_have_the_letter_takes_it_from_nobody_and_leaves_a_doubt(office, warned):
    warned("ann@example.org", "bob@example.org")
    assert come_back(office, about("eve@example.org"))[0] is Verdict.IN_DOUBT
    assert office.store.outbox.letters("id-aurora")[0].recipients == ("ann@example.org", "bob@example.org")


def test_the_same_report_twice_moves_nothing_the_second_time(office, warned):
    warned()
    come_back(office, about("ann@example.org"))
    before = standing(office)
    assert come_back(office, about("ann@example.org")) == (Verdict.NOTHING, [])
    assert standing(office) == before


def test_a_report_about_an_earlier_round_is_written_down_and_does_not_make_an_orphan(office, warned):
    tenant_id = warned()
    tenant = office.store.ledger.tenant(tenant_id)
    lease = tenant.lease.__class__(**{**vars(tenant.lease), "arming": 1, "notices": ()})
    office.store.ledger.record(Change(tenant.__class__(**{**vars(tenant), "lease": lease})))
    assert come_back(office, about("ann@example.org"))[0] is Verdict.BOUNCED
    assert not is_orphan(standing(office))


def test_a_report_that_overtakes_our_note_of_the_acceptance_is_not_lost(office):
    office.queue(office.tenant("aurora", "ann@example.org"))

    def taken_and_returned(message):
        come_back(office, about("ann@example.org"))
        return Sent(accepted=message.to)

    office.postman.script = [taken_and_returned]
    office.deliver()
    assert (office.letter().state, office.letter().recipients) == (LetterState.BOUNCED, ())


def test_who_sent_a_letter_back_is_not_written_to_again_while_the_others_wait(office):
    office.postman.script = [takes_it, later]
    office.queue(office.tenant("aurora", "ann@example.org", "bob@example.org"))
    assert office.deliver() == Delivered(deferred=1)
    come_back(office, about("ann@example.org"))
    office.clock.advance(PAUSES[0])
    assert office.deliver() == Delivered(accepted=1)
    assert office.postman.carried[-1].to == ("bob@example.org",)
    assert office.letter().recipients == ("bob@example.org",)


# ---------------------------------------------------------------- late


def suspended(office, state=State.SUSPENDED):
    """Suspend the warned tenant, with a letter that was taken."""
    office.clock.advance(2 * DAY)
    tenant = standing(office)
    assert isinstance(decide(tenant, office.clock.now()), Suspend)
    begun = {"state": State.SUSPENDED, "suspended_at": office.clock.now(), "decided_under": Enforce.RECLAIM}
    office.queue(tenant, LetterKind.SUSPENDED, **begun)
    assert office.deliver() == Delivered(accepted=1)
    office.clock.advance(TERMS.suspension_lasts)
    tenant = standing(office)
    assert isinstance(decide(tenant, office.clock.now()), Reclaim)
    if state is State.RECLAIMING:
        now = office.clock.now()
        office.store.ledger.record(Change(tenant.__class__(**{**vars(tenant), "state": state, "reclaiming_at": now})))


def test_a_warning_that_comes_back_after_the_suspension_keeps_everything_from_being_deleted(office, warned):
    warned()
    suspended(office)
    come_back(office, about("ann@example.org"))
    assert decide(standing(office), office.clock.now()) == Tell(LetterKind.ORPHAN)
    office.queue(standing(office), LetterKind.ORPHAN)
    assert isinstance(decide(standing(office), office.clock.now()), Keep)
    assert office.deliver() == Delivered(accepted=1)
    told = office.clock.now()
    waiting = decide(standing(office), told)
    assert isinstance(waiting, Keep)
    assert waiting.until == told + TERMS.orphans_wait
    office.clock.advance(TERMS.orphans_wait)
    assert isinstance(decide(standing(office), office.clock.now()), Reclaim)


def test_a_warning_that_comes_back_while_things_are_deleted_stops_that_for_a_person(office, warned):
    warned()
    suspended(office, State.RECLAIMING)
    assert isinstance(decide(standing(office), office.clock.now()), Reclaim)
    come_back(office, about("ann@example.org"))
    stopped = decide(standing(office), office.clock.now())
    assert isinstance(stopped, Quarantine)
    assert "came back" in stopped.reason
