"""Filling the simulated cloud past the wire: what Neutron holds."""

from typing import Any

from reaper.simulator.exchange import Record
from reaper.simulator.network.floating import associate, new_floating
from reaper.simulator.network.forwardings import forward
from reaper.simulator.network.groups import default_group
from reaper.simulator.network.groups import new_group as new_security_group
from reaper.simulator.network.networks import new_network
from reaper.simulator.network.plain import PLAINS, new_plain
from reaper.simulator.network.ports import new_port
from reaper.simulator.network.routers import connect, new_router
from reaper.simulator.network.sharing import share
from reaper.simulator.network.subnets import new_subnet
from reaper.simulator.network.trunks import new_trunk
from reaper.simulator.state import CloudState, Region


class NetworkSeed:
    """Makers of Neutron's things; each gives the new thing's id."""

    def __init__(self, cloud: CloudState) -> None:
        self._cloud = cloud

    def _region(self, name: str | None) -> Region:
        return self._cloud.regions[name] if name else self._cloud.home

    def network(
        self, project_id: str, name: str, *, shared: bool = False, external: bool = False, region: str | None = None
    ) -> str:
        """Make a network, without subnet."""
        with self._cloud.lock:
            return str(new_network(self._region(region), project_id, name, shared=shared, external=external)["id"])

    def subnet(
        self,
        network_id: str,
        cidr: str = "10.0.0.0/24",
        name: str = "",
        *,
        dhcp: bool = True,
        region: str | None = None,
    ) -> str:
        """Make a subnet on a network."""
        at = self._region(region)
        with self._cloud.lock:
            return str(new_subnet(at, at["networks"][network_id], cidr, name, dhcp=dhcp)["id"])

    def router(
        self,
        project_id: str,
        name: str,
        *,
        external: bool = True,
        interfaces: tuple[str, ...] | list[str] = (),
        routes: tuple[Record, ...] | list[Record] = (),
        region: str | None = None,
    ) -> str:
        """Make a router: with a gateway on the first external network, interfaces in these subnets, static routes."""
        at = self._region(region)
        with self._cloud.lock:
            gateway = self.public_network(region) if external else None
            router = new_router(at, project_id, name, gateway)
            for subnet_id in interfaces:
                connect(at, router, at["subnets"][subnet_id])
            router["routes"] = list(routes)
        return str(router["id"])

    def public_network(self, region: str | None = None) -> str:
        """Give the first external network."""
        return next(key for key, one in self._region(region)["networks"].items() if one["router:external"])

    def security_group(self, project_id: str, name: str, *, region: str | None = None) -> str:
        """Make a security group; a project gets its default one, too."""
        at = self._region(region)
        with self._cloud.lock:
            default_group(at, project_id)
            return str(new_security_group(at, project_id, name)["id"])

    def port(
        self,
        project_id: str,
        network_id: str,
        name: str = "",
        *,
        security_groups: tuple[str, ...] | list[str] = (),
        region: str | None = None,
        **given: Any,
    ) -> str:
        """Make a port; without groups named it gets the default one."""
        at = self._region(region)
        with self._cloud.lock:
            groups = list(security_groups) or [default_group(at, project_id)["id"]]
            return str(new_port(at, network_id, project_id, name=name, security_groups=groups, **given)["id"])

    def floating_ip(self, project_id: str, port_id: str | None = None, *, region: str | None = None) -> str:
        """Take a floating IP of the public network, attached to a port if one is named."""
        at = self._region(region)
        with self._cloud.lock:
            floating = new_floating(at, project_id, at["networks"][self.public_network(region)])
            if port_id is not None:
                associate(at, floating, at["ports"][port_id])
        return str(floating["id"])

    def port_forwarding(
        self, floating_ip_id: str, port_id: str, internal: int = 80, external: int = 8080, *, region: str | None = None
    ) -> str:
        """Forward a port of a floating IP."""
        at = self._region(region)
        with self._cloud.lock:
            made = forward(at, at["floatingips"][floating_ip_id], at["ports"][port_id], internal, external)
        return str(made["id"])

    def trunk(
        self, project_id: str, name: str, port_id: str, subports: tuple[str, ...] = (), *, region: str | None = None
    ) -> str:
        """Make a trunk of a parent port and subports."""
        tagged = [
            {"port_id": one, "segmentation_type": "vlan", "segmentation_id": 100 + n} for n, one in enumerate(subports)
        ]
        with self._cloud.lock:
            return str(new_trunk(self._region(region), project_id, name, port_id, tagged)["id"])

    def rbac_policy(self, network_id: str, target: str = "*", *, region: str | None = None) -> str:
        """Share a network with one project, or with all."""
        at = self._region(region)
        with self._cloud.lock:
            return str(share(at, at["networks"][network_id], target, "access_as_shared")["id"])

    def plain(self, kind: str, project_id: str, name: str, *, region: str | None = None, **given: Any) -> str:
        """Make a qos_policies, address_groups, address_scopes or subnetpools record, as these tables are called."""
        found = next(one.kind for one in PLAINS if one.kind.store == kind)
        with self._cloud.lock:
            return str(new_plain(self._region(region), found, project_id, name, **given)["id"])
