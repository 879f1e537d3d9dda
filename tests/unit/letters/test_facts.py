"""Every number a letter may say comes from the lease in force."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.lifecycle import deadline
from reaper.model import Enforce, LetterKind, LetterState
from tests.unit.letters.cases import LEASE, NOW, TERMS, days, facts, notice, owned, tenant_for, with_terms


def test_the_deadline_is_the_lifecycles_not_the_leases_end():
    late = replace(LEASE, expires_at=NOW + timedelta(hours=1), notices=(notice(before=days(2)),))
    tenant = tenant_for(LetterKind.WARNING, lease=late)
    assert facts(tenant=tenant)["deadline"].at == deadline(tenant, NOW) == NOW + TERMS.notice


def test_a_warning_says_when_reclaiming_may_begin_at_the_earliest():
    said = facts()
    assert said["reclaim_from"].at == said["deadline"].at + TERMS.suspension_lasts


def test_a_suspended_tenant_is_reclaimed_at_the_deadline():
    said = facts(LetterKind.SUSPENDED)
    assert said["reclaim_from"].at == said["deadline"].at == NOW + TERMS.suspension_lasts


@pytest.mark.parametrize(
    ("enforce", "stops", "deletes"),
    [
        (Enforce.NOTIFY, False, False),
        (Enforce.SUSPEND, True, False),
        (Enforce.RECLAIM, True, True),
        (None, False, False),
    ],
)
def test_only_what_the_policy_does_is_foretold(enforce, stops, deletes):
    said = facts(tenant=tenant_for(LetterKind.WARNING, enforce=enforce))
    assert (said["will_stop"], said["will_delete"]) == (stops, deletes)
    assert (said["reclaim_from"] is not None) is deletes


def test_the_renewal_is_what_the_lifecycle_would_give():
    renewal = facts()["renewal"]
    assert renewal.possible
    assert (renewal.left, renewal.times, renewal.by.text) == (3, 5, "13 days")
    assert renewal.until.at == LEASE.expires_at + TERMS.renew_by
    assert renewal.furthest.at == LEASE.started_at + TERMS.at_most
    assert renewal.opens.at == LEASE.expires_at - TERMS.opens_before


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"renew_times": 2}, "times"), ({"at_most": days(31)}, "at_most"), ({"opens_before": days(1)}, "opens_before")],
)
def test_a_renewal_that_is_not_possible_names_its_rule(changes, rule):
    renewal = facts(tenant=with_terms(tenant_for(LetterKind.WARNING), **changes))["renewal"]
    assert (renewal.possible, renewal.why_not, renewal.until) == (False, rule, None)


def test_the_warnings_to_come_are_named_in_order():
    assert facts()["warnings"] == "8 days, 4 days and 2 days"


def test_the_next_warning_is_the_next_not_the_first():
    assert facts()["next_warning"].at == LEASE.expires_at - days(2)


def test_a_tenant_whose_record_is_impossible_still_gets_its_alarm():
    tenant = with_terms(tenant_for(LetterKind.QUARANTINED, damaged="terms"), warn_before=())
    said = facts(LetterKind.QUARANTINED, tenant)
    assert said["reason"] == "reclaiming failed again and again"
    assert "deadline" not in said


def test_an_orphans_people_are_named_for_the_admins():
    said = facts(LetterKind.ORPHAN)
    assert [(c.name, c.address, c.enabled) for c in said["contacts"]] == [("Wang Fang", "wang.fang@example.org", True)]
    assert said["reachable"]


def test_only_servers_that_run_are_said_to_run_again():
    seen = (owned("server", "awake"), owned("server", "asleep"), owned("server", "theirs", project_id="other"))
    states = ("ACTIVE", "SHUTOFF", "ACTIVE")
    said = facts(LetterKind.RESTORED, losses=[replace(r, status=s) for r, s in zip(seen, states, strict=True)])
    assert [server.name for server in said["running"]] == ["awake"]
    assert facts(LetterKind.RESTORED, losses=None)["running"] == ()


def test_an_accepted_warning_keeps_its_promise_in_the_next_letter():
    told = replace(notice(state=LetterState.ACCEPTED, before=days(2)), accepted_at=NOW, told_at=NOW + days(9))
    tenant = tenant_for(LetterKind.WARNING, lease=replace(LEASE, notices=(told,)))
    assert facts(tenant=tenant)["deadline"].at == NOW + days(9)
