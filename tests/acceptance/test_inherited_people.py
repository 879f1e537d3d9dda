"""A course: a teacher holds a role below the parent project, and the exercise below it has nobody of its own."""

import pytest

from tests.acceptance.stage import Stage


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()


def only_below(stage, **target):
    """Let the exercise have nobody of its own, and a teacher with a role from elsewhere."""
    exercise = stage.sim.seed.tenant("trial-exercise", users=1, servers=1)
    held = stage.sim.cloud.assignments
    for own in [key for key in held if exercise.project_id in key]:
        del held[own]
    teacher = stage.sim.seed.user("teacher", email="teacher@example.org")
    if not target:
        course = stage.sim.seed.project("course")
        stage.sim.cloud.identity["projects"][exercise.project_id]["parent_id"] = course
        target = {"project": course}
    stage.sim.seed.assign_below("member", user_id=teacher, **target)


@pytest.mark.parametrize("target", [{}, {"domain": "default"}])
def test_people_who_only_inherit_their_roles_get_the_letters(stage, target):
    only_below(stage, **target)
    stage.live(1)
    assert [person.email for person in stage.tenant("trial-exercise").people] == ["teacher@example.org"]
    assert any("trial-exercise" in mail.subject for mail in stage.boxes.mails if "teacher@example.org" in mail.to)
