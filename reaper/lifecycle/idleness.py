"""Whether a thing is idle, since when, and what is due for it: pure functions of rule, listing, record and now.

Three answers are possible, and the third counts most: what cannot be told is not idle, and nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from reaper.kinds import BY_NAME, parent_of
from reaper.lifecycle.giving_back import is_given_back
from reaper.lifecycle.sanity import FIRST_CLOUD, STALE_AFTER, inconsistency
from reaper.model import NOT_DELIVERED, Archive, Enforce, IdleThing, Judged, LetterState, Resource, State
from reaper.policy import IdleRule, When

#: Whom no letter reached is written to again after so long.
AGAIN_AFTER = timedelta(days=1)
#: What was asked to go and is still there is asked again after so long; what was refused, after a day.
ASKED_AGAIN_AFTER, REFUSED_FOR = timedelta(minutes=10), timedelta(days=1)


class IdleStep(StrEnum):
    """What is due for an idle thing."""

    WAIT = "wait"
    WARN = "warn"
    GIVE_BACK = "give back"


def spared(tenant: Judged, now: datetime) -> str | None:
    """Say why idle rules do not concern a tenant at all, as its policy and its people stand now; or None."""
    wrong = inconsistency(tenant, now)
    reasons = (
        (wrong is not None, wrong or ""),
        (
            tenant.state is not State.ACTIVE or tenant.unfinished is not None,
            f"it is {tenant.state}, or about to change",
        ),
        (tenant.vanished_at is not None, "its project is no longer in Keystone"),
        (tenant.exempt is not None, f"exempt: {tenant.exempt}"),
        (tenant.hold is not None, f"on hold: {tenant.hold.reason if tenant.hold else ''}"),
        (tenant.enforce is None, "its policy no longer exists"),
        (is_given_back(tenant, now), "its people have given back all of it"),
    )
    return next((why for holds, why in reasons if holds), None)


def only_looked_at(tenant: Judged, kind: str) -> str | None:
    """Say why nobody is told of a tenant's idle things and nothing is taken, though they are known; or None."""
    if tenant.enforce is None or not tenant.enforce.reaches(Enforce.RECLAIM):
        return f"its policy says enforce: {tenant.enforce}"
    if kind in tenant.lease.terms.keep:
        return "its policy keeps such things"
    if kind == "server" and tenant.lease.terms.archive is not Archive.NONE:
        return "its lease promises an image of each server"
    return None


def is_idle(rule: IdleRule, thing: Resource, around: Collection[Resource]) -> bool | None:
    """Tell whether a thing is what the rule means; None where it cannot be told. `around` was listed beside it."""
    tell = _TELLING.get((rule.when, rule.kind))
    if tell is None or thing.kind != rule.kind or thing.project_id is None:
        return None
    return tell(thing, around)


def idle_since(rule: IdleRule, thing: Resource, now: datetime, earliest: datetime) -> datetime | None:
    """Say since when something that was just found idle counts as idle, None where that cannot be told.

    Of unattached and stopped things nobody knows how long they have been so: they count from now. An age counts from
    `earliest` on, when the rule and the lease began, so that a new rule does not catch anybody unprepared.
    """
    if rule.when is not When.OLDER:
        return now
    made = made_at(thing)
    return None if made is None or made > now else max(made, earliest)


def made_at(thing: Resource) -> datetime | None:
    """Read when a thing was made, as services write it (without a zone it is UTC); None: missing or impossible."""
    try:
        made = datetime.fromisoformat(str(thing.facts["created_at"]))
    except (KeyError, ValueError):
        return None
    made = made if made.tzinfo is not None else made.replace(tzinfo=UTC)
    return made if made.year >= FIRST_CLOUD else None


def longest_gap(rule: IdleRule, every: timedelta, at_most: timedelta) -> timedelta:
    """Say how long nobody may have looked without that what was seen before stops to count.

    `every` is how often Reaper looks; `at_most` the setting `limits.longest_gap`.
    """
    return min(at_most, max(3 * every, rule.for_ / 4))


def promised_at(thing: IdleThing, now: datetime) -> datetime:
    """Say when it goes at the earliest if a letter about it arrives now: what such a letter names."""
    return max(thing.since + thing.lasts, now + thing.notice)


def due_at(thing: IdleThing) -> datetime | None:
    """Say when it may go: a full notice after the mail server has taken the warning; None as long as it has not."""
    if thing.letter_state is not LetterState.ACCEPTED or thing.accepted_at is None:
        return None
    return promised_at(thing, thing.accepted_at)


