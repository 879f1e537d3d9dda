"""Four projects, told day by day: one is renewed, one comes back, one is taken, one is nobody's business."""

import re
from datetime import timedelta

import pytest

from reaper.model import State
from tests.acceptance.stage import OldStage, Stage

END = "2032-01-03"


class BetweenStage(OldStage):
    """The same as of 2014: Keystone v3, Neutron with security groups, and a Nova that does not show locks."""

    release, unseen = "juno", frozenset()


@pytest.fixture(params=[Stage, BetweenStage, OldStage], ids=lambda kind: kind.release)
def stage(tmp_path, request):
    made = request.param(tmp_path)
    yield made
    made.close()


def test_a_tenants_whole_life(stage):
    # Given four projects; in the one that comes back, a server was stopped and another was locked by its user.
    seed = stage.sim.seed
    keeps = seed.tenant("trial-keeps", servers=1)
    returns = seed.tenant("trial-returns", servers=2)
    seed.server(returns.project_id, "stopped-by-its-user", network_id=returns.network, status="SHUTOFF")
    seed.server(returns.project_id, "locked-by-its-user", network_id=returns.network, locked=True)
    gone = seed.tenant("trial-gone", servers=2, volumes=2)
    other = seed.tenant("production", servers=1)
    stage.live(0 + 1)
    before = {project: stage.servers(project) for project in (returns.project_id, other.project_id)}
    untouched = stage.sim.inventory(other.project_id)

    # When the days pass until the first warning; then everybody knows the true date, and nothing was written.
    stage.live(24)
    warning = stage.boxes.of("trial-keeps")[-1]
    assert len(stage.boxes.of("trial-keeps")) == 2
    assert "January 4, 2032" in warning.text or "2032-01-04" in warning.text or "4 January 2032" in warning.text
    assert stage.destructive() == []

    # When one of them presses the button behind the link; then the page names the new date and what is left.
    page = stage.press(warning.link)
    assert page.ok
    renewed = stage.tenant("trial-keeps").lease
    assert renewed.expires_at == renewed.started_at + timedelta(days=31 + 13)
    assert re.search(r"January 17, 2032|17 January 2032|2032-01-17", page.text)
    assert re.search(r"\b2\b", page.text)

    # When the others read two more warnings and do nothing; then each got three, each once.
    stage.live(6)
    for name in ("trial-returns", "trial-gone"):
        letters = stage.boxes.of(name)
        assert len(letters) == 4
        assert len({letter.id for letter in letters}) == 4
        assert stage.tenant(name).state is State.ACTIVE
    assert stage.destructive() == []

    # When the lease is over; then everything stands still and nothing is deleted.
    stage.live(1)
    for project in (returns.project_id, gone.project_id):
        assert not stage.is_open(project)
        assert stage.stands_still(project)
    assert not [call for call in stage.destructive() if call.startswith("DELETE")]
    assert stage.is_open(keeps.project_id)

    # When one comes back through the link of the letter; then exactly what ran before runs again, and their locks stay.
    stage.live(2)
    assert stage.press(stage.boxes.of("trial-returns")[-1].link).ok
    stage.app.once()
    assert stage.is_open(returns.project_id)
    assert stage.servers(returns.project_id) == before[returns.project_id]
    assert "trial-returns" in stage.boxes.of("trial-returns")[-1].text

    # When the suspension of the last one is over; then nothing of it is left, and it is told so.
    stage.live(7)
    assert stage.tenant("trial-gone").state is State.RECLAIMED
    assert stage.left(gone.project_id) == stage.unseen
    assert len(stage.boxes.of("trial-gone")) == 6
    steps = stage.app.store.journal.steps(stage.tenant("trial-gone"))
    assert steps
    assert all(step.gone_at for step in steps)

    # Then everybody else has everything.
    assert stage.sim.inventory(other.project_id) == untouched
    assert stage.servers(other.project_id) == before[other.project_id]
    assert {status for status, _ in stage.servers(keeps.project_id).values()} == {"active"}
    assert stage.sim.traps == {}
    assert stage.boxes.of("production") == []
