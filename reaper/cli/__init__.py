"""The command `reaper`: each error one sentence; exit 0 fine, 1 needs a person, 2 wrong usage or unusable file."""

from __future__ import annotations

import sys

import click

from reaper import __version__
from reaper.cli.lazily import LazyGroup
from reaper.errors import ReaperError, Unusable

#: Where each command stands, and the one line that says what it does: known without importing what it needs.
COMMANDS = {
    "closure": (
        "decree:closure",
        "Let nothing come due from START to END (UTC), while people are away; afterwards it comes with a full notice.",
    ),
    "db": (
        "operate:db",
        "Keep the database's schema.",
    ),
    "demo": (
        "demo:demo",
        "Watch a free cloud live through a month in about a minute.",
    ),
    "gate": (
        "operate:gate",
        "Look at the gates that stop destructive work.",
    ),
    "leftovers": (
        "leftovers:leftovers",
        "List what is left of projects that Keystone no longer has, by kind, region, size and age.",
    ),
    "letter": (
        "letter:letter",
        "Look at the letters.",
    ),
    "pause": (
        "operate:pause",
        "Stop everything that takes something away; warnings and renewals go on.",
    ),
    "plan": (
        "operate:plan",
        "Show what the next sweep would do, and why.",
    ),
    "policy": (
        "policy:policy",
        "Check the policies before they count.",
    ),
    "resume": (
        "operate:resume",
        "Let destructive work go on.",
    ),
    "run": (
        "operate:run",
        "Run the daemon: observe, sweep, deliver, and the web page.",
    ),
    "status": (
        "operate:status",
        "Show how things stand: tenants, letters, gates, the last sweep; exit code 1 if a person is needed.",
    ),
    "sweep": (
        "operate:sweep",
        "Observe, sweep and deliver once.",
    ),
    "tenant": (
        "tenant:tenant",
        "Look at tenants and answer for them.",
    ),
}


@click.group(
    cls=LazyGroup, later=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="reaper")
@click.option(
    "--config-file",
    "config_files",
    multiple=True,
    metavar="FILE",
    help="Settings; may be given several times. Default: /etc/reaper/reaper.conf and reaper.conf.d.",
)
@click.pass_context
def reaper(context: click.Context, config_files: tuple[str, ...]) -> None:
    """Leases for the tenants of free and trial OpenStack clouds: warn, renew, suspend, reclaim, verified."""
    from reaper.cli import base  # noqa: PLC0415 - it stands on settings, which no help or completion needs

    context.obj = base.Session(list(config_files))
    context.call_on_close(context.obj.close)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; never shows a traceback for what a person can put right."""
    try:
        reaper.main(args=arguments, prog_name="reaper", standalone_mode=True)
    except Unusable as error:
        _complain(str(error), 2)
    except ReaperError as error:
        _complain(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _complain(sentence: str, code: int) -> None:
    from reaper.cli.output import say  # noqa: PLC0415 - it stands on rich

    say(f"reaper: {sentence}", err=True)
    sys.exit(code)