def foreseen_at(thing: IdleThing, now: datetime) -> datetime:
    """Say when a thing that its people were told of goes at the earliest, as it stands now; it may be over already.

    While no letter has arrived, or when one has to be written again, that is a full notice from now.
    """
    due = due_at(thing)
    return promised_at(thing, now) if due is None or _is_stale(thing, due, now) else due


def next_step(thing: IdleThing, now: datetime, *, ahead: int = 1) -> IdleStep:
    """Say what is due for a thing that was found idle just now. `ahead` counts notices: how early it may be told of."""
    if thing.damaged or thing.gone_at is not None or now < thing.seen_at or thing.since > now:
        return IdleStep.WAIT
    if not thing.told:
        return IdleStep.WARN if now >= thing.since + thing.lasts - ahead * thing.notice else IdleStep.WAIT
    if thing.letter_state in NOT_DELIVERED:
        return IdleStep.WARN if thing.queued_at is not None and now >= thing.queued_at + AGAIN_AFTER else IdleStep.WAIT
    due = due_at(thing)
    if due is None or now < due or _asked_lately(thing, now):
        return IdleStep.WAIT
    return IdleStep.WARN if _is_stale(thing, due, now) else IdleStep.GIVE_BACK


def _is_stale(thing: IdleThing, due: datetime, now: datetime) -> bool:
    """Tell whether a promise was not kept for so long that people take it for forgotten: it is made again."""
    return now - due > max(thing.notice, STALE_AFTER)


def _asked_lately(thing: IdleThing, now: datetime) -> bool:
    waits = REFUSED_FOR if thing.answer else ASKED_AGAIN_AFTER
    return thing.asked_at is not None and now < thing.asked_at + waits


def goes_along(thing: Resource) -> frozenset[str] | None:
    """Name the volumes that go, or may go, with a thing when it is deleted; None where that cannot be told."""
    if thing.kind != "server":
        return frozenset()
    disks = thing.facts.get("disks")
    return frozenset(map(str, disks)) if isinstance(disks, (tuple, list)) else None


def _loose_address(thing: Resource, around: Collection[Resource]) -> bool | None:
    if "port_id" not in thing.facts:
        return None
    forwards = any(o.kind == "port_forwarding" and o.facts.get("floating_ip_id") == thing.id for o in around)
    return thing.facts["port_id"] is None and not forwards


def _loose_volume(thing: Resource, around: Collection[Resource]) -> bool | None:
    """Tell one that is on no server, in no group, and without snapshots, which would go along."""
    if thing.facts.get("attached") or thing.facts.get("group_id") or thing.status in BY_NAME["volume"].in_use:
        return False
    if any(o.kind == "volume_snapshot" and parent_of(o) == thing.key for o in around):
        return False
    return True if _is_at_rest(thing) and thing.facts.get("attached") is False else None


def _stopped(thing: Resource, _around: Collection[Resource]) -> bool | None:
    """Tell a server that is off, and not just being started or worked on."""
    if thing.status in ("ACTIVE", "PAUSED", "RESCUE") or thing.facts.get("task_state") == "powering-on":
        return False
    off = thing.status == "SHUTOFF" and _free(thing)
    return True if off and goes_along(thing) is not None else None


def _aged(thing: Resource, _around: Collection[Resource]) -> bool | None:
    """Tell a thing that is whole and at rest: what is being made or changed is looked at later."""
    at_rest = _is_at_rest(thing) and (thing.kind != "server" or _free(thing))
    return True if at_rest and made_at(thing) is not None and goes_along(thing) is not None else None


def _is_at_rest(thing: Resource) -> bool:
    return thing.status in BY_NAME[thing.kind].at_rest


def _free(server: Resource) -> bool:
    return "task_state" in server.facts and server.facts["task_state"] is None


_TELLING: Mapping[tuple[When, str], Callable[[Resource, Collection[Resource]], bool | None]] = {
    (When.UNATTACHED, "floating_ip"): _loose_address,
    (When.UNATTACHED, "volume"): _loose_volume,
    (When.STOPPED, "server"): _stopped,
    (When.OLDER, "server"): _aged,
    (When.OLDER, "image"): _aged,
    (When.OLDER, "volume_snapshot"): _aged,
    (When.OLDER, "backup"): _aged,
}
