"""What is left of projects that Keystone no longer has is told by kind, region, size and age, and nobody touches it.

Keystone deletes a project without a word to the other services: an administrator who removes a project by hand leaves
its volumes and addresses behind, owned by an id that means nothing any more.
"""

from __future__ import annotations

import json

import pytest

from reaper import config
from reaper.app import Reach, build
from reaper.leftovers import Noted, look_and_note


@pytest.fixture(autouse=True)
def _ledger(terminal):
    terminal.ask("db", "upgrade")


@pytest.fixture
def vanished(sim):
    """A project that was deleted in Keystone while it owned a whole tenant's resources, beside one that lives."""
    gone, living = sim.seed.tenant("left-behind"), sim.seed.tenant("still-here")
    forget(sim, gone.project_id)
    return gone, living


def forget(sim, project_id):
    del sim.cloud.identity["projects"][project_id]


def named(answer):
    return {(one["kind"], one["id"]) for one in answer["leftovers"]}


def test_what_is_left_of_a_vanished_project_is_named_and_stays(sim, terminal, vanished):
    gone, living = vanished
    owners = (gone.project_id, living.project_id)  # Neutron makes a group for whoever asks, as for any list of groups
    before = [sim.inventory(one) for one in owners]
    answer = terminal.ask("leftovers")
    assert {("server", one) for one in gone.servers} | {("volume", gone.volumes[0])} <= named(answer)
    assert ("floating_ip", gone.floating_ips[0]) in named(answer)
    assert {one["project_id"] for one in answer["leftovers"]} == {gone.project_id}
    assert living.volumes[0] not in {one["id"] for one in answer["leftovers"]}
    assert [sim.inventory(one) for one in owners] == before
    assert not sim.writes()


def test_a_volume_that_is_left_tells_its_bytes_and_when_it_was_made(terminal, vanished):
    gone, _ = vanished
    (volume,) = [one for one in terminal.ask("leftovers")["leftovers"] if one["id"] == gone.volumes[0]]
    assert volume["bytes"] % 2**30 == 0
    assert volume["bytes"] > 0
    assert volume["created_at"]


def test_a_disabled_project_has_nothing_left_over(sim, terminal):
    sim.seed.tenant("closed", enabled=False)
    assert terminal.ask("leftovers")["leftovers"] == []


def test_a_project_missing_from_a_list_that_was_cut_short_is_asked_for_itself(sim, terminal):
    """A Keystone behind a broken proxy may answer half a list; only a 404 to one project's own question counts."""
    there = sim.seed.tenant("there")
    sim.faults.add(service="identity", method="GET", path_regex=r"/v3/projects$", empty=True)
    assert terminal.say("leftovers", "-f", "json").exit_code in (0, 1)
    assert json.loads(terminal.say("leftovers", "-f", "json").stdout)["leftovers"] == []
    assert any(call.path.endswith(f"/v3/projects/{there.project_id}") for call in sim.calls)


def test_a_keystone_that_cannot_say_makes_no_leftover(sim, terminal, vanished):
    gone, _ = vanished
    sim.faults.add(service="identity", method="GET", path_regex=f"/v3/projects/{gone.project_id}", status=503)
    answer = terminal.ask("leftovers", code=1)
    assert answer["leftovers"] == []
    assert any(gone.project_id in doubt for doubt in answer["doubts"])


def test_a_service_that_does_not_answer_is_a_doubt_and_hides_nothing_else(sim, terminal, vanished):
    gone, _ = vanished
    sim.faults.add(service="volume", status=503)
    answer = terminal.ask("leftovers", code=1)
    assert ("server", gone.servers[0]) in named(answer)
    assert any("volume in" in doubt for doubt in answer["doubts"])


def test_people_get_a_table_with_what_to_look_for(terminal, vanished):
    gone, _ = vanished
    answer = terminal.say("leftovers", "--kind", "volume")
    assert answer.exit_code == 0, answer.output
    assert gone.volumes[0] in answer.stdout.replace("\n", "")
    assert "Nothing was deleted" in answer.stdout


def test_a_cloud_that_is_not_ours_is_refused_in_one_sentence(terminal):
    answer = terminal.say("leftovers", "--cloud", "elsewhere")
    assert "elsewhere is no cloud of DEFAULT.clouds" in str(answer.exception)


def test_the_figures_of_the_last_look_outlive_it_and_say_themselves_in_one_line(sim, terminal, vanished, tmp_path):
    gone, _ = vanished
    app = build(config.load([str(tmp_path / "reaper.conf")]), reach=Reach.LOOK)
    look_and_note(app.store.ledger, app.readers, app.pools, app.clock.now)
    app.close()
    (line,) = terminal.ask("status")["leftovers"]
    assert f"{len(gone.servers)} server" in line
    assert "GiB of projects that no longer exist" in line


@pytest.mark.parametrize("note", [None, "", "{}", "[1]", '{"at": "never", "counts": [], "bytes": 0, "doubts": 0}'])
def test_figures_that_cannot_be_read_are_none(note):
    assert Noted.read(note) is None
