"""What people, crashes and lying lists do in the middle of a step; each was a real mistake once."""

from __future__ import annotations

import pytest

from reaper.model import State
from reaper.operations import Done
from tests.acceptance.stage import POLICY
from tests.acceptance.trip import Crash, crash

OVER, TAKEN = 32, 38


def once_before(client, verb, deed):
    """Let something happen just before the next call of this kind reaches the cloud."""
    ask = getattr(client, verb)

    def first(*arguments):
        object.__setattr__(client, verb, ask)
        deed()
        return ask(*arguments)

    object.__setattr__(client, verb, first)


def once_after(client, verb, deed):
    """Let something happen just after the next call of this kind."""
    ask = getattr(client, verb)

    def first(*arguments):
        object.__setattr__(client, verb, ask)
        answer = ask(*arguments)
        deed()
        return answer

    object.__setattr__(client, verb, first)


@pytest.mark.parametrize("verb", ["close_project", "lock", "stop"])
def test_a_renewal_wins_that_comes_while_its_servers_are_being_stopped(stage, verb):
    seeded = stage.sim.seed.tenant("trial-quick", servers=3)
    stage.live(OVER - 1)
    before = stage.servers(seeded.project_id)
    tenant = stage.tenant("trial-quick")
    answers = []
    once_after(
        stage.app.clouds["sim"],
        verb,
        lambda: answers.append(stage.app.desk.renew_tenant(tenant.id, "ada@example.org")),
    )
    stage.live(1)
    assert isinstance(answers[0], Done)
    stage.live(2)  # a stop that is still under way is waited for, if need be by the next pass
    assert stage.servers(seeded.project_id) == before
    assert stage.is_open(seeded.project_id)
    assert (stage.tenant("trial-quick").state, stage.tenant("trial-quick").unfinished) == (State.ACTIVE, None)


def test_who_renews_twice_from_suspension_is_restored_once(stage):
    stage.write_policy({**POLICY, "renewal": {**POLICY["renewal"], "by": "2d"}})
    stage.app.reload()
    seeded = stage.sim.seed.tenant("trial-eager", servers=1)
    stage.live(OVER)
    link = stage.boxes.of("trial-eager")[-1].link
    tenant = stage.tenant("trial-eager")
    assert stage.press(link).ok
    assert isinstance(stage.app.desk.renew_tenant(tenant.id, "ops"), Done)
    stage.app.once()
    assert stage.is_open(seeded.project_id)
    assert set(stage.servers(seeded.project_id).values()) == {("active", False)}


def test_a_server_made_in_the_last_moment_is_stopped_with_the_others(stage):
    seeded = stage.sim.seed.tenant("trial-late", servers=0, fips=0)
    stage.live(OVER - 1)
    once_before(
        stage.app.clouds["sim"],
        "close_project",
        lambda: stage.sim.seed.server(seeded.project_id, "one-more", network_id=seeded.network),
    )
    stage.live(1)
    assert set(stage.servers(seeded.project_id).values()) == {("stopped", True)}


@pytest.mark.parametrize("afterwards", ["delete", "reopen"])
def test_a_crash_between_parting_with_the_project_and_booking_it_is_no_strangers_deed(stage, afterwards):
    stage.write_policy({**POLICY, "reclaim": {"project": afterwards}})
    stage.app.reload()
    stage.sim.seed.tenant("trial-parted", servers=1)
    stage.live(TAKEN - 1)
    once_after(stage.app.clouds["sim"], "delete_project" if afterwards == "delete" else "open_project", crash)
    with pytest.raises(Crash):
        stage.live(1)
    stage.app.sweep()
    assert stage.tenant("trial-parted").state is State.RECLAIMED
    assert "resources verified gone" in stage.app.store.ledger.history(stage.tenant("trial-parted").id)[-1].text


def test_a_list_that_is_wrongly_empty_forgets_no_server(stage):
    seeded = stage.sim.seed.tenant("trial-hidden", servers=2)
    stage.live(OVER)
    remembered = stage.tenant("trial-hidden").memory
    assert len(remembered) == 2
    stage.sim.faults.add(service="compute", method="GET", path_regex="servers/detail", empty=True)
    assert stage.press(stage.boxes.of("trial-hidden")[-1].link).ok
    stage.app.once()
    assert stage.tenant("trial-hidden").memory == remembered
    stage.sim.faults.clear()
    stage.live(1)
    assert set(stage.servers(seeded.project_id).values()) == {("active", False)}


def test_a_reclaim_begins_nothing_while_a_list_hides_servers_that_nova_knows(stage):
    seeded = stage.sim.seed.tenant("trial-hidden", servers=2)
    stage.live(TAKEN - 1)
    stage.sim.faults.add(service="compute", method="GET", path_regex="servers/detail", empty=True)
    stage.live(2)
    assert len(stage.sim.inventory(seeded.project_id)["server"]) == 2
    assert not [call for call in stage.sim.writes() if call.method == "DELETE"]


def test_people_that_a_cut_listing_does_not_name_still_get_their_letter(stage):
    stage.sim.seed.tenant("trial-named")
    stage.live(OVER - 2)
    letters = len(stage.boxes.of("trial-named"))
    stage.sim.faults.add(service="identity", path_regex="role_assignments", empty=True)
    stage.live(1)
    assert len(stage.boxes.of("trial-named")) == letters + 1
