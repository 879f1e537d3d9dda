"""The record of archives: an attempt stands there once, and only what may still be in the cloud is ever over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Overtaken
from reaper.model import ArchiveState, ServerArchive
from tests.integration.store.test_journal import server

DAY = timedelta(days=1)


@pytest.fixture
def archive(enrolled, moment):
    tenant = enrolled()
    return ServerArchive(
        id="mark-1",
        tenant_id=tenant.id,
        project_id=tenant.project_id,
        lease_id=tenant.lease.id,
        region="RegionOne",
        server_id="s1",
        server_name="web-\N{SNOWMAN}",
        begun_at=moment,
        asked_at=moment,
        kept_until=moment + 9 * DAY,
    )


def test_an_archive_is_read_as_it_was_written(store, archive):
    store.archives.add(archive)
    assert store.archives.of(archive.tenant_id) == [archive]
    kept = replace(archive, state=ArchiveState.KEPT, image_id="i1", size=7 * 10**12, why="no matter")
    store.archives.change(kept)
    assert store.archives.of(archive.tenant_id) == [kept]


def test_the_same_attempt_is_written_down_once(store, archive):
    store.archives.add(archive)
    with pytest.raises(Overtaken):
        store.archives.add(replace(archive, id="mark-2"))
    store.archives.add(replace(archive, id="mark-2", attempt=2))
    store.archives.add(replace(archive, id="mark-3", begun_at=archive.begun_at + DAY))
    assert len(store.archives.of(archive.tenant_id)) == 3


def test_only_what_may_still_be_there_is_over(store, archive, moment):
    states = dict(zip(ArchiveState, range(9), strict=False))
    for state, number in states.items():
        store.archives.add(replace(archive, id=f"mark-{number}", attempt=number, state=state))
    mine = {row.id for row in store.archives.over(moment + 9 * DAY, 99) if row.tenant_id == archive.tenant_id}
    there = (ArchiveState.ASKED, ArchiveState.KEPT, ArchiveState.FAILED)
    assert mine == {f"mark-{states[state]}" for state in there}
    early = store.archives.over(moment + 9 * DAY - timedelta(seconds=1), 99)
    assert not [row for row in early if row.tenant_id == archive.tenant_id]


def test_a_consent_is_remembered_with_its_name(store, archive):
    store.archives.add(replace(archive, state=ArchiveState.IMPOSSIBLE, why="it boots from a volume"))
    store.archives.change(replace(archive, state=ArchiveState.IMPOSSIBLE, consented_by="olga"))
    [read] = store.archives.of(archive.tenant_id)
    assert read.covers
    assert read.consented_by == "olga"


def test_why_something_stays_is_no_attempt(store, enrolled, moment):
    tenant = enrolled()
    store.journal.plan(tenant, [server(1)], moment)
    store.journal.left(tenant, {server(1).key: "left alone: it is protected"})
    [step] = store.journal.steps(tenant)
    assert (step.answer, step.asked_at, step.attempts) == ("left alone: it is protected", None, 0)
