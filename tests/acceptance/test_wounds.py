"""What has gone wrong in systems like this one, each as a rule; README.md of this folder says which number is where."""

from __future__ import annotations

import threading
from datetime import timedelta

from reaper.app import Reach, build
from reaper.lifecycle import NotRenewed
from reaper.model import State
from reaper.operations import Done
from tests.acceptance.stage import DAY, POLICY

#: The days on which a lease of this policy is over, and then its suspension; a tenant is first seen on day 1.
OVER, TAKEN = 32, 38


def states(stage):
    return {tenant.name: tenant.state for tenant in stage.app.store.ledger.tenants()}


def deletes(stage):
    return [call for call in stage.sim.writes() if call.method == "DELETE"]


def test_a_plan_makes_no_write_call_of_any_kind(stage):
    stage.sim.seed.tenant("trial-due")
    stage.live(OVER - 1)
    stage.clock.advance(DAY)
    files = [str(stage.folder / "clouds.yaml")]
    looking = build(stage.app.settings, clock=stage.clock, reach=Reach.LOOK, cloud_files=files)
    seen = looking.forecast()
    looking.close()
    assert [str(call) for step in seen.steps for call in step.plan.calls][:1] == ["close the project"]
    assert stage.destructive() == []


def test_the_daemon_was_down_on_the_warning_day_and_the_letter_still_goes_and_moves_the_deadline(stage):
    stage.sim.seed.tenant("trial-late")
    stage.live(20)
    stage.clock.advance(DAY * 15)
    stage.app.once()
    assert "trial-late" in stage.boxes.of("trial-late")[-1].text
    assert stage.destructive() == []
    stage.clock.advance(timedelta(hours=22))
    stage.app.once()
    assert states(stage) == {"trial-late": State.ACTIVE}
    stage.clock.advance(timedelta(hours=2))
    stage.app.once()
    assert states(stage) == {"trial-late": State.SUSPENDED}


def test_a_long_outage_begins_all_warnings_afresh_before_anything_is_taken(stage):
    stage.sim.seed.tenant("trial-warned")
    stage.live(OVER - 1)
    letters = len(stage.boxes.of("trial-warned"))
    stage.clock.advance(DAY * 5)
    summary = stage.app.once()
    assert "outage" in summary["gates"]
    assert stage.destructive() == []
    assert len(stage.boxes.of("trial-warned")) == letters + 1


def test_a_mail_server_that_is_away_stops_what_is_taken_and_nothing_else(stage):
    stage.sim.seed.tenant("trial-unwarned")
    stage.live(20)
    stage.mail_goes_away()
    said = stage.live(20)
    assert states(stage) == {"trial-unwarned": State.ACTIVE}
    assert stage.destructive() == []
    assert any("mail" in summary["gates"] for summary in said)
    stage.mail_comes_back()
    stage.live(2)
    assert states(stage) == {"trial-unwarned": State.SUSPENDED}


def test_a_person_without_an_address_makes_an_orphan_that_is_neither_immortal_nor_taken_in_silence(stage):
    stage.sim.seed.tenant("trial-nobody", email=None)
    stage.live(OVER + 1)
    assert states(stage) == {"trial-nobody": State.ACTIVE}
    assert stage.destructive() == []
    assert [mail for mail in stage.boxes.mails if mail.to == ("ops@cloud.example",)]
    stage.live(30)
    assert states(stage) == {"trial-nobody": State.SUSPENDED}


def test_an_orphan_who_gets_an_address_is_warned_like_everybody_else(stage):
    seeded = stage.sim.seed.tenant("trial-nobody", email=None)
    stage.live(OVER)
    stage.sim.seed.assign("member", seeded.project_id, stage.sim.seed.user("ada", "trial-nobody-u0@example.org"))
    stage.live(1)
    assert stage.boxes.of("trial-nobody")
    assert states(stage) == {"trial-nobody": State.ACTIVE}
    stage.live(1)
    assert states(stage) == {"trial-nobody": State.SUSPENDED}


def test_one_resource_that_will_not_go_names_itself_and_delays_nobody_else(stage):
    stuck = stage.sim.seed.tenant("trial-stuck")
    free = stage.sim.seed.tenant("trial-free")
    stage.live(TAKEN - 2)
    stage.sim.stubborn("volume", stuck.volumes[0], "conflict")
    stage.live(4)
    assert states(stage) == {"trial-stuck": State.QUARANTINED, "trial-free": State.RECLAIMED}
    assert not any(stage.sim.inventory(free.project_id).values())
    assert "trial-stuck-vol0" in stage.tenant("trial-stuck").quarantine_reason
    assert any("trial-stuck-vol0" in mail.text for mail in stage.boxes.mails if "ops@cloud.example" in mail.to)


def test_a_policy_that_is_switched_off_and_on_fires_no_stale_date(stage):
    stage.sim.seed.tenant("trial-paused")
    stage.live(OVER - 1)
    stage.write_policy({**POLICY, "enforce": "observe"})
    stage.app.reload()
    stage.live(4)
    stage.write_policy(POLICY)
    stage.app.reload()
    letters = len(stage.boxes.of("trial-paused"))
    stage.app.once()
    assert states(stage) == {"trial-paused": State.ACTIVE}
    assert len(stage.boxes.of("trial-paused")) == letters + 1
    stage.live(1)
    assert states(stage) == {"trial-paused": State.SUSPENDED}


