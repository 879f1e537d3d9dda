"""The judge itself: every fact of a row is needed, must be known and fresh; permits name one thing and live seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.gates import Gate
from reaper.judge import ABSENT, LASTS, TABLE, About, Coverage, Known, Permit, Refusal, Step, Unknown, may
from reaper.model import CensusMark, Enforce, Hold, Project, Resource, State, Unfinished
from tests.permits import evidence_for

NOW = datetime(2031, 5, 17, 9, 23, 41, tzinfo=UTC)
PROJECT, CLOUD = "7" * 32, "silly"
VOLUME = Resource("volume", "RegionNine", "v-0417", "data", PROJECT)
FIELDS = {
    About.PAUSE: "pause",
    About.GATES: "gates",
    About.CENSUS: "census",
    About.LEDGER: "ledger",
    About.PROJECT: "project",
    About.OWNER: "owner",
    About.USERS: "users",
    About.ARCHIVE: "archive",
    About.EMPTY: "empty",
    About.DUE: "due",
    About.IDLE: "idle",
}
NEEDED = [(step, about) for step, row in TABLE.items() for about in dict.fromkeys(need.about for need in row)]
steps = st.sampled_from(list(Step))


def known(step, thing=VOLUME, now=NOW):
    return evidence_for(step, CLOUD, PROJECT, now, thing)


def told(step, **changes):
    """Judge a step with some facts said otherwise."""
    evidence = known(step)
    return may(step, replace(evidence, **{name: Known(value, "a test", NOW) for name, value in changes.items()}), NOW)


@pytest.mark.parametrize("step", list(Step))
def test_a_step_is_permitted_when_every_fact_of_its_row_speaks_for_it(step):
    permit = may(step, known(step), NOW)
    assert isinstance(permit, Permit), permit
    assert (permit.step, permit.cloud, permit.project_id, permit.key) == (step, CLOUD, PROJECT, VOLUME.key)
    assert permit.until - permit.at == LASTS <= timedelta(seconds=10)


@pytest.mark.parametrize(("step", "about"), NEEDED)
def test_a_fact_that_is_missing_refuses(step, about):
    answer = may(step, replace(known(step), **{FIELDS[about]: Unknown("503")}), NOW)
    assert isinstance(answer, Refusal)
    assert answer.need.about is about
    assert answer.doubtful
    assert "503" in str(answer)


@pytest.mark.parametrize(("step", "about"), NEEDED)
@pytest.mark.parametrize("value", [None, "None", 404, object(), ["all"], {}])
def test_a_value_of_another_kind_is_never_read_as_a_yes(step, about, value):
    if about is About.PAUSE and value == "None":
        return  # somebody who is called None has paused it: refused as well, for another reason
    answer = may(step, replace(known(step), **{FIELDS[about]: Known(value, "a test", NOW)}), NOW)
    assert isinstance(answer, Refusal)
    assert answer.need.about is about


@pytest.mark.parametrize(("step", "about"), NEEDED)
def test_a_fact_without_a_moment_is_not_known(step, about):
    evidence = known(step)
    fact = evidence.fact(about)
    for moment in (None, NOW.replace(tzinfo=None)):
        answer = may(step, replace(evidence, **{FIELDS[about]: replace(fact, at=moment)}), NOW)
        assert isinstance(answer, Refusal)
        assert answer.doubtful


@given(st.sampled_from(NEEDED), st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)))
def test_a_fact_that_is_older_than_its_row_allows_refuses(pair, older):
    step, about = pair
    at_most = min(need.at_most for need in TABLE[step] if need.about is about)
    evidence = known(step)
    stale = replace(evidence.fact(about), at=NOW - at_most - older)
    answer = may(step, replace(evidence, **{FIELDS[about]: stale}), NOW)
    assert isinstance(answer, Refusal)
    assert answer.doubtful


@given(st.sampled_from(NEEDED))
def test_a_fact_that_is_just_as_old_as_its_row_allows_serves(pair):
    step, about = pair
    at_most = min(need.at_most for need in TABLE[step] if need.about is about)
    evidence = known(step)
    old = replace(evidence.fact(about), at=NOW - at_most)
    assert isinstance(may(step, replace(evidence, **{FIELDS[about]: old}), NOW), Permit)


@given(st.sampled_from(NEEDED), st.timedeltas(timedelta(seconds=1, microseconds=1), timedelta(days=4000)))
def test_a_fact_from_the_future_refuses_for_a_clock_was_set_back(pair, ahead):
    step, about = pair
    evidence = known(step)
    answer = may(step, replace(evidence, **{FIELDS[about]: replace(evidence.fact(about), at=NOW + ahead)}), NOW)
    assert isinstance(answer, Refusal)


@given(steps, st.sets(st.sampled_from(list(About))))
def test_no_permit_with_any_fact_of_the_row_unknown_whatever_else_is(step, missing):
    evidence = replace(known(step), **{FIELDS[about]: Unknown() for about in missing})
    needs = {need.about for need in TABLE[step]}
    assert isinstance(may(step, evidence, NOW), Refusal) is bool(needs & missing)


TAKING = [step for step in Step if step is not Step.RESTORE]
PROJECT_OF = Project(CLOUD, PROJECT, "trial-permitted", "default", "Default", enabled=False)


@pytest.mark.parametrize("step", TAKING)
def test_a_pause_stops_everything_that_takes_and_not_what_gives_back(step):
    assert "ops: an audit" in str(told(step, pause="ops: an audit"))
    assert isinstance(told(Step.RESTORE, pause="ops: an audit"), Permit)


@pytest.mark.parametrize("step", [step for step in TAKING if step is not Step.BOOK])
def test_a_closed_gate_or_an_incomplete_census_stops_everything_that_takes(step):
    assert "clock: it jumped" in str(told(step, gates=(Gate("clock", "it jumped"),)))
    mark = CensusMark(CLOUD, NOW, complete=False, why="page 2 failed", projects=7)
    assert "page 2 failed" in str(told(step, census=mark))
    assert isinstance(told(step, census=replace(mark, complete=True, cloud="another")), Refusal)


@pytest.mark.parametrize("step", TAKING)
def test_a_hold_or_an_exemption_stops_everything_that_takes(step):
    tenant = known(step).tenant
    held = replace(tenant, hold=Hold(NOW + timedelta(days=3), "a review", "ops"))
    assert str(told(step, ledger=held)) == "on hold: a review"
    assert str(told(step, ledger=replace(tenant, exempt="its tag"))) == "exempt: its tag"


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.DELETE_ARCHIVE])
def test_a_tenant_that_somebody_has_changed_is_not_touched(step):
    tenant = known(step).tenant
    assert str(told(step, ledger=replace(tenant, version=tenant.version + 1))) == "somebody else changed the tenant"
    for other in ({"id": "another"}, {"cloud": "another"}, {"project_id": "8" * 32}):
        assert isinstance(told(step, ledger=replace(tenant, **other)), Refusal)


@pytest.mark.parametrize("step", [s for s in Step if any(n.about is About.PROJECT for n in TABLE[s])])
def test_a_project_that_is_gone_protected_or_immutable_is_not_touched(step):
    found = known(step).project.value
    assert "no longer in Keystone" in str(told(step, project=ABSENT))
    assert "protected: it is a service" in str(told(step, project=replace(found, protected="it is a service")))
    assert "immutable" in str(told(step, project=replace(found, immutable=True)))
    assert isinstance(told(step, project=replace(found, id="8" * 32)), Refusal)


IN_A_RECLAIM = (
    Step.RECLAIM, Step.CLEAR_ROUTES, Step.DETACH, Step.FORCE, Step.DELETE, Step.DELETE_PROJECT, Step.REOPEN_PROJECT
)  # fmt: skip


@pytest.mark.parametrize("step", IN_A_RECLAIM)
def test_a_reclaim_stops_at_a_project_that_somebody_has_opened(step):
    assert "opened by somebody else" in str(told(step, project=replace(PROJECT_OF, enabled=True)))


@pytest.mark.parametrize("step", [Step.SUSPEND, Step.RESTRICT, Step.DELETE_IDLE])
def test_a_project_that_somebody_has_closed_is_left_to_them(step):
    assert "disabled by somebody else" in str(told(step, project=PROJECT_OF))


def test_a_suspension_that_has_begun_goes_on_in_the_project_that_it_closed():
    begun = known(Step.CLOSE_PROJECT).tenant
    evidence = replace(known(Step.SUSPEND), tenant=begun, ledger=Known(begun, "a test", NOW))
    assert isinstance(may(Step.SUSPEND, replace(evidence, project=Known(PROJECT_OF, "a test", NOW)), NOW), Permit)


@pytest.mark.parametrize("step", [*IN_A_RECLAIM, Step.CONDEMN, Step.DELETE_IDLE, Step.DELETE_ARCHIVE])
def test_a_policy_below_reclaim_reclaims_nothing(step):
    tenant = known(step).tenant
    for stage in (Enforce.OBSERVE, Enforce.NOTIFY, Enforce.SUSPEND):
        assert str(told(step, ledger=replace(tenant, enforce=stage))) == f"its policy says enforce: {stage}"
    assert "no longer exists" in str(told(step, ledger=replace(tenant, enforce=None)))


@pytest.mark.parametrize("step", [Step.SUSPEND, Step.RESTRICT, Step.CLOSE_PROJECT, Step.LOCK, Step.STOP])
def test_a_policy_below_suspend_suspends_nothing(step):
    tenant = known(step).tenant
    assert "enforce: notify" in str(told(step, ledger=replace(tenant, enforce=Enforce.NOTIFY)))
    assert isinstance(told(step, ledger=replace(tenant, enforce=Enforce.SUSPEND)), Permit)


@pytest.mark.parametrize("step", [*IN_A_RECLAIM, Step.CONDEMN, Step.BOOK, Step.SUSPEND, Step.LOCK, Step.LOCK_AGAIN])
def test_what_is_no_longer_due_is_not_done(step):
    tenant = known(step).tenant
    renewed = replace(tenant, state=State.ACTIVE, unfinished=None, suspended_at=None)
    renewed = replace(renewed, lease=replace(renewed.lease, expires_at=NOW + timedelta(days=30), notices=()))
    assert "no longer due" in str(told(step, ledger=renewed))


def test_a_restoration_needs_that_it_is_owed():
    tenant = known(Step.RESTORE).tenant
    assert "no longer due" in str(told(Step.RESTORE, ledger=replace(tenant, unfinished=None)))


THINGS = [step for step, row in TABLE.items() if any(need.about is About.OWNER for need in row)]


@pytest.mark.parametrize("step", THINGS)
def test_a_thing_of_another_project_is_not_touched(step):
    assert str(told(step, owner="8" * 32)) == f"it belongs to project {'8' * 32}"


@pytest.mark.parametrize("step", THINGS)
def test_nothing_is_permitted_about_a_thing_that_is_not_named(step):
    assert str(may(step, replace(known(step), thing=None), NOW)) == "it is not said which thing"


def test_a_hold_whose_review_date_is_over_keeps_no_archive():
    tenant = known(Step.DELETE_ARCHIVE).tenant
    for until, permitted in ((NOW, True), (NOW + timedelta(seconds=1), False)):
        held = replace(tenant, hold=Hold(until, "a review", "ops"))
        assert isinstance(told(Step.DELETE_ARCHIVE, ledger=held), Permit) is permitted


@pytest.mark.parametrize("step", [s for s in THINGS if s not in (Step.LOCK, Step.STOP)])
def test_a_thing_that_others_use_is_not_touched(step):
    assert "server web of project" in str(told(step, users=("server web of project 8 uses it",)))


@pytest.mark.parametrize("step", [Step.DELETE, Step.FORCE, Step.DETACH])
def test_what_would_take_a_server_without_its_promised_image_is_not_touched(step):
    assert "server web has no image yet" in str(told(step, archive=Coverage(("server web",))))


@pytest.mark.parametrize("step", [Step.DELETE, Step.FORCE, Step.DELETE_IDLE])
@pytest.mark.parametrize("kept", ["volume", "network"])
def test_what_todays_policy_keeps_is_not_touched_though_the_plan_did_not_know(step, kept):
    evidence = known(step, replace(VOLUME, facts={"object_kind": "network"}))
    lease = evidence.tenant.lease
    keeps = replace(evidence.tenant, lease=replace(lease, terms=replace(lease.terms, keep=frozenset({kept}))))
    answer = may(step, replace(evidence, ledger=Known(keeps, "a test", NOW)), NOW)
    assert str(answer) == f"its policy keeps {kept} now"
    answer = may(step, replace(evidence, tenant=keeps, ledger=Known(keeps, "a test", NOW)), NOW)
    assert str(answer) == "its policy keeps volume data"


@pytest.mark.parametrize("step", [Step.DELETE_PROJECT, Step.REOPEN_PROJECT])
def test_nothing_is_done_to_a_project_that_is_not_verified_empty(step):
    assert str(told(step, empty=False)) == "it is not verified empty"


def test_an_idle_thing_stays_when_it_is_not_due_or_in_use_again_or_its_tenants_lease_is_over():
    assert str(told(Step.DELETE_IDLE, due=False)) == "it is no longer due"
    assert str(told(Step.DELETE_IDLE, idle=False)) == "it is idle no longer"
    tenant = replace(known(Step.DELETE_IDLE).tenant, unfinished=Unfinished.RESTORE)
    assert isinstance(told(Step.DELETE_IDLE, ledger=tenant), Refusal)


def test_an_archive_stays_while_its_time_is_not_over_or_its_tenant_is_under_way():
    tenant = known(Step.DELETE_ARCHIVE).tenant
    assert str(told(Step.DELETE_ARCHIVE, due=False)) == "it is no longer due"
    for state in (State.RECLAIMING, State.QUARANTINED):
        assert str(told(Step.DELETE_ARCHIVE, ledger=replace(tenant, state=state))) == f"it is {state}"
    gone = replace(tenant, state=State.RECLAIMING, vanished_at=NOW)
    assert isinstance(told(Step.DELETE_ARCHIVE, ledger=gone), Permit)
    assert "damaged" in str(told(Step.DELETE_ARCHIVE, ledger=replace(gone, damaged="a date")))


def test_the_evidence_of_an_unknown_owner_is_unknown():
    evidence = replace(known(Step.DELETE), owner=Unknown())
    for thing, seen_at in (
        (replace(VOLUME, project_id=None), NOW),
        (replace(VOLUME, project_id=""), NOW),
        (VOLUME, None),
    ):
        assert isinstance(may(Step.DELETE, evidence.of(thing, seen_at), NOW), Refusal)
    assert isinstance(may(Step.DELETE, evidence.of(VOLUME, NOW), NOW), Permit)
