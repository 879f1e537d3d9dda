"""`reaper letter`: what was sent, how letters look, what came back, and whether an operator's own letters will do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reaper.app.settings import imprint_of
from reaper.cli.base import Session, me, pass_session
from reaper.cli.output import console, formatted, say, say_json, shown, table
from reaper.clock import SystemClock
from reaper.deliver import Verdict
from reaper.errors import Temporary, Unusable
from reaper.letters import KNOWN, TEMPLATES
from reaper.letters.bounces import LONGEST
from reaper.mail.check import complaints_about
from reaper.mail.preview import Sender, as_page, made_up
from reaper.paths import share

if TYPE_CHECKING:
    from reaper.app import App
    from reaper.model import Judged

#: What a mail server takes for "keep it and try again" (sysexits.h).
_AGAIN = 75
#: Long names that only programs want; `bundle` is that of the message it went in with others.
_IN_JSON = ("message_id", "bundle")
#: Under these names Postfix and Exim tell a program which address a letter was for.
_SENT_TO = ("ORIGINAL_RECIPIENT", "RECIPIENT", "LOCAL_PART_SUFFIX", "EXTENSION")


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
    columns = ("tenant", "kind", "state", "queued_at", "accepted_at", "recipients", "answer", "id", *_IN_JSON)
    rows = [
        {**{c: getattr(le, c) for c in columns[1:]}, "tenant": names.get(le.tenant_id, le.tenant_id or "admins")}
        for le in app.store.outbox.letters(tenant_id)
    ]
    if style == "json":
        say_json([{c: row[c] for c in columns} for row in rows])
        return
    cells = [[shown(row[c]) for c in columns[: -len(_IN_JSON)]] for row in rows]
    console().print(table(f"{len(rows)} letters", columns[: -len(_IN_JSON)], cells))


@letter.command()
@click.argument("kind", type=click.Choice(TEMPLATES))
@click.argument("name", metavar="[TENANT]", required=False)
@click.option("--language", type=click.Choice(KNOWN), default=KNOWN[0], help="In which language.")
@click.option(
    "--html", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML into this file."
)
@click.option("--open", "opened", is_flag=True, help="Show the HTML in a browser.")
@formatted
@pass_session
def preview(
    session: Session, kind: str, name: str | None, language: str, target: Path | None, style: str, *, opened: bool
) -> None:
    """Render a letter for a tenant as it is, or for a made-up one. Nothing is sent and nothing is written down."""
    app = session.app() if name else None
    renderer = app.renderer if app else session.renderer()
    tenant = app.standing(app.store.ledger.find(name)) if app and name else None
    if app and tenant:
        subject, text, html = made_up(renderer, kind, language, tenant, _sender_of(app, tenant))
    else:
        subject, text, html = made_up(renderer, kind, language, None)
    if target or opened:
        target = as_page(html, target)
    if opened:
        click.launch(str(target))
    if style == "json":
        say_json({"subject": subject, "text": text, "html": html, "file": target and str(target)})
        return
    say(f"{subject}\n\n{text}", nl=False)
    if target:
        say(f"{target}", err=True)


def _sender_of(app: App, tenant: Judged) -> Sender:
    """Say of a real tenant's letter what its people would read of the cloud."""
    return Sender(app.settings.cloud_title or tenant.cloud, imprint_of(app.settings), app.settings.time_zone)


@letter.command()
@click.argument("letter_id", metavar="LETTER")
@formatted
@pass_session
def resend(session: Session, letter_id: str, style: str) -> None:
    """Queue a letter once more (its id: `reaper letter list`); it is drawn up anew and sent if it is still true.

    What went to the same people in one message with it goes again too.
    """
    app = session.app()
    found = app.store.outbox.again(letter_id, app.clock.now(), me())
    if not found:
        raise Unusable(f"there is no letter {letter_id!r}: give an id from `reaper letter list`")
    if style == "json":
        say_json({"queued": str(found[0].kind), "letters": [one.id for one in found]})
    elif len(found) == 1:
        console().print(f"The {found[0].kind} letter is queued again.")
    else:
        names = ", ".join(app.store.ledger.tenant(one.tenant_id).full_name for one in found)
        console().print(f"The message with {len(found)} {found[0].kind} letters is queued again: {names}.")


