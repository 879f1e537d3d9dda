"""The simulated OpenStack as a whole: start it, point a client at it, watch it, hurt it."""

import secrets
from types import TracebackType
from typing import Any, Self

from reaper.simulator.calls import Calls, RecordedCall
from reaper.simulator.clock import SimClock
from reaper.simulator.compute.life import end_delete
from reaper.simulator.faults import Faults
from reaper.simulator.front import Front
from reaper.simulator.furnish import furnish
from reaper.simulator.kinds import TABLES
from reaper.simulator.releases import RELEASES
from reaper.simulator.seed import Seed
from reaper.simulator.state import CloudState
from reaper.simulator.wire import HttpServer


class Simulator:
    """An OpenStack in memory on http://127.0.0.1.

    Asynchronous work (boot, stop, delete) takes `pace` real seconds, whatever the clock is moved to; dates that
    services show come from `clock`. Tokens end in real time, because clients compare their end with their own clock.
    `latency` is added to every request, in seconds. `page_limit` is the largest page any service gives. With
    `dhcp_ports` each subnet brings the port that a DHCP agent would. `services` are those in the catalog besides the
    ones that every cloud has, by type: see `further.EVERY`. `release` is which OpenStack it is, see `releases`.
    """

    def __init__(
        self,
        clock: SimClock | None = None,
        *,
        latency: float = 0.0,
        region: str = "RegionOne",
        page_limit: int = 1000,
        port: int = 0,
        regions: tuple[str, ...] = (),
        pace: float = 0.05,
        dhcp_ports: bool = True,
        services: tuple[str, ...] = (),
        release: str = "today",
    ) -> None:
        self.clock = clock or SimClock()
        self.cloud = CloudState(self.clock, regions or (region,), page_limit, pace, dhcp_ports=dhcp_ports)
        self.cloud.services = services
        self.calls = Calls()
        self.faults = Faults()
        self.seed = Seed(self.cloud)
        self._password = secrets.token_urlsafe(12)
        furnish(self.cloud, self._password)
        self.release = RELEASES[release]
        self.cloud.places = self.release.catalog
        self._front = Front(self.release, self.cloud, self.calls, self.faults, latency)
        self._client = HttpServer(port, self._front.respond)
        self._front.root = f"http://127.0.0.1:{self._client.port}"
        self._running = False

    def start(self) -> Self:
        """Begin to answer."""
        self._client.start()
        self._running = True
        return self

    def stop(self) -> None:
        """Stop to answer, for good; stopping twice is no error."""
        if self._running:
            self._client.stop()
            self._running = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def auth_url(self) -> str:
        """Give Keystone's URL."""
        return f"{self._front.root}/{self.release.auth_path}"

    @property
    def latency(self) -> float:
        """Give the seconds added to every request."""
        return self._front.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._front.latency = seconds

    @property
    def traps(self) -> dict[str, int]:
        """Count what a careful client never makes happen: users disabled, role assignments removed, crashes of ours."""
        return dict(self.cloud.traps)

    def clouds_yaml(self, name: str = "sim") -> dict[str, Any]:
        """Give the content of a clouds.yaml whose one entry is an admin of the project `admin`."""
        auth = {"auth_url": self.auth_url, "username": "admin", "password": self._password, "project_name": "admin"}
        if not self.release.tenants:
            auth |= {"user_domain_name": "Default", "project_domain_name": "Default"}
        entry: dict[str, Any] = {"auth": auth, "region_name": self.cloud.home.name}
        entry["identity_api_version"] = "2.0" if self.release.tenants else 3
        if len(self.cloud.regions) > 1:
            del entry["region_name"]
            entry["regions"] = list(self.cloud.regions)
        return {"clouds": {name: entry}}

    def writes(self, service: str | None = None) -> list[RecordedCall]:
        """Give the requests so far that could change something, of one service or of all."""
        return self.calls.writes(service)

    def settle(self) -> None:
        """Finish all asynchronous work now, without waiting."""
        with self.cloud.lock:
            self.cloud.work.settle(everything=True)

    def inventory(self, project_id: str | None = None, *, region: str | None = None) -> dict[str, list[str]]:
        """List what exists by kind, straight from memory; of one project or of all, in one region or all."""
        regions = [self.cloud.regions[region]] if region else list(self.cloud.regions.values())
        with self.cloud.lock:
            self.cloud.work.settle()
            return {
                kind: sorted(
                    key
                    for one in regions
                    for key, record in one[table].items()
                    if project_id in {None, record.get("project_id", record.get("owner"))}
                )
                for kind, table in TABLES.items()
            }

    def record(self, kind: str, resource_id: str) -> dict[str, Any] | None:
        """Give a copy of what the simulator holds about a resource, None when it is gone; an independent witness."""
        with self.cloud.lock:
            self.cloud.work.settle()
            for region in self.cloud.regions.values():
                if resource_id in region[TABLES[kind]]:
                    return dict(region[TABLES[kind]][resource_id])
        return None

    def stubborn(self, kind: str, resource_id: str, how: str | int | None = "conflict") -> None:
        """Make a resource one that never goes, or free it with `how=None`.

        `how` is "conflict" or a status (each delete is refused with it), "deleting" (accepted, then stuck in that
        state), or "error", "error_deleting" (accepted, then in that state). A server freed while `deleting` goes. One
        that is "no image", "image hangs" or "empty image" goes; that becomes of an image that is made of it.
        """
        if kind not in TABLES:
            raise ValueError(f"no such kind: {kind!r}; one of {', '.join(TABLES)}")
        with self.cloud.lock:
            if how is not None:
                self.cloud.stubborn.ways[resource_id] = how
                return
            self.cloud.stubborn.ways.pop(resource_id, None)
            self._let_go(kind, resource_id)

    def _let_go(self, kind: str, resource_id: str) -> None:
        for region in self.cloud.regions.values():
            record = region[TABLES[kind]].get(resource_id)
            if record is None:
                continue
            if kind == "server":
                end_delete(region, record)
            elif record.get("status") == "deleting":
                region[TABLES[kind]].pop(resource_id)
