"""Under the shipped policy, whose last warning lies closer to the end than its notice, a lease ends on the day it says.

An operator who runs thirty days with warnings seven, three and one day before and a notice of two days must not find
that the letters say the 2nd and the servers stop on the 3rd.
"""

import re
from datetime import timedelta

import pytest
import requests
import yaml

from reaper.model import State
from reaper.paths import share
from tests.acceptance.stage import DAY, START, Stage

SHIPPED = yaml.safe_load((share("policies") / "trial.yaml").read_text())
END = START + 30 * DAY
SAID = "Friday 2 January 2032, 09:23 UTC"


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, {**SHIPPED, "enforce": "reclaim"})
    yield made
    made.close()


def days_of(mail):
    """The moments that a letter's calendar entry names."""
    return re.findall(r"^DTSTART:(\S+)", mail.entry, re.MULTILINE)


def test_a_lease_whose_letters_went_out_in_time_ends_on_the_day_that_all_of_them_say(stage):
    # Given a trial under the shipped policy, first seen now.
    project = stage.sim.seed.tenant("trial-aurora", servers=1)
    stage.app.once()
    (welcome,) = stage.boxes.of("trial-aurora")
    page = requests.get(welcome.link, timeout=30).text

    # When its whole life passes, six hours at a time, and nobody does anything.
    ended = None
    while ended is None:
        stage.live(1, at_once=timedelta(hours=6))
        tenant = stage.tenant("trial-aurora")
        ended = tenant.suspended_at if tenant.state is State.SUSPENDED else None

    # Then the welcome, its page, each warning and each calendar entry named one day, and on that day it ended.
    *warnings, stopped = stage.boxes.of("trial-aurora")[1:]
    assert len(warnings) == 3
    for mail in (welcome, *warnings):
        assert SAID in " ".join(mail.text.split())
        assert days_of(mail) == [f"{END:%Y%m%dT%H%M%SZ}"]
    assert SAID in page
    assert END <= ended < END + timedelta(hours=6)
    assert stage.stands_still(project.project_id)

    # And the deletion comes on the day that the next letter says.
    deleted = f"{ended + 7 * DAY:%-d %B %Y, %H:%M} UTC"
    assert deleted in " ".join(stopped.text.split())
    stage.live(6, at_once=timedelta(hours=6))
    assert stage.tenant("trial-aurora").state is State.SUSPENDED
    stage.live(2, at_once=timedelta(hours=6))
    assert stage.tenant("trial-aurora").state is State.RECLAIMED
