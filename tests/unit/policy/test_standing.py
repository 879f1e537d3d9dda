"""Several policies at once, and what today's say about a lease of yesterday."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reaper.errors import Unusable
from reaper.model import Enforce, Lease, NotKnown, Project, Tenant
from reaper.policy import Match, Policies, Policy, ReclaimRules, Tags, parse, standing

START = datetime(2031, 5, 1, tzinfo=UTC)


def policy(name="trial", glob="trial-*", **more):
    return Policy(policy=name, match=Match(names=(glob,), tags=Tags(none=("keep",))), **more)


def tenant(under, **more):
    lease = Lease("l1", START, START + under.lease.lasts, under.terms())
    return Tenant(id="t1", cloud="c1", project_id="a1", name="trial-7", lease=lease, **more)


def project(name="trial-7", **more):
    return Project(cloud="c1", id="a1", name=name, domain_id="d1", domain="default", enabled=True, **more)


def test_the_first_policy_that_matches_covers_a_project():
    policies = Policies((policy("a", "x-*"), policy("b", "trial-*"), policy("c", "*")))
    assert policies.covering(project(), "c1").name == "b"
    assert policies.covering(project("other"), "c1").name == "c"


def test_a_project_that_nothing_matches_is_no_tenant():
    assert Policies((policy(),)).covering(project("other"), "c1") is None
    assert Policies((policy(),)).covering(project(tags=frozenset({"keep"})), "c1") is None
    assert Policies().covering(project(), "c1") is None


def test_two_policies_of_one_name_are_refused():
    with pytest.raises(Unusable, match="policy 'trial' stands in two files"):
        Policies((policy(), policy(glob="x")))


def test_a_policy_is_found_by_its_name():
    policies = Policies((policy("a"), policy("b")))
    assert policies.named("b").name == "b"
    assert policies.named("B") is None


def test_the_fingerprint_tells_what_is_said_and_not_how():
    one = parse("policy: a\nmatch: {names: [x]}\nlease: {notice: 48h}", "a")
    same = parse("# a comment\npolicy: a\nmatch:\n  names: [x]\nlease: {notice: 2d}", "b")
    other = parse("policy: a\nmatch: {names: [x]}\nlease: {notice: 49h}", "c")
    assert Policies((one,)).fingerprint() == Policies((same,)).fingerprint()
    assert Policies((one,)).fingerprint() != Policies((other,)).fingerprint()
    assert Policies((one, policy())).fingerprint() != Policies((policy(), one)).fingerprint()


def test_a_tenant_goes_as_far_as_its_policy_goes_today():
    then, today = policy(), policy(enforce=Enforce.RECLAIM)
    stands = standing(tenant(then), Policies((today,)))
    assert (stands.enforce, stands.exempt) == (Enforce.RECLAIM, None)


def test_a_tenant_whose_policy_is_gone_has_no_stage():
    assert standing(tenant(policy()), Policies((policy("other"),))).enforce is None


def test_a_tenant_whose_project_got_an_exempting_tag_is_exempt():
    spared = tenant(policy(), tags=frozenset({"keep"}))
    assert standing(spared, Policies((policy(),))).exempt == "its policy 'trial' spares projects with the tag 'keep'"


@pytest.mark.parametrize("facts", [{"name": "renamed"}, {"cloud": "c2"}, {"domain": "other"}])
def test_a_tenant_that_its_policy_no_longer_matches_is_exempt(facts):
    today = Policy(policy="trial", match=Match(clouds=("c1",), domains=("default",), names=("trial-*",)))
    assert standing(tenant(policy()), Policies((today,))).exempt is None
    moved = replace(tenant(policy()), **facts)
    assert standing(moved, Policies((today,))).exempt == "its policy 'trial' no longer covers it"


def test_a_tenant_that_an_earlier_policy_covers_now_goes_as_far_as_that_one_says():
    vip = policy("a-vip", "trial-7", enforce=Enforce.NOTIFY)
    stands = standing(tenant(policy(enforce=Enforce.RECLAIM)), Policies((vip, policy(enforce=Enforce.RECLAIM))))
    assert (stands.enforce, stands.exempt) == (Enforce.NOTIFY, None)
    assert stands.lease.terms.policy == "trial"


def test_a_later_policy_that_matches_too_changes_nothing():
    assert standing(tenant(policy()), Policies((policy(), policy("z-rest", "*")))).exempt is None


def test_a_protection_that_was_just_found_exempts_whatever_the_policies_say():
    for policies in (Policies((policy(),)), Policies()):
        assert standing(tenant(policy()), policies, "it is immutable").exempt == "protected: it is immutable"


def test_a_protection_that_the_last_census_found_exempts_until_the_next_one_finds_it_gone():
    shielded = tenant(policy(), protection="protected: it is immutable")
    for policies in (Policies((policy(),)), Policies()):
        assert standing(shielded, policies).exempt == "protected: it is immutable"


def test_of_a_tenant_whose_record_cannot_be_read_nobody_knows_whether_it_is_exempt():
    spoilt = tenant(policy(), damaged="tenants.tags holds 'x'")
    assert isinstance(standing(spoilt, Policies((policy(),))).exempt, NotKnown)


def test_who_is_judged_again_is_judged_anew():
    exempt = standing(tenant(policy(), tags=frozenset({"keep"})), Policies((policy(),)))
    assert standing(replace(exempt, tags=frozenset()), Policies((policy(),))).exempt is None


def test_what_lease_or_policy_keep_is_kept():
    then = policy(reclaim=ReclaimRules(keep=("image",)))
    today = policy(reclaim=ReclaimRules(keep=("volume",)))
    assert standing(tenant(then), Policies((today,))).lease.terms.keep == {"image", "volume"}


def test_a_shortened_policy_takes_nothing_from_a_running_lease():
    short = parse("policy: trial\nmatch: {names: ['trial-*']}\nlease: {lasts: 1d, warn_before: [1h], notice: 1h}", "p")
    before = tenant(policy())
    after = standing(before, Policies((short,)))
    assert after.lease == before.lease
    assert after.lease.expires_at - START == timedelta(days=30)
