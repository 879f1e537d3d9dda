"""A directory that shows nobody for a while, as behind a broken LDAP: nobody is taken for unreachable meanwhile."""

from datetime import timedelta

import pytest

from reaper.lifecycle import is_orphan
from reaper.simulator.exchange import ApiAnswer
from tests.acceptance.stage import Stage

SOME = timedelta(hours=6)


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    for name in ("trial-a", "trial-b", "trial-c"):
        made.sim.seed.tenant(name, users=2, servers=0)
    made.live(1)
    yield made
    made.close()


def answer_instead(stage, of, make):
    """Let one list of Keystone's answer something else from now on."""
    true = stage.sim._client.respond

    def respond(method, path, query, headers, content):
        if method == "GET" and path.endswith(of) and "/groups/" not in path:
            return make()
        return true(method, path, query, headers, content)

    stage.sim._client.respond = respond
    return lambda: setattr(stage.sim._client, "respond", true)


def people(stage):
    return {name: sorted(p.email for p in stage.tenant(name).people) for name in ("trial-a", "trial-b", "trial-c")}


def no_users(_stage):
    return ApiAnswer(200, {"users": [], "links": {"next": None, "self": "", "previous": None}})


def not_those_of_one(stage):
    some = [user for user in stage.sim.cloud.identity["users"].values() if not user["name"].startswith("trial-a")]
    return ApiAnswer(200, {"users": some, "links": {"next": None, "self": "", "previous": None}})


@pytest.mark.parametrize("make", [no_users, not_those_of_one])
def test_nobody_becomes_an_orphan_because_keystone_showed_no_users_for_days(stage, make):
    before = people(stage)
    whole_again = answer_instead(stage, "/users", lambda: make(stage))
    stage.live(3, at_once=SOME)
    assert people(stage) == before
    assert not any(is_orphan(stage.tenant(name)) for name in before)
    whole_again()
    stage.live(1)
    assert people(stage) == before
    assert stage.live(1)[0]["reasons"] == []


def test_an_empty_list_of_users_closes_the_gate_until_a_person_has_said_that_it_is_right(stage):
    answer_instead(stage, "/users", lambda: no_users(stage))
    (reason,) = stage.live(1)[0]["reasons"]
    assert "0 people who can be reached" in reason
    assert "reaper gate accept inventory" in reason


def test_a_project_whose_assignments_are_not_listed_for_a_moment_keeps_its_people(stage):
    project = stage.tenant("trial-a").project_id
    before = people(stage)
    taken = [key for key in stage.sim.cloud.assignments if project in key]
    for key in taken:
        del stage.sim.cloud.assignments[key]
    stage.live(1, at_once=SOME)
    assert people(stage) == before
    stage.sim.cloud.assignments.update(dict.fromkeys(taken))
    stage.live(1)
    assert people(stage) == before
