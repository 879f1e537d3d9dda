"""Whether volumes have snapshots of other projects, for many volumes in one call where that is the cheaper way."""

from __future__ import annotations

from collections.abc import Sequence

from reaper.cloud.client import Client
from reaper.cloud.dialect.old_releases import row_of
from reaper.cloud.list_scope import TooMany
from reaper.cloud.listing import read_row
from reaper.cloud.rows import BY_KIND
from reaper.cloud.storage import SNAPSHOT_OWNER
from reaper.model import Resource

KIND = "volume_snapshot"


def without_foreign_snapshots(client: Client, region: str, volumes: Sequence[Resource]) -> frozenset[str]:
    """Return the ids of those volumes of which a list of the whole cloud shows snapshots, all of the volume's owner.

    Of the others nothing is said: they are to be asked for one by one. So are all when the cloud holds too many, when
    the list could not be read, and where it comes from a Cinder that has no cascade anyway.

    Raises:
        ReaperError: what the service speaks cannot be told.
    """
    row = row_of(client, KIND, region)
    most = client.list_scope.most_worth_reading(KIND, region, len(volumes))
    if most is None or row is not BY_KIND[KIND]:
        return frozenset()
    pages = read_row(client, row, region, dict(row.filter.everybody or {}), None, most)
    if isinstance(pages.stopped, TooMany):
        client.list_scope.note(KIND, region, most)
    if pages.why:
        return frozenset()
    owners: dict[str, set[str | None]] = {}
    for record in pages.records:
        owners.setdefault(str(record.get("volume_id")), set()).add(record.get(SNAPSHOT_OWNER))
    return frozenset(one.id for one in volumes if one.project_id and owners.get(one.id) == {one.project_id})
