"""What the simulated cloud holds: identity for all, tables per region, and work that is still under way."""

import heapq
import itertools
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reaper.simulator.clock import SimClock
from reaper.simulator.exchange import Record


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token somebody was given."""

    id: str
    user_id: str
    project_id: str
    roles: frozenset[str]
    # Real seconds since 1970: clients compare a token's end with their own clock, not with the simulated one.
    ends: float


class PendingWork:
    """Asynchronous work: what a service has accepted and will have done after a short real time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def later(self, delay: float, finish: Callable[[], object]) -> None:
        """Let `finish` run once `delay` real seconds have gone by."""
        heapq.heappush(self._due, (time.monotonic() + delay, next(self._order), finish))

    def settle(self, *, everything: bool = False) -> None:
        """Finish what is due; with `everything`, also what is not yet."""
        while self._due and (everything or self._due[0][0] <= time.monotonic()):
            heapq.heappop(self._due)[2]()


# The fields by which records are looked up while others are served, most telling first.
INDEXED = {
    "servers": ("project_id",),
    "ports": ("device_id", "network_id", "project_id"),
    "floatingips": ("port_id", "router_id", "project_id"),
    "subnets": ("network_id", "project_id"),
    "networks": ("project_id",),
    "routers": ("project_id",),
    "security_groups": ("project_id",),
    "security_group_rules": ("security_group_id", "project_id"),
    "rbac_policies": ("object_id", "project_id"),
}


class Region:
    """One region's services: a table per kind, each record in the form its API shows."""

    def __init__(self, name: str, cloud: "CloudState") -> None:
        self.name = name
        self.cloud = cloud
        self.tables: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        self.segments = itertools.count(1000)
        self._index: defaultdict[tuple[str, str, object], set[str]] = defaultdict(set)

    def __getitem__(self, kind: str) -> dict[str, Record]:
        return self.tables[kind]

    def note(self, kind: str, record: Record) -> None:
        """Remember where to find a new or changed record by the fields that are looked up often."""
        for key in INDEXED.get(kind, ()):
            if record.get(key):
                self._index[kind, key, record[key]].add(record["id"])

    def _near(self, kind: str, equal: dict[str, object]) -> list[Record]:
        """Give a short list in which all the records with these values are; what is out of date in it falls out."""
        table = self.tables[kind]
        for key in INDEXED.get(kind, ()):
            if equal.get(key):
                known = self._index[kind, key, equal[key]]
                known.intersection_update([one for one in known if one in table and table[one][key] == equal[key]])
                return [table[one] for one in known]
        return list(table.values())

    def where(self, kind: str, **equal: object) -> Iterator[Record]:
        """Find the records whose fields have these values."""
        wanted = tuple(equal.items())
        for record in self._near(kind, equal):
            if all(record.get(key) == value for key, value in wanted):
                yield record


@dataclass(frozen=True, slots=True)
class Stubborn:
    """Resources that do not go: id -> how."""

    ways: dict[str, str | int] = field(default_factory=dict)

    def status(self, resource_id: str) -> int:
        """Give the status with which a delete is refused for ever, 0 when it is not."""
        how = self.ways.get(resource_id)
        if how == "conflict":
            return 409
        return how if isinstance(how, int) else 0

    def sticks(self, resource_id: str) -> str:
        """Give the state a delete gets stuck in, '' when it does not."""
        how = self.ways.get(resource_id)
        return how if isinstance(how, str) and how != "conflict" else ""


class CloudState:
    """Everything the simulator knows, behind one lock."""

    def __init__(
        self, clock: SimClock, regions: tuple[str, ...], page_limit: int, pace: float, *, dhcp_ports: bool
    ) -> None:
        self.clock = clock
        # Types of services in the catalog besides those that every cloud has.
        self.services: tuple[str, ...] = ()
        # Type, name and path of those that every cloud has, where they are not today's.
        self.places: tuple[tuple[str, str, str], ...] = ()
        # Services whose policy rule context_is_admin wants more than the role: nobody is an admin there.
        self.narrow: set[str] = set()
        self.page_limit = page_limit
        self.pace = pace
        self.dhcp_ports = dhcp_ports
        self.lock = threading.RLock()
        self.work = PendingWork()
        self.identity: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        # (role_id, target kind "project" or "domain", target id, actor kind "user" or "group", actor id)
        self.assignments: dict[tuple[str, str, str, str, str], None] = {}
        self.inherited: dict[tuple[str, str, str, str, str], None] = {}  # for all projects below the target, not for it
        self.members: defaultdict[str, set[str]] = defaultdict(set)
        self.tokens: dict[str, IssuedToken] = {}
        self.regions = {name: Region(name, self) for name in regions}
        self.stubborn = Stubborn()
        # What a careful client never makes happen, counted.
        self.traps: Counter[str] = Counter()
        self.luck = random.Random(7)  # noqa: S311 - addresses, not secrets

    @property
    def home(self) -> Region:
        """Give the first region."""
        return next(iter(self.regions.values()))

    def later(self, finish: Callable[[], object], times: float = 1.0) -> None:
        """Let something finish after the cloud's pace (real seconds) times a factor."""
        self.work.later(self.pace * times, finish)


def dashed() -> str:
    """Make an id as Nova, Neutron, Cinder and Glance do."""
    return str(uuid.uuid4())


def plain() -> str:
    """Make an id as Keystone does."""
    return uuid.uuid4().hex
