"""Random graphs of resources: what a tenant and its neighbour own, entangled as the services allow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from reaper.simulator import Simulator
from reaper.simulator.exchange import ApiError

#: What may be made, more of what most tenants have; each with an owner and two numbers that choose among what is there.
MAKERS = (
    *("network", "network", "network", "router", "router", "port", "port", "port", "server", "server", "floating_ip"),
    *("forwarding", "trunk", "group", "share", "share_all", "volume", "attached", "snapshot", "backup", "image"),
    *("protected", "given_image", "default_port", "route", "guest", "foreign_interface", "transfer"),
)
wish = st.tuples(st.sampled_from(MAKERS), st.sampled_from([0, 0, 0, 1]), st.integers(0, 7), st.integers(0, 7))
wishes = st.lists(wish, min_size=1, max_size=24)


@dataclass
class Graph:
    """What was made; `owners` are the tenant and its neighbour. `entangled` says whether either may hold the other."""

    sim: Simulator
    owners: tuple[str, str]
    made: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # kind -> (whose, id)
    entangled: bool = False
    number: int = 0

    def grow(self, given: list[tuple[str, int, int, int]]) -> Graph:
        """Make everything wished for; what the services would refuse is left out."""
        for maker, whose, one, two in given:
            self.number += 1
            try:
                getattr(self, f"_{maker}")(whose, one, two)
            except (LookupError, ApiError):
                continue
        return self

    def _pick(self, kind: str, place: int, whose: int | None = None) -> str:
        found = [one for owner, one in self.made.get(kind, []) if whose in {None, owner}]
        if not found:
            raise LookupError(kind)
        return found[place % len(found)]

    def _keep(self, kind: str, whose: int, made: str) -> str:
        self.made.setdefault(kind, []).append((whose, made))
        return made

    def _name(self, kind: str) -> str:
        return f"{kind}-{self.number}"

    def _record(self, kind: str, made: str) -> dict[str, Any]:
        found = self.sim.record(kind, made)
        assert found is not None
        return found

    # ------------------------------------------------------------------ networks

    def _network(self, whose: int, _one: int, _two: int) -> None:
        network = self.sim.seed.network(self.owners[whose], self._name("network"))
        self._keep("network", whose, network)
        subnet = self.sim.seed.subnet(network, f"10.{self.number}.0.0/24", self._name("subnet"))
        self._keep("subnet", whose, subnet)

    def _share(self, whose: int, one: int, _two: int) -> None:
        network = self._pick("network", one, whose)
        self.sim.seed.rbac_policy(network, self.owners[1 - whose])
        self._keep("shared", whose, network)

    def _share_all(self, whose: int, one: int, _two: int) -> None:
        network = self._pick("network", one, whose)
        self.sim.seed.rbac_policy(network)
        self._keep("shared", whose, network)
        self.entangled |= whose == 0

    def _router(self, whose: int, one: int, two: int) -> None:
        subnets = dict.fromkeys(self._pick("subnet", place, whose) for place in (one, two))
        free = [subnet for subnet in subnets if ("taken", subnet) not in self.made.get("taken", [])]
        router = self.sim.seed.router(self.owners[whose], self._name("router"), interfaces=free)
        self.made.setdefault("taken", []).extend(("taken", subnet) for subnet in free)
        self._keep("router", whose, router)

    def _route(self, whose: int, one: int, two: int) -> None:
        router, subnet = self._pick("router", one, whose), self._pick("subnet", two, whose)
        hop = self._record("subnet", subnet)["gateway_ip"].rpartition(".")[0] + ".99"
        with self.sim.cloud.lock:
            table = self.sim.cloud.home["routers"]
            table[router]["routes"] = [{"destination": "10.250.0.0/16", "nexthop": hop}]

    def _foreign_interface(self, whose: int, one: int, two: int) -> None:
        """An interface of the router of one in a shared network of the other."""
        router, network = self._pick("router", one, whose), self._pick("shared", two, 1 - whose)
        port = self.sim.seed.port(
            self.owners[whose], network, self._name("port"), device_id=router, device_owner="network:router_interface"
        )
        self._keep("interface", whose, port)
        self.entangled = True

    # ------------------------------------------------------------------ ports and what hangs on them

    def _port(self, whose: int, one: int, two: int) -> None:
        network = self._pick("network", one, whose)
        groups = [self._pick("group", two, whose)] if self.made.get("group") and two % 2 else []
        port = self.sim.seed.port(self.owners[whose], network, self._name("port"), security_groups=groups)
        self._keep("port", whose, port)

    def _default_port(self, whose: int, one: int, _two: int) -> None:
        self._keep("port", whose, self.sim.seed.port(self.owners[whose], self._pick("network", one, whose), ""))

    def _guest(self, whose: int, one: int, _two: int) -> None:
        """A port on the shared network of the other one."""
        network = self._pick("shared", one, 1 - whose)
        port = self.sim.seed.port(self.owners[whose], network, self._name("guest"))
        self._keep("port", whose, port)
        self.entangled = True

    def _server(self, whose: int, one: int, two: int) -> None:
        status = ("ACTIVE", "ACTIVE", "SHUTOFF", "ERROR", "SOFT_DELETED", "SHELVED_OFFLOADED")[two % 6]
        ports: list[str] = []
        if one % 2:
            free = [p for w, p in self.made.get("port", []) if w == whose and not self._record("port", p)["device_id"]]
            ports = free[:1]
        network = None if ports else self._pick("network", one, whose)
        server = self.sim.seed.server(
            self.owners[whose],
            self._name("server"),
            network_id=network,
            ports=ports,
            status=status,
            locked=two == 0,
        )
        self._keep("server", whose, server)

    def _floating_ip(self, whose: int, one: int, two: int) -> None:
        """On a port of either, or on none."""
        port = self._pick("port", one, None if two % 3 == 0 else whose) if two % 4 else None
        theirs = port is not None and self._record("port", port)["project_id"] != self.owners[whose]
        self._keep("floating_ip", whose, self.sim.seed.floating_ip(self.owners[whose], port))
        self.entangled |= theirs

    def _forwarding(self, whose: int, one: int, two: int) -> None:
        port = self._pick("port", two, whose)
        floating = self._pick("floating_ip", one, whose)
        if self._record("floating_ip", floating)["port_id"]:
            raise LookupError("a free floating IP")
        self.sim.seed.port_forwarding(floating, port)

    def _trunk(self, whose: int, one: int, two: int) -> None:
        parent, sub = self._pick("port", one, whose), self._pick("port", two, whose)
        taken = {port for _, port in self.made.get("trunked", [])}
        if parent == sub or {parent, sub} & taken:
            raise LookupError("two free ports")
        self._keep("trunk", whose, self.sim.seed.trunk(self.owners[whose], self._name("trunk"), parent, (sub,)))
        self.made.setdefault("trunked", []).extend([(whose, parent), (whose, sub)])

    def _group(self, whose: int, _one: int, _two: int) -> None:
        self._keep("group", whose, self.sim.seed.security_group(self.owners[whose], self._name("group")))

    # ------------------------------------------------------------------ volumes and images

    def _volume(self, whose: int, one: int, _two: int) -> None:
        status = ("available", "error", "error_deleting", "available")[one % 4]
        made = self.sim.seed.volume(self.owners[whose], 1, name=self._name("volume"), status=status)
        self._keep("volume", whose, made)

    def _attached(self, whose: int, one: int, _two: int) -> None:
        server = self._pick("server", one, whose)
        self._keep("volume", whose, self.sim.seed.volume(self.owners[whose], 1, server, name=self._name("volume")))

    def _snapshot(self, whose: int, one: int, _two: int) -> None:
        self.sim.seed.snapshot(self._pick("volume", one, whose), self._name("snapshot"))

    def _backup(self, whose: int, one: int, _two: int) -> None:
        self.sim.seed.backup(self._pick("volume", one, whose), self._name("backup"))

    def _transfer(self, whose: int, one: int, _two: int) -> None:
        volume = self._pick("volume", one, whose)
        if self._record("volume", volume)["status"] == "available":
            self.sim.seed.volume_transfer(volume)

    def _image(self, whose: int, one: int, _two: int) -> None:
        made = self.sim.seed.image(self.owners[whose], self._name("image"), hidden=bool(one % 2))
        self._keep("image", whose, made)

    def _protected(self, whose: int, _one: int, _two: int) -> None:
        self.sim.seed.image(self.owners[whose], self._name("image"), protected=True)
        self.entangled |= whose == 0

    def _given_image(self, whose: int, _one: int, _two: int) -> None:
        self.sim.seed.image(self.owners[whose], self._name("image"), members=[self.owners[1 - whose]])
        self.entangled |= whose == 0
