"""Who of another project stands in the way of something that was refused to go, in words for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reaper.cloud.client import Client
from reaper.cloud.facts import Record
from reaper.cloud.pages import read_pages
from reaper.errors import Gone, Temporary
from reaper.model import Resource

OWNERS = ("project_id", "tenant_id")
SNAPSHOT_OWNER = "os-extended-snapshot-attributes:project_id"
PLAIN = ("id", "name", *OWNERS)
PORT = (*PLAIN, "device_owner", "device_id")
FLOATING = ("id", "floating_ip_address", *OWNERS)


@dataclass(frozen=True)
class ForeignUse:
    """One list that shows who needs something: filtered by `by`, which is compared with `fact` (None: the id).

    `unfiltered`: Neutron filters by no such attribute, so that all are read.
    """

    path: str
    key: str
    by: str
    fields: tuple[str, ...]
    words: str = "needs it"
    fact: str | None = None
    unfiltered: bool = False

    def filter_for(self, one: Resource) -> dict[str, str | list[str]]:
        """Give the query."""
        name, _, inner = self.by.partition("=")
        wanted = self._wanted(one)
        chosen = {} if self.unfiltered else {name: f"{inner}={wanted}" if inner else wanted}
        return {**chosen, "fields": list(dict.fromkeys((*self.fields, name)))}

    def holds(self, record: Record, one: Resource) -> bool:
        """Compare once more: a Neutron that does not know the filter gives everything."""
        name, _, inner = self.by.partition("=")
        told, wanted = record.get(name), self._wanted(one)
        if isinstance(told, Mapping):
            return bool(told.get(inner) == wanted)
        if isinstance(told, list):
            return any((each.get(inner) if inner else each) == wanted for each in told)
        return told == wanted

    def _wanted(self, one: Resource) -> str:
        return str(one.facts.get(self.fact)) if self.fact else one.id


#: Who else uses one of a kind, in words for a person.
Users = Callable[[Client, Resource], Iterable[str]]


def nobody_known(_client: Client, _one: Resource) -> Iterable[str]:
    """Say nothing: it is not known how others could use one of this kind."""
    return ()


def seen_in(*looks: ForeignUse) -> Users:
    """Make the question that reads these lists of Neutron.

    What Neutron tells in a refusal are at most ids, and not whose they are; all filters used here are documented ones.
    """

    def users(client: Client, one: Resource) -> Iterator[str]:
        for look in looks:
            yield from _of_others(client, one, look)

    return users


ON_NETWORK = seen_in(ForeignUse("/ports", "ports", "network_id", PORT, "is on it"))
ON_SUBNET = seen_in(ForeignUse("/ports", "ports", "fixed_ips=subnet_id", PORT, "is on it"))
BY_SHARING = seen_in(ForeignUse("/ports", "ports", "network_id", PORT, "is on it", fact="object_id"))
IN_SECURITY_GROUP = seen_in(ForeignUse("/ports", "ports", "security_groups", PORT, "is in it"))
OF_ROUTER = seen_in(
    ForeignUse("/ports", "ports", "device_id", PORT, "is an interface of it"),
    ForeignUse("/floatingips", "floatingips", "router_id", FLOATING, "is reached through it"),
)
OF_INTERFACE = seen_in(
    ForeignUse("/floatingips", "floatingips", "router_id", FLOATING, "is reached through it", fact="router_id"),
    ForeignUse("/routers", "routers", "id", PLAIN, "is the router it belongs to", fact="router_id"),
)
OF_PORT = seen_in(
    ForeignUse("/trunks", "trunks", "port_id", PLAIN, "has it as its parent"),
    ForeignUse("/trunks", "trunks", "sub_ports=port_id", PLAIN, "has it as a subport", unfiltered=True),
)
OF_MANAGED_PORT = seen_in(
    ForeignUse("/routers", "routers", "id", PLAIN, "is what it serves", fact="device_id"),
    ForeignUse("/floatingips", "floatingips", "id", FLOATING, "is what it serves", fact="device_id"),
)
IN_RULES = seen_in(
    ForeignUse(
        "/security-group-rules", "security_group_rules", "remote_address_group_id",
        ("id", *OWNERS, "security_group_id"), "names it",
    ),
)  # fmt: skip
OF_SUBNET_POOL = seen_in(ForeignUse("/subnets", "subnets", "subnetpool_id", PLAIN, "has addresses of it"))
OF_ADDRESS_SCOPE = seen_in(ForeignUse("/subnetpools", "subnetpools", "address_scope_id", PLAIN))
UNDER_QOS_POLICY = seen_in(
    ForeignUse("/networks", "networks", "qos_policy_id", PLAIN, "is under it"),
    ForeignUse("/ports", "ports", "qos_policy_id", PORT, "is under it"),
    ForeignUse("/floatingips", "floatingips", "qos_policy_id", FLOATING, "is under it"),
    ForeignUse("/routers", "routers", "external_gateway_info=qos_policy_id", PLAIN, "is under it", unfiltered=True),
)
#: So many are named; of the rest the number is told.
NAMED = 3


def explain(client: Client, users: Users, one: Resource) -> str | None:
    """Say who else needs it; None when nobody does, or nothing is known of how others could.

    Raises:
        ReaperError: a list could not be read to its end.
    """
    found = list(users(client, one))
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return "; ".join(found[:NAMED]) + more if found else None


def _of_others(client: Client, one: Resource, look: ForeignUse) -> Iterator[str]:
    kind = look.key.removesuffix("s").replace("floatingip", "floating IP").replace("_", " ")
    try:
        records = _read(client, "network", one.region, look.path, look.key, look.filter_for(one))
    except Gone:
        return  # a Neutron that has no such kind
    for record in records:
        owner = next((str(record[name]) for name in OWNERS if record.get(name)), None)
        if owner and owner != one.project_id and look.holds(record, one):
            yield f"{kind} {_name(record)} of project {owner}{_device(record)} {look.words}"


def _name(record: Record) -> str:
    return str(record.get("floating_ip_address") or record.get("name") or record["id"])


def _device(record: Record) -> str:
    device = " ".join(str(record[name]) for name in ("device_owner", "device_id") if record.get(name))
    return f" (device {device})" if device else ""


def of_image(client: Client, one: Resource) -> Iterator[str]:
    """Name whom an image was given to, by Glance's own list of its members."""
    try:
        members = client.get("image", one.region, f"/images/{one.id}/members").get("members")
    except Gone:
        return
    projects = [str(member.get("member_id")) for member in members or ()]
    if projects:
        yield f"it is shared with {', '.join(f'project {each}' for each in projects[:NAMED])}"
    asked: dict[str, str | list[str]] = {"all_tenants": "1", "image": one.id}
    for record in _read(client, "compute", one.region, "/servers/detail", "servers", asked):
        owner, image = record.get("tenant_id"), record.get("image") or {}
        if owner and owner != one.project_id and image.get("id") == one.id:
            yield f"server {_name(record)} of project {owner} was made of it"


