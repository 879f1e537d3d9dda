"""What a letter says of servers that were kept as images: which, under what name, until when, and which were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from reaper.letters.languages import Moment, moment
from reaper.letters.losses import Thing, clean
from reaper.model import ArchiveState, Judged


@dataclass(frozen=True)
class Archived:
    """The images of a tenant's servers. `until` is the first date at which one is deleted; `without` got none."""

    things: tuple[Thing, ...]
    until: Moment | None
    without: tuple[Thing, ...] = ()


def archived_in(tenant: Judged, now: datetime, language: str, zone: tzinfo) -> Archived | None:
    """Put a tenant's archive into words; None where there is nothing to say of one."""
    kept = [row for row in tenant.archives if row.state is ArchiveState.KEPT]
    there = {row.server for row in kept}
    lost = {row.server: row for row in tenant.archives if row.consented_by and row.server not in there}
    if not kept and not lost:
        return None
    first = min((row.kept_until for row in kept), default=None)
    return Archived(
        tuple(Thing(clean(row.server_name or row.server_id), clean(row.image_id or "")) for row in kept),
        moment(first, now, language, zone) if first else None,
        tuple(Thing(clean(row.server_name or row.server_id)) for row in lost.values()),
    )
