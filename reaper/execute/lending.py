"""What another project uses, though its service would delete it all the same: it stays, with what it needs."""

from __future__ import annotations

from datetime import datetime

from reaper.execute.survey import Place
from reaper.execute.work import ASK_AGAIN, RESET_AFTER, Work, shown_in
from reaper.kinds import BY_NAME, Key, may_be_needed, parent_of, router_of
from reaper.model import Listing, Resource


def maybe_lent(work: Work) -> list[Resource]:
    """Return what is plugged into or points to something that was not seen to be the tenant's own."""
    held = [(one, BY_NAME[one.kind].held_by) for one in work.remaining.values()]
    return [one for one, by in held if by and one.facts.get(by) and (one.region, str(one.facts[by])) not in work.own]


def leave_lent(work: Work, lent: Resource, why: str) -> None:
    """Leave alone what something of another project uses, and what that would lose with it.

    With a port that is its network and the way out of it: addresses on it, the network's interfaces and their routers.
    """
    work.excuse(lent, why)
    for one in list(work.remaining.values()):
        if one.region == lent.region and _serves(one, lent):
            work.excuse(one, f"{lent} needs it, which is left alone: {why}")
    interfaces = [one.resource for one in work.findings.values() if one.resource.kind == "router_interface"]
    for key in filter(None, map(router_of, interfaces)):
        if key in work.remaining:
            work.excuse(work.remaining[key], f"{lent} needs it, which is left alone: {why}")


def _serves(one: Resource, lent: Resource) -> bool:
    if lent.kind != "port":
        return False
    if one.kind in ("floating_ip", "port_forwarding"):
        return one.facts.get("port_id") == lent.id
    network = lent.facts.get("network_id")
    if network is None:
        return False
    return (one.kind, one.id) == ("network", network) or (
        one.kind in ("router_interface", "subnet") and one.facts.get("network_id") == network
    )


def leave_what_others_need(work: Work) -> None:
    """When nothing moves any more, leave alone what was refused and may be needed by something that stays."""
    asked = [one for one in work.remaining.values() if parent_of(one) not in work.remaining]
    if work.course.idle <= ASK_AGAIN or any(not work.answers.get(one.key) for one in asked):
        return
    staying, left = list(work.staying.values()), list(work.remaining.values())
    for resource in asked:
        why = may_be_needed(resource, staying, left, long=work.course.idle > RESET_AFTER)
        if why and resource.key not in work.unheard:
            work.excuse(resource, f"{work.answers[resource.key]} ({why})")


def see_again(work: Work, place: Place, listing: Listing, at: datetime) -> set[Key]:
    """Take in a listing of what is in line, only to tell whose it is; returns what is not the tenant's any more.

    What it does not show is looked for by the next look, as ever.
    """
    if not listing.complete:
        return set()
    work.seen_at[place] = at
    mine = {one.key: one for one in listing.resources if one.project_id == work.tenant.project_id}
    here = {key for key in work.remaining if shown_in(key) == place}
    for key in here & mine.keys():
        work.remaining[key] = mine[key]
    return here - mine.keys()
