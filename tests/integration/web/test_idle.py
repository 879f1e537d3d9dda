"""What the page says of idle things: those that a letter told of, since when, when they go, and what keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.model import Disk, Enforce, Hold, IdleThing, LetterState, Resource, State
from tests.integration.web.conftest import days, resource
from tests.integration.web.reading import text

HOUR = timedelta(hours=1)
HEADING = {"en": "What will be deleted because it is idle", "zh_CN": "因闲置将被删除的资源"}
LOOSE = Resource("floating_ip", "RegionOne", "fip", "", "project-17", "DOWN", {"address": "203.0.113.9"})


@pytest.fixture
def tenant(world):
    world.clock.advance(days(-20))  # long before its lease ends
    return world.enrol()


@pytest.fixture
def told(world, tenant):
    """Make a thing that has been idle for seven hours of eleven, of which a letter was accepted an hour ago."""
    now = world.clock.now()

    def make(thing=LOOSE, when="unattached", **changes):
        letter = {"letter_id": "letter", "letter_state": LetterState.ACCEPTED, "accepted_at": now - HOUR}
        times = {"lasts": 11 * HOUR, "notice": 5 * HOUR, "since": now - 7 * HOUR, "seen_at": now}
        return IdleThing("1", tenant.id, "trial: a rule", when, thing, **{**times, **letter, **changes})

    return make


def shown(site, tenant, language="en"):
    return text(site.get(f"{site.path(tenant)}?lang={language}"))


def test_the_page_says_what_is_idle_since_when_when_it_goes_and_what_keeps_it(world, site, tenant, told):
    world.idle = [told()]
    said = shown(site, tenant)
    for part in (
        HEADING["en"],
        "floating IP 203.0.113.9",
        "Attached to nothing since Tuesday 6 May 2031, 00:13 UTC",
        "Will be deleted from Tuesday 6 May 2031, 11:13 UTC on, in 4 hours.",
        "attach the volume, or give the address to a server",
        "A renewal of the lease does not keep these things.",
    ):
        assert part in said


def test_the_page_says_it_in_chinese_too(world, site, tenant, told):
    world.idle = [told()]
    said = shown(site, tenant, "zh_CN")
    goes = "将从 2031年5月6日（星期二）11:13 UTC（4小时后）起被删除"  # noqa: RUF001 - Chinese has brackets of its own
    for part in (HEADING["zh_CN"], "浮动 IP 203.0.113.9", goes):
        assert part in said


@pytest.mark.parametrize("language", HEADING)
def test_a_page_of_a_tenant_without_idle_things_says_nothing_of_them(site, tenant, language):
    assert HEADING[language] not in shown(site, tenant, language)


def test_what_goes_first_stands_first_with_what_goes_along_and_what_keeps_it(world, site, tenant, told):
    disks = (Disk("disk-1", "root & more", 41), Disk("disk-2", ""))
    aged = told(resource("server", "build"), "older", since=world.clock.now() - 9 * HOUR, along=disks)
    stopped = told(resource("server", "night"), "stopped", notice=6 * HOUR)
    world.idle = [stopped, aged]
    said = shown(site, tenant)
    assert said.index("server build") < said.index("server night")
    assert "This goes with it: root &amp; more (41 GB) and disk-2." in said
    assert "such things may stay for 11 hours" in said
    assert "start it before then" in said
    assert "cannot be kept: please save" in said
    assert "attach the volume" not in said


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.REFUSED, LetterState.BOUNCED])
def test_what_waits_for_its_letter_goes_a_full_notice_from_now_at_the_earliest(world, site, tenant, told, state):
    world.idle = [told(letter_state=state, accepted_at=None, since=world.clock.now() - days(9))]
    assert "Will be deleted from Tuesday 6 May 2031, 12:13 UTC on, in 5 hours." in shown(site, tenant)


def test_what_is_due_may_go_at_any_moment_and_what_was_asked_to_go_is_going(world, site, tenant, told):
    past = {"since": world.clock.now() - 20 * HOUR, "accepted_at": world.clock.now() - 6 * HOUR}
    due = told(**past)
    world.idle = [due]
    assert "May be deleted at any moment" in shown(site, tenant)
    world.idle = [replace(due, asked_at=world.clock.now())]
    said = shown(site, tenant)
    assert "Is being deleted" in said
    assert "give the address to a server" not in said
    world.idle = [replace(due, asked_at=world.clock.now(), answer="409 in use")]
    assert "May be deleted at any moment" in shown(site, tenant)


def test_a_promise_that_was_not_kept_for_long_is_not_due_at_any_moment(world, site, tenant, told):
    world.idle = [told(since=world.clock.now() - days(90), accepted_at=world.clock.now() - days(80))]
    assert "Will be deleted from Tuesday 6 May 2031, 12:13 UTC on" in shown(site, tenant)


@pytest.mark.parametrize(
    "changes",
    [
        {"letter_id": None, "letter_state": None},
        {"letter_state": LetterState.SUPERSEDED},
        {"asked_at": "now", "gone_at": "now"},
        {"damaged": "since is no moment"},
    ],
    ids=lambda changes: next(reversed(changes)),
)
def test_what_nobody_was_told_of_is_gone_or_cannot_be_read_is_not_shown(world, site, tenant, told, changes):
    now = world.clock.now()
    world.idle = [told(**{name: now if value == "now" else value for name, value in changes.items()})]
    assert HEADING["en"] not in shown(site, tenant)


def a_hold(world, tenant):
    world.change(tenant.id, hold=Hold(world.clock.now() + days(3), "an appeal", "ops"))


def a_suspension(world, tenant):
    world.change(tenant.id, state=State.SUSPENDED, suspended_at=world.clock.now())


def a_milder_policy(world, _tenant):
    world.enforce = Enforce.SUSPEND


def an_exemption(world, _tenant):
    world.exempt = "tagged keep"


@pytest.mark.parametrize("deed", [a_hold, a_suspension, a_milder_policy, an_exemption], ids=lambda deed: deed.__name__)
def test_what_stays_for_now_is_not_said_to_go(world, site, tenant, told, deed):
    world.idle = [told()]
    deed(world, tenant)
    assert HEADING["en"] not in shown(site, tenant)


def test_looking_at_idle_things_changes_nothing(world, site, tenant, told):
    world.idle = [told()]
    before = world.what_is_written()
    for method in ("GET", "HEAD", "OPTIONS"):
        assert site.ask(method, site.path(tenant)).status_code == 200
    assert world.what_is_written() == before


def test_names_of_idle_things_cannot_break_out_of_the_page(world, site, tenant, told):
    nasty = '<script>alert("x")</script>{{ 7 * 7 }}{at}'
    thing = resource("server", nasty)
    world.idle = [told(thing, "stopped", along=(Disk("disk", nasty, 7), Disk("more", nasty)))]
    answer = site.get(site.path(tenant))
    assert "<script" not in answer.text
    assert answer.text.count("{{ 7 * 7 }}{at}") == 3
