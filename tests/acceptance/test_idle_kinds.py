"""Servers, volumes and images by idle rules: what goes along is told first, and what hangs on something keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stage import Stage

HOUR = timedelta(hours=1)
RULES = [
    {"kind": "server", "when": "stopped", "for": "24h", "warn_before": "12h"},
    {"kind": "volume", "when": "unattached", "for": "24h", "warn_before": "12h"},
    {"kind": "image", "when": "older", "for": "24h", "warn_before": "12h"},
]


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, {"idle": RULES})
    made.project = made.sim.seed.tenant("trial-idle", servers=1, fips=1, volumes=2)
    made.off = made.sim.seed.server(made.project.project_id, "off", network_id=made.project.network, status="SHUTOFF")
    yield made
    made.close()


def hours(stage, number):
    return stage.live(number / 24, at_once=6 * HOUR)


def record(stage, table, one):
    """What the cloud itself holds of something, to be changed as its users would."""
    (region,) = stage.sim.cloud.regions.values()
    return region[table][one]


def disk(stage, name, *, goes):
    made = stage.sim.seed.volume(stage.project.project_id, 7, stage.off, name=name)
    attached = record(stage, "servers", stage.off)["volumes"]
    next(one for one in attached if one["volume"] == made)["delete_on_termination"] = goes
    return made


def texts(stage, words):
    return [
        " ".join(mail.text.split()) for mail in stage.boxes.of("trial-idle") if words in " ".join(mail.subject.split())
    ]


def left(stage):
    found = stage.sim.inventory(stage.project.project_id)
    return {one for ids in found.values() for one in ids}


def deleted(stage):
    return {call.split("/")[-1] for call in stage.destructive() if call.startswith("DELETE")}


def test_a_stopped_server_goes_with_just_what_its_letter_named(stage):
    goes, stays = disk(stage, "scratch", goes=True), disk(stage, "records", goes=False)
    stage.app.once()
    hours(stage, 12)
    (letter,) = texts(stage, "[Action needed]")
    assert "server off" in letter
    assert "This goes with it: scratch (7 GB)." in letter
    assert "records" not in letter
    hours(stage, 12)
    assert stage.off in deleted(stage)
    hours(stage, 6)
    assert goes not in left(stage)
    assert {stays, *stage.project.servers, *stage.project.floating_ips} <= left(stage)


def test_a_disk_that_was_put_on_after_the_letter_is_told_of_first(stage):
    stage.app.once()
    hours(stage, 12)
    late = disk(stage, "late", goes=True)
    hours(stage, 12)
    assert {stage.off, late} <= left(stage)
    assert "late (7 GB)" in texts(stage, "[Action needed]")[-1]
    hours(stage, 12)
    assert not {stage.off, late} & left(stage)


def test_a_server_that_is_started_again_stays(stage):
    stage.app.once()
    hours(stage, 12)
    record(stage, "servers", stage.off)["vm_state"] = "active"
    hours(stage, 30)
    assert {stage.off, *stage.project.servers} <= left(stage)


def test_a_loose_volume_goes_and_one_with_a_snapshot_stays_and_is_not_told_of(stage):
    _, loose = stage.project.volumes
    kept = stage.sim.seed.volume(stage.project.project_id, 3, name="kept")
    snapshot = stage.sim.seed.snapshot(kept, "of-kept")
    stage.app.once()
    hours(stage, 12)
    (letter,) = texts(stage, "[Action needed]")
    assert "trial-idle-vol1" in letter
    assert "kept" not in letter
    hours(stage, 18)
    assert loose in deleted(stage)
    assert {kept, snapshot, stage.project.volumes[0]} <= left(stage)


def test_a_snapshot_that_is_made_in_the_last_moment_keeps_its_volume(stage):
    _, loose = stage.project.volumes
    stage.app.once()
    hours(stage, 18)
    client = stage.app.clouds["sim"]
    ask = client.delete_alone
    made = []

    def first(resource, project_id):
        if resource.id == loose and not made:
            made.append(stage.sim.seed.snapshot(loose, "late"))
        return ask(resource, project_id)

    object.__setattr__(client, "delete_alone", first)
    hours(stage, 12)
    assert made
    assert {loose, *made} <= left(stage)


def test_images_that_others_may_use_are_never_told_of(stage):
    seed = stage.sim.seed
    mine = seed.image(stage.project.project_id, "mine")
    protected = seed.image(stage.project.project_id, "golden", protected=True)
    stage.app.once()
    hours(stage, 30)
    assert mine in deleted(stage)
    assert protected in left(stage)
    assert not [text for text in texts(stage, "[Action needed]") if "golden" in text]


def test_nothing_is_asked_of_the_cloud_where_no_policy_has_rules(tmp_path):
    stage = Stage(tmp_path)
    try:
        stage.sim.seed.tenant("trial-idle", servers=1, fips=2)
        stage.live(1)
        assert not [call for call in stage.sim.calls if "floatingips" in call.path or "servers" in call.path]
    finally:
        stage.close()
