"""What operators do: run, plan, sweep, status, pause, resume, gate, db."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from reaper import store
from reaper.app import App, Reach, person_needed_for
from reaper.cli.bars import ReclaimBar
from reaper.cli.base import Session, me, pass_session
from reaper.cli.output import console, formatted, pairs, say_json, shown, table
from reaper.errors import Unusable
from reaper.observe import services_of
from reaper.paths import share
from reaper.sweep import Forecast
from reaper.sweep.restored import begin_everybody_again


@click.command()
@pass_session
def run(session: Session) -> None:
    """Run the daemon: observe, sweep, deliver, and the web page. SIGHUP reads policies again, SIGTERM drains."""
    from reaper.app.serve import serve  # noqa: PLC0415 - the page and the schedule, which nothing else here needs

    serve(session.app(create=True, reach=Reach.WRITE))


@click.command()
@formatted
@pass_session
def plan(session: Session, style: str) -> None:
    """Show what the next sweep would do, and why. Writes nothing, anywhere."""
    app = session.app(reach=Reach.LOOK)
    seen = app.forecast()
    if style == "json":
        say_json(_as_document(seen))
    else:
        _show_forecast(seen)
    sys.exit(1 if seen.troubles or any(step.trouble for step in seen.steps) else 0)


def _as_document(seen: Forecast) -> dict[str, object]:
    return {
        "steps": [
            {
                "tenant": step.tenant.full_name,
                "project_id": step.tenant.project_id,
                "decision": type(step.decision).__name__.lower(),
                "why": vars(step.decision),
                "calls": [str(call) for call in step.plan.calls] if step.plan else [],
                "left_alone": [*map(str, step.plan.kept), *map(str, step.plan.findings)] if step.plan else [],
                "not_verified": list(map(str, step.unseen)),
                "trouble": step.trouble,
            }
            for step in seen.steps
        ],
        "idle": [
            {
                "tenant": one.tenant.full_name,
                "project_id": one.tenant.project_id,
                "kind": one.thing.resource.kind,
                "id": one.thing.resource.id,
                "rule": one.thing.rule,
                "decision": str(one.step),
                "from": one.at,
                "withheld": one.withheld,
            }
            for one in seen.idle
        ],
        "newcomers": [{"project": f"{p.cloud}/{p.name}", "policy": policy.name} for p, policy in seen.newcomers],
        "gates": [gate.name for gate in seen.gates],
        "reasons": {gate.name: gate.why for gate in seen.gates},
        "troubles": list(seen.troubles),
    }


def _show_forecast(seen: Forecast) -> None:
    out = console()
    rows = []
    for step in seen.steps:
        calls = "\n".join(str(call) for call in step.plan.calls) if step.plan else ""
        stays = [f"left alone: {item}" for item in (*step.plan.kept, *step.plan.findings)] if step.plan else []
        stays += [f"not verified: {one}" for one in step.unseen]
        why = "\n".join(f"{name} {shown(value)}" for name, value in vars(step.decision).items())
        rows.append(
            (step.tenant.full_name, type(step.decision).__name__.lower(), why, "\n".join([calls, *stays]).strip())
        )
    if rows:
        out.print(table("The next sweep would", ("tenant", "do", "because", "asking the cloud to"), rows))
    if seen.newcomers:
        new = [(f"{p.cloud}/{p.name}", policy.name) for p, policy in seen.newcomers]
        out.print(table("and these would get their first lease, today", ("project", "policy"), new))
    if seen.idle:
        told = [
            (
                one.tenant.full_name,
                str(one.thing.resource),
                f"not {one.step}: {one.withheld}" if one.withheld else str(one.step),
                shown(one.at),
                one.thing.rule,
            )
            for one in seen.idle
        ]
        out.print(table("Idle things", ("tenant", "thing", "do", "goes from", "because"), told))
    if not (rows or seen.newcomers or seen.idle):
        out.print("Nothing is due.")
    for line in [*(f"closed gate, nothing would be taken: {gate}" for gate in seen.gates), *seen.troubles]:
        out.print(line)
    out.print("Nothing was written.")


@click.command()
@formatted
@pass_session
def sweep(session: Session, style: str) -> None:
    """Observe, sweep and deliver once."""
    app = session.app(create=True, reach=Reach.WRITE)
    with ReclaimBar() as bar:
        app.show_progress(bar)
        summary = app.once()
    if style == "json":
        say_json(summary)
    else:
        console().print(pairs(summary))
    sys.exit(1 if summary["gates"] or summary["failed"] or summary["quarantined"] else 0)


@click.command()
@formatted
@pass_session
def status(session: Session, style: str) -> None:
    """Show how things stand: tenants, letters, gates, the last sweep; exit code 1 if a person is needed."""
    app = session.app()
    facts = app.status()
    facts["person_needed_for"] = person_needed_for(app, facts)
    if style == "json":
        say_json(facts)
    else:
        console().print(pairs(facts))
    sys.exit(1 if facts["person_needed_for"] else 0)


@click.command()
@click.option("--reason", default="by hand", help="Why; shown wherever it holds something back.")
@formatted
@pass_session
def pause(session: Session, reason: str, style: str) -> None:
    """Stop everything that takes something away; warnings and renewals go on."""
    app = session.app()
    app.store.ledger.pause(f"{me()}: {reason}", app.clock.now())
    _done(style, {"paused": f"{me()}: {reason}"})


@click.command()
@formatted
@pass_session
def resume(session: Session, style: str) -> None:
    """Let destructive work go on."""
    app = session.app()
    app.store.ledger.pause(None, app.clock.now())
    _done(style, {"paused": None})


@click.group()
def gate() -> None:
    """Look at the gates that stop destructive work."""


@gate.command("list")
@formatted
@pass_session
def gate_list(session: Session, style: str) -> None:
    """List the gates that are closed now; exit code 1 if there is one."""
    gates = session.app().gates()
    if style == "json":
        say_json([{"name": g.name, "cloud": g.cloud, "why": g.why} for g in gates])
    elif gates:
        console().print(
            table("Closed gates", ("gate", "cloud", "why"), [(g.name, g.cloud or "all", g.why) for g in gates])
        )
    else:
        console().print("All gates are open.")
    sys.exit(1 if gates else 0)


@gate.command("accept")
@click.argument("name", type=click.Choice(["inventory", "clock", "limits"]))
@click.option("--cloud", help="For inventory: the entry of clouds.yaml whose shorter list is right.")
@formatted
@pass_session
def gate_accept(session: Session, name: str, cloud: str | None, style: str) -> None:
    """Take the present facts as right, after having looked.

    inventory: the shorter list of projects, or the catalog with fewer services. clock: the time as it is.
    limits: just the tenants that are due now may begin, within a day, though they are more than the limits allow.
    """
    app = session.app()
    if name == "inventory":
        accepted = _accept_inventory(app, cloud)
    else:
        accepted = _accept_clock(app) if name == "clock" else _accept_plan(app)
    _done(style, {"accepted": name, **accepted})


def _accept_clock(app: App) -> dict[str, object]:
    now = app.clock.now()
    app.store.ledger.note("clock", now.isoformat())
    app.store.ledger.beat(now)
    return {"now": now}


def _accept_inventory(app: App, cloud: str | None) -> dict[str, object]:
    mark = app.store.ledger.gate_inputs(app.clock.now()).censuses.get(cloud or "")
    if cloud is None or mark is None:
        raise Unusable(f"--cloud: no census of a cloud {cloud!r} is known; `reaper status` lists the clouds")
    accepted = replace(mark, previous_projects=mark.complete_projects, measured_people=mark.people)
    app.store.ledger.mark_census(accepted)
    app.store.ledger.note(services_of(cloud), None)  # the next look takes the catalog as it is
    return {"cloud": cloud, "projects": mark.complete_projects}


def _accept_plan(app: App) -> dict[str, object]:
    return {"tenants": [tenant.full_name for tenant in app.consent()]}


@click.group()
def db() -> None:
    """Keep the database's schema."""


