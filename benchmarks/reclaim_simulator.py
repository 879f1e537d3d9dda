"""Reclaiming on the simulator: against a serial reclaimer, and how calls and time grow with the number of tenants.

Run from the root of the repository:

    .venv/bin/python -m benchmarks.reclaim_simulator            # the comparison: some six minutes, nearly all serial
    .venv/bin/python -m benchmarks.reclaim_simulator growth     # 1 to 1,000 tenants; writes the plots of docs/speed.md
    .venv/bin/python -m benchmarks.reclaim_simulator client     # what the client side costs: 10,000 servers listed
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.admin import Admin
from benchmarks.engine import Taken, reclaim
from benchmarks.picture import chart
from benchmarks.serial import AGENT, Serial
from reaper.cloud import look_at
from reaper.simulator import Simulator

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PROTECT = ("admin", "service")
SERVERS = 4  # of each tenant
NEIGHBOURS = 3  # tenants that must not be touched
GROWTH = (1, 3, 10, 30, 100, 300, 1000)
DOCS = Path(__file__).parents[1] / "docs"


@dataclass
class Stage:
    """A simulated cloud with tenants to be reclaimed and some that are nobody's business here."""

    simulator: Simulator
    clouds_yaml: Path
    doomed: dict[str, str]
    others: tuple[str, ...]

    def untouched(self) -> list[dict[str, list[str]]]:
        """List what the other tenants have."""
        return [self.simulator.inventory(project_id) for project_id in self.others]

    def leftovers(self) -> Counter[str]:
        """Count what is left of those that were to go, as the simulator itself knows it."""
        left: Counter[str] = Counter()
        for project_id in self.doomed:
            left.update({kind: len(ids) for kind, ids in self.simulator.inventory(project_id).items() if ids})
        return left


@contextmanager
def stage(tenants: int, latency: float) -> Iterator[Stage]:
    """Set up a cloud of equal tenants."""
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        doomed = {}
        for number in range(tenants):
            made = simulator.seed.tenant(f"trial-{number}", servers=SERVERS)
            doomed[made.project_id] = made.name
            simulator.cloud.identity["projects"][made.project_id]["enabled"] = False
        others = tuple(simulator.seed.tenant(f"paying-{n}", servers=2).project_id for n in range(NEIGHBOURS))
        clouds_yaml = Path(folder, "clouds.yaml")
        clouds_yaml.write_text(yaml.safe_dump(simulator.clouds_yaml()))
        simulator.latency = latency
        simulator.calls.clear()
        yield Stage(simulator, clouds_yaml, doomed, others)


def run_engine(tenants: int, latency: float) -> dict[str, object]:
    """Reclaim with our engine; returns what it took."""
    with stage(tenants, latency) as cloud:
        before = cloud.untouched()
        taken = reclaim("sim", cloud.clouds_yaml, cloud.doomed, protect=PROTECT)
        return _report(cloud, before, taken.wall) | _outcomes(taken)


def run_serial(tenants: int, latency: float) -> dict[str, object]:
    """Reclaim one tenant after the other with the serial reclaimer."""
    with stage(tenants, latency) as cloud:
        before = cloud.untouched()
        began = time.perf_counter()
        serial = Serial(Admin.connect("sim", cloud.clouds_yaml, AGENT))
        for project_id in cloud.doomed:
            serial.reclaim(project_id)
        return _report(cloud, before, time.perf_counter() - began)


def _outcomes(taken: Taken) -> dict[str, object]:
    return {"verified": sum(one.done for one in taken.outcomes), "processor_s": round(taken.processor, 2)}


def _report(cloud: Stage, before: list[dict[str, list[str]]], wall: float) -> dict[str, object]:
    calls = list(cloud.simulator.calls)
    tenants = len(cloud.doomed)
    return {
        "tenants": tenants,
        "wall_s": round(wall, 2),
        "calls": len(calls),
        "calls_per_tenant": round(len(calls) / tenants, 1),
        "writes_per_tenant": round(sum(call.writes for call in calls) / tenants, 1),
        "refused": sum(call.status >= 400 for call in calls),  # noqa: PLR2004 - HTTP's own border
        "leftovers": dict(cloud.leftovers()),
        "others_touched": before != cloud.untouched(),
    }


def compare(tenants: int, latency: float) -> None:
    """Print both contestants and their ratio."""
    engine = run_engine(tenants, latency)
    print(json.dumps({"engine": engine}), flush=True)
    serial = run_serial(tenants, latency)
    print(json.dumps({"serial": serial}))
    ratio = float(str(serial["wall_s"])) / float(str(engine["wall_s"]))
    print(f"{tenants} tenants of {SERVERS} servers at {latency * 1000:.0f} ms: {ratio:.1f} times faster than serial")


def grow(latency: float) -> None:
    """Print calls and time for more and more tenants, and draw both."""
    rows = []
    for tenants in GROWTH:
        rows.append(run_engine(tenants, latency))
        print(json.dumps(rows[-1]), flush=True)
    calls = [(float(str(row["tenants"])), float(str(row["calls_per_tenant"]))) for row in rows]
    writes = [(float(str(row["tenants"])), float(str(row["writes_per_tenant"]))) for row in rows]
    picture = chart("API calls per tenant", "tenants reclaimed at once", "", {"all calls": calls, "writes": writes})
    (DOCS / "speed-calls.svg").write_text(picture)
    walls = [(float(str(row["tenants"])), float(str(row["wall_s"]))) for row in rows]
    each = [(tenants, wall / tenants) for tenants, wall in walls]
    lines = {"until all are empty": walls, "per tenant": each}
    (DOCS / "speed-time.svg").write_text(chart("Seconds", "tenants reclaimed at once", "", lines))


def weigh(servers: int = 10_000) -> None:
    """Print what listing so many servers costs the client, the simulator being another process."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, servers))
    child.start()
    with tempfile.TemporaryDirectory() as folder:
        clouds_yaml = Path(folder, "clouds.yaml")
        clouds_yaml.write_text(here.recv())
        cloud = look_at("sim", protect=PROTECT, config_files=[str(clouds_yaml)])
        cloud.resources("image", cloud.regions[0], None)
        memory, wall, processor = _memory(), time.perf_counter(), time.process_time()
        listing = cloud.resources("server", cloud.regions[0], None)
        taken = {"wall_s": time.perf_counter() - wall, "processor_s": time.process_time() - processor}
        grown = {"memory_before_mb": memory, "memory_at_most_mb": _memory()}
    here.send("enough")
    child.join()
    print(json.dumps({"servers": len(listing.resources)} | {k: round(v, 2) for k, v in (taken | grown).items()}))


def _serve(pipe: Connection, servers: int) -> None:
    with Simulator() as simulator:
        projects = [simulator.seed.project(f"trial-{number}") for number in range(max(1, servers // SERVERS))]
        for number in range(servers):
            simulator.seed.server(projects[number % len(projects)], f"vm-{number}")
        pipe.send(yaml.safe_dump(simulator.clouds_yaml()))
        pipe.recv()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reclaim_simulator")
    parser.add_argument("what", nargs="?", choices=("compare", "growth", "client"), default="compare")
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--latency", type=float, help="seconds added to every request; 0.1 to compare, 0.01 for growth")
    given = parser.parse_args()
    if given.what == "compare":
        compare(given.tenants, 0.1 if given.latency is None else given.latency)
    elif given.what == "growth":
        grow(0.01 if given.latency is None else given.latency)
    else:
        weigh()


if __name__ == "__main__":
    main()
