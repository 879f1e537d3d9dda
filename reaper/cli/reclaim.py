"""`reaper tenant reclaim`: what a person takes back by hand, after having seen it and typed its name."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection

import click

from reaper.app import Reach
from reaper.cli.bars import ReclaimBar
from reaper.cli.base import Session, me, pass_session
from reaper.cli.output import formatted, say, say_json
from reaper.cli.receipt import receipt_of
from reaper.errors import Unusable
from reaper.model import Archive, Tenant, UninspectableService
from reaper.plan import Plan
from reaper.uninspectable import unseen_in


@click.command()
@click.argument("name", metavar="TENANT")
@click.option("--confirm", metavar="NAME", help="The tenant's name, instead of typing it when asked.")
@formatted
@pass_session
def reclaim(session: Session, name: str, confirm: str | None, style: str) -> None:
    """Take everything back from a tenant now, whatever its lease says; what would go is shown first.

    Holds, exemptions, protection, the policy's stage and the pause switch still count. There is no way back.
    """
    app = session.app(reach=Reach.WRITE)
    tenant = app.store.ledger.find(name)
    _show(tenant, app.inventory(tenant), unseen_in(tenant.cloud, app.store.ledger.noted))
    typed = confirm if confirm is not None else click.prompt(f"Type {tenant.name} to take all of this back", err=True)
    if typed != tenant.name:
        raise Unusable(f"{typed!r} is not {tenant.name!r}; nothing was done")
    with ReclaimBar() as bar:
        app.show_progress(bar)
        tally = app.reclaim(tenant, me())
    receipt = receipt_of(app.store.ledger.tenant(tenant.id), app)
    if style == "json":
        say_json({**receipt, "troubles": [f"{word}: {text}" for word, _, text in tally.lines if word != "reclaimed"]})
    else:
        for word, _, text in tally.lines:
            say(f"{tenant.full_name} {word}: {text}")
    sys.exit(0 if tally.counts["reclaimed"] else 1)


def _show(tenant: Tenant, plan: Plan, unseen: Collection[UninspectableService]) -> None:
    """Name the owner and count what would go, on standard error so that JSON stays alone."""
    people = ", ".join(person.email or person.name for person in tenant.people) or "nobody known"
    counts = Counter(call.resource.kind for call in plan.calls if call.resource is not None)
    say(f"{tenant.full_name} (project {tenant.project_id}), of {people}, is {tenant.state} and owns:", err=True)
    for kind, count in counts.items():
        say(f"  {count:>4} {kind.replace('_', ' ')}", err=True)
    if plan.tenant.lease.terms.archive is Archive.SERVERS:
        say("  its servers become images first, and nothing goes before all of them are ready", err=True)
    for stays in [*plan.kept, *plan.findings]:
        say(f"  left alone: {stays}", err=True)
    for one in unseen:
        say(f"  not verified: {one}", err=True)
