"""Several projects of one person: one message that says everything, and links that concern one project alone."""

import re

from reaper.model import State

ANN = "ann@example.org"
NAMES = ("trial-aurora", "trial-borealis", "trial-cirrus")


def test_one_person_with_three_projects_gets_one_message_each_time_and_renews_one_by_its_link(stage):
    for name in NAMES:
        stage.sim.seed.tenant(name, servers=1, email=ANN)
    stage.live(25)
    mails = [mail for mail in stage.boxes.mails if ANN in mail.to]
    assert len({mail.id for mail in mails}) == len(mails) == 2  # welcome, and the first warning
    told = mails[-1]
    assert told.subject.startswith("[Action needed] 3 of your trial projects end, the first on")
    link = re.search(r"\* trial-borealis: .*?(http://\S+/lease/[\w.-]+)", told.text, re.DOTALL)[1]
    ends = {name: stage.tenant(name).lease.expires_at for name in NAMES}
    assert stage.press(link).status_code == 200
    assert [name for name in NAMES if stage.tenant(name).lease.expires_at > ends[name]] == ["trial-borealis"]
    stage.live(10)
    states = {name: stage.tenant(name).state for name in NAMES}
    assert states == {
        "trial-aurora": State.SUSPENDED,
        "trial-borealis": State.ACTIVE,
        "trial-cirrus": State.SUSPENDED,
    }
    stopped = [mail for mail in stage.boxes.mails if "are stopped" in mail.subject]
    assert len(stopped) == 1
    assert "trial-borealis" not in stopped[0].text
