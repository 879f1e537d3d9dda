"""How the kinds of old releases are found and removed, where that is not as today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reaper.cloud.client import Client
from reaper.cloud.dialect.cinder_v1 import one_by_one, reset_snapshot, volume
from reaper.cloud.dialect.endpoint import BARE_NOVA, CINDER_1, CINDER_2, GLANCE_1
from reaper.cloud.facts import Record
from reaper.cloud.rows import BY_KIND, Filter, Row
from reaper.cloud.storage import SNAPSHOT_OWNER, VOLUME_OWNER
from reaper.kinds import BY_NAME

#: What an API gives at most unless its operator has said otherwise (osapi_max_limit of Nova and Cinder).
MOST = 1000
#: `soft_deleted` was not a filter yet; `tenant_id` with `all_tenants` is one in every version.
NOVA = Filter(by="tenant_id", everybody={"all_tenants": "1"})
#: Whatever else an admin asks, `limit` too, Folsom's Cinder compares with attributes that volumes do not have, and
#: gives an empty list (cinder volume/api.py get_all, get_all_snapshots). So all are read, and sorted by owner here.
CINDER = Filter(by=None, everybody={"all_tenants": "1"})
#: None is a word of its own here, which shows an admin public and private images alike (glance registry/api/v1); the
#: owner was no filter yet.
GLANCE = Filter(by=None, everybody={"is_public": "None"})


def cut(records: tuple[Record, ...]) -> str:
    """Say why a list may be cut short: an old Cinder leaves out what is beyond its limit, and gives no link to it."""
    if records and len(records) % MOST == 0:
        return f"there are {len(records)}, and Cinder may have left out more: raise its osapi_max_limit"
    return ""


def cut_or_ownerless(records: tuple[Record, ...]) -> str:
    """Say why: cut short, or whose they are is not told."""
    if any(not one.get(VOLUME_OWNER) and not one.get(SNAPSHOT_OWNER) for one in records):
        return (
            "Cinder does not tell whose volumes and snapshots are: it needs the extensions os-vol-tenant-attr and "
            "os-extended-snapshot-attributes"
        )
    return cut(records)


def image_of_today(record: Record) -> Record:
    """Say `visibility` of an image: who has a private one is told by its members alone."""
    return {**record, "visibility": "public" if record.get("is_public") is not False else "shared"}


def _cinder(kind: str, name: str) -> Row:
    row = replace(BY_KIND[kind], filter=CINDER, page=None, name=name, judge=cut_or_ownerless)
    if kind == "volume":
        return replace(row, remove=volume)
    return replace(row, remove=one_by_one, force_reset=reset_snapshot)


_BACKUP = replace(BY_KIND["backup"], filter=CINDER, page=None, judge=cut, extension="backups")

OLD: Mapping[tuple[str, str], Row] = {
    (BARE_NOVA, "server"): replace(BY_KIND["server"], filter=NOVA),
    # Folsom has none yet; it says so by a 404, and its list of extensions has to agree.
    (BARE_NOVA, "server_group"): replace(BY_KIND["server_group"], extension="os-server-groups"),
    (CINDER_1, "volume"): _cinder("volume", "display_name"),
    (CINDER_1, "volume_snapshot"): _cinder("volume_snapshot", "display_name"),
    (CINDER_1, "backup"): _BACKUP,
    (CINDER_2, "volume"): _cinder("volume", "name"),
    (CINDER_2, "volume_snapshot"): _cinder("volume_snapshot", "name"),
    (CINDER_2, "backup"): _BACKUP,
    (GLANCE_1, "image"): replace(BY_KIND["image"], path="/images/detail", filter=GLANCE, also=(), words=image_of_today),
}


def row_of(client: Client, kind: str, region: str) -> Row:
    """Return the row by which a region's service is asked for a kind.

    Raises:
        ReaperError: what the service speaks cannot be told.
    """
    if not _may_differ(kind):
        return BY_KIND[kind]
    return OLD.get((client.api_generation(BY_NAME[kind].service, region), kind), BY_KIND[kind])


def _may_differ(kind: str) -> bool:
    return any(kind == other for _, other in OLD)
