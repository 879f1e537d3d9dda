"""What is idle is given back while the lease runs, a full notice after its letter was accepted, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.model import Change, Hold, State
from tests.acceptance.stage import DAY, POLICY, START, Stage
from tests.acceptance.test_in_between import once_after, once_before
from tests.acceptance.trip import Crash, crash

HOUR = timedelta(hours=1)
ADDRESSES = {"kind": "floating_ip", "when": "unattached", "for": "24h", "warn_before": "12h"}


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, {"idle": [ADDRESSES]})
    yield made
    made.close()


@pytest.fixture
def project(stage):
    """A tenant with a server at an address, and one more address that is on nothing; beside it one of nobody's."""
    stage.other = stage.sim.seed.tenant("production", servers=1, fips=2)
    made = stage.sim.seed.tenant("trial-idle", servers=1, fips=2)
    stage.used, stage.loose = made.floating_ips
    stage.project = made
    return made


def hours(stage, number):
    """Let hours pass, with a pass at every sixth; the last one at their end."""
    return stage.live(number / 24, at_once=6 * HOUR)


def there(stage, address=None):
    return stage.sim.record("floating_ip", address or stage.loose) is not None


def letters(stage, words):
    return [mail for mail in stage.boxes.of("trial-idle") if words in " ".join(mail.subject.split())]


def put_on(stage, port):
    """Put the loose address on a port, or (None) off it, as its user would."""
    with stage.sim.cloud.lock:
        (region,) = stage.sim.cloud.regions.values()
        region["floatingips"][stage.loose]["port_id"] = port


def attach(stage):
    put_on(stage, stage.project.spare_port)


def told(stage):
    """Go to half a day later, when its people have just been told."""
    stage.app.once()
    hours(stage, 12)


def happened(stage, what):
    return [event for event in stage.app.store.ledger.history(stage.tenant("trial-idle").id) if event.what == what]


def test_an_address_that_is_on_nothing_is_given_back_when_its_people_were_told_so_long_before(stage, project):
    untouched = stage.sim.inventory(stage.other.project_id)
    told(stage)
    (warning,) = letters(stage, "[Action needed] 1 floating IP in trial-idle will be deleted")
    address = stage.sim.record("floating_ip", stage.loose)["floating_ip_address"]
    assert address in warning.text
    assert "4 December 2031, 09:23 UTC" in " ".join(warning.text.split())
    hours(stage, 6)
    stage.live(5 / 24, at_once=5 * HOUR)
    assert stage.destructive() == []
    stage.live(1 / 24, at_once=HOUR)
    assert stage.destructive() == [f"DELETE /network/v2.0/floatingips/{stage.loose}"]
    hours(stage, 12)
    (receipt,) = letters(stage, "1 floating IP in your trial project trial-idle has been deleted")
    assert address in receipt.text
    hours(stage, 48)
    assert stage.destructive() == [f"DELETE /network/v2.0/floatingips/{stage.loose}"]
    assert there(stage, stage.used)
    assert len(stage.boxes.of("trial-idle")) == 3
    assert stage.tenant("trial-idle").state is State.ACTIVE
    assert stage.sim.inventory(stage.other.project_id) == untouched
    assert stage.sim.traps == {}


def test_an_address_that_is_used_again_stays_and_its_time_begins_anew(stage, project):
    told(stage)
    attach(stage)
    hours(stage, 6)
    assert happened(stage, "idle_over")
    put_on(stage, None)
    hours(stage, 24)
    assert there(stage)
    assert len(letters(stage, "[Action needed]")) == 2
    hours(stage, 6)
    assert not there(stage)


def test_an_address_that_is_used_again_in_the_last_moment_stays(stage, project):
    told(stage)
    hours(stage, 6)
    once_before(stage.app.clouds["sim"], "project", lambda: attach(stage))  # the look at all addresses is over then
    hours(stage, 18)
    assert there(stage)
    assert stage.destructive() == []


def test_no_mail_no_end(stage, project):
    stage.app.once()
    stage.mail_goes_away()
    hours(stage, 48)
    assert there(stage)
    stage.mail_comes_back()
    hours(stage, 6)
    assert len(letters(stage, "[Action needed]")) == 1
    accepted_at = stage.clock.now()
    hours(stage, 6)
    assert there(stage)
    hours(stage, 6)
    assert not there(stage)
    (asked,) = happened(stage, "idle_asked")
    assert asked.at >= accepted_at + 12 * HOUR


def test_a_letter_that_came_back_counts_for_nothing(stage, project):
    told(stage)
    (letter,) = [le for le in stage.app.store.outbox.letters() if le.kind == "idle_warning"]
    stage.app.store.outbox.bounced(letter.id, dict.fromkeys(letter.recipients, "550 5.1.1 unknown"), stage.clock.now())
    hours(stage, 24)
    assert there(stage)
    assert stage.destructive() == []


def test_a_letter_that_is_sent_again_counts_from_then(stage, project):
    told(stage)
    hours(stage, 6)
    (letter,) = [le for le in stage.app.store.outbox.letters() if le.kind == "idle_warning"]
    stage.app.store.outbox.again(letter.id, stage.clock.now(), "ops")
    hours(stage, 12)
    assert there(stage)
    hours(stage, 6)
    assert not there(stage)


