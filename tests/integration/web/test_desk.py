"""What the desk promises about a renewal, on a real ledger."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reaper.errors import Gone, Overtaken, Temporary
from reaper.lifecycle import NotRenewed, Renewed
from reaper.links import Signer
from reaper.model import Change, Enforce, Hold, LetterKind, State, Unfinished
from reaper.operations import ATTEMPTS, Done, SelfService, Situation, Spared, Stranger, UnknownLink


def test_a_renewal_is_written_down_with_its_event_and_its_letter(world, desk):
    # Given
    tenant = world.enrol()
    # When
    done = desk.renew(world.token(tenant), "a person")
    # Then
    kept = world.standing(world.ledger.tenant(tenant.id))
    assert done == Done(kept, tenant.lease.expires_at + timedelta(days=13), 2, restores=False)
    event = world.ledger.history(tenant.id)[-1]
    assert (event.what, event.by, event.at) == ("renewed", "a person", world.clock.now())
    assert "2031-06-13" in event.text
    assert [letter.kind for letter in world.outbox.letters(tenant.id)] == [LetterKind.RENEWED]


def test_a_renewal_from_suspension_asks_for_the_servers_to_be_started_again(world, desk):
    tenant = world.enrol(state=State.SUSPENDED, suspended_at=world.clock.now())
    done = desk.renew(world.token(tenant), "a person")
    assert done.restores
    kept = world.ledger.tenant(tenant.id)
    assert (kept.state, kept.unfinished) == (State.ACTIVE, Unfinished.RESTORE)
    assert [letter.kind for letter in world.outbox.letters(tenant.id)] == [LetterKind.RENEWED]


def test_a_second_click_on_the_same_page_spends_no_second_renewal(world, desk):
    # Given rules under which a second renewal would be possible at once
    tenant = world.enrol(terms=replace(world.terms, opens_before=timedelta(days=60)))
    first = desk.renew(world.token(tenant), "a person", seen=0)
    # When
    second = desk.renew(world.token(tenant), "a person", seen=0)
    # Then
    assert second == replace(first, already=True)
    assert world.ledger.tenant(tenant.id).lease.renewals == 1
    assert len(world.outbox.letters(tenant.id)) == 1


def test_an_old_page_still_brings_a_tenant_back_that_was_suspended_since(world, desk):
    tenant = world.enrol(renewals=1, state=State.SUSPENDED, suspended_at=world.clock.now())
    assert desk.renew(world.token(tenant), "a person", seen=0).restores


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"state": State.RECLAIMING}, "too_late"),
        ({"state": State.RECLAIMED}, "too_late"),
        ({"renewals": 3}, "times"),
        ({"state": State.QUARANTINED, "quarantine_reason": "odd"}, "quarantined"),
    ],
)
def test_a_renewal_that_a_rule_stands_against_writes_nothing(world, desk, changes, rule):
    # Given
    tenant = world.enrol(**changes)
    before = world.what_is_written()
    # When
    answer = desk.renew(world.token(tenant), "a person")
    # Then
    assert answer == NotRenewed(rule)
    assert world.what_is_written() == before


def test_a_link_that_was_not_signed_here_is_a_stranger_and_reads_nothing(world, desk):
    tenant = world.enrol()
    foreign = Signer(["somebody else's"]).token(tenant.id, tenant.lease.id)
    assert desk.look(foreign) == desk.renew(foreign, "x") == Stranger(UnknownLink.FOREIGN)
    assert world.looked == []


def test_a_link_dies_with_its_lease(world, desk):
    # Given
    tenant = world.enrol()
    old = world.token(tenant)
    later = replace(tenant.lease, id="lease-after")
    world.ledger.record(Change(replace(tenant, lease=later), new_lease=True))
    # Then
    assert desk.look(old) == desk.renew(old, "x") == Stranger(UnknownLink.REPLACED)
    assert world.ledger.tenant(tenant.id).lease.renewals == 0


def test_a_link_to_a_tenant_that_the_ledger_does_not_know_is_replaced(world, desk):
    token = world.signer.token("tenant-404", "lease-404")
    assert desk.look(token) == desk.renew(token, "x") == Stranger(UnknownLink.REPLACED)


def test_looking_offers_exactly_what_renewing_then_gives(world, desk):
    tenant = world.enrol()
    offer = desk.look(world.token(tenant)).offer
    assert isinstance(offer, Renewed)
    done = desk.renew(world.token(tenant), "a person")
    assert (done.expires_at, done.left) == (offer.expires_at, offer.left)


def test_looking_changes_nothing(world, desk):
    tenant = world.enrol()
    before = world.what_is_written()
    desk.look(world.token(tenant))
    assert world.what_is_written() == before


def test_only_what_is_the_tenants_own_counts_as_lost(world, desk):
    view = desk.look(world.token(world.enrol()))
    assert {r.name for r in view.losses} == {"web-1", "pgdata", "private", "golden"}


@pytest.mark.parametrize("answer", [None, Temporary("Nova does not answer")])
def test_a_cloud_that_does_not_answer_is_not_an_empty_one(world, desk, answer):
    world.owned = answer
    assert desk.look(world.token(world.enrol())).losses is None


def test_nothing_is_asked_of_the_cloud_about_a_tenant_that_is_gone(world, desk):
    tenant = world.enrol(state=State.RECLAIMED, reclaimed_at=world.clock.now())
    assert desk.look(world.token(tenant)).losses == ()
    assert world.looked == []


@pytest.mark.parametrize(
    ("enforce", "exempt", "hold", "spared"),
    [
        (Enforce.RECLAIM, None, None, None),
        (Enforce.SUSPEND, None, None, None),
        (Enforce.NOTIFY, None, None, Spared.NOTIFY),
        (Enforce.OBSERVE, None, None, Spared.OBSERVE),
        (None, None, None, Spared.HALTED),
        (Enforce.RECLAIM, "tag keep", None, Spared.EXEMPT),
        (Enforce.RECLAIM, None, timedelta(days=9), Spared.HOLD),
        (Enforce.RECLAIM, None, timedelta(days=-1), None),
    ],
)
def test_why_nothing_follows_is_told_by_todays_policy_and_facts(world, desk, enforce, exempt, hold, spared):
    world.enforce, world.exempt = enforce, exempt
    tenant = world.enrol(hold=Hold(world.clock.now() + hold, "being moved", "ops") if hold else None)
    view = desk.look(world.token(tenant))
    assert view.spared is spared
    assert (view.reclaim_at is not None) is (spared is None and enforce is Enforce.RECLAIM)


def test_a_suspended_tenant_whose_policy_stops_there_is_not_told_of_a_reclaim(world, desk):
    world.enforce = Enforce.SUSPEND
    view = desk.look(world.token(world.enrol(state=State.SUSPENDED, suspended_at=world.clock.now())))
    assert (view.situation, view.spared, view.reclaim_at) == (Situation.SUSPENDED, Spared.HALTED, None)


def test_two_people_who_renew_at_once_spend_one_renewal_and_are_told_the_same_end(world, desk):
    # Given two people with the same page open, both of whom read before either writes
    tenant = world.enrol()
    token, together, answers = world.token(tenant), threading.Barrier(2, timeout=20), []
    ledger = _Meeting(world.ledger, together)
    slow = SelfService(ledger, world.clock, world.signer, world.standing, world.losses, world.idle_of)
    # When
    threads = [threading.Thread(target=lambda: answers.append(slow.renew(token, "x", seen=0))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then
    assert sorted(answer.already for answer in answers) == [False, True]
    assert len({answer.expires_at for answer in answers}) == 1
    assert world.ledger.tenant(tenant.id).lease.renewals == 1
    assert len(world.outbox.letters(tenant.id)) == 1


def test_a_renewal_that_meets_the_sweep_suspending_still_wins_and_restores(world):
    # Given a sweep that suspends between the desk's reading and its writing
    tenant = world.enrol()
    sweep = {"state": State.SUSPENDED, "suspended_at": world.clock.now()}
    desk = _interrupted(world, lambda: world.change(tenant.id, **sweep))
    # When
    done = desk.renew(world.token(tenant), "a person", seen=0)
    # Then
    assert done.restores
    assert world.ledger.tenant(tenant.id).unfinished is Unfinished.RESTORE


def test_a_renewal_that_meets_the_beginning_of_reclaiming_is_told_that_it_is_too_late(world):
    tenant = world.enrol(state=State.SUSPENDED, suspended_at=world.clock.now())
    desk = _interrupted(world, lambda: world.change(tenant.id, state=State.RECLAIMING))
    assert desk.renew(world.token(tenant), "a person", seen=0) == NotRenewed("too_late")
    assert world.ledger.tenant(tenant.id).state is State.RECLAIMING


def test_a_renewal_that_was_told_to_succeed_overtakes_the_sweep(world, desk):
    # Given a sweep that has read the tenant and decided
    tenant = world.enrol()
    decided = replace(world.ledger.tenant(tenant.id), state=State.SUSPENDED, suspended_at=world.clock.now())
    # When
    assert isinstance(desk.renew(world.token(tenant), "a person"), Done)
    # Then
    with pytest.raises(Overtaken):
        world.ledger.record(Change(decided))
    assert world.ledger.tenant(tenant.id).state is State.ACTIVE


def test_a_renewal_that_is_overtaken_again_and_again_gives_up_and_has_changed_nothing(world):
    tenant = world.enrol()
    times = []
    desk = _interrupted(world, lambda: times.append(world.change(tenant.id)), always=True)
    with pytest.raises(Temporary, match="nothing was written"):
        desk.renew(world.token(tenant), "a person")
    assert len(times) == ATTEMPTS
    assert world.ledger.tenant(tenant.id).lease.renewals == 0
    assert world.outbox.letters(tenant.id) == []


def test_an_admin_renews_by_the_same_rules(world, desk):
    tenant = world.enrol(renewals=3)
    assert desk.renew_tenant(tenant.id, "root") == NotRenewed("times")


def test_an_admin_who_goes_beyond_the_rules_leaves_terms_that_allow_it(world, desk):
    tenant = world.enrol(renewals=3)
    done = desk.renew_tenant(tenant.id, "root", beyond_rules=True)
    kept = world.ledger.tenant(tenant.id)
    assert isinstance(done, Done)
    assert (kept.lease.renewals, kept.lease.terms.renew_times) == (4, 4)
    assert kept.lease.expires_at == tenant.lease.expires_at + timedelta(days=13)
    assert world.ledger.history(tenant.id)[-1].by == "root"


def test_an_admin_who_names_nobody_is_told_so(desk):
    with pytest.raises(Gone):
        desk.renew_tenant("tenant-404", "root")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=8))
def test_no_order_of_renewals_moves_an_end_earlier_or_beyond_the_limit(world, desk, steps):
    tenant = world.enrol()
    world.clock.advance(tenant.lease.started_at - world.clock.now())
    for wait, own_rules in steps:
        world.clock.advance(timedelta(days=wait))
        before = world.ledger.tenant(tenant.id).lease
        answer = desk.renew(world.token(tenant), "x") if own_rules else desk.renew_tenant(tenant.id, "root")
        after = world.ledger.tenant(tenant.id).lease
        assert after.expires_at >= before.expires_at
        assert after.expires_at <= after.started_at + after.terms.at_most
        assert (after.renewals > before.renewals) is isinstance(answer, Done)


class _Meeting:
    """A ledger whose first two readers wait for each other."""

    def __init__(self, ledger, barrier):
        self.ledger, self.barrier, self.met = ledger, barrier, threading.local()

    def tenant(self, tenant_id):
        found = self.ledger.tenant(tenant_id)
        if not getattr(self.met, "already", False):
            self.met.already = True
            self.barrier.wait()
        return found

    def record(self, *arguments):
        return self.ledger.record(*arguments)


def _interrupted(world, change, *, always=False):
    """A desk that is overtaken by `change` between reading and writing."""

    class Interrupted:
        changed = False

        def tenant(self, tenant_id):
            found = world.ledger.tenant(tenant_id)
            if always or not self.changed:
                self.changed = True
                change()
            return found

        def record(self, *arguments):
            return world.ledger.record(*arguments)

    return SelfService(Interrupted(), world.clock, world.signer, world.standing, world.losses, world.idle_of)
