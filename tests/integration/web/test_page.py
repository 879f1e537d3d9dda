"""The page behind the link, over real HTTP: what it says, what a button does, what nothing does."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin

import pytest

from reaper.links import Signer, link_for
from reaper.model import Change, State, Unfinished
from tests.integration.web.reading import button, text


def test_the_page_says_whose_project_ends_when_what_is_lost_and_what_a_renewal_gives(world, site):
    # Given
    tenant = world.enrol()
    # When
    page = site.get(site.path(tenant))
    # Then
    assert page.status_code == 200
    said = text(page)
    for part in (
        "Project trial-aurora ends in 5 days",
        "Its lease on Try Stack ends on Saturday 31 May 2031, 07:13 UTC",
        "Wednesday 11 June 2031, 07:13 UTC",
        "deleted for good, except images",
        "web-1",
        "203.0.113.7",
        "41 GB",
        "Renew until Friday 13 June",
        "3 of 3 renewals are left. After this one, 2 are left.",
        "at least 2 days after the mail",
        "13 days, counted from the end of the lease",
    ):
        assert part in said
    for part in ("golden", "somebody-elses", "later than its term"):
        assert part not in said


def test_the_page_says_why_a_lease_ends_later_than_its_term(world, site):
    tenant = world.enrol(terms=replace(world.terms, notice=timedelta(days=8)))
    said = text(site.get(site.path(tenant)))
    assert "later than its term, Saturday 31 May 2031, 07:13 UTC, because nothing is stopped sooner than 8 days" in said


def test_the_button_renews_and_leads_to_a_page_that_says_the_new_end(world, site):
    # Given
    tenant = world.enrol()
    page = site.get(site.path(tenant))
    # When
    clicked = site.post(site.path(tenant) + "/renew", data=button(page))
    # Then
    assert clicked.status_code == 303
    result = site.post(site.path(tenant) + "/renew", data=button(page), allow_redirects=True)
    assert result.request.method == "GET"
    assert "Renewed. The lease now ends on Friday 13 June 2031, 07:13 UTC" in text(result)
    assert "2 of 3 renewals are left" in text(result)
    assert "The next renewal is possible from Friday 6 June 2031" in text(result)
    assert world.ledger.tenant(tenant.id).lease.renewals == 1


def test_clicking_twice_and_reloading_spend_one_renewal(world, site):
    tenant = world.enrol(terms=replace(world.terms, opens_before=timedelta(days=90)))
    fields = button(site.get(site.path(tenant)))
    for _ in range(3):
        answer = site.post(site.path(tenant) + "/renew", data=fields, allow_redirects=True)
        assert "Friday 13 June 2031" in text(answer)
        assert "2 of 3 renewals are left" in text(answer)
        assert site.get(site.path(tenant) + "?renewed=1").status_code == 200
    assert world.ledger.tenant(tenant.id).lease.renewals == 1
    assert len(world.outbox.letters(tenant.id)) == 1


def test_many_clicks_at_the_same_time_spend_one_renewal_and_all_are_told_the_truth(world, site):
    tenant = world.enrol(terms=replace(world.terms, opens_before=timedelta(days=90)))
    with ThreadPoolExecutor(4) as pool:
        clicks = [pool.submit(site.post, site.path(tenant) + "/renew", data={"seen": "0"}) for _ in range(8)]
    assert {click.result().headers["Location"].partition("?")[2] for click in clicks} == {"renewed=1"}
    assert world.ledger.tenant(tenant.id).lease.renewals == 1


def test_from_suspension_the_page_says_that_servers_are_being_started_again(world, site):
    # Given
    tenant = world.enrol(state=State.SUSPENDED, suspended_at=world.clock.now())
    page = site.get(site.path(tenant))
    assert "Project trial-aurora is suspended" in text(page)
    assert "and start the servers again" in text(page)
    # When
    result = site.post(site.path(tenant) + "/renew", data=button(page), allow_redirects=True)
    # Then
    assert "Renewed." in text(result)
    assert "are being started again" in text(result)
    assert world.ledger.tenant(tenant.id).unfinished is Unfinished.RESTORE


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"renewals": 3}, "All renewals of this lease are used up: 3 of 3"),
        ({"state": State.QUARANTINED, "quarantine_reason": "secret inner words"}, "until an administrator has looked"),
        ({"state": State.RECLAIMING}, "too late to renew: deleting has begun"),
        ({"state": State.RECLAIMED}, "too late to renew: everything has been deleted"),
    ],
)
def test_a_refusal_says_which_rule_and_whom_to_ask(world, site, changes, rule):
    # Given
    tenant = world.enrol(**changes)
    page = site.get(site.path(tenant))
    assert "<button" not in page.text
    # When somebody has the button of an older page
    answer = site.post(site.path(tenant) + "/renew", data={"seen": "3"})
    # Then
    assert answer.status_code == 409
    assert "The lease was not renewed." in text(answer)
    assert rule in text(answer)
    assert "mailto:help@example.org" in answer.text
    assert "secret inner words" not in answer.text


def test_a_lease_at_its_limit_is_refused_with_the_date_of_the_limit(world, site):
    tenant = world.enrol(renewals=2, expires_at=world.clock.now() + timedelta(days=72))
    world.clock.advance(timedelta(days=70))
    assert "cannot last beyond Wednesday 6 August 2031" in text(site.post(site.path(tenant) + "/renew"))


def test_a_renewal_that_comes_too_early_is_told_when_to_come_back(world, site):
    world.clock.advance(timedelta(days=-20))
    answer = site.post(site.path(world.enrol()) + "/renew")
    assert answer.status_code == 409
    assert "possible from Saturday 24 May 2031, 07:13 UTC, in 18 days" in text(answer)


def test_a_late_link_is_gone_and_a_foreign_one_leads_nowhere(world, site):
    # Given
    tenant = world.enrol()
    late = site.path(tenant)
    world.ledger.record(Change(replace(tenant, lease=replace(tenant.lease, id="lease-after")), new_lease=True))
    foreign = link_for("", Signer(["somebody else's"]).token(tenant.id, "lease-after"))
    # Then
    for path, status in ((late, 410), (foreign, 404), ("/lease/garbage", 404), ("/lease/%00.%FF", 404)):
        for answer in (site.get(path), site.post(path + "/renew")):
            assert answer.status_code == status
            assert "trial-aurora" not in answer.text
            assert "help@example.org" in answer.text
    assert world.ledger.tenant(tenant.id).lease.renewals == 0


def test_a_scanner_that_follows_every_link_with_every_safe_method_changes_nothing(world, site):
    # Given tenants in every state
    states = {"suspended_at": world.clock.now()}
    tenants = [world.enrol(name=f"trial-{state}", state=state, **states) for state in State]
    before = world.what_is_written()
    # When
    seen, left = set(), {site.path(tenant) for tenant in tenants} | {"/", "/healthz"}
    while left:
        path = left.pop()
        seen.add(path)
        for method in ("HEAD", "OPTIONS", "GET"):
            answer = site.ask(method, path)
            assert answer.status_code < 400 or path.endswith("/renew")
        found = [*re.findall(r'(?:href|action|src)="([^"#]+)"', answer.text), answer.headers.get("Location", "")]
        absolute = (re.sub(r"^https?://[^/]+", "", urljoin(site.url + path, one)) for one in found if one)
        left |= {one for one in absolute if one.startswith("/")} - seen
    # Then
    assert any(path.endswith("/renew") for path in seen)
    assert world.what_is_written() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_no_other_method_does_anything(world, site, method):
    tenant = world.enrol()
    before = world.what_is_written()
    answer = site.ask(method, site.path(tenant))
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert world.what_is_written() == before


def test_no_answer_may_be_kept_framed_indexed_or_run_a_script(world, site):
    for path in (site.path(world.enrol()), "/", "/lease/wrong", "/no/such", "/healthz"):
        answer = site.get(path)
        headers = answer.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "noindex" in headers["X-Robots-Tag"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script" not in headers["Content-Security-Policy"] + answer.text
        assert "Set-Cookie" not in headers
        assert not re.search(r'(src|href)="https?:', answer.text)


def test_names_that_strangers_chose_cannot_break_out_of_the_page(world, site):
    nasty = '<script>alert("x")</script>{{ 7 * 7 }}{relative}'
    world.owned = [replace(world.owned[0], name=nasty)]
    answer = site.get(site.path(world.enrol(name=nasty)))
    assert "<script" not in answer.text
    assert "{{ 7 * 7 }}{relative}" in answer.text


def test_the_page_speaks_the_language_of_the_lease_until_the_reader_chooses(world, site):
    # Given
    tenant = world.enrol(terms=replace(world.terms, language="zh_CN"))
    # Then
    assert 'lang="zh-CN"' in site.get(site.path(tenant), headers={"Accept-Language": "en"}).text
    english = site.get(site.path(tenant) + "?lang=en")
    assert '<html lang="en">' in english.text
    assert english.headers["Content-Language"] == "en"
    # And the choice outlives the button
    result = site.post(site.path(tenant) + "/renew", data=button(english), allow_redirects=True)
    assert '<html lang="en">' in result.text
    assert "Renewed." in text(result)


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [("zh-CN,zh;q=0.9", "zh-CN"), ("zh", "zh-CN"), ("de, en;q=0.5", "en"), ("de", "en"), ("", "en")],
)
def test_a_page_without_a_tenant_speaks_the_language_of_the_browser(site, accepted, tag):
    assert f'<html lang="{tag}">' in site.get("/", headers={"Accept-Language": accepted}).text
