"""What a tenant owns, as a reader would count it: servers with addresses, volumes with sizes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from reaper.kinds import BY_NAME, KINDS, Told
from reaper.letters.languages import CHINESE, joined
from reaper.model import Resource, UninspectableService

#: So many of one kind are named before the rest is only counted.
NAMED_AT_MOST = 25
LONGEST_NAME = 80
_GB = 10**9

_WORDS = {
    "server": ("server", "servers", "台服务器"),
    "floating_ip": ("floating IP", "floating IPs", "个浮动 IP"),
    "volume": ("volume", "volumes", "个云硬盘"),
    "volume_snapshot": ("volume snapshot", "volume snapshots", "个云硬盘快照"),
    "image": ("image", "images", "个镜像"),
    "server_group": ("server group", "server groups", "个服务器组"),
    "port_forwarding": ("port forwarding", "port forwardings", "条端口转发规则"),
    "load_balancer": ("load balancer", "load balancers", "个负载均衡器"),
    "router_interface": ("router interface", "router interfaces", "个路由器接口"),
    "trunk": ("trunk", "trunks", "个中继端口"),
    "port": ("port", "ports", "个端口"),
    "managed_port": ("port of a network service", "ports of network services", "个网络服务端口"),
    "subnet": ("subnet", "subnets", "个子网"),
    "subnet_pool": ("subnet pool", "subnet pools", "个子网池"),
    "address_scope": ("address scope", "address scopes", "个地址范围"),
    "address_group": ("address group", "address groups", "个地址组"),
    "qos_policy": ("QoS policy", "QoS policies", "条 QoS 策略"),
    "rbac_policy": ("RBAC policy", "RBAC policies", "条 RBAC 策略"),
    "volume_group": ("volume group", "volume groups", "个云硬盘组"),
    "backup": ("backup", "backups", "个备份"),
    "stack": ("stack", "stacks", "个编排栈"),
    "cluster": ("cluster", "clusters", "个集群"),
    "object_container": ("object container", "object containers", "个对象存储容器"),
    "dns_zone": ("DNS zone", "DNS zones", "个 DNS 区域"),
    "share": ("share", "shares", "个共享文件系统"),
    "share_network": ("share network", "share networks", "个共享网络"),
    "network": ("network", "networks", "个网络"),
    "router": ("router", "routers", "个路由器"),
    "security_group": ("security group", "security groups", "个安全组"),
}


#: What people know services for that no kind belongs to.
_SERVICES = {
    "key-manager": ("secrets (key-manager)", "密钥 (key-manager)"),
    "database": ("databases (database)", "数据库 (database)"),
}


@dataclass(frozen=True)
class Thing:
    """One resource in a reader's words: its name, and what tells it apart (addresses, size)."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """All resources of one kind: "2 servers", the first of them by name, and how many more there are.

    A kind of which nobody asks for names has no things.
    """

    kind: str
    count: int
    text: str
    things: tuple[Thing, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Losses:
    """What is lost, or was. Not `known` means that the cloud could not be asked, which is not the same as nothing."""

    known: bool
    groups: tuple[Group, ...] = ()
    besides: str = ""  # what is only counted, in one line

    @property
    def empty(self) -> bool:
        """Whether there is surely nothing to lose."""
        return self.known and not (self.groups or self.besides)


def losses_in(resources: Sequence[Resource] | None, keep: Collection[str], language: str) -> Losses:
    """Count what is lost by kind, in the order of `kinds.py`, without what the policy keeps."""
    if resources is None:
        return Losses(known=False)
    told = [r for r in resources if r.kind not in keep and _is_told(r)]
    order = [*dict.fromkeys([kind.name for kind in KINDS] + [r.kind for r in told])]
    groups = [_group(kind, here, language) for kind in order if (here := [r for r in told if r.kind == kind])]
    besides = joined([group.text for group in groups if not group.things], language)
    return Losses(known=True, groups=tuple(group for group in groups if group.things), besides=besides)


def kind_names(kinds: Collection[str], language: str) -> tuple[str, ...]:
    """Name kinds in the plural, in the order of `kinds.py`."""
    return tuple(_plural(kind.name, language) for kind in KINDS if kind.name in kinds)


def unseen_words(unseen: Collection[UninspectableService], language: str) -> str:
    """Name the services that could not be looked into, by what people know them for, in one line."""
    pick = int(language == CHINESE)
    names = sorted({one.service for one in unseen})
    return joined([_SERVICES[name][pick] if name in _SERVICES else clean(name) for name in names], language)


def counted(count: int, kind: str, language: str) -> str:
    """Say "2 servers"."""
    singular, plural, chinese = _words(kind)
    return f"{count}{chinese}" if language == CHINESE else f"{count} {singular if count == 1 else plural}"


def kind_name(kind: str, language: str) -> str:
    """Name a kind in the singular."""
    singular, _, chinese = _words(kind)
    return chinese[1:].strip() if language == CHINESE else singular


def thing_of(resource: Resource) -> Thing:
    """Name a resource as its people know it, a floating IP by its address, with what tells it apart."""
    tell = _DETAILS.get(resource.kind)
    address = str(resource.facts.get("address") or "") if resource.kind == "floating_ip" else ""
    return Thing(clean(address or resource.name or resource.id), clean(tell(resource) if tell is not None else ""))


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Make a name that a stranger chose fit for a line: no control or direction marks, one line, not endless."""
    line = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _group(kind: str, resources: Sequence[Resource], language: str) -> Group:
    named = (
        sorted(resources, key=lambda r: (r.region, r.name, r.id))[:NAMED_AT_MOST]
        if _how_told(kind) is Told.NAMED
        else []
    )
    things = tuple(thing_of(resource) for resource in named)
    more = len(resources) - len(things) if things else 0
    return Group(kind, len(resources), counted(len(resources), kind, language), things, more)


def _addresses(resource: Resource) -> str:
    addresses = resource.facts.get("addresses")
    return ", ".join(str(a) for a in addresses) if isinstance(addresses, Collection) else ""


def _gigabytes(resource: Resource) -> str:
    size = resource.facts.get("size")
    return f"{size} GB" if isinstance(size, int) else ""


def _bytes(resource: Resource) -> str:
    size = resource.facts.get("size")
    return f"{size / _GB:.1f} GB" if isinstance(size, int) else ""


_DETAILS: dict[str, Callable[[Resource], str]] = {
    "server": _addresses,
    "floating_ip": lambda _: "",
    "volume": _gigabytes,
    "volume_snapshot": _gigabytes,
    "backup": _gigabytes,
    "image": _bytes,
}


def _how_told(kind: str) -> Told:
    return BY_NAME[kind].told if kind in BY_NAME else Told.COUNTED


def _is_told(resource: Resource) -> bool:
    """Leave out what is a part of others, and the security group called default, which every project has by itself."""
    comes_by_itself = resource.kind == "security_group" and resource.name == "default"
    return not comes_by_itself and _how_told(resource.kind) is not Told.NOT_AT_ALL


def _words(kind: str) -> tuple[str, str, str]:
    plain = kind.replace("_", " ")
    return _WORDS.get(kind, (plain, plain + "s", f"个 {plain}"))


def _plural(kind: str, language: str) -> str:
    _, plural, chinese = _words(kind)
    return chinese[1:].strip() if language == CHINESE else plural
