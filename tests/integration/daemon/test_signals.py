"""What signals do to the daemon: SIGTERM ends it within seconds, SIGHUP reads the policies if they are usable."""

import random
import signal

import pytest

from reaper.clock import SystemClock
from tests.campaign import extent
from tests.integration.daemon.operator import POLICY

WATCHING = {**POLICY, "enforce": "observe", "lease": {"lasts": "30d"}, "renewal": {}, "suspension": {"lasts": "7d"}}
WRITING = {**WATCHING, "enforce": "notify"}


def test_sigterm_in_the_middle_of_a_reclaim_ends_it_within_seconds(operator):
    tenant = operator.sim.seed.tenant("trial-stuck", servers=1)
    operator.sim.stubborn("server", tenant.servers[0], "deleting")
    operator.run()
    seen = operator.happenings
    seen.wait_for(
        lambda: any(c.method == "DELETE" and "/servers/" in c.path for c in operator.sim.writes()), "a delete"
    )
    operator.signal(signal.SIGTERM)
    # A reclaim would look after the server for two minutes; the daemon's own patience ends the wait before.
    assert operator.daemon.wait(30) == 0, operator.complaints()
    operator.ended()
    assert operator.states() == {"RECLAIMING"}
    assert [line["action"] for line in operator.log][-1] == "stopped"
    assert not [line for line in operator.log if "Traceback" in str(line)]


@pytest.mark.parametrize("turn", range(extent(4, 20, 1000)))
def test_sigterm_at_any_moment_of_the_start_ends_it(operator, turn):
    """At every second turn in the moment it is ready and begins to wait; otherwise anywhere from its first line on."""
    chance = random.Random(turn)  # noqa: S311 - nothing secret
    if turn % 2:
        operator.happenings.at_the_next("log ready", 1, lambda: operator.signal(signal.SIGTERM))
        operator.run()
    else:
        operator.run()
        SystemClock().wait(chance.random() * 2)
        operator.signal(signal.SIGTERM)
    code = operator.ended()
    said = [line["action"] for line in operator.log]
    # Before it listens for signals, nothing has begun that would want an end.
    assert code == 0 or (code == -signal.SIGTERM and "ready" not in said), operator.complaints()
    assert code != 0 or said[-1] == "stopped"


def test_sigterm_ends_an_idle_daemon(operator):
    operator.run(alone=True)
    operator.happenings.wait_for(lambda: operator.happenings.counts.get("log ready", 0) > 0, "being ready")
    operator.signal(signal.SIGTERM)
    assert operator.ended() == 0


def test_sighup_reads_the_policies_and_keeps_the_old_ones_when_they_are_broken(operator):
    operator.write_policy(WATCHING)
    operator.sim.seed.tenant("trial-first")
    operator.run()
    told = operator.happenings
    told.wait_for(lambda: told.counts.get("log observed", 0) > 1, "a look at the cloud")
    assert operator.mailbox.letters == []

    operator.write_policy(WRITING)
    operator.signal(signal.SIGHUP)
    told.wait_for(lambda: len(operator.mailbox.letters) == 1, "the letter of the new policy")

    operator.write_policy("policy: trial\nlease: {lasts: soon}\n")
    operator.signal(signal.SIGHUP)
    told.wait_for(lambda: told.counts.get("log reload_failed", 0) == 1, "the complaint")
    operator.sim.seed.tenant("trial-second")
    told.wait_for(lambda: len(operator.mailbox.letters) == 2, "a letter under the policy that still holds")
    (complaint,) = [line for line in operator.log if line["action"] == "reload_failed"]
    assert "trial.yaml" in complaint["error"]
    assert "lasts" in complaint["error"]
