"""What is decided for many at once: `reaper policy diff | simulate | apply`, and `reaper closure`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from reaper import config
from reaper.app import App
from reaper.cli.base import Session, me, pass_session
from reaper.cli.output import console, formatted, say_json, shown, table
from reaper.errors import Unusable
from reaper.lifecycle import decide
from reaper.model import State, Tenant
from reaper.operations import Decreed, Hit, apply_terms, close_for, hits
from reaper.policy import Policies, standing
from reaper.policy.drift import covering_now

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command()
@formatted
@pass_session
def diff(session: Session, style: str) -> None:
    """Compare the terms of running leases with what their policies say today; exit code 1 where they differ."""
    found = _hits(session.app())
    if style == "json":
        say_json([_as_row(hit) for hit in found])
    else:
        _show(found)
    sys.exit(1 if found else 0)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@formatted
@pass_session
def simulate(session: Session, files: tuple[Path, ...], style: str) -> None:
    """Say for each known tenant what these policies would have the next sweep do. Writes nothing, asks no cloud.

    Without FILES, those of the settings: then both columns are the same.
    """
    app = session.app()
    other = config.read_policies(files) if files else app.policies
    rows = [_compared(tenant, app, other) for tenant in app.store.ledger.tenants() if tenant.state != State.RECLAIMED]
    if style == "json":
        say_json(rows)
        return
    columns = ("tenant", "policy", "next", "policy_then", "next_then")
    cells = [[shown(row[column]) for column in columns] for row in rows]
    console().print(table("Under the policies in force, and then", columns, cells))
    console().print("Nothing was written.")


def _compared(tenant: Tenant, app: App, other: Policies) -> dict[str, object]:
    now = app.clock.now()
    said: dict[str, object] = {"tenant": tenant.full_name}
    for suffix, policies in (("", app.policies), ("_then", other)):
        policy, decision = covering_now(tenant, policies), decide(standing(tenant, policies), now)
        why = "; ".join(shown(value) for value in vars(decision).values() if value is not None)
        said[f"policy{suffix}"] = f"{policy.name} ({policy.enforce})" if policy else "none"
        said[f"next{suffix}"] = f"{type(decision).__name__.lower()}: {why}"
    return said


@click.command("apply")
@click.option("--amnesty", "until", type=DAY, required=True, help="No lease ends before this day (UTC).")
@click.option("--policy", "name", help="Only tenants of this policy.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@formatted
@pass_session
def apply(session: Session, until: datetime, name: str | None, style: str, *, yes: bool) -> None:
    """Give running leases the terms of today's policies; their people get a letter and every warning afresh."""
    app = session.app()
    found = _hits(app, name)
    if style != "json":
        _show(found)
    if found and not yes:
        _agree(style, f"Give {len(found)} leases today's terms, none ending before {until:%Y-%m-%d}?")
    decreed = apply_terms(app.store.ledger, found, until.replace(tzinfo=UTC), me(), app.clock.now())
    _tell(style, decreed, "have today's terms")


@click.command()
@click.argument("start", type=DAY)
@click.argument("end", type=DAY)
@click.option("--reason", required=True, help="Why; it stands in the letter and in each history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@formatted
@pass_session
def closure(session: Session, start: datetime, end: datetime, reason: str, style: str, *, yes: bool) -> None:
    """Let nothing come due from START to END (UTC), while people are away; afterwards it comes with a full notice."""
    app = session.app()
    if not yes:
        _agree(style, f"Hold everybody whose time would be over between {start:%Y-%m-%d} and {end:%Y-%m-%d}?")
    ledger, between = app.store.ledger, (start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    decreed = close_for(ledger, ledger.tenants(), app.standing, between, reason, me(), app.clock.now())
    _tell(style, decreed, f"are held until {end:%Y-%m-%d}")


def _hits(app: App, name: str | None = None) -> list[Hit]:
    if name is not None and app.policies.named(name) is None:
        there = ", ".join(policy.name for policy in app.policies)
        raise Unusable(f"--policy: there is no policy {name!r}; there are: {there}")
    return hits(app.store.ledger.tenants(), app.policies, name)


def _as_row(hit: Hit) -> dict[str, object]:
    changes = [{"key": one.key, "has": one.has, "would_have": one.would_have} for one in hit.changes]
    return {"tenant": hit.tenant.full_name, "policy": hit.policy.name, "changes": changes}


def _show(found: list[Hit]) -> None:
    rows = [(h.tenant.full_name, h.policy.name, one.key, one.has, one.would_have) for h in found for one in h.changes]
    if rows:
        columns = ("tenant", "policy today", "key", "the lease has", "it would have")
        console().print(table(f"{len(found)} leases have other terms", columns, rows))
    else:
        console().print("Every running lease has the terms of today's policies.")


def _agree(style: str, question: str) -> None:
    if style == "json":
        raise Unusable("with -f json nobody can be asked; add --yes")
    click.confirm(question, abort=True, err=True)


def _tell(style: str, decreed: Decreed, what: str) -> None:
    reached, passed = ([one.full_name for one in some] for some in (decreed.reached, decreed.passed_over))
    if style == "json":
        say_json({"reached": reached, "passed_over": passed})
        return
    console().print(f"{len(reached)} tenants {what}; each gets a letter.")
    if passed:
        left = f"Left as they are (suspended, held back or changed meanwhile): {', '.join(passed)}"
        console().print(left)
