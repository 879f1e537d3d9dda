"""A letter is sent only while what it says is true."""

from dataclasses import replace

import pytest

from reaper.letters import CATALOG, still_true
from reaper.model import Enforce, Hold, LetterKind, LetterState, State, Unfinished
from tests.unit.letters.cases import LEASE, NOW, days, letter, notice, tenant_for

ABOUT_A_TENANT = [spec.kind for spec in CATALOG if spec.report is None]
AHEAD = (LetterKind.WELCOME, LetterKind.WARNING, LetterKind.SUSPENDED, LetterKind.ORPHAN)
OF_THINGS = (LetterKind.IDLE_WARNING, LetterKind.IDLE_GIVEN_BACK)
DONE = (LetterKind.RENEWED, LetterKind.RESTORED, LetterKind.RECLAIMED)


def reason(kind, changes=None, **of_letter):
    tenant = tenant_for(kind, **changes or {})
    return still_true(tenant, letter(kind, **of_letter), NOW)


@pytest.mark.parametrize("kind", ABOUT_A_TENANT)
def test_a_letter_about_a_tenant_as_it_stands_is_sent(kind):
    assert reason(kind) is None


@pytest.mark.parametrize("kind", ABOUT_A_TENANT)
def test_a_letter_about_another_lease_is_not_sent(kind):
    assert reason(kind, lease_id="lease-0") == "the lease it speaks of is over"


@pytest.mark.parametrize("kind", [*AHEAD, LetterKind.RENEWED, LetterKind.RESTORED])
def test_a_letter_of_an_earlier_round_of_warnings_is_not_sent(kind):
    assert reason(kind, arming=0) == "the lease has changed since"


@pytest.mark.parametrize("kind", OF_THINGS)
def test_a_letter_about_single_things_outlives_a_renewal(kind):
    assert reason(kind, arming=0) is None


@pytest.mark.parametrize("enforce", [Enforce.NOTIFY, Enforce.SUSPEND])
def test_nobody_is_told_that_idle_things_go_under_a_policy_that_deletes_nothing(enforce):
    assert reason(LetterKind.IDLE_WARNING, {"enforce": enforce}) == f"the policy now says enforce: {enforce}"
    assert reason(LetterKind.IDLE_GIVEN_BACK, {"enforce": enforce}) is None


def test_nobody_is_told_that_idle_things_go_while_the_tenant_is_on_hold():
    hold = Hold(NOW + days(9), "an appeal", "ops")
    assert reason(LetterKind.IDLE_WARNING, {"hold": hold}) == "the tenant is on hold: an appeal"


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - {LetterKind.QUARANTINED}))
def test_nothing_is_promised_about_a_quarantined_tenant(kind):
    assert reason(kind, {"state": State.QUARANTINED}) == "the tenant is QUARANTINED"


def test_the_alarm_about_an_impossible_tenant_is_sent_all_the_same():
    assert reason(LetterKind.QUARANTINED, {"damaged": "leases.expires_at"}) is None


def test_the_alarm_is_not_sent_once_a_person_has_released_the_tenant():
    assert reason(LetterKind.QUARANTINED, {"state": State.ACTIVE}) == "the tenant is ACTIVE"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (LetterKind.WARNING, State.SUSPENDED),
        (LetterKind.WELCOME, State.RECLAIMING),
        (LetterKind.SUSPENDED, State.RECLAIMING),
        (LetterKind.RESTORED, State.SUSPENDED),
        (LetterKind.RECLAIMED, State.ACTIVE),
    ],
)
def test_a_letter_about_a_state_that_has_passed_is_not_sent(kind, state):
    assert reason(kind, {"state": state, "suspended_at": NOW}) == f"the tenant is {state}"


def test_the_admins_learn_of_an_orphan_even_where_nothing_is_done():
    assert reason(LetterKind.ORPHAN, {"enforce": Enforce.OBSERVE}) is None


@pytest.mark.parametrize("kind", AHEAD)
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"exempt": "it has the tag keep"}, "the tenant is exempt: it has the tag keep"),
        ({"hold": Hold(NOW + days(5), "exam week", "ming")}, "the tenant is on hold: exam week"),
        ({"enforce": None}, "the policy no longer exists"),
        ({"vanished_at": NOW}, "it cannot be true: the project is no longer in Keystone"),
        ({"damaged": "people"}, "it cannot be true: its record cannot be read: people"),
    ],
)
def test_nothing_is_threatened_that_will_not_come(kind, changes, why):
    assert reason(kind, changes) == why


@pytest.mark.parametrize("kind", sorted(set(AHEAD) - {LetterKind.ORPHAN}))
def test_people_get_no_letters_about_the_future_under_a_policy_that_only_watches(kind):
    assert reason(kind, {"enforce": Enforce.OBSERVE}) == "the policy now says enforce: observe"


@pytest.mark.parametrize("kind", DONE)
@pytest.mark.parametrize(
    "changes", [{"exempt": "tag"}, {"hold": Hold(NOW, "wait", "ming")}, {"enforce": None}, {"enforce": Enforce.OBSERVE}]
)
def test_what_was_done_is_told_whatever_was_decided_since(kind, changes):
    assert reason(kind, changes) is None


def test_of_two_warnings_only_the_more_urgent_is_sent():
    tenant = tenant_for(
        LetterKind.WARNING, lease=replace(LEASE, notices=(notice(before=days(4)), notice(before=days(2))))
    )
    assert still_true(tenant, letter(before=days(4)), NOW) == "a more urgent warning has been given since"
    assert still_true(tenant, letter(before=days(2)), NOW) is None


def test_nobody_is_welcomed_after_a_warning():
    lease = replace(LEASE, notices=(notice(before=days(4)),))
    assert reason(LetterKind.WELCOME, {"lease": lease}) == "a warning has been given since"


def test_the_admins_are_not_alarmed_once_somebody_can_be_reached():
    lease = replace(LEASE, notices=(notice(state=LetterState.ACCEPTED, before=days(2)),))
    assert reason(LetterKind.ORPHAN, {"lease": lease}) == "somebody can be reached again"


def test_nobody_is_told_of_servers_that_do_not_run_yet():
    assert reason(LetterKind.RESTORED, {"unfinished": Unfinished.RESTORE}) == "restoring has not finished"
    assert reason(LetterKind.RENEWED, {"unfinished": Unfinished.RESTORE}) is None
