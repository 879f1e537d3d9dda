"""`reaper policy`: check and describe policies."""

from __future__ import annotations

from pathlib import Path

import click

from reaper import config, kinds
from reaper import policy as policies_of
from reaper.cli.base import Session, pass_session
from reaper.cli.lazily import LazyGroup
from reaper.cli.output import console, formatted, say, say_json, shown, table

#: Commands of the group that stand in modules of their own, as in `reaper.cli`.
ELSEWHERE = {
    "apply": (
        "decree:apply",
        "Give running leases the terms of today's policies; their people get a letter and every warning afresh.",
    ),
    "diff": (
        "decree:diff",
        "Compare the terms of running leases with what their policies say today; exit code 1 where they differ.",
    ),
    "simulate": (
        "decree:simulate",
        "Say for each known tenant what these policies would have the next sweep do.",
    ),
}


@click.group(cls=LazyGroup, later=ELSEWHERE)
def policy() -> None:
    """Check the policies before they count."""


@policy.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@formatted
@pass_session
def check(session: Session, files: tuple[Path, ...], style: str) -> None:
    """Read policies and say what they mean; without FILES, those of the settings. Exit code 2 if one is unusable."""
    if files:
        found, remarks = config.read_policies(files), []
        remarks += [remark for one in found for remark in policies_of.remarks(one)]
    else:
        settings = session.settings()
        found = config.load_policies(settings)
        remarks = [remark for one in found for remark in config.policy_remarks(settings, one)]
        remarks += config.settings_remarks(settings, found)
    rows = [
        {
            "policy": one.name,
            "enforce": str(one.enforce),
            "lasts": policies_of.written(one.terms().lasts),
            "warn_before": [policies_of.written(w) for w in one.terms().warn_before],
            "notice": policies_of.written(one.terms().notice),
            "suspension": policies_of.written(one.terms().suspension_lasts),
        }
        for one in found
    ]
    if style == "json":
        say_json({"policies": rows, "remarks": remarks})
        return
    columns = ("policy", "enforce", "lasts", "warn_before", "notice", "suspension")
    cells = [[", ".join(v) if isinstance(v := row[c], list) else shown(v) for c in columns] for row in rows]
    console().print(table(f"{len(rows)} policies, all usable", columns, cells))
    for remark in remarks:
        console().print(remark)


@policy.command()
def schema() -> None:
    """Print the JSON schema of a policy, for editors."""
    say(policies_of.schema_text(sorted(kinds.KEEPABLE)))
