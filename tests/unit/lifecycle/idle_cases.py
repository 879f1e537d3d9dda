"""Rules, things and rows for the tests of idleness."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reaper.model import IdleThing, LetterState, Listing, Resource
from reaper.policy import IdleRule

NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROJECT = "9f1c2e3b7d5a4c0e8b6f1a2d3c4e5f60"


def rule(kind="floating_ip", when="unattached", lasts="11h", warn_before="5h"):
    return IdleRule.model_validate({"kind": kind, "when": when, "for": lasts, "warn_before": warn_before})


RULE = rule()
NAME = RULE.under("trial")


def address(**changes):
    given = {"id": "fip", "status": "DOWN", "facts": {"address": "203.0.113.9", "port_id": None}} | changes
    return Resource("floating_ip", "north", given["id"], "", PROJECT, given["status"], given["facts"])


def volume(status="available", **facts):
    return Resource("volume", "north", "vol", "spare", PROJECT, status, {"attached": False, "size": 20, **facts})


def server(status="SHUTOFF", **facts):
    held = {"task_state": None, "disks": (), "created_at": "2031-05-01T00:00:00Z", **facts}
    return Resource("server", "north", "vm", "build", PROJECT, status, held)


def without(resource, *names):
    return replace(resource, facts={name: fact for name, fact in resource.facts.items() if name not in names})


def thing(resource=None, **changes):
    """A row of something that is idle for seven hours, of which nobody was told."""
    made = IdleThing(
        "1",
        "tenant",
        NAME,
        "unattached",
        resource or address(),
        RULE.for_,
        RULE.notice,
        since=NOW - 7 * HOUR,
        seen_at=NOW,
    )
    return replace(made, **changes)


def told(state=LetterState.ACCEPTED, accepted_at=NOW - 5 * HOUR, **changes):
    """The same, eleven hours idle, of which a letter told five hours ago."""
    accepted = accepted_at if state is LetterState.ACCEPTED else None
    letter = {"letter_id": "letter", "letter_state": state, "queued_at": NOW - 5 * HOUR, "accepted_at": accepted}
    return thing(**{"since": NOW - 11 * HOUR} | letter | changes)


def listing(*resources, kind="floating_ip", **changes):
    return Listing(kind, "north", resources, **changes)
