"""`reaper letter`: what was sent and what is on its way."""

from __future__ import annotations

import click

from reaper.cli.base import Session, pass_session
from reaper.cli.output import console, formatted, say_json, shown, table


@click.group()
def letter() -> None:
    """Look at the letters."""


@letter.command("list")
@click.argument("name", metavar="[TENANT]", required=False)
@formatted
@pass_session
def list_(session: Session, name: str | None, style: str) -> None:
    """List letters (of one tenant) and what became of them."""
    app = session.app()
    tenant_id = app.store.ledger.find(name).id if name else None
    names = {tenant.id: tenant.full_name for tenant in app.store.ledger.tenants()}
    columns = ("tenant", "kind", "state", "queued_at", "accepted_at", "recipients", "answer", "message_id")
    rows = [
        {**{c: getattr(le, c) for c in columns[1:]}, "tenant": names.get(le.tenant_id, le.tenant_id)}
        for le in app.store.outbox.letters(tenant_id)
    ]
    if style == "json":
        say_json([{c: row[c] for c in columns} for row in rows])
        return
    cells = [[shown(row[c]) for c in columns[:-1]] for row in rows]
    console().print(table(f"{len(rows)} letters", columns[:-1], cells))
