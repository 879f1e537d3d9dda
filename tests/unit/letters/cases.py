"""A tenant in every state that a letter speaks of, and what it owns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reaper.letters import facts_for
from reaper.model import (
    Disk,
    Enforce,
    Hold,
    IdleThing,
    Judged,
    Lease,
    Letter,
    LetterKind,
    LetterState,
    Notice,
    Person,
    Resource,
    State,
    Terms,
)

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)
PROJECT = "9f1c2e3b7d5a4c0e8b6f1a2d3c4e5f60"
LINK = "https://reaper.example.org/lease/dGVuYW50.c2lnbmF0dXJl"
STATES = {
    LetterKind.SUSPENDED: State.SUSPENDED,
    LetterKind.RECLAIMED: State.RECLAIMED,
    LetterKind.QUARANTINED: State.QUARANTINED,
}


def days(number):
    return timedelta(days=number)


TERMS = Terms(
    policy="trial",
    lasts=days(31),
    warn_before=(days(8), days(4), days(2)),
    notice=days(1),
    renew_by=days(13),
    renew_times=5,
    at_most=days(97),
    opens_before=days(9),
    suspension_lasts=days(6),
    orphans_wait=days(17),
)
LEASE = Lease("lease-1", NOW - days(28), NOW + days(3), TERMS, renewals=2, arming=1)
WANG = Person("u1", "Wang Fang", "wang.fang@example.org", frozenset({"member"}))
TENANT = Judged(
    "tenant-17",
    "trystack",
    PROJECT,
    "trial-aurora",
    LEASE,
    people=(WANG,),
    enforce=Enforce.RECLAIM,
    exempt=None,
    decided_under=Enforce.RECLAIM,
)


def notice(kind=LetterKind.WARNING, state=LetterState.QUEUED, before=None):
    return Notice(kind, state, NOW, before=before)


def letter(kind=LetterKind.WARNING, tenant=TENANT, **changes):
    before = days(4) if kind is LetterKind.WARNING else None
    written = Letter("letter-1", tenant.id, tenant.lease.id, tenant.lease.arming, kind, NOW, "<one@reaper.example>")
    return replace(written, **{"before": before} | changes)


def tenant_for(kind, **changes):
    """A tenant of which this letter is true."""
    state = STATES.get(kind, State.ACTIVE)
    notices = (notice(state=LetterState.REFUSED, before=days(2)),) if kind is LetterKind.ORPHAN else ()
    standing = {
        "state": state,
        "lease": replace(LEASE, notices=notices),
        "suspended_at": NOW if state is State.SUSPENDED else None,
        "reclaimed_at": NOW if state is State.RECLAIMED else None,
        "quarantine_reason": "reclaiming failed again and again" if state is State.QUARANTINED else None,
        "hold": Hold(NOW + days(9), "we are on holiday", "ops") if kind is LetterKind.CLOSURE else None,
        "quarantined_from": State.RECLAIMING if state is State.QUARANTINED else None,
    }
    return replace(TENANT, **standing | changes)


def with_terms(tenant, **changes):
    return replace(tenant, lease=replace(tenant.lease, terms=replace(tenant.lease.terms, **changes)))


def owned(kind, name="", project_id=PROJECT, **facts):
    return Resource(kind, "north", f"id-of-{name or kind}", name, project_id, status="ACTIVE", facts=facts)


POSSESSIONS = (
    owned("server", "web", addresses=("10.0.0.5", "203.0.113.7")),
    owned("server", "database", addresses=("10.0.0.6",)),
    owned("floating_ip", address="203.0.113.7"),
    owned("volume", "records", size=123),
    owned("image", "golden", size=2_500_000_000),
    owned("router", "edge"),
    owned("network", "inside"),
    owned("port"),
    owned("security_group", "default"),
)


def idle_thing(resource, when="unattached", **changes):
    """A thing that has been idle for seven hours of the eleven that its rule gives, with a notice of five."""
    hour = timedelta(hours=1)
    since = {"since": NOW - 7 * hour, "seen_at": NOW}
    given = {"lasts": 11 * hour, "notice": 5 * hour, **since, **changes}
    return IdleThing("1", TENANT.id, "trial: a rule", when, resource, **given)


IDLE = (
    idle_thing(owned("floating_ip", address="203.0.113.9")),
    idle_thing(owned("server", "old", addresses=("10.0.0.9",)), "stopped", along=(Disk("id-of-disk", "root", 41),)),
    idle_thing(owned("image", "grey", size=2_500_000_000), "older"),
)
GONE = tuple(replace(thing, gone_at=NOW) for thing in IDLE)
ABOUT = {LetterKind.IDLE_WARNING: IDLE, LetterKind.IDLE_GIVEN_BACK: GONE}


def facts(kind=LetterKind.WARNING, tenant=None, losses=POSSESSIONS, **changes):
    tenant = tenant or tenant_for(kind)
    given = {"link": LINK, "losses": losses, "cloud_title": "TryStack Beijing", "idle": ABOUT.get(kind, ())} | changes
    return facts_for(tenant, letter(kind, tenant), NOW, **given)