@db.command("upgrade")
@formatted
@pass_session
def db_upgrade(session: Session, style: str) -> None:
    """Bring the schema to this version; does nothing when it is."""
    connection = session.settings().database.connection
    store.upgrade(connection, share("migrations"))
    _done(style, {"schema": "current"})


@db.command("check")
@formatted
@pass_session
def db_check(session: Session, style: str) -> None:
    """Say whether the schema is this version's; exit code 1 if not."""
    current = store.is_current(session.settings().database.connection, share("migrations"))
    _done(style, {"schema": "current" if current else "out of date: `reaper db upgrade` brings it here"})
    sys.exit(0 if current else 1)


@db.command("restored")
@click.option("--reason", required=True, help="Why it was put back; kept in everybody's history.")
@formatted
@pass_session
def db_restored(session: Session, reason: str, style: str) -> None:
    """Say that the database was put back from a backup, and that it is the one that counts.

    Everybody's warnings begin afresh, for what was promised since the backup is not known; a reclaim that had begun
    goes back to suspension. It opens the gate `ledger`.
    """
    app = session.app()
    reached = begin_everybody_again(app.store.ledger, app.clock, f"{me()}: {reason}")
    app.store.ledger.adopt(app.clock.now())
    _done(style, {"begun_again": reached})


def _done(style: str, facts: dict[str, object]) -> None:
    if style == "json":
        say_json(facts)
    else:
        console().print(pairs(facts) if any(facts.values()) else "Done.")
