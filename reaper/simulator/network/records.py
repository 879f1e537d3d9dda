"""What is common to Neutron's kinds: finding, listing, filters, fields, owners, refusals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from reaper.simulator.clock import seconds
from reaper.simulator.exchange import ApiAnswer, Record, Request, refuse
from reaper.simulator.paging import limit_asked, next_query, page_of
from reaper.simulator.state import INDEXED, Region, dashed

PAGING = frozenset({"limit", "marker", "page_reverse", "fields", "sort_key", "sort_dir"})
# What Neutron's policies show to admins only.
FOR_ADMINS = frozenset(
    {
        "binding:host_id",
        "binding:profile",
        "binding:vif_details",
        "binding:vif_type",
        "resource_request",
        "provider:network_type",
        "provider:physical_network",
        "provider:segmentation_id",
        "distributed",
        "ha",
    }
)
# Filters that are no fields, or fields not every record has.
ALSO = frozenset(
    {
        "tags",
        "tags-any",
        "not-tags",
        "not-tags-any",
        "changed_since",
        "id",
        "name",
        "tenant_id",
        "project_id",
        "description",
        "revision_number",
        "fixed_ips",
        "shared",
        "router:external",
        "network_id",
        "port_id",
        "device_id",
        "device_owner",
        "router_id",
        "status",
        "security_groups",
        "mac_address",
        "ip_version",
        "cidr",
        "subnet_id",
        "binding:host_id",
        "admin_state_up",
    }
)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind: its collection's name, its own, and how Neutron says that one is not there."""

    many: str
    one: str
    lost: str
    words: str
    # Who besides owner and admin may see a record.
    open_to: Callable[[Region, Record, str], bool] = lambda _region, _record, _project: False
    table: str = ""
    url: str = ""

    @property
    def path(self) -> str:
        """Give the collection's path."""
        return "/v2.0/" + (self.url or self.many.replace("_", "-"))

    @property
    def store(self) -> str:
        """Give the name of its table."""
        return self.table or self.many


def _network_open(_region: Region, network: Record, project_id: str) -> bool:
    return bool(network["shared"] or network["router:external"]) or project_id in network.get("_shared_with", ())


def _subnet_open(region: Region, subnet: Record, project_id: str) -> bool:
    network = region["networks"].get(subnet["network_id"])
    return network is not None and _network_open(region, network, project_id)


NETWORK = RecordKind("networks", "network", "NetworkNotFound", "Network {} could not be found.", _network_open)
SUBNET = RecordKind("subnets", "subnet", "SubnetNotFound", "Subnet {} could not be found.", _subnet_open)
PORT = RecordKind("ports", "port", "PortNotFound", "Port {} could not be found.")
ROUTER = RecordKind("routers", "router", "RouterNotFound", "Router {} could not be found")
FLOATING = RecordKind("floatingips", "floatingip", "FloatingIPNotFound", "Floating IP {} could not be found")
GROUP = RecordKind(
    "security_groups",
    "security_group",
    "SecurityGroupNotFound",
    "Security group {} does not exist",
    lambda _region, group, _project: bool(group["shared"]),
)
RULE = RecordKind(
    "security_group_rules", "security_group_rule", "SecurityGroupRuleNotFound", "Security group rule {} does not exist"
)


def deny(status: int, kind: str, message: str) -> NoReturn:
    """Refuse in Neutron's words."""
    refuse("network", status, message, kind)


def keep(region: Region, kind: RecordKind, project_id: str, **given: object) -> Record:
    """Make a record of a kind with what all kinds have, and keep it."""
    now = seconds(region.cloud.clock.now())
    record: Record = {"id": dashed(), "name": "", "description": "", "tags": [], "revision_number": 1} | given
    record |= {"project_id": project_id, "tenant_id": project_id, "created_at": now, "updated_at": now}
    region[kind.store][record["id"]] = record
    region.note(kind.store, record)
    return record


def touch(region: Region, record: Record, **fields: object) -> None:
    """Change a record, its revision and its `updated_at`."""
    record.update(fields)
    if "device_id" in fields or "port_id" in fields or "router_id" in fields:
        region.note("ports" if "device_id" in record else "floatingips", record)
    record["revision_number"] += 1
    record["updated_at"] = seconds(region.cloud.clock.now())


def visible(ask: Request, kind: RecordKind, record: Record) -> bool:
    """Say whether the caller may see a record."""
    return ask.admin or record["project_id"] == ask.project_id or kind.open_to(ask.region, record, ask.project_id)


def find(ask: Request, kind: RecordKind, record_id: str, *, changing: str = "") -> Record:
    """Find a record the caller may see or, with `changing` (a policy rule), change; refuse otherwise."""
    record = ask.region[kind.store].get(record_id)
    if record is None or not visible(ask, kind, record):
        deny(404, kind.lost, kind.words.format(record_id))
    if changing and not ask.admin and record["project_id"] != ask.project_id:
        deny(403, "PolicyNotAuthorized", f"rule:{changing} is disallowed by policy")
    return record


