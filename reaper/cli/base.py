"""What every command stands on: settings read once, an App opened when it is needed and closed at the end."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from reaper import config
from reaper.config import Settings
from reaper.errors import Unusable
from reaper.lifecycle import deadline, inconsistency, is_orphan
from reaper.model import State, Tenant
from reaper.paths import share

if TYPE_CHECKING:
    from reaper.app import App
    from reaper.mail import LetterRenderer


@dataclass
class Session:
    """One run of the command line."""

    config_files: list[str]
    _ends: list[Callable[[], None]] = field(default_factory=list)

    def settings(self) -> Settings:
        """Read the settings. Raises Unusable."""
        return config.load(self.config_files or None)

    def renderer(self) -> LetterRenderer:
        """Open the letters alone: those of the settings, or the shipped ones where there are no settings."""
        try:
            own = self.settings().letters_dir
        except Unusable:
            if self.config_files:
                raise
            own = None
        from reaper.mail import LetterRenderer  # noqa: PLC0415 - as below

        return LetterRenderer(share("notify"), own)

    def app(self, **how: Any) -> App:
        """Open what the settings name; see `reaper.app.build`."""
        from reaper.app import build  # noqa: PLC0415 - a check of policies needs no database

        app = build(self.settings(), **how)
        self._ends.append(app.close)
        return app

    def close(self) -> None:
        """Close what was opened."""
        for end in reversed(self._ends):
            end()
        self._ends.clear()


def me() -> str:
    """Return the name under which a person's deeds are kept in the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


pass_session = click.make_pass_decorator(Session)


def facts_of(tenant: Tenant, app: App) -> Mapping[str, object]:
    """Return what there is to say about a tenant, for tables and JSON alike."""
    from reaper.app.admins import fate_of_orphan  # noqa: PLC0415 - whoever has an App has it

    judged, now = app.standing(tenant), app.clock.now()
    lease = tenant.lease
    sound = inconsistency(judged, now) is None
    living = tenant.state in (State.ACTIVE, State.SUSPENDED)
    return {
        "id": tenant.id,
        "cloud": tenant.cloud,
        "name": tenant.name,
        "project_id": tenant.project_id,
        "domain": tenant.domain,
        "state": str(tenant.state),
        "unfinished": tenant.unfinished,
        "policy": lease.terms.policy,
        "enforce": judged.enforce,
        "started_at": lease.started_at,
        "expires_at": lease.expires_at,
        "deadline": deadline(judged, now) if sound and living else None,
        "renewals": lease.renewals,
        "renewals_left": max(0, lease.terms.renew_times - lease.renewals),
        "suspended_at": tenant.suspended_at,
        "reclaimed_at": tenant.reclaimed_at,
        "hold": f"until {tenant.hold.until:%Y-%m-%d} by {tenant.hold.by}: {tenant.hold.reason}"
        if tenant.hold
        else None,
        "exempt": str(judged.exempt) if judged.exempt else None,
        "orphan": sound and is_orphan(tenant),
        "orphan_fate": fate_of_orphan(judged, now) if sound and living and is_orphan(tenant) else None,
        "quarantine_reason": tenant.quarantine_reason,
        "blocker": tenant.blocker,
        "still_running": list(tenant.still_running),
        "failures": tenant.failures,
        "people": [f"{person.name} <{person.email or 'no address'}>" for person in tenant.people],
    }
