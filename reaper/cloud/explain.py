"""Who of another project stands in the way of something that was refused to go, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reaper.cloud.facts import Record
from reaper.cloud.pages import read_pages
from reaper.cloud.wire import Wire
from reaper.errors import Gone, Temporary
from reaper.model import Resource

OWNERS = ("project_id", "tenant_id")
SNAPSHOT_OWNER = "os-extended-snapshot-attributes:project_id"
PORT = ("id", "name", *OWNERS, "device_owner", "device_id")
FLOATING = ("id", "floating_ip_address", *OWNERS)


@dataclass(frozen=True)
class Look:
    """One list that shows who needs something: filtered by `by`, which is compared with `fact` (None: the id)."""

    path: str
    key: str
    by: str
    fields: tuple[str, ...]
    words: str = "needs it"
    fact: str | None = None

    def filter_for(self, one: Resource) -> dict[str, str | list[str]]:
        """Give the query."""
        name, _, inner = self.by.partition("=")
        wanted = self._wanted(one)
        return {name: f"{inner}={wanted}" if inner else wanted, "fields": list(dict.fromkeys((*self.fields, name)))}

    def holds(self, record: Record, one: Resource) -> bool:
        """Compare once more: a Neutron that does not know the filter gives everything."""
        name, _, inner = self.by.partition("=")
        told, wanted = record.get(name), self._wanted(one)
        if isinstance(told, list):
            return any((each.get(inner) if inner else each) == wanted for each in told)
        return told == wanted

    def _wanted(self, one: Resource) -> str:
        return str(one.facts.get(self.fact)) if self.fact else one.id


#: What Neutron tells in a refusal are at most ids, and not whose they are; all these filters are documented ones.
LOOKS: dict[str, tuple[Look, ...]] = {
    "network": (Look("/ports", "ports", "network_id", PORT, "is on it"),),
    "subnet": (Look("/ports", "ports", "fixed_ips=subnet_id", PORT, "is on it"),),
    "rbac_policy": (Look("/ports", "ports", "network_id", PORT, "is on it", fact="object_id"),),
    "security_group": (Look("/ports", "ports", "security_groups", PORT, "is in it"),),
    "router": (
        Look("/ports", "ports", "device_id", PORT, "is an interface of it"),
        Look("/floatingips", "floatingips", "router_id", FLOATING, "is reached through it"),
    ),
    "router_interface": (
        Look("/floatingips", "floatingips", "router_id", FLOATING, "is reached through it", fact="router_id"),
        Look("/routers", "routers", "id", ("id", "name", *OWNERS), "is the router it belongs to", fact="router_id"),
    ),
    "port": (Look("/trunks", "trunks", "port_id", ("id", "name", *OWNERS), "has it as its parent"),),
    "subnet_pool": (Look("/subnets", "subnets", "subnetpool_id", ("id", "name", *OWNERS), "has addresses of it"),),
    "address_scope": (Look("/subnetpools", "subnetpools", "address_scope_id", ("id", "name", *OWNERS)),),
    "qos_policy": (
        Look("/networks", "networks", "qos_policy_id", ("id", "name", *OWNERS), "is under it"),
        Look("/ports", "ports", "qos_policy_id", PORT, "is under it"),
    ),
}
#: So many are named; of the rest the number is told.
NAMED = 3


def explain(wire: Wire, one: Resource) -> str | None:
    """Say who else needs it; None when nobody does, or nothing is known of how others could.

    Raises:
        ReaperError: a list could not be read to its end.
    """
    if one.kind == "image":
        return _members(wire, one)
    if one.kind == "volume":
        found = [*_foreign_snapshots(wire, one), *_foreign_servers(wire, one)]
    else:
        found = [words for look in LOOKS.get(one.kind, ()) for words in _of_others(wire, one, look)]
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return "; ".join(found[:NAMED]) + more if found else None


def _of_others(wire: Wire, one: Resource, look: Look) -> Iterator[str]:
    kind = look.key.removesuffix("s").replace("floatingip", "floating IP")
    for record in _read(wire, "network", one.region, look.path, look.key, look.filter_for(one)):
        owner = next((str(record[name]) for name in OWNERS if record.get(name)), None)
        if owner and owner != one.project_id and look.holds(record, one):
            yield f"{kind} {_name(record)} of project {owner}{_device(record)} {look.words}"


def _name(record: Record) -> str:
    return str(record.get("floating_ip_address") or record.get("name") or record["id"])


def _device(record: Record) -> str:
    device = " ".join(str(record[name]) for name in ("device_owner", "device_id") if record.get(name))
    return f" (device {device})" if device else ""


def _members(wire: Wire, one: Resource) -> str | None:
    """Glance's own answer to who was given an image."""
    try:
        members = wire.get("image", one.region, f"/images/{one.id}/members").get("members")
    except Gone:
        return None
    projects = [str(member.get("member_id")) for member in members or ()]
    return f"it is shared with {', '.join(f'project {each}' for each in projects[:NAMED])}" if projects else None


def _foreign_snapshots(wire: Wire, one: Resource) -> Iterator[str]:
    """Cinder refuses a volume that has snapshots, and its cascade would take those of others, too."""
    asked: dict[str, str | list[str]] = {"all_tenants": "1", "volume_id": one.id}
    for record in _read(wire, "block-storage", one.region, "/snapshots/detail", "snapshots", asked):
        owner = record.get(SNAPSHOT_OWNER)
        if owner and owner != one.project_id and record.get("volume_id") == one.id:
            yield f"snapshot {_name(record)} of project {owner} is one of it"


def _foreign_servers(wire: Wire, one: Resource) -> Iterator[str]:
    """An administrator can attach a volume to a server of somebody else."""
    servers = one.facts.get("servers")
    for server_id in servers if isinstance(servers, (list, tuple)) else ():
        try:
            owner = wire.get("compute", one.region, f"/servers/{server_id}").get("server", {}).get("tenant_id")
        except Gone:
            continue
        if owner and owner != one.project_id:
            yield f"server {server_id} of project {owner} has it attached"


def _read(
    wire: Wire, service: str, region: str, path: str, key: str, asked: dict[str, str | list[str]]
) -> tuple[Record, ...]:
    pages = read_pages(lambda page: wire.get(service, region, path, page), key, asked)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Temporary(pages.why)
    return pages.records
