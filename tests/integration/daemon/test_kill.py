"""Killed at many moments and started again, the daemon loses no letter, doubles none, and finishes what it began."""

import random
from collections import Counter

import pytest

from tests.campaign import extent

KILLED = -9
#: At which letter or write from its start each daemon dies; the last one lives.
AT_LETTERS = [("letter", 1), ("letter", 2), ("letter", 1), ("letter", 3)]
AT_WRITES = [("write", 1), ("write", 1), ("write", 9), ("write", 5), ("write", 14)]
MIXED = [("letter", 3), ("write", 6), ("letter", 1), ("write", 20)]


def campaigns():
    """Tell at which moments daemons die: always the same three in CI, and as many others as are wanted beyond."""
    chance = random.Random(20310501)  # noqa: S311 - nothing secret
    others = [
        [(chance.choice(("letter", "write")), chance.randint(1, 14)) for _ in range(chance.randint(2, 6))]
        for _ in range(extent(0, 0, 100))
    ]
    known = extent([MIXED], [AT_LETTERS, AT_WRITES, MIXED], [AT_LETTERS, AT_WRITES, MIXED])
    return [*known, *others]


@pytest.mark.parametrize("deaths", campaigns(), ids=lambda deaths: "-".join(f"{what}{nth}" for what, nth in deaths))
def test_killed_at_any_moment_it_finishes_without_losing_or_doubling_a_letter(operator, deaths):
    tenants = [operator.sim.seed.tenant(f"trial-{n}", servers=2) for n in range(3)]
    other = operator.sim.seed.tenant("other")
    untouched = operator.sim.inventory(other.project_id)
    in_flight = Counter()
    for what, nth in deaths:
        operator.run()
        operator.kill_at_the_next(what, nth)
        assert operator.ended() == KILLED, operator.complaints()
        in_flight += Counter(name for name, _ in operator.mailbox.letters[-1:] if what == "letter")
    operator.run()
    operator.wait_for(lambda: operator.states() == {"RECLAIMED"} and not waiting(operator), "the end")
    operator.signal(15)
    assert operator.ended() == 0

    handed = Counter(operator.mailbox.letters)
    assert {name: times for (name, _), times in handed.items() if times > 1 + in_flight[name]} == {}
    for tenant in tenants:
        assert not any(operator.sim.inventory(tenant.project_id).values())
        assert kinds_sent(operator, tenant) == Counter(warning=1, suspended=1, reclaimed=1, welcome=1)
    assert operator.sim.inventory(other.project_id) == untouched
    assert operator.sim.record("server", other.servers[0])["vm_state"] == "active"
    assert operator.rows("select count(*) from steps where gone_at is null") == [(0,)]


def waiting(operator):
    return operator.rows("select 1 from letters where state in ('queued', 'sending', 'deferred')")


def kinds_sent(operator, tenant):
    """Letters that reached the tenant's person, each Message-ID once; a welcome may have been overtaken."""
    names = {name for name, address in operator.mailbox.letters if address == f"{tenant.name}-u0@example.org"}
    rows = operator.rows("select kind, message_id, state from letters")
    sent = Counter(kind for kind, name, _ in rows if name in names)
    overtaken = [state for kind, name, state in rows if kind == "welcome" and state == "superseded"]
    return sent | Counter(welcome=1) if overtaken else sent