def of_zone(client: Client, one: Resource) -> Iterator[str]:
    """Name whom a zone is shared with, and others' zones below it: Designate refuses both."""
    for record in _read(client, "dns", one.region, "/zones", "zones", {}):
        owner = record.get("project_id")
        if owner and owner != one.project_id and str(record.get("name")).endswith(f".{one.name}"):
            yield f"zone {_name(record)} of project {owner} stands below it"
    try:
        shares = client.get("dns", one.region, f"/zones/{one.id}/shares").get("shared_zones")
    except (Gone, Temporary):
        return  # a Designate before zones could be shared
    for share in shares or ():
        yield f"it is shared with project {share.get('target_project_id')}"


def of_volume(client: Client, one: Resource) -> Iterator[str]:
    """Name other projects' snapshots of a volume, and their servers that have it attached."""
    yield from _foreign_snapshots(client, one)
    yield from _foreign_servers(client, one)


def _foreign_snapshots(client: Client, one: Resource) -> Iterator[str]:
    """Cinder refuses a volume that has snapshots, and its cascade would take those of others, too."""
    asked: dict[str, str | list[str]] = {"all_tenants": "1", "volume_id": one.id}
    for record in _read(client, "block-storage", one.region, "/snapshots/detail", "snapshots", asked):
        owner = record.get(SNAPSHOT_OWNER)
        if owner and owner != one.project_id and record.get("volume_id") == one.id:
            yield f"snapshot {_name(record)} of project {owner} is one of it"


def _foreign_servers(client: Client, one: Resource) -> Iterator[str]:
    """An administrator can attach a volume to a server of somebody else."""
    servers = one.facts.get("servers")
    for server_id in servers if isinstance(servers, (list, tuple)) else ():
        try:
            owner = client.get("compute", one.region, f"/servers/{server_id}").get("server", {}).get("tenant_id")
        except Gone:
            continue
        if owner and owner != one.project_id:
            yield f"server {server_id} of project {owner} has it attached"


def _read(
    client: Client, service: str, region: str, path: str, key: str, asked: dict[str, str | list[str]]
) -> tuple[Record, ...]:
    pages = read_pages(lambda page: client.get(service, region, path, page), key, asked)
    if pages.stopped:
        raise pages.stopped
    if pages.why:
        raise Temporary(pages.why)
    return pages.records