@letter.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@formatted
@pass_session
def check(session: Session, folder: Path | None, style: str) -> None:
    """Check an operator's own letters: unknown names, missing parts, typed numbers; exit code 1 if one will not do."""
    place = folder or session.settings().letters_dir
    if place is None:
        raise Unusable("there is no folder to check: set DEFAULT.letters_dir, or name one")
    wrong = complaints_about(share("notify"), place, TEMPLATES)
    if style == "json":
        say_json({"folder": str(place), "complaints": wrong})
    else:
        for sentence in wrong or ["All letters are fine."]:
            say(sentence)
    sys.exit(1 if wrong else 0)


@letter.command()
@click.option("--to", "sent_to", multiple=True, metavar="ADDRESS", help="Which address the mail server delivered to.")
@formatted
@pass_session
def bounce(session: Session, sent_to: tuple[str, ...], style: str) -> None:
    """Read a mail server's report on standard input, for an alias; exit code 75 asks it to try again later."""
    told = (*sent_to, *(os.environ.get(name, "") for name in _SENT_TO))
    try:
        verdict, letters = session.app().returned.take_back(sys.stdin.buffer.read(LONGEST), told)
    except Temporary as error:
        say(f"reaper: {error}", err=True)
        sys.exit(_AGAIN)
    if style == "json":
        say_json({"verdict": verdict, "letters": [found.id for found in letters]})
        return
    meaning = {
        Verdict.BOUNCED: "It came back: " + ", ".join(f"{found.kind} {found.id}" for found in letters),
        Verdict.DELAYED: "It is still on its way.",
        Verdict.IN_DOUBT: "It cannot be read: what it is about is in doubt, and goes once more if it has not yet.",
        Verdict.NOTHING: "It changes nothing: nothing in it has failed, or it was read before.",
        Verdict.FOREIGN: "It is about no letter of ours: no address in it was signed here.",
    }
    say(meaning[verdict])


@letter.command("test")
@click.argument("address")
@click.option("--send", "sends", is_flag=True, help="Also hand over a letter that says that it is a test.")
@click.option("--selector", help="Of the DKIM key that signs our letters.")
@formatted
@pass_session
def test_(session: Session, address: str, selector: str | None, style: str, *, sends: bool) -> None:
    """Ask the mail server step by step whether it takes letters to ADDRESS; exit code 1 if not. Nothing is booked."""
    from reaper.app.settings import server_of  # noqa: PLC0415 - whoever only looks at letters needs no mail server
    from reaper.mail.domain import findings_on, txt_of  # noqa: PLC0415
    from reaper.mail.message import sender_from, trial_letter  # noqa: PLC0415
    from reaper.mail.probe import probe  # noqa: PLC0415

    settings = session.settings()
    sender = settings.mail.sender
    mail = trial_letter(sender, address, SystemClock().now()) if sends else None
    steps = list(probe(server_of(settings), sender, address, mail))
    found = findings_on(sender_from(sender).domain, selector, txt_of)
    fine = all(step.fine for step in steps)
    if style == "json":
        say_json({"taken": fine, "steps": [vars(step) for step in steps], "domain": [vars(one) for one in found]})
    else:
        for step in steps:
            about = f" (about {step.about})" if step.about else ""
            say(f"{'yes' if step.fine else 'NO '}  {step.step}: {step.said}{about}")
        for one in found:
            word = {True: "yes", False: "NO ", None: "?  "}[one.fine]
            say(f"{word}  {one.what}: {one.said}")
    sys.exit(0 if fine else 1)
