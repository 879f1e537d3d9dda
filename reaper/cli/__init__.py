"""The command `reaper`: each error one sentence; exit 0 fine, 1 needs a person, 2 wrong usage or unusable file."""

from __future__ import annotations

import sys

import click

from reaper.cli import base, decree, demo, leftovers, letter, operate, policy, receipt, reclaim, tenant
from reaper.cli.output import say
from reaper.errors import ReaperError, Unusable


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="openstack-reaper", prog_name="reaper")
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
    context.obj = base.Session(list(config_files))
    context.call_on_close(context.obj.close)


for command in (
    demo.demo,
    operate.run,
    operate.plan,
    operate.sweep,
    operate.status,
    operate.pause,
    operate.resume,
    operate.gate,
    operate.db,
    leftovers.leftovers,
    tenant.tenant,
    policy.policy,
    decree.closure,
    letter.letter,
):
    reaper.add_command(command)


for command in (decree.diff, decree.simulate, decree.apply):
    policy.policy.add_command(command)
tenant.tenant.add_command(reclaim.reclaim)
tenant.tenant.add_command(receipt.receipt)


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
    say(f"reaper: {sentence}", err=True)
    sys.exit(code)
