"""A server as Nova shows it at each microversion."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha224
from itertools import chain

from reaper.simulator.clock import seconds
from reaper.simulator.exchange import Record, Request
from reaper.simulator.state import Region

STATUS = {
    "active": "ACTIVE",
    "stopped": "SHUTOFF",
    "error": "ERROR",
    "building": "BUILD",
    "soft-delete": "SOFT_DELETED",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "resized": "VERIFY_RESIZE",
    "rescued": "RESCUE",
    "deleted": "DELETED",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
}
POWER = {"active": 1, "stopped": 4, "paused": 3, "suspended": 4, "rescued": 1, "resized": 1, "shelved": 4}


def status_of(server: Record) -> str:
    """Give the status people see; a server being deleted keeps the one it had."""
    return STATUS.get(server["vm_state"], "UNKNOWN")


def power_of(server: Record) -> int:
    """Give the power state: what the hypervisor says of the guest, else what Nova's state implies."""
    told = server.get("power")
    return int(told) if told is not None else POWER.get(server["vm_state"], 0)


class Surroundings:
    """What stands round the servers of a page in other tables, looked up once."""

    def __init__(self, region: Region, servers: Iterable[Record]) -> None:
        self.networks = region["networks"]
        self.all_groups = region["security_groups"]
        self.ports = {server["id"]: list(region.where("ports", device_id=server["id"])) for server in servers}
        self.floating: dict[str, Record] = {}
        for port in chain.from_iterable(self.ports.values()):
            for address in region.where("floatingips", port_id=port["id"]):
                self.floating[port["id"]] = address

    def addresses(self, server: Record) -> Record:
        """Give the addresses by network name."""
        told: defaultdict[str, list[Record]] = defaultdict(list)
        for port in self.ports[server["id"]]:
            network = self.networks.get(port["network_id"])
            if network is None:
                continue
            found = [(fixed["ip_address"], "fixed") for fixed in port["fixed_ips"]]
            if port["id"] in self.floating:
                found.append((self.floating[port["id"]]["floating_ip_address"], "floating"))
            told[network["name"]] += [
                {
                    "version": 6 if ":" in address else 4,
                    "addr": address,
                    "OS-EXT-IPS:type": kind,
                    "OS-EXT-IPS-MAC:mac_addr": port["mac_address"],
                }
                for address, kind in found
            ]
        return dict(told)

    def groups(self, server: Record) -> list[Record]:
        """Give the names of the security groups on the server's ports."""
        ids = {group for port in self.ports[server["id"]] for group in port["security_groups"]}
        return [{"name": self.all_groups[group]["name"]} for group in ids if group in self.all_groups]


def links(ask: Request, server: Record) -> list[Record]:
    """Give a server's two links."""
    return [
        {"rel": "self", "href": f"{ask.base}/v2.1/servers/{server['id']}"},
        {"rel": "bookmark", "href": f"{ask.base}/servers/{server['id']}"},
    ]


def brief(ask: Request, server: Record) -> Record:
    """Show a server in a list without detail."""
    return {"id": server["id"], "name": server["name"], "links": links(ask, server)}


def full(ask: Request, server: Record, around: Surroundings) -> Record:
    """Show a server in detail."""
    shown: Record = {
        "id": server["id"],
        "name": server["name"],
        "status": status_of(server),
        "tenant_id": server["project_id"],
        "user_id": server["user_id"],
        "metadata": server["metadata"],
        "hostId": sha224((server["project_id"] + server["host"]).encode()).hexdigest() if server["host"] else "",
        "image": _image(ask, server),
        "flavor": _flavor(ask, server),
        "created": seconds(server["created"]),
        "updated": seconds(server["updated"]),
        "addresses": around.addresses(server),
        "accessIPv4": "",
        "accessIPv6": "",
        "links": links(ask, server),
        "OS-DCF:diskConfig": "MANUAL",
        "OS-EXT-AZ:availability_zone": "nova",
        "config_drive": "",
        "key_name": server["key_name"],
        "OS-SRV-USG:launched_at": _launched(server),
        "OS-SRV-USG:terminated_at": None,
        "OS-EXT-STS:task_state": server["task_state"],
        "OS-EXT-STS:vm_state": server["vm_state"],
        "OS-EXT-STS:power_state": power_of(server),
        "os-extended-volumes:volumes_attached": [{"id": one["volume"]} for one in server["volumes"]],
    }
    if server["vm_state"] == "active":
        shown["progress"] = 0
    if groups := around.groups(server):
        shown["security_groups"] = groups
    if server["vm_state"] == "error":
        shown["fault"] = {"code": 500, "created": seconds(server["updated"]), "message": "error"}
    return shown | _for_admins(ask, server) | _by_version(ask, server)


def _launched(server: Record) -> str | None:
    launched = server["launched"]
    return None if launched is None else launched.strftime("%Y-%m-%dT%H:%M:%S.000000")


def _image(ask: Request, server: Record) -> Record | str:
    if not server["image"]:
        return ""
    return {"id": server["image"], "links": [{"rel": "bookmark", "href": f"{ask.base}/images/{server['image']}"}]}


def _flavor(ask: Request, server: Record) -> Record:
    flavor = server["flavor"]
    if ask.version < (2, 47):
        return {"id": flavor["id"], "links": [{"rel": "bookmark", "href": f"{ask.base}/flavors/{flavor['id']}"}]}
    return {
        "vcpus": flavor["vcpus"],
        "ram": flavor["ram"],
        "disk": flavor["disk"],
        "ephemeral": 0,
        "swap": 0,
        "original_name": flavor["name"],
        "extra_specs": {},
    }


def _for_admins(ask: Request, server: Record) -> Record:
    if not ask.admin:
        return {}
    return {
        "OS-EXT-SRV-ATTR:host": server["host"] or None,
        "OS-EXT-SRV-ATTR:hypervisor_hostname": server["host"] or None,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{server['id'][:8]}",
    }


def _hardware(server: Record) -> Record:
    prefix = "OS-EXT-SRV-ATTR:"
    return {
        f"{prefix}hostname": server["name"],
        f"{prefix}kernel_id": "",
        f"{prefix}launch_index": 0,
        f"{prefix}ramdisk_id": "",
        f"{prefix}reservation_id": f"r-{server['id'][:8]}",
        f"{prefix}root_device_name": "/dev/sda",
        f"{prefix}user_data": None,
    }


def _disks(server: Record) -> Record:
    told = [{"id": one["volume"], "delete_on_termination": one["delete_on_termination"]} for one in server["volumes"]]
    return {"os-extended-volumes:volumes_attached": told}


def _by_version(ask: Request, server: Record) -> Record:
    grown = (
        ((2, 3), {**_disks(server), **(_hardware(server) if ask.admin else {})}),
        ((2, 9), {"locked": server["locked"] is not None}),
        ((2, 16), {"host_status": "UP" if server["host"] else ""} if ask.admin else {}),
        ((2, 19), {"description": server["description"]}),
        ((2, 26), {"tags": server["tags"]}),
        ((2, 63), {"trusted_image_certificates": None}),
        ((2, 71), {"server_groups": server["groups"]}),
        ((2, 73), {"locked_reason": server["locked_reason"]}),
        ((2, 96), {"pinned_availability_zone": None}),
    )
    told: Record = {}
    for since, fields in grown:
        if ask.version >= since:
            told |= fields
    return told
