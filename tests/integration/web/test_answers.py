"""What the page answers in every state, in trouble, and to people who try."""

from dataclasses import replace
from datetime import timedelta, timezone
from itertools import product

import pytest

from reaper.errors import Temporary
from reaper.links import link_for
from reaper.model import Change, Enforce, Event, Hold, LetterKind, Queued, State
from reaper.paths import share
from reaper.web import create_app
from tests.integration.web.reading import LANGUAGES, text


@pytest.mark.parametrize("state", list(State))
def test_every_state_under_every_policy_has_a_page_in_every_language(world, site, state):
    tenant = world.enrol(state=state, suspended_at=None if state is State.ACTIVE else world.clock.now())
    for world.enforce, language in product([*Enforce, None], LANGUAGES):
        answer = site.get(f"{site.path(tenant)}?lang={language}")
        assert answer.status_code == 200
        assert "trial-aurora" in text(answer)


@pytest.mark.parametrize(
    ("policy", "hold", "said"),
    [
        (Enforce.OBSERVE, None, "only looks at leases"),
        (Enforce.NOTIFY, None, "only sends reminders"),
        (
            Enforce.RECLAIM,
            timedelta(days=9),
            "on hold. Nothing in it will be stopped or deleted before Wednesday 4 June",
        ),
    ],
)
def test_nobody_is_frightened_with_what_will_not_happen(world, site, policy, hold, said):
    world.enforce = policy
    tenant = world.enrol(hold=Hold(world.clock.now() + hold, "inner words", "ops") if hold else None)
    page = text(site.get(site.path(tenant)))
    assert said in page
    assert "What is in this project" in page
    for threat in ("deleted for good", "What would be lost", "servers are stopped", "inner words"):
        assert threat not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tenant_whose_record_cannot_be_read_has_a_page_without_dates(world, site, desk, language):
    tenant = world.enrol()
    token = world.token(tenant)
    lease = replace(tenant.lease, terms=replace(tenant.lease.terms, warn_before=(), notice=timedelta(0)))
    desk._ledger = _Holding(replace(tenant, lease=lease, damaged="leases.terms holds 'x'"))
    answer = site.get(f"/lease/{token}?lang={language}")
    assert answer.status_code == 200
    assert "<button" not in answer.text
    assert "<time" not in answer.text
    assert "leases.terms" not in answer.text


def test_a_cloud_that_does_not_answer_is_said_and_the_button_stays(world, site):
    world.owned = None
    answer = site.get(site.path(world.enrol()))
    assert "could not be read from the cloud just now" in text(answer)
    assert "<button" in answer.text


def test_a_ledger_that_does_not_answer_is_a_kind_page_and_no_success(world, site, desk):
    # Given
    tenant = world.enrol()
    before = world.what_is_written()
    desk._ledger = _Broken(Temporary("connection to 10.9.8.7 refused"))
    # Then
    for answer in (site.get(site.path(tenant)), site.post(site.path(tenant) + "/renew")):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "open your link again in a moment" in text(answer)
        assert "10.9.8.7" not in answer.text
    assert world.what_is_written() == before


def test_a_mistake_of_ours_is_a_kind_page_that_promises_nothing_and_a_log_line_without_the_token(
    world, site, desk, caplog
):
    # Given
    tenant = world.enrol()
    desk._ledger = _Broken(ZeroDivisionError("inner words"))
    # When
    answer = site.post(site.path(tenant) + "/renew")
    # Then
    assert answer.status_code == 500
    assert "went wrong on our side" in text(answer)
    assert "ZeroDivision" not in answer.text
    assert "inner words" in caplog.text
    assert world.token(tenant) not in caplog.text


def test_who_tries_many_wrong_links_is_slowed_down_and_right_links_still_work(world, site):
    # Given
    tenant = world.enrol()
    # When
    statuses = [site.get(f"/lease/wrong{number}").status_code for number in range(30)]
    # Then
    assert statuses == [404] * 20 + [429] * 10
    assert site.get(site.path(tenant)).status_code == 200
    world.clock.advance(timedelta(minutes=11))
    assert site.get("/lease/wrong").status_code == 404


