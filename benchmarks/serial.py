"""A plain serial reclaimer, as one writes it in an afternoon: right order, waits, one request after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.admin import Admin

PAUSE = 0.5  # seconds between two looks at what goes away by itself
PATIENCE = 300.0
INTERFACES = "network:router_interface"
AGENT = "serial-reclaimer"


@dataclass
class Serial:
    """An admin's session on one cloud. It does not verify, but it waits until what it waits for is gone."""

    admin: Admin

    def reclaim(self, project_id: str) -> None:
        """Delete all that a project has."""
        self._remove("network", "/v2.0/floatingips", self._mine("network", "/v2.0/floatingips", project_id))
        servers = f"/servers/detail?all_tenants=1&project_id={project_id}"
        self._remove("compute", "/servers", self._list("compute", servers))
        self._await_empty("compute", servers)
        self._empty_network(project_id)
        of_project = f"?all_tenants=1&project_id={project_id}"
        for kind in ("snapshots", "volumes"):
            path = f"/{kind}/detail{of_project}"
            found = self._list("block-storage", path)
            self._remove("block-storage", f"/{kind}", found)
            if found:
                self._await_empty("block-storage", path)
        self._remove("image", "/v2/images", self._list("image", f"/v2/images?owner={project_id}&visibility=all"))

    def _empty_network(self, project_id: str) -> None:
        ports = self._mine("network", "/v2.0/ports", project_id)
        routers = self._mine("network", "/v2.0/routers", project_id)
        for port in ports:
            if port["device_owner"] == INTERFACES:
                path = f"/v2.0/routers/{port['device_id']}/remove_router_interface"
                self.admin.send("PUT", "network", path, {"port_id": port["id"]})
        self._remove("network", "/v2.0/routers", routers)
        loose = [port for port in ports if not port["device_owner"].startswith("network:")]
        self._remove("network", "/v2.0/ports", loose)
        self._remove("network", "/v2.0/networks", self._mine("network", "/v2.0/networks", project_id))
        # The own project is named first because Neutron makes the `default` group of the first one anew.
        own = self.admin.session.get_project_id()
        groups = self._list("network", f"/v2.0/security-groups?tenant_id={own}&tenant_id={project_id}")
        mine = [group for group in groups if group["project_id"] == project_id]
        self._remove("network", "/v2.0/security-groups", mine)

    def _mine(self, service: str, path: str, project_id: str) -> list[Any]:
        return self._list(service, f"{path}?tenant_id={project_id}")

    def _remove(self, service: str, path: str, things: Iterable[Any]) -> None:
        for thing in things:
            self.admin.send("DELETE", service, f"{path}/{thing['id']}")

    def _await_empty(self, service: str, path: str) -> None:
        give_up = time.monotonic() + PATIENCE
        while left := self._list(service, path):
            if time.monotonic() > give_up:
                raise TimeoutError(f"{len(left)} still stand under {path} after {PATIENCE:.0f} s")
            time.sleep(PAUSE)

    def _list(self, service: str, path: str) -> list[Any]:
        (found,) = (
            value for key, value in self.admin.send("GET", service, path).items() if key in path.replace("-", "_")
        )
        return list(found)
