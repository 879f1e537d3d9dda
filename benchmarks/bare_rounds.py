"""Rounds and nothing else: the whole cloud is listed, whatever may go is asked at once, until nothing shows.

A hundred lines that know the order and sixteen threads. They keep no journal, compare no owner before a delete, know
only the kinds that these tenants have, and believe the first empty list.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from benchmarks.admin import Admin
from benchmarks.serial import INTERFACES, PAUSE

AGENT = "bare-rounds"
WORKERS = 16
#: Kind: service, list of the whole cloud, owner's attribute.
LISTS = {
    "servers": ("compute", "/servers/detail?all_tenants=1", "tenant_id"),
    "floatingips": ("network", "/v2.0/floatingips", "project_id"),
    "ports": ("network", "/v2.0/ports", "project_id"),
    "routers": ("network", "/v2.0/routers", "project_id"),
    "networks": ("network", "/v2.0/networks", "project_id"),
    "security_groups": ("network", "/v2.0/security-groups", "project_id"),
    "volumes": ("block-storage", "/volumes/detail?all_tenants=1", "os-vol-tenant-attr:tenant_id"),
    "images": ("image", "/v2/images?visibility=all&limit=1000", "owner"),
}
#: What must be gone of a tenant before this kind is asked.
AFTER = {
    "interfaces": ("floatingips",),
    "routers": ("interfaces",),
    "ports": ("servers",),
    "volumes": ("servers",),
    "networks": ("ports", "routers"),
    "security_groups": ("ports", "servers"),
}
ADDRESSES = {
    "servers": "/servers/{}",
    "floatingips": "/v2.0/floatingips/{}",
    "ports": "/v2.0/ports/{}",
    "routers": "/v2.0/routers/{}",
    "networks": "/v2.0/networks/{}",
    "security_groups": "/v2.0/security-groups/{}",
    "volumes": "/volumes/{}?cascade=true",
    "images": "/v2/images/{}",
}

Found = Mapping[str, list[dict[str, Any]]]


@dataclass
class BareRounds:
    """An admin's session on one cloud, and what was asked already."""

    admin: Admin
    _asked: set[str] = field(default_factory=set)

    def reclaim(self, project_ids: Collection[str]) -> None:
        """Go round until none of these projects shows anything."""
        kinds = list(LISTS)
        with ThreadPoolExecutor(WORKERS) as pool:
            while kinds:
                found = dict(zip(kinds, pool.map(lambda kind: self._list(kind, project_ids), kinds), strict=True))
                kinds = [kind for kind in kinds if found[kind]]
                asked = list(pool.map(self._ask, self._free(found)))
                if kinds and not asked:
                    time.sleep(PAUSE)

    def _free(self, found: Found) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give what may be asked now and was not yet."""
        there: dict[str, set[str]] = defaultdict(set)
        things = []
        for kind, listed in found.items():
            for thing in listed:
                owner = thing.get("device_owner") or ""
                sort = "interfaces" if owner == INTERFACES else kind
                if kind == "ports" and owner.startswith("network:") and sort == kind:
                    continue  # goes with its network or router
                there[sort].add(thing[LISTS[kind][2]])
                things.append((sort, thing, thing[LISTS[kind][2]]))
        for sort, thing, project_id in things:
            loose = sort != "volumes" or thing["status"] in {"available", "error"}
            waits = any(project_id in there[before] for before in AFTER.get(sort, ()))
            if loose and not waits and thing["id"] not in self._asked:
                self._asked.add(thing["id"])
                yield sort, thing

    def _ask(self, what: tuple[str, dict[str, Any]]) -> None:
        sort, thing = what
        if sort == "interfaces":
            path = f"/v2.0/routers/{thing['device_id']}/remove_router_interface"
            self.admin.send("PUT", "network", path, {"port_id": thing["id"]})
        else:
            self.admin.send("DELETE", LISTS[sort][0], ADDRESSES[sort].format(thing["id"]))

    def _list(self, kind: str, project_ids: Collection[str]) -> list[dict[str, Any]]:
        service, path, owner = LISTS[kind]
        return [one for one in self.admin.send("GET", service, path)[kind] if one[owner] in project_ids]
