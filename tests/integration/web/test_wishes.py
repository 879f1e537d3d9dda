"""What the page offers beside a renewal: to be away, to be done, to keep it after all, and the inventory."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Temporary
from reaper.model import Enforce, LetterKind, State
from tests.integration.web.conftest import days, resource


@pytest.fixture
def tenant(world):
    return world.enrol(terms=replace(world.terms, away=days(21)))


def below(site, tenant, path):
    return f"{site.path(tenant)}/{path}"


def test_whoever_is_away_names_a_day_and_the_lease_waits_until_it_is_over(site, world, tenant):
    # Given a page that says which days are possible
    page = site.get(site.path(tenant)).text
    assert 'min="2031-05-31" max="2031-06-21"' in page
    # When
    answer = site.post(below(site, tenant, "away"), data={"until": "2031-06-20"})
    # Then
    assert answer.status_code == 303
    assert f"{world.ledger.tenant(tenant.id).lease.expires_at:%Y-%m-%d %H:%M:%S}" == "2031-06-20 23:59:59"
    shown = site.get(f"{site.path(tenant)}?said=away").text
    assert "Noted. The lease now ends on" in shown
    assert "It does so once." in shown
    assert 'name="until"' not in shown


def test_the_last_day_is_cut_to_the_moment_that_is_possible(site, world, tenant):
    assert site.post(below(site, tenant, "away"), data={"until": "2031-06-21"}).status_code == 303
    assert world.ledger.tenant(tenant.id).lease.expires_at == tenant.lease.expires_at + days(21)


@pytest.mark.parametrize("day", ["2031-06-22", "2031-05-30", "2031-02-30", "soon", "", "9" * 500])
def test_a_day_that_is_not_possible_changes_nothing_and_is_said(site, world, tenant, day):
    before = world.what_is_written()
    answer = site.post(below(site, tenant, "away"), data={"until": day})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert world.what_is_written() == before


def test_a_policy_that_knows_no_waiting_offers_none(site, world):
    assert "Away for a while" not in site.get(site.path(world.enrol())).text


def test_a_project_is_taken_back_only_by_typing_its_name(site, world, tenant):
    before = world.what_is_written()
    asked = site.get(below(site, tenant, "done"))
    assert asked.status_code == 200
    assert tenant.name in asked.text
    for name in ({}, {"name": ""}, {"name": "trial-borealis"}, {"name": tenant.name.upper()}):
        refused = site.post(below(site, tenant, "done"), data=name)
        assert refused.status_code == 400
        assert "That is not the project" in refused.text
    assert world.what_is_written() == before
    answer = site.post(below(site, tenant, "done"), data={"name": f" {tenant.name} "})
    assert answer.status_code == 303
    assert world.ledger.tenant(tenant.id).lease.given_back_at == world.clock.now()
    page = site.get(f"{site.path(tenant)}?said=done").text
    assert "is being stopped" in page
    assert "Undo it and keep the project" in page


def test_a_project_taken_back_is_kept_by_a_click_until_its_suspension_ends(site, world, tenant):
    site.post(below(site, tenant, "done"), data={"name": tenant.name})
    world.change(tenant.id, state=State.SUSPENDED, suspended_at=world.clock.now())
    world.clock.advance(timedelta(days=10))
    assert "Undo it and keep the project" in site.get(site.path(tenant)).text
    assert site.post(below(site, tenant, "keep")).status_code == 303
    kept = world.ledger.tenant(tenant.id)
    assert (kept.state, kept.lease.renewals, kept.lease.given_back_at) == (State.ACTIVE, 0, None)
    assert [letter.kind for letter in world.outbox.letters(tenant.id)] == []


def test_what_is_offered_nowhere_is_refused_too(site, world):
    world.enforce = Enforce.OBSERVE
    tenant = world.enrol(name="trial-observed")
    assert "I am done" not in site.get(site.path(tenant)).text
    assert site.get(below(site, tenant, "done")).status_code == 409
    assert site.post(below(site, tenant, "done"), data={"name": tenant.name}).status_code == 409
    assert site.post(below(site, tenant, "keep")).status_code == 409


@pytest.mark.parametrize("path", ["", "/renew", "/away", "/keep", "/done", "/inventory.csv", "/inventory.json"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_whatever_only_looks_changes_nothing(site, world, tenant, path, method):
    before = world.what_is_written()
    answer = site.ask(method, site.path(tenant) + path, params={"until": "2031-06-20", "name": tenant.name})
    assert answer.status_code < 400
    assert world.what_is_written() == before


@pytest.mark.parametrize("path", ["away", "keep", "done"])
def test_a_wish_with_a_link_of_a_lease_that_is_over_is_gone(site, world, tenant, path):
    token = world.signer.token(tenant.id, "lease-of-long-ago")
    before = world.what_is_written()
    answer = site.post(f"/lease/{token}/{path}", data={"name": tenant.name, "until": "2031-06-20"})
    assert answer.status_code == 410
    assert world.what_is_written() == before


def test_a_claim_in_the_address_that_the_lease_does_not_bear_out_is_not_repeated(site, tenant):
    for said in ("away", "done", "nonsense"):
        assert 'role="status"' not in site.get(f"{site.path(tenant)}?said={said}").text


def test_the_inventory_holds_all_that_is_the_tenants_and_nothing_else(site, world, tenant):
    listed = site.get(below(site, tenant, "inventory.json")).json()
    assert listed["project"] == tenant.name
    assert {r["name"] for r in listed["resources"]} == {"web-1", "pgdata", "private", "golden"}
    table = list(csv.reader(io.StringIO(site.get(below(site, tenant, "inventory.csv")).text.removeprefix("\ufeff"))))
    assert table[0] == ["kind", "region", "id", "name", "status", "details"]
    assert ["server", "RegionOne", "web-1-id", "web-1", "ACTIVE", "addresses: 10.1.2.3, 203.0.113.7"] in table


def test_a_name_that_a_spreadsheet_would_run_is_tamed(site, world, tenant):
    world.owned = (resource("server", "=HYPERLINK(1)"),)
    assert "'=HYPERLINK(1)" in site.get(below(site, tenant, "inventory.csv")).text


def test_an_inventory_that_cannot_be_read_is_not_empty(site, world, tenant):
    world.owned = Temporary("Nova is away")
    assert site.get(below(site, tenant, "inventory.csv")).status_code == 503


def test_no_other_file_is_handed_out(site, tenant):
    assert site.get(below(site, tenant, "inventory.xlsx")).status_code == 404


def test_chinese_people_wish_in_chinese(site, world, tenant):
    page = site.get(f"{site.path(tenant)}?lang=zh_CN").text
    assert "我离开至" in page
    assert "现在收回" in page
    answer = site.post(below(site, tenant, "away"), data={"until": "2031-06-20", "lang": "zh_CN"})
    assert answer.headers["Location"].endswith("?said=away&lang=zh_CN")
    assert [letter.kind for letter in world.outbox.letters(tenant.id)] == [LetterKind.AWAY]