def test_a_tag_that_is_put_on_and_taken_off_fires_no_stale_date(stage):
    stage.write_policy({**POLICY, "match": {"names": ["trial-*"], "tags": {"none": ["keep"]}}})
    stage.app.reload()
    seeded = stage.sim.seed.tenant("trial-tagged")
    stage.live(OVER - 1)
    stage.sim.cloud.identity["projects"][seeded.project_id]["tags"] = ["keep"]
    stage.live(4)
    stage.sim.cloud.identity["projects"][seeded.project_id]["tags"] = []
    letters = len(stage.boxes.of("trial-tagged"))
    stage.app.once()
    assert states(stage) == {"trial-tagged": State.ACTIVE}
    assert len(stage.boxes.of("trial-tagged")) == letters + 1


def test_a_clock_that_jumps_a_year_ahead_stops_what_is_taken(stage):
    stage.sim.seed.tenant("trial-calm")
    stage.live(TAKEN - 2)
    before = len(stage.destructive())
    stage.clock.advance(DAY * 365)
    assert "outage" in stage.app.once()["gates"]
    stage.clock.advance(-DAY * 365)
    assert "clock" in stage.app.once()["gates"]
    assert len(stage.destructive()) == before
    assert deletes(stage) == []


def test_two_daemons_at_once_act_once(stage):
    stage.sim.seed.tenant("trial-one")
    files = [str(stage.folder / "clouds.yaml")]
    other = build(stage.app.settings, clock=stage.clock, reach=Reach.WRITE, cloud_files=files)
    for _ in range(TAKEN + 1):
        stage.clock.advance(DAY)
        daemons = [threading.Thread(target=app.once) for app in (stage.app, other)]
        for daemon in daemons:
            daemon.start()
        for daemon in daemons:
            daemon.join()
    other.close()
    assert states(stage) == {"trial-one": State.RECLAIMED}
    letters = stage.boxes.of("trial-one")
    assert len({mail.id for mail in letters}) == len(letters) == 6
    history = [event.what for event in stage.app.store.ledger.history(stage.tenant("trial-one").id)]
    assert [history.count(what) for what in ("suspending", "suspended", "reclaiming", "reclaimed")] == [1, 1, 1, 1]


def test_of_a_renewal_and_a_reclaim_in_the_same_moment_exactly_one_wins_and_says_so(stage):
    seeded = [stage.sim.seed.tenant(f"trial-{n}", servers=1, volumes=0) for n in range(4)]
    stage.live(TAKEN - 1)
    tenants = [stage.tenant(f"trial-{n}") for n in range(4)]
    assert {tenant.state for tenant in tenants} == {State.SUSPENDED}
    stage.clock.advance(DAY)
    answers = {}

    def click(tenant):
        answers[tenant.name] = stage.app.desk.renew_tenant(tenant.id, "ada@example.org")

    sweep = threading.Thread(target=stage.app.sweep)
    clicks = [threading.Thread(target=click, args=(tenant,)) for tenant in tenants]
    for thread in [sweep, *clicks]:
        thread.start()
    for thread in [sweep, *clicks]:
        thread.join()
    stage.app.once()
    for n, owned in enumerate(seeded):
        answer, tenant = answers[f"trial-{n}"], stage.tenant(f"trial-{n}")
        if isinstance(answer, Done):
            assert tenant.state is State.ACTIVE
            assert set(stage.servers(owned.project_id).values()) == {("active", False)}
        else:
            assert answer == NotRenewed("too_late")
            assert tenant.state is State.RECLAIMED


def test_a_list_that_names_other_peoples_things_deletes_none_of_them(stage):
    stage.sim.seed.tenant("trial-mine", servers=1)
    other = stage.sim.seed.tenant("production", servers=2, volumes=2)
    untouched = stage.sim.inventory(other.project_id)
    everybodys = stage.app.clouds["sim"]
    ask = everybodys.resources
    object.__setattr__(everybodys, "resources", lambda kind, region, _projects: ask(kind, region, None))
    stage.live(TAKEN)
    assert states(stage) == {"trial-mine": State.RECLAIMED}
    assert stage.sim.inventory(other.project_id) == untouched


def test_a_service_that_cannot_be_read_is_not_an_empty_one(stage):
    seeded = stage.sim.seed.tenant("trial-unread")
    stage.live(TAKEN - 1)
    stage.sim.faults.add(service="volume", method="GET", status=503)
    stage.live(1)
    assert states(stage) == {"trial-unread": State.RECLAIMING}
    stage.sim.faults.clear()
    stage.live(1)
    assert states(stage) == {"trial-unread": State.RECLAIMED}
    assert not any(stage.sim.inventory(seeded.project_id).values())


def test_a_lease_over_a_leap_day_and_a_change_of_the_year_lasts_as_long_as_any_other(stage):
    stage.clock.advance(DAY * 72)  # to February 2032
    stage.sim.seed.tenant("trial-leap")
    stage.live(1)
    lease = stage.tenant("trial-leap").lease
    assert lease.expires_at - lease.started_at == DAY * 31
    assert lease.started_at.month == 2
    assert lease.expires_at.day == lease.started_at.day + 2
