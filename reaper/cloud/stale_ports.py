"""Ports that Neutron made for itself and forgot: without an owner, and without the router or floating IP they served.

They hold the network they are on for ever: no list by project shows them, and Neutron removes them no more. It lets
them be deleted once it finds no such router or floating IP (neutron/db/l3_db.py prevent_l3_port_deletion, Neutron 29).
"""

from __future__ import annotations

from reaper.cloud.client import Client, WritingClient
from reaper.cloud.facts import SERVED, Record
from reaper.cloud.pages import read_pages
from reaper.errors import Gone
from reaper.model import Resource

FIELDS = ["id", "project_id", "tenant_id", "device_owner", "device_id", "network_id"]
#: Where Neutron is asked about what such a port served.
_PATHS = {"router": "/routers", "floating_ip": "/floatingips"}


def remove_from(client: WritingClient, network: Resource) -> int:
    """Delete the stale ports of a network that nobody has; returns how many there were.

    Raises:
        ReaperError: the ports cannot be read to the end, or one cannot be deleted.
    """
    pages = read_pages(
        lambda page: client.get("network", network.region, "/ports", page),
        "ports", {"network_id": network.id, "fields": FIELDS},
    )  # fmt: skip
    if pages.stopped:
        raise pages.stopped
    stale = [
        one for one in pages.records if one.get("network_id") == network.id and is_stale(client, network.region, one)
    ]
    for one in stale:
        client.delete("network", network.region, f"/ports/{one['id']}")
    return len(stale)


def is_stale(client: Client, region: str, port: Record) -> bool:
    """Whether a port belongs to nobody, and Neutron itself denies what it served, by its id."""
    if port.get("project_id") or port.get("tenant_id"):
        return False
    path = _PATHS.get(SERVED.get(str(port.get("device_owner") or ""), ""))
    if path is None:
        return False
    if not port.get("device_id"):
        return True
    try:
        client.get("network", region, f"{path}/{port['device_id']}")
    except Gone:
        return True
    return False
