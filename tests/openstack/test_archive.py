"""Servers kept as images on a real OpenStack: nothing goes before they are there, and they go when it is time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from reaper.app import Reach, build
from reaper.clock import SystemClock
from reaper.config import load
from reaper.model import ArchiveState, State
from tests.openstack.lab.seed import connect, log_in, make_tenant
from tests.openstack.operator import Eyes

pytestmark = pytest.mark.openstack

POLICY = """\
policy: trial
match: {names: ["trial-*"]}
enforce: reclaim
lease: {lasts: 3d, warn_before: [1d], notice: 12h}
renewal: {by: 1d, times: 1, at_most: 9d, opens_before: 1d}
suspension: {lasts: 2d}
reclaim: {archive: servers, archive_kept: 5d}
"""
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PATIENCE = 240  # looks at an image before a test gives up: Nova's own work is what is waited for


class AheadClock(SystemClock):
    """The machine's clock, ahead by what a test says: services take their real time, leases do not."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def stage(lab, operator):
    """Give Reaper with a clock that can be put forward, under a policy that archives."""
    (operator.folder / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    clock = AheadClock()
    app = build(load([str(operator.conf)]), clock=clock, create=True, reach=Reach.WRITE)
    yield SimpleNamespace(app=app, clock=clock, lab=lab, eyes=Eyes(lab.cloud), admin=connect(lab.cloud))
    app.close()


def pass_on(stage, span: timedelta) -> dict[str, object]:
    """Let so much time pass, and do one pass of everything."""
    stage.clock.ahead += span
    return dict(stage.app.once())


def tenant(stage, name: str):
    return stage.app.standing(stage.app.store.ledger.find(f"{stage.lab.cloud}/{name}"))


def rows(stage, name: str):
    return stage.app.store.archives.of(tenant(stage, name).id)


def images(stage) -> list[dict[str, object]]:
    """Return the images that were made for archives, as Glance tells it."""
    every = stage.admin.get("image", "/v2/images?limit=1000")["images"]
    return [one for one in every if one.get("reaper_archive")]


def all_images(stage) -> set[str]:
    return {str(one["id"]) for one in stage.admin.get("image", "/v2/images?limit=1000")["images"]}


def wait_for_images(stage, *statuses: str) -> None:
    """Wait until the archives' images have just these states."""
    for _ in range(PATIENCE):
        if sorted(str(one["status"]) for one in images(stage)) == sorted(statuses):
            return
        stage.clock.wait(0.25)
    raise TimeoutError(f"the images never became {statuses}: {images(stage)}")


def spoil(stage, made, server: str, how: str) -> None:
    """Let what stands in for the hypervisor make no image of a server."""
    user = log_in(stage.admin, f"{made['name']}-u0", made["project"])
    user.post("compute", f"/servers/{server}/metadata", {"metadata": {"lab_snapshot": how}})


def test_the_servers_of_a_tenant_are_images_until_their_time_is_over(stage, mailbox):
    """Closed, locked and stopped, its servers become images before anything goes; last of all go the images."""
    made = make_tenant(stage.lab.cloud, "trial-kept", servers=2, fips=0)
    before = stage.eyes.owned_by(made["project"])
    shared = all_images(stage)
    stage.app.observe()
    stage.app.reclaim(tenant(stage, "trial-kept"), "ops")
    assert tenant(stage, "trial-kept").state is State.RECLAIMING
    assert stage.eyes.owned_by(made["project"]) == before

    wait_for_images(stage, "active", "active")
    pass_on(stage, 2 * MINUTE)
    assert tenant(stage, "trial-kept").state is State.RECLAIMED
    assert stage.eyes.owned_by(made["project"]) == {}
    kept = rows(stage, "trial-kept")
    assert [(row.state, bool(row.size)) for row in kept] == [(ArchiveState.KEPT, True)] * 2
    assert {(one["id"], one["instance_uuid"]) for one in images(stage)} == {(r.image_id, r.server_id) for r in kept}
    until = {row.kept_until.strftime("%Y-%m-%dT%H:%M:%SZ") for row in kept}
    assert {one["reaper_kept_until"] for one in images(stage)} == until
    receipt = mailbox.wait_for("trial-kept", "taken back", patience=1)
    assert all(str(row.image_id) in receipt["text"] for row in kept)

    for _ in range(2):
        pass_on(stage, 2 * DAY)
    assert len(images(stage)) == 2
    pass_on(stage, 2 * DAY)
    assert all_images(stage) == shared
    assert {row.state for row in rows(stage, "trial-kept")} == {ArchiveState.GONE}


def test_an_archive_that_fails_holds_the_reclaim_until_a_person_consents(stage, operator):
    """Of three servers one has its image, one's is removed by Nova each time, and one's never gets any data."""
    made = make_tenant(stage.lab.cloud, "trial-held", servers=3, fips=0, volumes=0)
    before = stage.eyes.owned_by(made["project"])
    fails, hangs, fine = made["servers"]
    spoil(stage, made, fails, "fails")
    spoil(stage, made, hangs, "hangs")
    stage.app.observe()
    stage.app.reclaim(tenant(stage, "trial-held"), "ops")
    wait_for_images(stage, "active", "queued")
    for _ in range(6):
        assert tenant(stage, "trial-held").state is State.RECLAIMING
        pass_on(stage, DAY)
        if tenant(stage, "trial-held").state is State.QUARANTINED:
            break
    assert "the archive is not whole" in tenant(stage, "trial-held").quarantine_reason
    assert stage.eyes.owned_by(made["project"]) == before
    assert Counter(row.server_id for row in rows(stage, "trial-held")) == {fails: 3, hangs: 3, fine: 1}

    code, said = operator.say("tenant", "consent", f"{stage.lab.cloud}/trial-held", "--reason", "its people agree")
    assert code == 0, said
    assert all(name in said["done"] for name in ("trial-held-vm0", "trial-held-vm1"))
    pass_on(stage, 2 * MINUTE)
    assert tenant(stage, "trial-held").state is State.RECLAIMED
    assert stage.eyes.owned_by(made["project"]) == {}
    assert [one["instance_uuid"] for one in images(stage) if one["status"] == "active"] == [fine]
    for _ in range(3):
        pass_on(stage, 2 * DAY)
    assert images(stage) == []
