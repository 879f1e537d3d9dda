"""What the desk writes down when people are away, are done with a project, or think better of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Overtaken
from reaper.lifecycle import NotAway, NotNow, Suspend, decide
from reaper.links import Signer
from reaper.model import Enforce, LetterKind, State, Unfinished
from reaper.operations import Changed, Situation, Stranger


@pytest.fixture
def kind_terms(world):
    return replace(world.terms, away=timedelta(days=21))


def test_a_stay_away_is_written_down_with_its_event_and_a_letter_that_confirms_it(world, desk, kind_terms):
    tenant = world.enrol(terms=kind_terms)
    until = tenant.lease.expires_at + timedelta(days=20)
    answer = desk.away(world.token(tenant), until, "a person")
    assert isinstance(answer, Changed)
    kept = world.ledger.tenant(tenant.id)
    assert (kept.lease.expires_at, kept.lease.away_until, kept.lease.renewals) == (until, until, 0)
    event = world.ledger.history(tenant.id)[-1]
    assert (event.what, event.by) == ("away", "a person")
    assert f"{until:%Y-%m-%d}" in event.text
    assert [letter.kind for letter in world.outbox.letters(tenant.id)] == [LetterKind.AWAY]


def test_nobody_is_away_twice_in_one_lease(world, desk, kind_terms):
    tenant = world.enrol(terms=kind_terms)
    until = tenant.lease.expires_at + timedelta(days=3)
    desk.away(world.token(tenant), until, "a person")
    before = world.what_is_written()
    assert desk.away(world.token(tenant), until + timedelta(days=3), "a person") == NotAway("once")
    assert world.what_is_written() == before


def test_a_project_given_back_is_due_at_once_and_no_letter_goes_before_its_servers_stand(world, desk):
    tenant = world.enrol()
    assert isinstance(desk.give_back(world.token(tenant), "a person"), Changed)
    kept = world.standing(world.ledger.tenant(tenant.id))
    assert kept.next_due_at == world.clock.now()
    assert isinstance(decide(kept, world.clock.now()), Suspend)
    assert world.ledger.history(tenant.id)[-1].what == "given back"
    assert world.outbox.letters(tenant.id) == []
    assert desk.look(world.token(tenant)).situation is Situation.STOPPING


def test_what_was_given_back_can_be_kept_until_its_suspension_ends(world, desk):
    tenant = world.enrol()
    desk.give_back(world.token(tenant), "somebody with the link")
    world.change(tenant.id, state=State.SUSPENDED, suspended_at=world.clock.now())
    world.clock.advance(timedelta(days=10))
    answer = desk.keep(world.token(tenant), "a person")
    assert isinstance(answer, Changed)
    assert answer.restores
    kept = world.ledger.tenant(tenant.id)
    assert (kept.state, kept.unfinished, kept.lease.renewals) == (State.ACTIVE, Unfinished.RESTORE, 0)
    assert world.ledger.history(tenant.id)[-1].what == "kept"


def test_what_is_being_deleted_cannot_be_kept(world, desk):
    tenant = world.enrol()
    desk.give_back(world.token(tenant), "a person")
    world.change(tenant.id, state=State.RECLAIMING, suspended_at=world.clock.now())
    before = world.what_is_written()
    assert desk.keep(world.token(tenant), "a person") == NotNow("too_late")
    assert world.what_is_written() == before


def test_a_policy_that_takes_nothing_takes_nothing_back_either(world, desk):
    world.enforce = Enforce.NOTIFY
    tenant = world.enrol()
    before = world.what_is_written()
    assert desk.give_back(world.token(tenant), "a person") == NotNow("spared")
    assert world.what_is_written() == before


@pytest.mark.parametrize("wish", ["away", "give_back", "keep"])
def test_a_foreign_link_wishes_for_nothing(world, desk, wish):
    tenant = world.enrol()
    foreign = Signer(["another secret"]).token(tenant.id, tenant.lease.id)
    more = [world.clock.now() + timedelta(days=9)] if wish == "away" else []
    before = world.what_is_written()
    assert isinstance(getattr(desk, wish)(foreign, *more, "a person"), Stranger)
    assert world.what_is_written() == before


def test_a_renewal_that_comes_between_wins_over_giving_back(world, desk, monkeypatch):
    # Given a renewal that is written between reading and writing
    tenant = world.enrol()
    ledger, calls = type(world.ledger), []
    real = ledger.record

    def record(self, changed, *rest, **more):
        calls.append(changed)
        if len(calls) == 1:
            desk.renew(world.token(tenant), "another person")
            raise Overtaken("somebody else was first")
        return real(self, changed, *rest, **more)

    monkeypatch.setattr(ledger, "record", record)
    # When
    answer = desk.give_back(world.token(tenant), "a person")
    # Then the decision was made again from what is written by then
    assert isinstance(answer, Changed)
    kept = world.ledger.tenant(tenant.id)
    assert (kept.lease.renewals, kept.lease.given_back_at) == (1, world.clock.now())
