"""The receipt of a reclaim: what was removed, what stays and why, what is kept as an image and until when."""

from __future__ import annotations

from typing import Any

import click

from reaper.app import App
from reaper.cli.base import Session, pass_session
from reaper.cli.output import console, formatted, pairs, say_json, shown
from reaper.model import ArchiveState, Resource, ServerArchive, Tenant
from reaper.ports import JournalStep
from reaper.uninspectable import unseen_in


@click.command()
@click.argument("name", metavar="TENANT")
@formatted
@pass_session
def receipt(session: Session, name: str, style: str) -> None:
    """Show what was taken back from a tenant, what was left and why, and what is kept until when."""
    app = session.app()
    found = app.store.ledger.find(name)
    told = receipt_of(found, app)
    if style == "json":
        say_json(told)
        return
    told["archived"] = [
        f"{one['server']}: image {one['image']}, until {shown(one['until'])}" for one in told["archived"]
    ]
    told["not_archived"] = [f"{one['server']}: {one['why']} ({_consent(one)})" for one in told["not_archived"]]
    console().print(pairs(told))


def receipt_of(tenant: Tenant, app: App) -> dict[str, Any]:
    """Say of a tenant's running lease what is gone, what is kept, left alone or still there, and what was archived."""
    steps = app.store.journal.steps(tenant)
    staying = [step for step in steps if step.gone_at is None]
    archives = [row for row in app.store.archives.of(tenant.id) if row.lease_id == tenant.lease.id]
    kept = [row for row in archives if row.state is ArchiveState.KEPT]
    there = {row.server for row in kept}
    lost = {row.server: row for row in archives if row.server not in there and row.why}
    return {
        "tenant": tenant.full_name,
        "project_id": tenant.project_id,
        "state": str(tenant.state),
        "reclaimed_at": tenant.reclaimed_at,
        "removed": [str(step.resource) for step in steps if step.gone_at is not None],
        "left": [f"{step.resource}: {_standing(step)}" for step in staying],
        "archived": [_image(row) for row in kept],
        "not_archived": [_without(row) for row in lost.values()],
        "not_verified": [str(one) for one in unseen_in(tenant.cloud, app.store.ledger.noted)],
    }


def _standing(step: JournalStep) -> str:
    """Say why something is still there."""
    if step.answer:
        return step.answer
    return "asked to go, still there" if step.asked_at else "not asked yet"


def _image(row: ServerArchive) -> dict[str, object]:
    return {
        "server": _server(row),
        "image": row.image_id,
        "region": row.region,
        "size": row.size,
        "until": row.kept_until,
    }


def _without(row: ServerArchive) -> dict[str, object]:
    return {"server": _server(row), "state": str(row.state), "why": row.why, "consented_by": row.consented_by}


def _consent(one: dict[str, object]) -> str:
    return f"{one['consented_by']} consented" if one["consented_by"] else str(one["state"])


def _server(row: ServerArchive) -> str:
    return str(Resource("server", row.region, row.server_id, row.server_name, row.project_id))