def test_nobody_without_people_loses_anything(stage):
    made = stage.sim.seed.tenant("trial-idle", servers=0, fips=1, email=None)
    stage.app.once()
    hours(stage, 36)
    assert there(stage, made.floating_ips[0])
    assert not happened(stage, "idle_warning")


def test_a_service_that_shows_nothing_makes_its_time_begin_anew(stage, project):
    told(stage)
    stage.sim.faults.add(service="network", method="GET", path_regex="floatingips", empty=True)
    hours(stage, 6)
    stage.sim.faults.clear()
    hours(stage, 18)
    assert there(stage)
    assert stage.destructive() == []


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}])
def test_a_service_that_does_not_answer_gives_nothing_back(stage, project, fault):
    told(stage)
    hours(stage, 6)
    stage.sim.faults.add(service="network", method="GET", path_regex="floatingips", **fault)
    hours(stage, 12)
    assert there(stage)
    assert stage.destructive() == []


def a_hold(stage, project_id):
    tenant = stage.app.store.ledger.find(project_id)
    held = Hold(START + 9 * DAY, "an appeal", "ops")
    stage.app.store.ledger.record(Change(replace(tenant, hold=held)))


def a_tag(stage, project_id):
    stage.sim.cloud.identity["projects"][project_id]["tags"] = ["keep"]


def protection(stage, project_id):
    stage.sim.cloud.identity["projects"][project_id]["options"] = {"immutable": True}


def a_closed_project(stage, project_id):
    stage.sim.cloud.identity["projects"][project_id]["enabled"] = False


def test_what_is_said_of_one_tenant_in_the_last_moment_holds(stage):
    deeds = (a_hold, a_tag, protection, a_closed_project)
    stage.write_policy({**POLICY, "match": {"names": ["trial-*"], "tags": {"none": ["keep"]}}, "idle": [ADDRESSES]})
    stage.app.reload()
    seeded = {deed: stage.sim.seed.tenant(f"trial-{deed.__name__}", servers=0, fips=1) for deed in deeds}
    told(stage)
    hours(stage, 6)
    pending = {made.project_id: deed for deed, made in seeded.items()}
    client = stage.app.clouds["sim"]
    ask = client.project

    def project(project_id):  # the look at all addresses is over when it is asked for
        if project_id in pending:
            pending.pop(project_id)(stage, project_id)
        return ask(project_id)

    object.__setattr__(client, "project", project)
    hours(stage, 12)
    assert pending == {}
    assert all(there(stage, made.floating_ips[0]) for made in seeded.values())
    assert stage.destructive() == []


def a_pause(stage):
    stage.app.store.ledger.pause("ops: wait", stage.clock.now())


def a_milder_policy(stage):
    stage.write_policy({**POLICY, "idle": [ADDRESSES], "enforce": "suspend"})
    stage.app.reload()


def another_rule(stage):
    stage.write_policy({**POLICY, "idle": [{**ADDRESSES, "for": "26h"}]})
    stage.app.reload()


def no_rule(stage):
    stage.write_policy(POLICY)
    stage.app.reload()


@pytest.mark.parametrize("deed", [a_pause, a_milder_policy, another_rule, no_rule], ids=lambda deed: deed.__name__)
def test_what_is_said_of_everybody_in_the_last_moment_holds(stage, project, deed):
    told(stage)
    hours(stage, 6)
    once_before(stage.app.clouds["sim"], "project", lambda: deed(stage))
    hours(stage, 12)
    assert there(stage)
    assert stage.destructive() == []


def test_a_policy_that_becomes_strict_again_tells_again(stage, project):
    told(stage)
    a_milder_policy(stage)
    hours(stage, 6)
    stage.write_policy({**POLICY, "idle": [ADDRESSES]})
    stage.app.reload()
    hours(stage, 12)
    assert there(stage)
    assert len(letters(stage, "[Action needed]")) == 2
    hours(stage, 6)
    assert not there(stage)


def test_a_closed_gate_keeps_things_and_stops_no_letter(stage, project):
    stage.app.once()
    a_pause(stage)
    hours(stage, 30)
    assert len(letters(stage, "[Action needed]")) == 1
    assert stage.destructive() == []


@pytest.mark.parametrize("side", [once_before, once_after])
def test_a_crash_in_the_middle_loses_track_of_nothing(stage, project, side):
    told(stage)
    hours(stage, 6)
    side(stage.app.clouds["sim"], "delete_alone", crash)
    with pytest.raises(Crash):
        hours(stage, 6)
    assert happened(stage, "idle_asked")
    hours(stage, 18)
    assert not there(stage)
    assert len(letters(stage, "has been deleted")) == 1
    assert len(happened(stage, "idle_given_back")) == 1


def test_more_than_the_limit_waits_for_the_next_look(stage, project):
    more = [stage.sim.seed.floating_ip(project.project_id) for _ in range(2)]
    stage.app.settings = replace(stage.app.settings, limits=replace(stage.app.settings.limits, idle_per_look=2))
    told(stage)
    assert len(letters(stage, "[Action needed] 3 floating IPs")) == 1
    hours(stage, 12)
    assert len(stage.destructive()) == 2
    hours(stage, 6)
    assert {call.split("/")[-1] for call in stage.destructive()} == {stage.loose, *more}
