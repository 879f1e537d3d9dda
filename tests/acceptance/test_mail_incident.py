"""Ten days on which the mail server refuses us, in the ways that servers do, and then it is mended.

Nobody may lose anything for what was never about them: no warning counts that was not taken, nobody is written off,
and everybody is asked again at once.
"""

from datetime import timedelta

import pytest

from reaper.model import State
from tests.acceptance.stage import Mailboxes, Stage

STEP = timedelta(hours=6)
#: What a server says to everybody at RCPT, to the sender, or at the end of the letter; {} is the address.
AT_RCPT = [
    "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname",
    "554 5.7.1 <box[10.0.0.9]>: Client host rejected: Access denied",
    "450 4.7.1 <box>: Helo command rejected: Host not found",
    "554 5.7.1 <{}>: Relay access denied",
    "550 5.7.1 Service unavailable; client [10.0.0.9] blocked using bl.example",
    "550 5.7.26 unauthenticated mail is not accepted due to the domain's DMARC policy",
    "550 5.4.5 Daily sending quota exceeded",
    "550 5.1.1 <{}>: Recipient address rejected: User unknown in relay recipient table",
    "550 administrative prohibition",
]


class Moody(Mailboxes):
    """Mailboxes behind a server that can be told what to answer."""

    def __init__(self):
        super().__init__()
        self.rcpt = self.mail = self.data = ""
        self.only = ""  # at RCPT only whoever's address ends so is refused

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd chose the name
        if not self.mail:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.mail or "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.rcpt and address.endswith(self.only):
            return self.rcpt.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        return self.data or await super().handle_DATA(server, session, envelope)


class MoodyStage(Stage):
    """The whole Reaper before such a server."""

    def _mailboxes(self):
        return Moody()


@pytest.fixture
def stage(tmp_path):
    with_moods = MoodyStage(tmp_path)
    for n in range(4):
        with_moods.sim.seed.tenant(f"trial-{n}", servers=1, users=1)
    yield with_moods
    with_moods.close()


def drill(stage, **bad):
    """Live through it; the last warnings fall into the bad days. Returns what the passes of those days said."""
    stage.live(25)
    assert all(len(stage.boxes.of(f"trial-{n}")) == 2 for n in range(4))
    for name, said in bad.items():
        setattr(stage.boxes, name, said)
    days = stage.live(10, at_once=STEP)
    for name in bad:
        setattr(stage.boxes, name, "")
    return days


def hold_to_the_rules(stage, days):
    assert sum(day["suspended"] + day["reclaimed"] for day in days) == 0
    heard = {n: len(stage.boxes.of(f"trial-{n}")) for n in range(4)}
    assert set(heard.values()) == {2}, "nobody heard anything meanwhile"
    stage.live(1 / 24, at_once=timedelta(minutes=20))
    assert {n: len(stage.boxes.of(f"trial-{n}")) for n in range(4)} == dict.fromkeys(range(4), 3)
    status = stage.app.status()
    assert status["mail_incident"] is None
    assert "refused" not in status["letters"]
    assert [stage.tenant(f"trial-{n}").state for n in range(4)] == [State.ACTIVE] * 4
    stage.live(3)
    assert [stage.tenant(f"trial-{n}").state for n in range(4)] == [State.SUSPENDED] * 4
    return status


@pytest.mark.parametrize("said", AT_RCPT)
def test_nobody_pays_for_ten_days_on_which_the_mail_server_refused_us(stage, said):
    days = drill(stage, rcpt=said)
    assert "mail" in days[-1]["gates"]
    status = hold_to_the_rules(stage, days)
    assert status["mail_incidents_over"]["count"] >= 1
    assert status["mail_incidents_over"]["hours"] > 24


@pytest.mark.parametrize(
    ("where", "said"),
    [("mail", "550 5.1.8 <reaper@cloud.example>: Sender address rejected"), ("data", "554 5.7.1 looks like spam")],
)
def test_nobody_pays_for_refusals_of_the_sender_or_of_what_all_letters_hold(stage, where, said):
    days = drill(stage, **{where: said})
    assert "mail" in days[-1]["gates"]
    hold_to_the_rules(stage, days)


def test_nobody_pays_when_only_the_domain_of_the_people_refuses_us(stage):
    days = drill(stage, rcpt="550 5.7.23 SPF validation failed", only="@example.org")
    assert "mail" in days[-1]["gates"]
    hold_to_the_rules(stage, days)


def test_one_address_that_refuses_us_alone_holds_up_nobody_else(stage):
    stage.boxes.only = "trial-0-u0@example.org"
    stage.boxes.rcpt = "550 5.7.1 I do not take letters from your ip"
    stage.live(54)
    assert [stage.tenant(f"trial-{n}").state for n in range(1, 4)] == [State.RECLAIMED] * 3
    assert stage.tenant("trial-0").state is State.ACTIVE
