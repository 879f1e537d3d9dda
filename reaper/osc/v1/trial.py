"""`openstack trial show|renew|away`: the lease of the project that you are logged in to, or of another."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from osc_lib import exceptions
from osc_lib.cli.format_columns import ListColumn
from osc_lib.command import command

Row = tuple[tuple[str, ...], tuple[object, ...]]
_BAD = 400


class _Trial(command.ShowOne):  # type: ignore[misc] # osc_lib has no types
    """What the three have in common: which project, how to ask, how to show the lease."""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Say which project may be named."""
        parser: ArgumentParser = super().get_parser(prog_name)
        parser.add_argument(
            "--trial-project", metavar="<project-id>", help="Id of another project (admin only; default: your own)"
        )
        parser.add_argument("--trial-cloud", metavar="<name>", help="Its cloud, where Reaper looks after several")
        return parser

    def ask(self, given: Namespace, method: str = "GET", path: str = "", body: object = None) -> Row:
        """Ask Reaper and lay the answer out."""
        manager = self.app.client_manager
        project = given.trial_project or manager.auth_ref.project_id
        if not project:
            raise exceptions.CommandError("your token is for no project; name one with --os-project-name")
        answer = manager.trial.request(
            f"/v1/leases/{project}{path}",
            method,
            params={"cloud": given.trial_cloud} if given.trial_cloud else None,
            json=body,
            raise_exc=False,
            headers={"Accept": "application/json"},
        )
        told = _told(answer)
        if answer.status_code >= _BAD:
            raise exceptions.CommandError(_refusal(told, answer.status_code))
        return _row(told)


class ShowTrial(_Trial):
    """Show when your trial project ends, and what can be done about it."""

    def take_action(self, parsed_args: Namespace) -> Row:
        """Ask for the lease."""
        return self.ask(parsed_args)


class RenewTrial(_Trial):
    """Renew the lease of your trial project."""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Say what keeps a script that runs twice from renewing twice."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--seen", type=int, metavar="<count>", help="Renewals used when you looked: asking twice then spends one"
        )
        return parser

    def take_action(self, parsed_args: Namespace) -> Row:
        """Ask for a renewal."""
        body = {} if parsed_args.seen is None else {"seen": parsed_args.seen}
        return self.ask(parsed_args, "POST", "/renew", body)


class AwayTrial(_Trial):
    """Say that you are away: the lease waits, once, until that day is over."""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Ask for the day."""
        parser = super().get_parser(prog_name)
        parser.add_argument("until", metavar="<yyyy-mm-dd>", help="Last day of your absence")
        return parser

    def take_action(self, parsed_args: Namespace) -> Row:
        """Ask for the lease to wait."""
        return self.ask(parsed_args, "POST", "/away", {"until": parsed_args.until})


def _told(answer: Any) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as error:
        raise exceptions.CommandError(f"{answer.url} does not answer as Reaper does") from error
    return told if isinstance(told, dict) else {}


def _refusal(told: dict[str, Any], status: int) -> str:
    more = [f"{word} {told[key]}" for key, word in (("opens_at", "from"), ("latest", "at the latest")) if key in told]
    return "; ".join([f"{told.get('title', status)}: {told.get('detail', 'no reason was given')}", *more])


def _row(lease: dict[str, Any]) -> Row:
    renewals, away = lease["renewals"], lease["away"]
    shown = {
        "project": lease["project"],
        "project_id": lease["project_id"],
        "cloud": lease["cloud"],
        "state": lease["state"],
        "situation": lease["situation"],
        "expires_at": lease["expires_at"],
        "ends_at": lease["ends_at"],
        "deleting_begins_at": lease["reclaim_at"],
        "renewals_used": renewals["used"],
        "renewals_left": renewals["left"],
        "renewal_until": renewals["until"],
        "renewal_opens_at": renewals["opens_at"],
        "away_until": away["until"],
        "away_at_the_latest": away["latest"],
        "idle": ListColumn([_goes(thing) for thing in lease["idle"]]),
    }
    return tuple(shown), tuple(shown.values())


def _goes(thing: dict[str, Any]) -> str:
    when = "is being deleted" if thing["begun"] else f"goes from {thing['goes_from']}"
    return f"{thing['kind']} {thing['name']} {when}"
