"""`reaper tenant`: list, show, why, renew, hold, release, history. TENANT is cloud/name or a project id."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from reaper.cli.base import Session, facts_of, me, pass_session
from reaper.cli.idle import idle_facts, idle_text
from reaper.cli.lazily import LazyGroup
from reaper.cli.output import console, formatted, pairs, say_json, shown, table
from reaper.cli.receipt import receipt_of
from reaper.errors import Refused, Unusable
from reaper.lifecycle import NotRenewed, step_after_halt
from reaper.model import Hold, State, Tenant
from reaper.operations import admin
from reaper.policy import parse_duration

#: Commands of the group that stand in modules of their own, as in `reaper.cli`.
ELSEWHERE = {
    "receipt": (
        "receipt:receipt",
        "Show what was taken back from a tenant, what was left and why, and what is kept until when.",
    ),
    "reclaim": (
        "reclaim:reclaim",
        "Take everything back from a tenant now, whatever its lease says; what would go is shown first.",
    ),
}


@click.group(cls=LazyGroup, later=ELSEWHERE)
def tenant() -> None:
    """Look at tenants and answer for them."""


@tenant.command("list")
@click.option("--cloud", help="Only this entry of clouds.yaml.")
@click.option("--state", type=click.Choice([str(s) for s in State], case_sensitive=False), help="Only this state.")
@click.option("--orphans", is_flag=True, help="Only those whom nobody could be told.")
@formatted
@pass_session
def list_(session: Session, cloud: str | None, state: str | None, style: str, *, orphans: bool) -> None:
    """List tenants with their state and deadline."""
    app = session.app()
    rows = [facts_of(found, app) for found in app.store.ledger.tenants(cloud)]
    rows = [row for row in rows if (not state or row["state"] == state.upper()) and (not orphans or row["orphan"])]
    if style == "json":
        say_json(rows)
        return
    columns = ("cloud", "name", "state", "policy", "expires_at", "deadline", "renewals_left")
    cells = [[shown(row[column]) for column in columns] + [_remark(row)] for row in rows]
    console().print(table(f"{len(rows)} tenants", [*columns, ""], cells))


def _remark(row: object) -> str:
    facts = row if isinstance(row, dict) else {}
    remarks = [facts.get("quarantine_reason"), facts.get("hold"), facts.get("exempt"), facts.get("blocker")]
    orphan = f"orphan: {facts['orphan_fate']}" if facts.get("orphan_fate") else None
    return "; ".join(str(r) for r in [*remarks, orphan] if r)


@tenant.command()
@click.argument("name", metavar="TENANT")
@formatted
@pass_session
def show(session: Session, name: str, style: str) -> None:
    """Show one tenant: lease, letters, and what is being reclaimed."""
    app = session.app()
    found = app.store.ledger.find(name)
    steps = app.store.journal.steps(found)
    letters = app.store.outbox.letters(found.id)
    told = receipt_of(found, app)
    facts = {
        **facts_of(found, app),
        "letters": [
            {
                "kind": le.kind,
                "state": le.state,
                "queued_at": le.queued_at,
                "accepted_at": le.accepted_at,
                "answer": le.answer,
            }
            for le in letters
        ],
        "reclaim": {
            "planned": len(steps),
            "gone": sum(s.gone_at is not None for s in steps),
            "left": told["left"],
        },
        "idle": [idle_facts(thing) for thing in app.store.idle.of(found.id)],
        "archived": told["archived"],
        "not_archived": told["not_archived"],
        "not_verified": told["not_verified"],
    }
    if style == "json":
        say_json(facts)
        return
    facts["letters"] = [f"{shown(le.queued_at)}  {le.kind}  {le.state}  {le.answer}" for le in letters]
    facts["reclaim"] = _reclaim_text(facts["reclaim"]) if steps else ""
    facts["idle"] = [idle_text(thing) for thing in app.store.idle.of(found.id)]
    facts["archived"] = [f"{one['server']}: {one['image']} until {shown(one['until'])}" for one in told["archived"]]
    facts["not_archived"] = [f"{one['server']}: {one['why']}" for one in told["not_archived"]]
    console().print(pairs(facts))


def _reclaim_text(reclaim: object) -> str:
    facts = reclaim if isinstance(reclaim, dict) else {}
    return "\n".join([f"{facts['gone']} of {facts['planned']} resources verified gone", *facts["left"]])


@tenant.command()
@click.argument("name", metavar="TENANT")
@formatted
@pass_session
def why(session: Session, name: str, style: str) -> None:
    """Say what comes next for a tenant, and why not something else."""
    app = session.app()
    found = app.standing(app.store.ledger.find(name))
    now = app.clock.now()
    decision = step_after_halt(found, now, app.store.ledger.gate_inputs(now).beat_at)
    word, text = type(decision).__name__.lower(), shown(vars(decision) or "")
    answer = {"tenant": found.full_name, "state": found.state, "decision": word, **vars(decision)}
    gates = app.gates()
    if style == "json":
        say_json({**answer, "gates": [gate.name for gate in gates]})
        return
    console().print(f"{found.full_name} is {found.state}; next: {word} ({text})")
    for gate in gates:
        console().print(f"closed gate, nothing is taken meanwhile: {gate}")


@tenant.command()
@click.argument("name", metavar="TENANT")
@click.option("--beyond-rules", is_flag=True, help="Also when the lease's own limits stand against it.")
@formatted
@pass_session
def renew(session: Session, name: str, style: str, *, beyond_rules: bool) -> None:
    """Renew a tenant's lease for its people."""
    app = session.app()
    found = app.store.ledger.find(name)
    answer = app.desk.renew_tenant(found.id, me(), beyond_rules=beyond_rules)
    if isinstance(answer, NotRenewed):
        when = f"; it can be renewed from {shown(answer.opens_at)}" if answer.opens_at else ""
        raise Refused(f"{found.full_name} is not renewed: rule {answer.rule} stands against it{when}")
    facts = {"tenant": found.full_name, "expires_at": answer.expires_at, "renewals_left": answer.left}
    if style == "json":
        say_json({**facts, "restores": answer.restores})
        return
    console().print(f"{found.full_name} is renewed until {shown(answer.expires_at)}, {answer.left} renewals left")


