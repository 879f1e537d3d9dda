"""What a look has found idle, and a letter has told, is on the page of its people until it is gone."""

from __future__ import annotations

from tests.acceptance.test_idle_things import HOUR, hours, project, stage, told  # noqa: F401 - the same cloud


def test_the_page_names_the_moment_that_the_letter_named_and_then_what_comes_of_it(stage, project):  # noqa: F811 - the fixtures
    told(stage)
    (going,) = stage.app.desk.show(stage.tenant("trial-idle")).idle
    assert (going.thing.resource.id, f"{going.at:%H:%M}", going.begun) == (stage.loose, "09:23", False)
    hours(stage, 11)
    stage.live(1 / 24, at_once=HOUR)
    (going,) = stage.app.desk.show(stage.tenant("trial-idle")).idle
    assert going.begun
    hours(stage, 12)
    assert stage.app.desk.show(stage.tenant("trial-idle")).idle == ()
