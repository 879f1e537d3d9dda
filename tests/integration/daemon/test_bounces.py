"""The daemon takes what comes back by LMTP, if it is told to, and stops listening when it ends."""

import signal
import smtplib

import pytest

from reaper.letters.verp import ReturnAddress
from tests.integration.daemon.operator import free_port
from tests.integration.daemon.test_signals import WRITING
from tests.integration.mail.test_lmtp import report


def test_a_report_by_lmtp_reaches_the_daemons_ledger(operator):
    port, told = free_port(), operator.happenings
    conf = operator.settings.read_text()
    here = f"[mail]\nbounces_to = back@cloud.example\nlmtp_listen = 127.0.0.1:{port}\n"
    operator.settings.write_text(conf.replace("[mail]\n", here))
    operator.write_policy(WRITING)
    operator.sim.seed.tenant("trial-first", email="gone@mail.example")
    operator.run()
    told.wait_for(lambda: told.counts.get("log delivered", 0) == 1, "the letter")
    assert told.counts["log bounces_open"] == 1

    ((letter_id, state),) = operator.rows("select id, state from letters")
    assert state == "accepted"
    secrets = (operator.folder / "secret").read_text().split()
    with smtplib.LMTP("127.0.0.1", port) as relay:
        relay.sendmail("<>", ReturnAddress("back@cloud.example", secrets).sender_of(letter_id), report())
    assert operator.rows("select state from letters where kind = 'welcome'") == [("bounced",)]
    told.wait_for(lambda: told.counts.get("log report_read", 0) == 1, "the line of the log")

    operator.signal(signal.SIGTERM)
    assert operator.ended() == 0, operator.complaints()
    assert operator.complaints() == ""
    with pytest.raises(ConnectionError):
        smtplib.LMTP("127.0.0.1", port)