def refuse_stubborn(ask: Request, record_id: str) -> None:
    """Refuse what was told never to go."""
    if status := ask.cloud.stubborn.status(record_id):
        deny(status, "Conflict", f"{record_id} cannot be deleted: simulated refusal")


def owner_given(ask: Request, given: Record) -> str:
    """Give the project a new record is for; only admins may name another than their own."""
    named = given.get("project_id") or given.get("tenant_id")
    return str(named) if named and ask.admin else ask.project_id


def fields_of(ask: Request, record: Record) -> Record:
    """Show a record, or the fields asked for."""
    wanted = [value for key, value in ask.query if key == "fields"]
    hidden = () if ask.admin else FOR_ADMINS
    shown = {key: value for key, value in record.items() if not key.startswith("_") and key not in hidden}
    if ask.project_id in record.get("_shared_with", ()):
        shown["shared"] = True
    return {key: shown[key] for key in wanted if key in shown} if wanted else shown


def show_one(ask: Request, kind: RecordKind, record: Record, status: int = 200) -> ApiAnswer:
    """Answer one record."""
    return ApiAnswer(status, {kind.one: fields_of(ask, record)})


def _matches(record: Record, key: str, values: list[str]) -> bool:
    if key in {"tags", "tags-any", "not-tags", "not-tags-any"}:
        return _tagged(set(record.get("tags", ())), key, set(values[-1].split(",")))
    if key == "fixed_ips":
        return any(_fixed(record, value) for value in values)
    if key == "changed_since":
        return bool(record["updated_at"].rstrip("Z") >= values[-1].rstrip("Z"))
    have = record.get(key)
    if isinstance(have, bool):
        return have in {value.lower() in {"true", "1"} for value in values}
    if isinstance(have, list):
        return any(value in have for value in values)
    return ("" if have is None else str(have)) in values


def _tagged(own: set[str], key: str, wanted: set[str]) -> bool:
    hit = wanted <= own if key.endswith("tags") else bool(wanted & own)
    return not hit if key.startswith("not-") else hit


def _fixed(port: Record, value: str) -> bool:
    name, _, wanted = value.partition("=")
    return any(str(fixed.get(name)) == wanted for fixed in port["fixed_ips"])


def chosen(ask: Request, kind: RecordKind, records: Iterable[Record]) -> list[Record]:
    """Keep the visible records that fit the query's filters; repeated keys mean any of them."""
    filters: dict[str, list[str]] = {}
    for key, value in ask.query:
        if key not in PAGING:
            filters.setdefault("project_id" if key == "tenant_id" else key, []).append(value)
    every = list(records)
    model = next(iter(ask.region[kind.store].values()), None)
    known = None if model is None else ALSO.union(model)
    unknown = [key for key in filters if known is not None and key not in known]
    if unknown:
        deny(400, "HTTPBadRequest", f"{unknown} is invalid attribute for filtering")
    return [
        record
        for record in every
        if all(_matches(record, key, values) for key, values in filters.items()) and visible(ask, kind, record)
    ]


def _candidates(ask: Request, kind: RecordKind) -> Iterable[Record]:
    owners = {value for key, value in ask.query if key in {"tenant_id", "project_id"}}
    if len(owners) == 1 and kind.store in INDEXED and "" not in owners:
        return ask.region.where(kind.store, project_id=owners.pop())
    return ask.region[kind.store].values()


def list_kind(ask: Request, kind: RecordKind, records: Iterable[Record] | None = None) -> ApiAnswer:
    """Answer a page of a kind, ordered by id, with links to the pages beside it."""

    def lost(marker: str) -> None:
        deny(404, kind.lost, kind.words.format(marker))

    limit = limit_asked(ask, "Bad limit request: Limit must be an integer 0 or greater and not '{}'.") or None
    every = chosen(ask, kind, _candidates(ask, kind) if records is None else records)
    if ask.asked("marker") and ask.asked("marker") not in ask.region[kind.store]:
        lost(ask.asked("marker") or "")
    every.sort(key=lambda record: str(record["id"]))
    page, query = page_of(ask, every, limit, lambda _: None)
    document: Record = {kind.many: [fields_of(ask, record) for record in page]}
    if query is not None or limit is not None:
        here = f"{ask.base}{ask.path}"
        there = next_query(ask, page[0]["id"] if page else None)
        before = {"rel": "previous", "href": f"{here}?{there}&page_reverse=True"}
        after = [] if query is None else [{"rel": "next", "href": f"{here}?{query}"}]
        document[f"{kind.many}_links"] = [*after, before]
    return ApiAnswer(200, document)
