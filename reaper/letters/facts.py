"""Everything a template may say about a tenant; each number comes from the lease in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from reaper.letters.archives import archived_in
from reaper.letters.catalog import spec_of
from reaper.letters.idle import idle_in
from reaper.letters.imprint import Imprint
from reaper.letters.languages import ENGLISH, Moment, Span, joined, moment, span, times
from reaper.letters.losses import Thing, clean, kind_names, losses_in, unseen_words
from reaper.letters.people import readers, sane_addresses
from reaper.lifecycle import GivenBack, NotAway, Renewed, deadline, furthest_away, give_back, renew
from reaper.model import Enforce, IdleThing, Judged, Letter, Resource, State, Tenant, Unfinished

_NOTHING_SAID = Imprint()


@dataclass(frozen=True)
class Renewal:
    """What the lease's terms still allow. `until` is where a renewal now would lead; `why_not` names a rule."""

    possible: bool
    why_not: str
    left: int
    times: int
    how_often: str
    by: Span
    until: Moment | None
    opens: Moment
    furthest: Moment

    @property
    def comes_later(self) -> bool:
        """Whether waiting is all that is needed."""
        return self.why_not == "opens_before"


@dataclass(frozen=True)
class Contact:
    """Somebody on the project as an admin would want to see them."""

    name: str
    address: str
    enabled: bool


def facts_for(
    tenant: Judged,
    letter: Letter,
    now: datetime,
    *,
    link: str,
    losses: Sequence[Resource] | None,
    cloud_title: str = "",
    language: str = ENGLISH,
    zone: tzinfo = UTC,
    imprint: Imprint = _NOTHING_SAID,
    idle: Sequence[IdleThing] = (),
) -> Mapping[str, object]:
    """Return what a template may say.

    `losses` is what the tenant owns now (for a reclaimed tenant: what was taken), None when that could not be read.
    Moments are said in `zone`. `idle` are the things that a letter is about.
    """
    facts = {"link": link, "language": language, **imprint.facts, **_names(tenant, letter, cloud_title)}
    if not spec_of(letter.kind).reckoned:
        # Its record may be impossible: nothing is reckoned from it, and when that was found is not kept.
        return facts | {"since": moment(letter.queued_at, now, language, zone)}
    return {
        **facts,
        **_dates(tenant, now, language, zone),
        **_terms(tenant, language),
        "renewal": _renewal(tenant, now, language, zone),
        "away_until": _away_until(tenant, now, language, zone),
        "can_give_back": isinstance(give_back(tenant, now), GivenBack),
        "losses": losses_in(_own(losses, tenant), tenant.lease.terms.keep, language),
        "archived": archived_in(tenant, now, language, zone),
        "unseen": unseen_words(tenant.unseen, language),
        "running": _running(_own(losses, tenant)),
        "idle": idle_in(idle, now, language, zone),
    }


def _names(tenant: Judged, letter: Letter, cloud_title: str) -> dict[str, object]:
    return {
        "letter": letter.kind.value,
        "name": clean(tenant.name),
        "full_name": clean(tenant.full_name),
        "project_id": clean(tenant.project_id),
        "cloud": clean(cloud_title or tenant.cloud),
        "policy": clean(tenant.lease.terms.policy),
        "state": tenant.state.value,
        "restoring": tenant.unfinished is Unfinished.RESTORE,
        "given_back": tenant.lease.given_back_at is not None,
        "quarantined_from": tenant.quarantined_from.value if tenant.quarantined_from else "",
        "reason": clean(tenant.quarantine_reason or (tenant.hold.reason if tenant.hold else ""), 500).rstrip("."),
        "still_running": ", ".join(clean(name) for name in tenant.still_running),
        "blocker": clean(tenant.blocker or "", 500),
        "contacts": _contacts(tenant),
        "reader": _only_reader(tenant),
        "reachable": bool(sane_addresses(p.email for p in readers(tenant) if p.email)),
    }


