"""Making what only some clouds have: stacks, load balancers, containers, clusters, zones, shares."""

from reaper.simulator.further.heat import new_stack
from reaper.simulator.further.octavia import new_balancer
from reaper.simulator.further.others import (
    new_cluster,
    new_share,
    new_share_network,
    new_share_snapshot,
    new_zone,
)
from reaper.simulator.further.swift import new_container
from reaper.simulator.seed_network import NetworkSeed


class FurtherSeed(NetworkSeed):
    """The same with what further services hold."""

    def stack(self, project_id: str, name: str, networks: int = 0, *, region: str | None = None) -> str:
        """Make a stack that made so many networks."""
        with self._cloud.lock:
            return str(new_stack(self._region(region), project_id, name, networks)["id"])

    def load_balancer(self, project_id: str, name: str, subnet_id: str, *, region: str | None = None) -> str:
        """Make a load balancer with a listener and a port in a subnet."""
        with self._cloud.lock:
            return str(new_balancer(self._region(region), project_id, name, subnet_id)["id"])

    def object_container(
        self, project_id: str, name: str, objects: tuple[str, ...] = (), *, region: str | None = None
    ) -> str:
        """Make a container with objects of these names."""
        with self._cloud.lock:
            return str(new_container(self._region(region), project_id, name, objects)["name"])

    def cluster(self, project_id: str, name: str, *, region: str | None = None) -> str:
        """Make a cluster."""
        with self._cloud.lock:
            return str(new_cluster(self._region(region), project_id, name)["id"])

    def dns_zone(
        self, project_id: str, name: str, *, shared_with: tuple[str, ...] = (), region: str | None = None
    ) -> str:
        """Make a zone, shared with these projects; its name ends in a dot."""
        with self._cloud.lock:
            return str(new_zone(self._region(region), project_id, name, shared_with)["id"])

    def share_network(self, project_id: str, name: str, *, region: str | None = None) -> str:
        """Make a share network."""
        with self._cloud.lock:
            return str(new_share_network(self._region(region), project_id, name)["id"])

    def share(
        self,
        project_id: str,
        name: str,
        network_id: str | None = None,
        snapshots: int = 0,
        *,
        region: str | None = None,
    ) -> str:
        """Make a share, on a share network if one is named, with so many snapshots."""
        at = self._region(region)
        with self._cloud.lock:
            share = new_share(at, project_id, name, network_id)
            for n in range(snapshots):
                new_share_snapshot(at, share, f"{name}-{n}")
        return str(share["id"])
