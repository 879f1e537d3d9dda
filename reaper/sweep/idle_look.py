"""Looking for idle things: which tenants and kinds, from one listing for each kind and region; nothing is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reaper.execute import Pools
from reaper.execute.listing_pass import Place, share_out, take
from reaper.gates import Limits
from reaper.lifecycle import IdleListings, Stock, longest_gap, only_looked_at, spared, take_stock, together, verify
from reaper.model import IdleThing, Judged, Listing, Tenant
from reaper.plan import sort_out
from reaper.policy import IdleRule, Policies, standing
from reaper.ports import CloudReader, IdleThings, Ledger
from reaper.sweep.ledger_steps import Standing

#: The ledger's note of which rules there are, and since when each.
RULES = "idle rules"


@dataclass(frozen=True)
class Subject:
    """A tenant as policies see it now, the rules that hold for it by name, and what is known of its things."""

    tenant: Judged
    rules: Mapping[str, IdleRule]
    known: tuple[IdleThing, ...] = ()

    @property
    def kinds(self) -> set[str]:
        """What has to be listed of it: what its rules name, and where something was asked to go."""
        asked = {thing.resource.kind for thing in self.known if thing.asked_at is not None}
        return asked | {rule.kind for rule in self.rules.values()}


@dataclass(frozen=True)
class Sight:
    """What one look at a cloud has found; `doubts` could not be listed."""

    subjects: Mapping[str, Subject] = field(default_factory=dict)
    stock: Stock = field(default_factory=Stock)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdleLook:
    """Finds what is idle. `every` is how often it looks."""

    ledger: Ledger
    things: IdleThings
    policies: Callable[[], Policies]
    standing: Standing
    pools: Pools
    limits: Limits
    every: timedelta

    @property
    def any_rules(self) -> bool:
        """Whether any policy has a rule."""
        return any(policy.idle for policy in self.policies())

    def look(self, cloud: CloudReader, now: datetime) -> Sight:
        """Compare what is known of one cloud's idle things with fresh listings."""
        subjects = self._subjects(cloud.name, now)
        wanted: defaultdict[Place, list[str]] = defaultdict(list)
        for subject in subjects.values():
            for place in ((kind, region) for kind in sorted(subject.kinds) for region in cloud.regions):
                wanted[place].append(subject.tenant.project_id)
        seen = take(cloud, self.pools, wanted)
        begun, share = self.begun(now), share_out(seen)

        def view(place: Place, project_id: str) -> Listing:
            """Show what was listed; of a region that Reaper is not told of any more, nothing."""
            return share(place, project_id) if place in seen.listings else Listing(*place, complete=False)

        stocks = [self._of(subject, view, cloud.regions, now, begun) for subject in subjects.values()]
        return Sight(subjects, together(stocks), seen.doubts)

    def rules_for(self, tenant: Tenant) -> dict[str, IdleRule]:
        """Return the rules of the policy that covers a tenant today, by all that they say."""
        facts = (tenant.cloud, tenant.project_id, tenant.name, tenant.domain, tenant.tags)
        policy = self.policies().first(*facts)
        return {rule.under(policy.name): rule for rule in policy.idle} if policy is not None else {}

    def begun(self, now: datetime) -> dict[str, datetime]:
        """Say since when each rule has been known: one that is new, or written otherwise, begins now."""
        try:
            known = {
                name: datetime.fromisoformat(at) for name, at in json.loads(self.ledger.noted(RULES) or "{}").items()
            }
        except (ValueError, AttributeError, TypeError):
            known = {}
        names = {rule.under(policy.name) for policy in self.policies() for rule in policy.idle}
        return {name: known.get(name, now) for name in sorted(names)}

    def _subjects(self, cloud: str, now: datetime) -> dict[str, Subject]:
        known: defaultdict[str, list[IdleThing]] = defaultdict(list)
        for thing in self.things.open(cloud):
            known[thing.tenant_id].append(thing)
        found = {}
        for tenant in self.ledger.tenants(cloud):
            judged = self.standing(tenant)
            rules = self.rules_for(judged) if spared(judged, now) is None else {}
            if rules or tenant.id in known:
                found[tenant.id] = Subject(judged, rules, tuple(known[tenant.id]))
        return found

    def _of(
        self,
        subject: Subject,
        view: Callable[[Place, str], Listing],
        regions: Sequence[str],
        now: datetime,
        begun: Mapping[str, datetime],
    ) -> Stock:
        tenant = subject.tenant
        stocks = [self._left_over(subject, view, now)]
        for name, rule in subject.rules.items():
            for region in regions:
                listing = view((rule.kind, region), tenant.project_id)
                known = [t for t in subject.known if t.rule == name and t.resource.region == region]
                gap = longest_gap(rule, self.every, self.limits.longest_gap)
                earliest = max(begun.get(name, now), tenant.lease.started_at)
                mine = sort_out(tenant, listing.resources).mine
                silent = only_looked_at(tenant, rule.kind) is not None
                stocks.append(
                    take_stock(IdleListings(tenant.id, name, rule, listing, now, gap, earliest, mine, silent), known)
                )
        return together(stocks)

    def _left_over(self, subject: Subject, view: Callable[[Place, str], Listing], now: datetime) -> Stock:
        """Forget what no rule speaks of any more, but for what was asked to go: that is followed to its end."""
        without = [thing for thing in subject.known if thing.rule not in subject.rules]
        over = tuple(thing for thing in without if thing.asked_at is None)
        asked = [thing for thing in without if thing.asked_at is not None]
        listings = ((view(_place(thing), subject.tenant.project_id), thing) for thing in asked)
        return together([Stock(over=over), *(verify(listing, [thing], now) for listing, thing in listings)])


def eyes_on(
    ledger: Ledger,
    things: IdleThings,
    policies: Callable[[], Policies],
    pools: Pools,
    limits: Limits,
    every: timedelta,
) -> IdleLook:
    """Wire a look that judges tenants by today's policies."""
    return IdleLook(ledger, things, policies, lambda tenant: standing(tenant, policies()), pools, limits, every)


def named(things: Iterable[IdleThing]) -> str:
    """Name things in one line."""
    return ", ".join(sorted({str(thing.resource) for thing in things}))


def _place(thing: IdleThing) -> Place:
    return (thing.resource.kind, thing.resource.region)
