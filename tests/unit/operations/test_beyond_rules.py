"""An admin may go beyond a lease's own rules, and the lease goes on making sense."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import NotRenewed, Renewed, inconsistency, renew
from reaper.model import Lease, State, Tenant, Terms
from reaper.operations import renew_beyond_rules

START = datetime(2031, 5, 1, 7, 13, tzinfo=UTC)


def days(number):
    return timedelta(days=number)


TERMS = Terms(
    policy="trial",
    lasts=days(30),
    warn_before=(days(7), days(1)),
    notice=days(2),
    renew_by=days(14),
    renew_times=3,
    at_most=days(90),
    opens_before=days(7),
    suspension_lasts=days(7),
    orphans_wait=days(30),
)
TENANT = Tenant("tenant-17", "trystack", "p17", "trial-aurora", Lease("lease-1", START, START + days(30), TERMS))


def with_lease(tenant=TENANT, **changes):
    return replace(tenant, lease=replace(tenant.lease, **changes))


@pytest.mark.parametrize(
    ("tenant", "now", "rule"),
    [
        (with_lease(renewals=3), START + days(29), "times"),
        (with_lease(expires_at=START + days(90), renewals=2), START + days(89), "at_most"),
        (TENANT, START + days(2), "opens_before"),
        (with_lease(terms=replace(TERMS, renew_times=0, renew_by=days(0))), START + days(29), "times"),
    ],
)
def test_an_admin_renews_although_a_rule_of_the_lease_stands_against_it(tenant, now, rule):
    # Given a rule that refuses the tenant's own people
    refused = renew(tenant, now)
    assert isinstance(refused, NotRenewed)
    assert refused.rule == rule
    # When
    answer = renew_beyond_rules(tenant, now)
    # Then
    assert isinstance(answer, Renewed)
    assert answer.expires_at > max(tenant.lease.expires_at, now)
    assert inconsistency(answer.tenant, now) is None


def test_only_the_limits_that_stood_against_it_are_raised():
    answer = renew_beyond_rules(with_lease(renewals=3), START + days(29))
    assert isinstance(answer, Renewed)
    assert answer.tenant.lease.terms == replace(TERMS, renew_times=4)
    assert answer.left == 0


def test_a_lease_that_may_be_renewed_anyway_keeps_its_terms():
    assert renew_beyond_rules(TENANT, START + days(29)) == renew(TENANT, START + days(29))


@pytest.mark.parametrize(
    ("tenant", "rule"),
    [
        (replace(TENANT, state=State.RECLAIMING), "too_late"),
        (replace(TENANT, state=State.RECLAIMED), "too_late"),
        (replace(TENANT, vanished_at=START), "too_late"),
        (replace(TENANT, state=State.QUARANTINED), "quarantined"),
        (replace(TENANT, damaged="its terms are not JSON"), "quarantined"),
        (with_lease(renewals=8), "quarantined"),
        (with_lease(expires_at=START + days(36_500)), "quarantined"),
    ],
)
def test_what_is_too_late_or_impossible_stays_refused(tenant, rule):
    assert renew_beyond_rules(tenant, START + days(29)) == NotRenewed(rule)


@given(
    age=st.integers(1, 400),
    ends=st.integers(1, 97),
    renewals=st.integers(0, 3),
    suspended=st.booleans(),
)
def test_a_renewal_beyond_the_rules_never_moves_a_date_earlier(age, ends, renewals, suspended):
    # Given
    now = START + days(age)
    tenant = with_lease(expires_at=START + days(ends), renewals=renewals)
    if suspended:
        tenant = replace(tenant, state=State.SUSPENDED, suspended_at=now - days(1))
    # When
    answer = renew_beyond_rules(tenant, now)
    # Then
    assert isinstance(answer, Renewed)
    assert answer.expires_at >= max(tenant.lease.expires_at, now) + TERMS.renew_by
    assert answer.tenant.lease.terms.opens_before == TERMS.opens_before
    assert answer.restores is suspended
    assert inconsistency(answer.tenant, now) is None