def _dates(tenant: Judged, now: datetime, language: str, zone: tzinfo) -> dict[str, Moment | None]:
    next_step = deadline(tenant, now)
    dates = {
        "deadline": next_step,
        "expires": tenant.lease.expires_at,
        "suspended": tenant.suspended_at,
        "reclaim_from": _reclaim_from(tenant, next_step),
        "reclaimed": tenant.reclaimed_at,
        "next_warning": _next_warning(tenant, now),
        "held_until": tenant.hold.until if tenant.hold is not None else None,
    }
    return {name: moment(at, now, language, zone) if at else None for name, at in dates.items()}


def _terms(tenant: Judged, language: str) -> dict[str, object]:
    terms = tenant.lease.terms
    return {
        "lasts": span(terms.lasts, language),
        "warnings": joined([span(w, language).text for w in sorted(terms.warn_before, reverse=True)], language),
        "suspension": span(terms.suspension_lasts, language),
        "kept": joined(kind_names(terms.keep, language), language),
        "afterwards": terms.afterwards.value,
        "will_stop": _reaches(tenant, Enforce.SUSPEND),
        "will_delete": _reaches(tenant, Enforce.RECLAIM),
    }


def _renewal(tenant: Tenant, now: datetime, language: str, zone: tzinfo) -> Renewal:
    lease, terms = tenant.lease, tenant.lease.terms
    answer = renew(tenant, now)
    until = moment(answer.expires_at, now, language, zone) if isinstance(answer, Renewed) else None
    return Renewal(
        possible=until is not None,
        why_not="" if isinstance(answer, Renewed) else answer.rule,
        left=max(0, terms.renew_times - lease.renewals),
        times=terms.renew_times,
        how_often=times(terms.renew_times, language),
        by=span(terms.renew_by, language),
        until=until,
        opens=moment(lease.expires_at - terms.opens_before, now, language, zone),
        furthest=moment(lease.started_at + max(terms.at_most, terms.lasts), now, language, zone),
    )


def _away_until(tenant: Tenant, now: datetime, language: str, zone: tzinfo) -> Moment | None:
    """Say how far the end could wait for people who are away, None where it cannot."""
    latest = furthest_away(tenant, now)
    return None if isinstance(latest, NotAway) else moment(latest, now, language, zone)


def _reclaim_from(tenant: Judged, next_step: datetime) -> datetime | None:
    """When deletion may begin: a running tenant is suspended first, so the date is the earliest possible."""
    if not _reaches(tenant, Enforce.RECLAIM):
        return None
    if tenant.state is State.ACTIVE:
        return next_step + max(tenant.lease.terms.suspension_lasts, tenant.lease.terms.notice)
    return next_step


def _next_warning(tenant: Tenant, now: datetime) -> datetime | None:
    moments = (tenant.lease.expires_at - before for before in tenant.lease.terms.warn_before)
    return min((m for m in moments if m > now), default=None)


def _reaches(tenant: Judged, stage: Enforce) -> bool:
    return tenant.enforce is not None and tenant.enforce.reaches(stage)


def _contacts(tenant: Tenant) -> tuple[Contact, ...]:
    reading = readers(tenant)
    chosen = [p for p in tenant.people if p in reading or not p.enabled]
    return tuple(Contact(clean(p.name), clean(p.email or ""), p.enabled) for p in chosen)


def _only_reader(tenant: Tenant) -> str:
    """Name the one person who reads it; nobody where several do, for all of them get the same words."""
    reading = readers(tenant)
    return clean(reading[0].name) if len(reading) == 1 else ""


def _own(losses: Sequence[Resource] | None, tenant: Tenant) -> Sequence[Resource] | None:
    """Leave out what is not the tenant's, whoever listed it: nothing of others is ever taken."""
    return None if losses is None else [r for r in losses if r.project_id == tenant.project_id]


def _running(own: Sequence[Resource] | None) -> tuple[Thing, ...]:
    """Name the servers that run; none when that cannot be said."""
    return tuple(Thing(clean(r.name or r.id)) for r in own or () if r.kind == "server" and r.status == "ACTIVE")
