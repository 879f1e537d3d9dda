"""What a fresh listing makes of the record of idle things: pure, and nothing is concluded from what was not listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reaper.lifecycle.idleness import goes_along, idle_since, is_idle
from reaper.model import IdleThing, Listing, Resource
from reaper.policy import IdleRule

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Stock:
    """What is to be written: things that are still idle, those that count from now, and those that are idle no more.

    `afresh` may have a row already, which begins anew with all that was told forgotten. `missing` were asked to go and
    were not shown for the first time, `gone` for the second.
    """

    still: tuple[IdleThing, ...] = ()
    afresh: tuple[IdleThing, ...] = ()
    over: tuple[IdleThing, ...] = ()
    missing: tuple[IdleThing, ...] = ()
    gone: tuple[IdleThing, ...] = ()

    @property
    def idle(self) -> tuple[IdleThing, ...]:
        """All that was found idle just now."""
        return (*self.still, *self.afresh)


def together(stocks: Iterable[Stock]) -> Stock:
    """Put the stocks of many listings together."""
    every = list(stocks)
    names = ("still", "afresh", "over", "missing", "gone")
    return Stock(*(tuple(thing for stock in every for thing in getattr(stock, name)) for name in names))


@dataclass(frozen=True)
class IdleListings:
    """One listing of one rule's kind as one tenant sees it. `mine` are the things that may go at all, by key.

    `earliest` is when the rule and the lease began, `gap` how long nobody may have looked. `silent` is whether nobody
    is to be told, for a policy that does not go that far: what was told before holds no longer when it does again.
    """

    tenant_id: str
    name: str
    rule: IdleRule
    listing: Listing
    now: datetime
    gap: timedelta
    earliest: datetime
    mine: Mapping[Key, Resource] = field(default_factory=dict)
    silent: bool = False


def take_stock(look: IdleListings, known: Collection[IdleThing]) -> Stock:
    """Compare what was known under a rule with a listing; an incomplete one, or none at all, changes nothing."""
    if not look.listing.complete or look.listing.absent:
        return Stock()
    rows = {thing.key: thing for thing in known}
    stocks = [_of_known(look, thing) for thing in rows.values()]
    fresh = (thing for key, thing in look.mine.items() if key not in rows and thing.kind == look.rule.kind)
    stocks += [_of_new(look, thing) for thing in fresh]
    return together(stocks)


def verify(listing: Listing, asked: Collection[IdleThing], now: datetime) -> Stock:
    """Find what was asked to go and is not shown any more: once may be a mistake of the service, twice is gone."""
    if not listing.complete or listing.absent:
        return Stock()
    there = {one.key for one in listing.resources}
    absent = [thing for thing in asked if thing.key not in there]
    return Stock(
        missing=tuple(replace(thing, absent_at=now) for thing in absent if thing.absent_at is None),
        gone=tuple(replace(t, gone_at=now) for t in absent if t.absent_at is not None and t.absent_at < now),
    )


def _of_known(look: IdleListings, thing: IdleThing) -> Stock:
    there = {one.key for one in look.listing.resources}
    if thing.key not in there:
        return verify(look.listing, [thing], look.now) if thing.asked_at is not None else Stock(over=(thing,))
    if thing.key not in look.mine:
        return Stock(over=(thing,))
    seen = look.mine[thing.key]
    idle = is_idle(look.rule, seen, look.listing.resources)
    if idle is None or look.now < thing.seen_at:
        return Stock()
    if not idle:
        return Stock(over=(thing,))
    if thing.damaged or look.now - thing.seen_at > look.gap:
        return _of_new(look, seen)
    return _still(look, thing, seen)


def _still(look: IdleListings, thing: IdleThing, seen: Resource) -> Stock:
    """Note that it is idle still; what more would go along by now than its people were told has to be told first."""
    found = replace(thing, resource=seen, seen_at=look.now, absent_at=None)
    along = goes_along(seen)
    more = along is None or along - {disk.id for disk in thing.along}
    if thing.told and (more or (look.silent and thing.asked_at is None)):
        return Stock(afresh=(_untold(found),))
    return Stock(still=(found,))


def _untold(thing: IdleThing) -> IdleThing:
    """Forget what was told of it."""
    return IdleThing(
        thing.id,
        thing.tenant_id,
        thing.rule,
        thing.when,
        thing.resource,
        thing.lasts,
        thing.notice,
        since=thing.since,
        seen_at=thing.seen_at,
    )


def _of_new(look: IdleListings, seen: Resource) -> Stock:
    if not is_idle(look.rule, seen, look.listing.resources):
        return Stock()
    since = idle_since(look.rule, seen, look.now, look.earliest)
    if since is None:
        return Stock()
    rule = look.rule
    row = IdleThing(
        "", look.tenant_id, look.name, rule.when.value, seen, rule.for_, rule.notice, since=since, seen_at=look.now
    )
    return Stock(afresh=(row,))