def test_what_a_stranger_claims_about_where_he_comes_from_is_not_believed(site):
    statuses = {site.get("/lease/x", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(30)}
    assert 429 in statuses


def test_health_and_metrics_tell_what_they_are_given(desk, serve):
    # Given
    answers = {"ok": True, "sweep": "17 s ago"}
    app = create_app(
        desk,
        cloud_title="",
        support_contact=None,
        words=share("notify") / "pages",
        health=lambda: answers,
        metrics=lambda: b"reaper_tenants 17\n",
    )
    client = app.test_client()
    # Then
    assert client.get("/healthz").json == answers
    answers["ok"] = False
    assert client.get("/healthz").status_code == 503
    assert client.get("/metrics").data == b"reaper_tenants 17\n"


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (None, "Turn to the people who run this cloud"),
        ("https://help.example.org/new?a=1&b=2", 'href="https://help.example.org/new?a=1&amp;b=2"'),
        ("room <17>, second floor", "Turn to room &lt;17&gt;, second floor"),
    ],
)
def test_whom_to_ask_is_whatever_the_operator_says(desk, contact, shown):
    app = create_app(desk, cloud_title="", support_contact=contact, words=share("notify") / "pages")
    assert shown in app.test_client().get("/").text


def test_a_moment_is_said_in_the_zone_of_the_cloud(world, desk):
    zone = timezone(timedelta(hours=8))
    app = create_app(desk, cloud_title="", support_contact=None, words=share("notify") / "pages", zone=zone)
    page = app.test_client().get(link_for("", world.token(world.enrol()))).text
    assert "Saturday 31 May 2031, 15:13 UTC+08:00" in page
    assert 'datetime="2031-05-31T07:13:00+00:00"' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"terms": {"renew_times": 0}}, "allow no renewal"),
        ({"vanished_at": timedelta(0)}, "project no longer exists"),
        (
            {"reclaimed_at": timedelta(0), "state": State.RECLAIMED},
            "On Monday 26 May 2031, 07:13 UTC everything in it",
        ),
        ({"suspended_at": timedelta(days=-20), "state": State.SUSPENDED}, "Nothing has been deleted yet"),
        ({"renewals": 2, "terms": {"at_most": timedelta(days=34)}}, "adds less than the usual 13 days"),
    ],
)
def test_what_is_special_about_a_lease_is_said(world, site, changes, said):
    moments = {name: world.clock.now() + value for name, value in changes.items() if isinstance(value, timedelta)}
    terms = replace(world.terms, **changes.pop("terms", {}))
    tenant = world.enrol(**{**changes, **moments, "terms": terms})
    assert said in text(site.get(site.path(tenant)))


def test_letters_that_were_delivered_are_on_the_timeline(world, site):
    # Given a first warning, accepted by the mail server
    tenant = world.enrol()
    world.ledger.record(
        Change(tenant, [Event(world.clock.now(), "warned", "")], [Queued(LetterKind.WARNING, timedelta(days=7))])
    )
    letter = world.outbox.claim(world.clock.now(), timedelta(minutes=5))
    world.outbox.accepted(letter, world.clock.now(), tenant.lease.expires_at, ["ada@example.org"])
    world.clock.advance(timedelta(hours=7))
    # Then
    assert "We reminded you by mail Monday 26 May 2031, 07:13 UTC 7 hours ago" in text(site.get(site.path(tenant)))


def test_without_metrics_there_is_no_such_page(site):
    assert site.get("/metrics").status_code == 404
    assert site.get("/healthz").json() == {"ok": True}


def test_health_that_cannot_be_told_is_bad_health(desk):
    def health():
        raise Temporary("the database is away")

    app = create_app(desk, cloud_title="", support_contact=None, words=share("notify") / "pages", health=health)
    assert app.test_client().get("/healthz").status_code == 503


class _Holding:
    """A ledger with one tenant, as it would read a damaged row."""

    def __init__(self, tenant):
        self.held = tenant

    def tenant(self, _):
        return self.held


class _Broken:
    """A ledger that is away."""

    def __init__(self, error):
        self.error = error

    def tenant(self, _):
        raise self.error
