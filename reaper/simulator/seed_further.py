"""Making what only some clouds have: stacks, load balancers, containers."""

from reaper.simulator.further.heat import new_stack
from reaper.simulator.further.octavia import new_balancer
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
