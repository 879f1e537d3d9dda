"""Whether anything uses a volume: its attachment records, read afresh, and the servers they name.

Only a fresh and positive proof counts as "unused": a record whose server Nova denies by its id in every region, or one
that was reserved and never connected. A record without a server, as a host's or a bare-metal node's, is in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reaper.cloud.client import Client, WritingClient
from reaper.cloud.http_errors import ID
from reaper.cloud.pages import PAGE, read_pages
from reaper.errors import Gone, Refused
from reaper.model import Resource

SERVICE = "block-storage"
#: Since when attachments are records of their own, and can be deleted (cinder/api/microversions.py NEW_ATTACH).
RECORDS = (3, 27)


@dataclass(frozen=True)
class Attachment:
    """One record of a volume's use. `server` None: it names none; `connected`: something was told how to reach it."""

    id: str
    server: str | None
    host: str | None
    connected: bool

    def __str__(self) -> str:
        """Render as a person would say it."""
        return f"server {self.server}" if self.server else f"host {self.host or '(not named)'}, without a server"


def detach_unused(client: WritingClient, volume: Resource) -> int:
    """Delete a volume's attachments, if nothing uses any of them; returns how many there were.

    Raises:
        Refused: something uses it, or that cannot be ruled out; nothing was sent then.
    """
    found = attachments_of(client, volume)
    for one in found:
        if why := use_of(client, one):
            raise Refused(f"{volume} is attached to {one}, {why}: it is not touched")
    if (client.microversion(volume.region, SERVICE) or (0, 0)) >= RECORDS:
        for one in found:
            _remove(client, volume, one)
    elif found:
        back = {"os-reset_status": {"status": "available", "attach_status": "detached"}}
        client.post(SERVICE, volume.region, f"/volumes/{volume.id}/action", back)
    return len(found)


def _remove(client: WritingClient, volume: Resource, one: Attachment) -> None:
    try:
        client.delete(SERVICE, volume.region, f"/attachments/{one.id}")
    except Gone:
        return  # it went with the one before


def attachments_of(client: Client, volume: Resource) -> tuple[Attachment, ...]:
    """Read every attachment of a volume as it is now: what the volume shows, and records that it does not show.

    A volume shows only what is attached; what is reserved, or about to be attached or detached, stands in records alone
    (cinder/api/v3/views/volumes.py, views/attachments.py, Cinder 29).

    Raises:
        ReaperError: it cannot be read to the end.
    """
    shown = fresh(client, volume).get("attachments") or ()
    every = {str(one["attachment_id"]): _shown(one) for one in shown}
    if (client.microversion(volume.region, SERVICE) or (0, 0)) >= RECORDS:
        for record in _records(client, volume):
            known = every.get(str(record["id"]))
            every[str(record["id"])] = _recorded(record, known.host if known else None)
    return tuple(every.values())


def fresh(client: Client, volume: Resource) -> Mapping[str, Any]:
    """Read a volume once more. Raises Refused: it has another owner by now, or that is not told."""
    record: Mapping[str, Any] = client.get(SERVICE, volume.region, f"/volumes/{volume.id}")["volume"]
    owner = record.get("os-vol-tenant-attr:tenant_id")
    if owner != volume.project_id:
        raise Refused(f"{volume} is not touched: it belongs to {f'project {owner}' if owner else 'nobody known'} now")
    return record


def use_of(client: Client, one: Attachment) -> str:
    """Say why an attachment has to be taken for one in use; empty: it is proven that nothing uses it."""
    if one.server is None:
        return "which cannot be asked" if one.connected or one.host else ""
    if not ID.fullmatch(one.server):
        return "which nobody can be asked about"
    for region in client.entry.regions or client.regions_of_catalog():
        if client.offers("compute", region) and _exists(client, region, one.server):
            return f"which is there in {region}"
    return ""


def _exists(client: Client, region: str, server_id: str) -> bool:
    """Ask Nova; only its own 404, which names the server, counts as no."""
    try:
        client.get("compute", region, f"/servers/{server_id}")
    except Gone:
        return False
    return True


def _shown(one: Mapping[str, Any]) -> Attachment:
    server, host = one.get("server_id") or None, one.get("host_name") or None
    return Attachment(str(one["attachment_id"]), server, host, connected=True)


def _recorded(record: Mapping[str, Any], host: str | None) -> Attachment:
    unused = record.get("status") == "reserved" and not record.get("connection_info")
    return Attachment(str(record["id"]), record.get("instance") or None, host, connected=not unused)


def _records(client: Client, volume: Resource) -> tuple[Mapping[str, Any], ...]:
    asked = {"all_tenants": "1", "volume_id": volume.id}
    pages = read_pages(
        lambda page: client.get(SERVICE, volume.region, "/attachments/detail", page), "attachments", asked, PAGE
    )
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Refused(f"{volume} is not touched: {pages.why}")
    return tuple(one for one in pages.records if one.get("volume_id") == volume.id)
