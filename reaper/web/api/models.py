"""What programs send and get: the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from reaper.letters.losses import thing_of
from reaper.lifecycle import NotAway, NotRenewed
from reaper.operations import Going, View


def _whole(value: object) -> object:
    """Take 3.0 for 3, as JSON Schema does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, Field(ge=0, le=999), BeforeValidator(_whole)]


class ResponseBody(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class RequestBody(BaseModel):
    """What a program sends: a key that is not known is an error, as is a value of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Renewals(ResponseBody):
    """What the lease's terms still allow."""

    used: int
    """How many renewals were spent."""
    left: int
    """How many are left."""
    possible: bool
    """Whether one is possible now."""
    until: datetime | None = None
    """Where one would lead now."""
    rule: str | None = None
    """The rule that stands against one now."""
    opens_at: datetime | None = None
    """When waiting helps: from when on one is possible."""


class AwayDocument(ResponseBody):
    """Whether the lease can wait for people who are away, once."""

    until: datetime | None = None
    """Until when it has waited."""
    possible: bool
    """Whether it can wait now."""
    latest: datetime | None = None
    """How long at the latest."""
    rule: str | None = None
    """The rule that stands against it now."""


class IdleThingDocument(ResponseBody):
    """A single thing that is deleted while the lease runs, because a rule of the policy calls it idle."""

    kind: str
    """floating_ip, volume, server, image, volume_snapshot or backup."""
    region: str
    """Where it is."""
    id: str
    """Its id in its own service."""
    name: str
    """Its name; a floating IP's address."""
    why: str
    """unattached or stopped, which using it changes; or older, which nothing does."""
    since: datetime
    """Since when that counts."""
    goes_from: datetime
    """When it is deleted at the earliest."""
    begun: bool
    """Whether it is being deleted already."""
    along: list[str]
    """The ids of volumes that go with it."""


class LeaseDocument(ResponseBody):
    """A project's lease as it stands now. All moments are UTC."""

    cloud: str
    """The cloud's name in Reaper's settings."""
    project_id: str
    """The project's id in Keystone."""
    project: str
    """The project's name."""
    state: str
    """ACTIVE, SUSPENDED, RECLAIMING, RECLAIMED or QUARANTINED."""
    situation: str
    """The same in the eyes of its people, as the page tells it."""
    spared: str | None = None
    """Why the next step does not follow although its date comes."""
    policy: str
    """The policy whose terms it has."""
    started_at: datetime
    """When the lease began."""
    expires_at: datetime
    """When its term ends."""
    ends_at: datetime
    """When the running state ends at the earliest, as far as the letters have arrived."""
    reclaim_at: datetime | None = None
    """When deleting would begin at the earliest."""
    renewals: Renewals
    """What can be done about it."""
    away: AwayDocument
    """Whether it can wait."""
    idle: list[IdleThingDocument]
    """What its people were told goes before the lease ends, the first to go first."""


class LeaseList(ResponseBody):
    """Some leases, ordered by cloud and name."""

    leases: list[LeaseDocument]
    """What was found."""
    next: str | None = None
    """The marker that leads to the rest; none when there is no more."""


class RenewRequest(RequestBody):
    """How to renew."""

    seen: Count | None = None
    """How many renewals were spent when you looked: then asking twice spends only one."""


class AwayRequest(RequestBody):
    """How long the lease shall wait."""

    until: date = Field(strict=False)
    """The last day of absence."""


class Problem(ResponseBody):
    """Why not (RFC 9457, application/problem+json)."""

    type: str
    """A word for what is wrong, as a relative address."""
    title: str
    """The same in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What exactly, and what would be right."""
    rule: str | None = None
    """The rule of the lease that stands against it."""
    opens_at: datetime | None = None
    """From when on it is possible."""
    latest: datetime | None = None
    """What would still be possible."""


def lease_of(view: View) -> LeaseDocument:
    """Draw up what programs see of a lease."""
    tenant, lease, offer = view.tenant, view.tenant.lease, view.offer
    waits = view.away_until
    return LeaseDocument(
        cloud=tenant.cloud,
        project_id=tenant.project_id,
        project=tenant.name,
        state=tenant.state.value,
        situation=view.situation.value,
        spared=view.spared.value if view.spared else None,
        policy=lease.terms.policy,
        started_at=lease.started_at,
        expires_at=lease.expires_at,
        ends_at=view.ends_at,
        reclaim_at=view.reclaim_at,
        renewals=_refused(view, offer) if isinstance(offer, NotRenewed) else _offered(view, offer.expires_at),
        away=AwayDocument(
            until=lease.away_until,
            possible=not isinstance(waits, NotAway),
            latest=None if isinstance(waits, NotAway) else waits,
            rule=waits.rule if isinstance(waits, NotAway) else None,
        ),
        idle=[_idle(one) for one in view.idle],
    )


def _idle(one: Going) -> IdleThingDocument:
    resource = one.thing.resource
    return IdleThingDocument(
        kind=resource.kind,
        region=resource.region,
        id=resource.id,
        name=thing_of(resource).name,
        why=one.thing.when,
        since=one.thing.since,
        goes_from=one.at,
        begun=one.begun,
        along=[disk.id for disk in one.thing.along],
    )


def _refused(view: View, refusal: NotRenewed) -> Renewals:
    used = view.tenant.lease.renewals
    return Renewals(used=used, left=view.left, possible=False, rule=refusal.rule, opens_at=refusal.opens_at)


def _offered(view: View, until: datetime) -> Renewals:
    return Renewals(used=view.tenant.lease.renewals, left=view.left, possible=True, until=until)
