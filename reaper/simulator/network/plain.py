"""The kinds with nothing special but who uses them: QoS policies, address groups and scopes, subnet pools."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.records import (
    RecordKind,
    deny,
    find,
    keep,
    list_kind,
    owner_given,
    refuse_stubborn,
    show_one,
    touch,
)
from reaper.simulator.state import Region, dashed


@dataclass(frozen=True, slots=True)
class PlainRecords:
    """A kind, what a new record has, and the refusal that its users cause."""

    kind: RecordKind
    fresh: Callable[[], Record]
    refusal: Callable[[Region, Record], None]
    # Only admins make one (Neutron's default policy).
    admins: bool = False


def _shared(_region: Region, record: Record, project_id: str) -> bool:
    return bool(record.get("shared")) or project_id in record.get("_shared_with", ())


QOS = RecordKind(
    "policies",
    "policy",
    "QosPolicyNotFound",
    "QoS policy {} could not be found.",
    _shared,
    table="qos_policies",
    url="qos/policies",
)
ADDRESS_GROUP = RecordKind(
    "address_groups", "address_group", "AddressGroupNotFound", "Address group {} could not be found.", _shared
)
ADDRESS_SCOPE = RecordKind(
    "address_scopes", "address_scope", "AddressScopeNotFound", "Address scope {} could not be found.", _shared
)
SUBNET_POOL = RecordKind(
    "subnetpools", "subnetpool", "SubnetPoolNotFound", "Subnet pool {} could not be found.", _shared
)


def _any(records: Iterator[Record]) -> Record | None:
    return next(records, None)


def _refuse_qos(region: Region, policy: Record) -> None:
    for table, word in (("networks", "network"), ("ports", "port"), ("floatingips", "floatingip")):
        if user := _any(region.where(table, qos_policy_id=policy["id"])):
            deny(409, "QosPolicyInUse", f"QoS Policy {policy['id']} is used by {word} {user['id']}.")


def _refuse_group(region: Region, group: Record) -> None:
    if _any(region.where("security_group_rules", remote_address_group_id=group["id"])):
        message = f"Address group {group['id']} is in use on one or more security group rules."
        deny(409, "AddressGroupInUse", message)


def _refuse_scope(region: Region, scope: Record) -> None:
    if _any(region.where("subnetpools", address_scope_id=scope["id"])):
        message = (
            f"Unable to complete operation on address scope {scope['id']}. There are one or more subnet pools in use "
            "on the address scope."
        )
        deny(409, "AddressScopeInUse", message)


def _refuse_pool(region: Region, pool: Record) -> None:
    if _any(region.where("subnets", subnetpool_id=pool["id"])):
        deny(400, "SubnetPoolDeleteError", "Unable to delete subnet pool: Subnet pool has existing allocations.")


def _fresh_pool() -> Record:
    return {
        "default_prefixlen": "24",
        "min_prefixlen": "8",
        "max_prefixlen": "32",
        "is_default": False,
        "shared": False,
        "prefixes": [],
        "ip_version": 4,
        "default_quota": None,
        "address_scope_id": None,
    }


PLAINS = (
    PlainRecords(QOS, lambda: {"shared": False, "rules": [], "is_default": False}, _refuse_qos, admins=True),
    PlainRecords(ADDRESS_GROUP, lambda: {"addresses": []}, _refuse_group),
    PlainRecords(ADDRESS_SCOPE, lambda: {"shared": False, "ip_version": 4}, _refuse_scope),
    PlainRecords(SUBNET_POOL, _fresh_pool, _refuse_pool),
)


def new_plain(region: Region, kind: RecordKind, project_id: str, name: str, **given: object) -> Record:
    """Make a record of one of these kinds."""
    plain = next(one for one in PLAINS if one.kind is kind)
    return keep(region, kind, project_id, **(plain.fresh() | given | {"name": name}))


def _routes(plain: PlainRecords) -> Iterator[Route]:
    kind = plain.kind

    def list_all(ask: Request) -> ApiAnswer:
        return list_kind(ask, kind)

    def create(ask: Request) -> ApiAnswer:
        given = ask.wrapped(kind.one)
        if plain.admins and not ask.admin:
            deny(403, "PolicyNotAuthorized", f"rule:create_{kind.one} is disallowed by policy")
        owner = owner_given(ask, given)
        fields = {key: value for key, value in given.items() if key not in {"project_id", "tenant_id", "name"}}
        return show_one(ask, kind, new_plain(ask.region, kind, owner, given.get("name", ""), **fields), 201)

    def show(ask: Request, record_id: str) -> ApiAnswer:
        return show_one(ask, kind, find(ask, kind, record_id))

    def update(ask: Request, record_id: str) -> ApiAnswer:
        record = find(ask, kind, record_id, changing=f"update_{kind.one}")
        touch(ask.region, record, **ask.wrapped(kind.one))
        return show_one(ask, kind, record)

    def delete(ask: Request, record_id: str) -> ApiAnswer:
        record = find(ask, kind, record_id, changing=f"delete_{kind.one}")
        refuse_stubborn(ask, record_id)
        plain.refusal(ask.region, record)
        del ask.region[kind.store][record_id]
        for policy in list(ask.region.where("rbac_policies", object_id=record_id)):
            del ask.region["rbac_policies"][policy["id"]]
        return ApiAnswer(204)

    yield Route("GET", kind.path, list_all)
    yield Route("POST", kind.path, create)
    yield Route("GET", kind.path + "/{}", show)
    yield Route("PUT", kind.path + "/{}", update)
    yield Route("DELETE", kind.path + "/{}", delete)


def create_limit(ask: Request, policy_id: str) -> ApiAnswer:
    """Add a bandwidth limit to a QoS policy; rules go with their policy."""
    policy = find(ask, QOS, policy_id, changing="create_policy_bandwidth_limit_rule")
    rule = {"id": dashed(), "max_burst_kbps": 0, "direction": "egress"} | ask.wrapped("bandwidth_limit_rule")
    policy["rules"] = [*policy["rules"], rule | {"type": "bandwidth_limit", "qos_policy_id": policy_id}]
    return ApiAnswer(201, {"bandwidth_limit_rule": rule})


ROUTES = (
    *(route for plain in PLAINS for route in _routes(plain)),
    Route("POST", QOS.path + "/{}/bandwidth_limit_rules", create_limit),
)
