"""Servers that a policy promises to keep as images: nothing goes before they are there, and they go when it is time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaper.cli.receipt import receipt_of
from reaper.errors import Unusable
from reaper.lifecycle.transitions import release
from reaper.model import ArchiveState, State
from reaper.operations.admin import consent_to_loss
from tests.acceptance.stage import DAY, Stage
from tests.acceptance.test_in_between import once_after, once_before
from tests.acceptance.trip import Crash, crash

#: A short lease, since every day costs a pass: it is suspended at the third, taken back from the fifth day on.
OVER, BEGUN, TAKEN = 4, 6, 7
KEPT = {
    "lease": {"lasts": "3d", "warn_before": ["1d"], "notice": "12h"},
    "renewal": {"by": "1d", "times": 1, "at_most": "9d", "opens_before": "1d"},
    "suspension": {"lasts": "2d"},
    "reclaim": {"archive": "servers", "archive_kept": "5d"},
}


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, KEPT)
    yield made
    made.close()


def images_of(stage, server=None):
    """Return the images in the cloud that were made for archives, oldest first."""
    every = [stage.sim.record("image", one) for one in stage.sim.inventory()["image"]]
    mine = [one for one in every if one.get("reaper_archive")]
    return [one for one in mine if server in (None, one["reaper_server"])]


def rows_of(stage, name):
    return stage.app.store.archives.of(stage.tenant(name).id)


def deleted(stage):
    return [call for call in stage.destructive() if call.startswith("DELETE")]


def history_of(stage, name):
    return [(event.what, event.text) for event in stage.app.store.ledger.history(stage.tenant(name).id)]


def test_the_servers_of_an_archived_tenant_are_images_until_the_date_its_letter_names(stage):
    # Given a tenant whose servers are promised to be kept, and somebody else's image.
    seeded = stage.sim.seed.tenant("trial-kept", servers=2, volumes=1)
    stage.live(BEGUN)

    # When its suspension is over; then images are asked for, and nothing is deleted in that pass.
    assert stage.tenant("trial-kept").state is State.RECLAIMING
    assert len(images_of(stage)) == 2
    assert deleted(stage) == []

    # When they are ready; then everything of it goes, and the images stay where the reclaim does not reach.
    stage.live(1)
    assert stage.tenant("trial-kept").state is State.RECLAIMED
    left = stage.sim.inventory(seeded.project_id)
    assert not any(left.values())
    admin = next(iter(images_of(stage)))["owner"]
    assert admin != seeded.project_id
    servers = {row.server_id for row in rows_of(stage, "trial-kept")}
    assert {image["instance_uuid"] for image in images_of(stage)} == servers
    assert {row.state for row in rows_of(stage, "trial-kept")} == {ArchiveState.KEPT}

    # When all but the last day of their time has passed; then they are still there, and say until when.
    until = rows_of(stage, "trial-kept")[0].kept_until
    assert until == stage.tenant("trial-kept").reclaimed_at + 5 * DAY
    assert {image["reaper_kept_until"] for image in images_of(stage)} == {until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    stage.live(4)
    assert len(images_of(stage)) == 2

    # When it is over; then they are deleted, just they, and that is told.
    before = set(stage.sim.inventory()["image"])
    ours = {image["id"] for image in images_of(stage)}
    stage.live(2)
    assert set(stage.sim.inventory()["image"]) == before - ours
    assert [what for what, _ in history_of(stage, "trial-kept")].count("archive_over") == 2
    assert {row.state for row in rows_of(stage, "trial-kept")} == {ArchiveState.GONE}
    stage.live(2)
    assert [what for what, _ in history_of(stage, "trial-kept")].count("archive_over") == 2


def test_nothing_goes_while_one_image_is_still_being_made(stage):
    seeded = stage.sim.seed.tenant("trial-slow", servers=2)
    slow = stage.sim.inventory(seeded.project_id)["server"][0]
    stage.sim.stubborn("server", slow, "image hangs")
    stage.live(BEGUN)
    stage.app.sweep()
    assert deleted(stage) == []
    assert stage.tenant("trial-slow").state is State.RECLAIMING
    assert len(images_of(stage)) == 2


@pytest.mark.parametrize("how", ["no image", "empty image", "image hangs"])
def test_an_archive_that_fails_holds_the_reclaim_until_a_person_consents(stage, how):
    seeded = stage.sim.seed.tenant("trial-held", servers=2)
    bad = stage.sim.inventory(seeded.project_id)["server"][0]
    stage.sim.stubborn("server", bad, how)
    stage.live(BEGUN + 5)
    tenant = stage.tenant("trial-held")
    assert tenant.state is State.QUARANTINED
    assert "the archive is not whole" in tenant.quarantine_reason
    assert deleted(stage) == []
    assert sum(row.server_id == bad for row in rows_of(stage, "trial-held")) <= 3
    stage.live(2)
    assert deleted(stage) == []

    # When a person consents; then it goes on, with the image of the other one kept, and it stands in the history who.
    stage.sim.stubborn("server", bad, None)
    text = consent_to_loss(
        stage.app.store.ledger.find("sim/trial-held"),
        "its people do not want it",
        "olga",
        stage.app.store.ledger,
        stage.app.store.archives,
        stage.clock.now(),
    )
    assert bad in text or "server" in text
    stage.live(1)
    assert stage.tenant("trial-held").state is State.RECLAIMED
    assert not stage.sim.inventory(seeded.project_id)["server"]
    consented = [e for e in stage.app.store.ledger.history(tenant.id) if e.what == "consented"]
    assert [event.by for event in consented] == ["olga"]
    kept = [row for row in rows_of(stage, "trial-held") if row.state is ArchiveState.KEPT]
    assert len(kept) == 1
    assert kept[0].server_id != bad


@pytest.mark.parametrize("status", ["SHELVED_OFFLOADED", "ERROR"])
def test_a_server_of_which_nova_makes_no_image_waits_for_a_person(stage, status):
    seeded = stage.sim.seed.tenant("trial-odd", servers=1)
    stage.live(OVER)
    with stage.sim.cloud.lock:
        server = next(iter(stage.sim.cloud.home.where("servers", project_id=seeded.project_id)))
        server.update(vm_state={"ERROR": "error", "SHELVED_OFFLOADED": "shelved_offloaded"}[status])
    stage.live(BEGUN - OVER + 1)
    assert stage.tenant("trial-odd").state is State.QUARANTINED
    assert status in stage.tenant("trial-odd").quarantine_reason
    assert deleted(stage) == []
    assert images_of(stage) == []


def test_a_server_that_boots_from_a_volume_is_not_asked_for_an_image_that_would_hold_the_volume(stage):
    seeded = stage.sim.seed.tenant("trial-bfv", servers=1)
    with stage.sim.cloud.lock:
        next(iter(stage.sim.cloud.home.where("servers", project_id=seeded.project_id))).update(image="")
    stage.live(BEGUN + 1)
    assert stage.tenant("trial-bfv").state is State.QUARANTINED
    assert "boots from a volume" in stage.tenant("trial-bfv").quarantine_reason
    assert not any("createImage" in call for call in stage.destructive())
    assert images_of(stage) == []


def test_a_server_that_never_ran_needs_no_archive(stage):
    seeded = stage.sim.seed.tenant("trial-unborn", servers=1)
    with stage.sim.cloud.lock:
        server = next(iter(stage.sim.cloud.home.where("servers", project_id=seeded.project_id)))
        server.update(vm_state="error", launched=None)
    stage.live(TAKEN)
    assert stage.tenant("trial-unborn").state is State.RECLAIMED


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_crash_around_the_request_for_an_image_doubles_none(stage, where):
    seeded = stage.sim.seed.tenant("trial-crash", servers=1)
    stage.live(BEGUN - 1)
    around = once_before if where == "before" else once_after
    around(stage.app.clouds["sim"], "make_archive", crash)
    with pytest.raises(Crash):
        stage.live(1)
    assert [row.state for row in rows_of(stage, "trial-crash")] == [ArchiveState.ASKED]
    stage.clock.advance(timedelta(hours=1))  # started again; after a day it would be an outage, and begin anew
    stage.app.once()
    stage.live(3)
    assert stage.tenant("trial-crash").state is State.RECLAIMED
    assert len(images_of(stage)) == 1
    assert not stage.sim.inventory(seeded.project_id)["server"]


def test_an_answer_that_was_lost_on_its_way_doubles_no_image(stage):
    stage.sim.seed.tenant("trial-lost", servers=1)
    stage.live(BEGUN - 1)
    stage.sim.faults.add(service="compute", method="POST", path_regex="action", late=True, drop=True, times=1)
    stage.live(3)
    assert stage.tenant("trial-lost").state is State.RECLAIMED
    assert len(images_of(stage)) == 1


def test_a_compute_service_that_is_away_holds_no_failure_against_anybody(stage):
    stage.sim.seed.tenant("trial-away", servers=1)
    stage.live(BEGUN - 1)
    stage.sim.faults.add(service="compute", status=503)
    stage.live(4)
    assert stage.tenant("trial-away").state in (State.SUSPENDED, State.RECLAIMING)
    assert deleted(stage) == []
    stage.sim.faults.clear()
    stage.live(3)
    assert stage.tenant("trial-away").state is State.RECLAIMED
    assert len(images_of(stage)) == 1


def test_a_full_quota_of_images_waits_for_a_person(stage):
    stage.sim.seed.tenant("trial-full", servers=1)
    stage.live(BEGUN - 1)
    stage.sim.faults.add(service="compute", method="POST", path_regex="action", status=403)
    stage.live(5)
    assert stage.tenant("trial-full").state is State.QUARANTINED
    assert deleted(stage) == []


def test_a_server_that_a_list_hid_is_not_deleted_without_its_image(stage):
    seeded = stage.sim.seed.tenant("trial-hidden", servers=1)
    stage.live(BEGUN)
    late = stage.sim.seed.server(seeded.project_id, "late", network_id=seeded.network)
    hidden = []

    def shown(kind, region, projects, ask=stage.app.clouds["sim"].resources):
        listing = ask(kind, region, projects)
        if kind != "server" or len(hidden) > 0:
            return listing
        hidden.append(kind)
        return type(listing)(kind, region, tuple(r for r in listing.resources if r.id != late))

    object.__setattr__(stage.app.clouds["sim"], "resources", shown)
    stage.live(1)
    assert late in stage.sim.inventory(seeded.project_id)["server"]
    stage.live(4)
    assert stage.tenant("trial-hidden").state is State.RECLAIMED
    assert len(images_of(stage, late)) == 1


def test_consent_is_not_taken_for_anything_else(stage):
    stage.sim.seed.tenant("trial-fine", servers=1)
    stage.live(1)
    store = stage.app.store
    fine = store.ledger.find("sim/trial-fine")
    with pytest.raises(Unusable, match="does not wait for a consent"):
        consent_to_loss(fine, "no", "olga", store.ledger, store.archives, stage.clock.now())


def test_a_released_tenant_is_archived_anew_because_its_servers_may_have_lived_on(stage):
    seeded = stage.sim.seed.tenant("trial-anew", servers=2)
    bad = stage.sim.inventory(seeded.project_id)["server"][0]
    stage.sim.stubborn("server", bad, "no image")
    stage.live(BEGUN + 5)
    assert stage.tenant("trial-anew").state is State.QUARANTINED
    stage.sim.stubborn("server", bad, None)
    first = {row.id for row in rows_of(stage, "trial-anew")}
    found = stage.app.store.ledger.find("sim/trial-anew")
    stage.app.store.ledger.record(release(found, "olga", stage.clock.now()))
    stage.live(6)
    assert stage.tenant("trial-anew").state is State.RECLAIMED
    second = [row for row in rows_of(stage, "trial-anew") if row.id not in first]
    assert {row.state for row in second} == {ArchiveState.KEPT}
    assert len({row.server_id for row in second}) == 2
    stage.live(8)
    assert images_of(stage) == []


def test_the_receipt_says_what_is_gone_what_stays_and_what_is_kept(stage):
    seeded = stage.sim.seed.tenant("trial-told", servers=1)
    stage.sim.seed.image(seeded.project_id, "precious", protected=True)
    stage.live(TAKEN)
    told = receipt_of(stage.app.store.ledger.find("sim/trial-told"), stage.app)
    assert told["state"] == "RECLAIMED"
    assert "server trial-told-vm0" in told["removed"]
    assert told["left"] == ["image precious: left alone: it is protected"]
    [kept] = told["archived"]
    assert (kept["server"], kept["image"]) == ("server trial-told-vm0", images_of(stage)[0]["id"])
    assert told["not_archived"] == []
    letter = stage.boxes.of("trial-told")[-1].text
    assert images_of(stage)[0]["id"] in letter
    assert "precious" not in letter