@tenant.command()
@click.argument("name", metavar="TENANT")
@click.option("--until", required=True, metavar="DATE", help="Review date: 2031-05-01, or a duration such as 14d.")
@click.option("--reason", required=True, help="Why nobody may touch it.")
@formatted
@pass_session
def hold(session: Session, name: str, until: str, reason: str, style: str) -> None:
    """Let nothing happen to a tenant until a review date; afterwards all warnings start afresh."""
    app = session.app()
    now = app.clock.now()
    found, moment = app.store.ledger.find(name), _moment(until, now)
    word = Hold(moment, reason, me())
    admin.hold(app.store.ledger, found, word, f"until {shown(moment)}: {reason}", now)
    _say(style, found, f"on hold until {shown(moment)}")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = now + parse_duration(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= now:
        raise Unusable(f"--until {text} is past; a review date lies ahead")
    return moment


@tenant.command()
@click.argument("name", metavar="TENANT")
@formatted
@pass_session
def release(session: Session, name: str, style: str) -> None:
    """End a hold or a quarantine: the tenant goes on where it was, after a full new notice."""
    app = session.app()
    now, found = app.clock.now(), app.store.ledger.find(name)
    free = admin.release(app.store.ledger, found, me(), now)
    _say(style, found, f"released; it is {free.state} again")


@tenant.command()
@click.argument("name", metavar="TENANT")
@click.option("--reason", required=True, help="Why these servers may go without an image.")
@formatted
@pass_session
def consent(session: Session, name: str, reason: str, style: str) -> None:
    """Let a reclaim go on whose archive failed: the servers that could not be kept as images go without."""
    app = session.app()
    found = app.store.ledger.find(name)
    lost = admin.consent_to_loss(found, reason, me(), app.store.ledger, app.store.archives, app.clock.now())
    _say(style, found, f"goes on; it may go without the image of {lost}")


@tenant.command()
@click.argument("name", metavar="TENANT")
@formatted
@pass_session
def history(session: Session, name: str, style: str) -> None:
    """Tell everything that happened to a tenant."""
    app = session.app()
    found = app.store.ledger.find(name)
    events = app.store.ledger.history(found.id)
    if style == "json":
        say_json([{"at": e.at, "what": e.what, "text": e.text, "by": e.by} for e in events])
        return
    rows = [(shown(e.at), e.what, e.text, e.by) for e in events]
    console().print(table(found.full_name, ("when", "what", "", "by"), rows))


def _say(style: str, found: Tenant, text: str) -> None:
    if style == "json":
        say_json({"tenant": found.full_name, "done": text})
    else:
        console().print(f"{found.full_name}: {text}")
