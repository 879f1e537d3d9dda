"""`reaper leftovers`: what is left of projects that Keystone no longer has. It deletes nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from reaper.app import Reach
from reaper.cli.base import Session, pass_session
from reaper.cli.output import console, formatted, say, say_json, table
from reaper.leftovers import Leftover, Leftovers, projects_of


@click.command()
@click.option("--cloud", "clouds", multiple=True, metavar="CLOUD", help="Only this cloud; may be given several times.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be given several times.")
@formatted
@pass_session
def leftovers(session: Session, clouds: tuple[str, ...], kinds: tuple[str, ...], style: str) -> None:
    """List what is left of projects that Keystone no longer has, by kind, region, size and age. Deletes nothing."""
    app = session.app(reach=Reach.LOOK)
    seen = [app.leftovers(name) for name in app.chosen(clouds)]
    found = [one for look in seen for one in look.found if not kinds or one.resource.kind in kinds]
    if style == "json":
        say_json(
            {"leftovers": [_as_document(one) for one in found], "doubts": _doubts(seen), "remarks": _remarks(seen)}
        )
    else:
        _show(found, app.clock.now())
        for remark in _remarks(seen):
            say(remark)
        for doubt in _doubts(seen):
            say(f"could not be looked into, there may be more: {doubt}")
    sys.exit(1 if any(look.doubts for look in seen) else 0)


def _doubts(seen: Sequence[Leftovers]) -> list[str]:
    return [f"{look.cloud}: {doubt}" for look in seen for doubt in look.doubts]


def _remarks(seen: Sequence[Leftovers]) -> list[str]:
    return [f"{look.cloud}: {remark}" for look in seen for remark in look.remarks]


def _as_document(one: Leftover) -> dict[str, object]:
    resource = one.resource
    return {
        "cloud": one.cloud,
        "region": resource.region,
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
        "project_id": resource.project_id,
        "status": resource.status,
        "bytes": one.size,
        "created_at": one.created_at,
    }


def _show(found: Sequence[Leftover], now: datetime) -> None:
    out = console()
    if not found:
        out.print("Nothing is left of projects that no longer exist.")
        return
    rows = [
        (
            f"{one.cloud} {one.resource.region}",
            one.resource.kind.replace("_", " "),
            one.resource.name or "-",
            one.resource.id,
            str(one.resource.project_id),
            f"{one.size / 2**30:.1f} GiB" if one.size is not None else "-",
            f"{(now - one.created_at).days} days" if one.created_at else "-",
        )
        for one in found
    ]
    title = f"{len(found)} resources of {projects_of(found)} projects that Keystone no longer has"
    out.print(table(title, ("where", "kind", "name", "id", "project", "size", "age"), rows))
    out.print("Nothing was deleted; they are for a person to look at.")
