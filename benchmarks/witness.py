"""What a cloud holds, by plain lists of an admin and nothing of Reaper's: who owns what, before and after."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from benchmarks.admin import Admin

AGENT = "witness"
#: Service, path, owner's attribute; every list is of the whole cloud, which recreates nothing.
LISTS = (
    ("compute", "/servers/detail?all_tenants=1", "tenant_id"),
    ("network", "/v2.0/floatingips", "project_id"),
    ("network", "/v2.0/ports", "project_id"),
    ("network", "/v2.0/routers", "project_id"),
    ("network", "/v2.0/networks", "project_id"),
    ("network", "/v2.0/subnets", "project_id"),
    ("network", "/v2.0/security-groups", "project_id"),
    ("block-storage", "/volumes/detail?all_tenants=1", "os-vol-tenant-attr:tenant_id"),
    ("block-storage", "/snapshots/detail?all_tenants=1", "os-extended-snapshot-attributes:project_id"),
    ("image", "/v2/images?visibility=all&limit=1000", "owner"),
)
PAUSE = 0.25

#: Kind, id, owner.
Thing = tuple[str, str, str]


@dataclass(frozen=True)
class Witness:
    """An admin who only looks."""

    admin: Admin

    def everything(self) -> set[Thing]:
        """List all there is."""
        found: set[Thing] = set()
        for service, path, owner in LISTS:
            document = self.admin.send("GET", service, path)
            kind = path.partition("?")[0].removesuffix("/detail").rpartition("/")[2]
            found |= {(kind, one["id"], one.get(owner) or "") for one in document[kind.replace("-", "_")]}
        return found

    def await_empty(self, project_ids: Collection[str], patience: float) -> tuple[float, Counter[str]]:
        """Wait until these projects have nothing; returns the seconds waited and what is left after `patience`."""
        began = time.monotonic()
        while True:
            waited = time.monotonic() - began
            left = Counter(kind for kind, _, owner in self.everything() if owner in project_ids)
            if not left or waited > patience:
                return waited, left
            time.sleep(PAUSE)
