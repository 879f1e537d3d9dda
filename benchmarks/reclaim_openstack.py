"""Reclaiming on a real OpenStack control plane, tests/openstack/lab: our engine, openstacksdk, a plain serial loop.

Run from the root of the repository; the lab is booted when it does not run, and its cloud is replaced:

    .venv/bin/python -m benchmarks.reclaim_openstack                       # everything, three times
    .venv/bin/python -m benchmarks.reclaim_openstack --times 1 --of "10 small"
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contestants import CONTESTANTS, Job, start
from benchmarks.witness import Thing, Witness
from tests.openstack.lab import Lab, lab_or_reason
from tests.openstack.lab.seed import make_tenant

CLOUD = "benchmark"  # the saved cloud all contestants begin with
SMALL = {"servers": 2, "fips": 1, "volumes": 1, "users": 1}  # 14 objects
BIG = {"servers": 12, "fips": 8, "volumes": 10, "users": 1}  # 59 objects
SCENES = {
    "1 small": ["small-0"],
    "1 big": ["big-0"],
    "10 small": [f"small-{number}" for number in range(10)],
}
PATIENCE = 10.0  # seconds that what a contestant did not wait for may take to go


def ready(lab: Lab) -> dict[str, str]:
    """Make the tenants once, and a neighbour; later runs load them. Returns project ids by tenant name."""
    note = Path(lab.settings.state, f"{CLOUD}.json")
    if note.exists():
        lab.load(CLOUD)
        return dict(json.loads(note.read_text()))
    lab.reset()
    wishes = [(f"small-{number}", SMALL) for number in range(10)] + [("big-0", BIG), ("neighbour", SMALL)]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda wish: make_tenant(lab.cloud, wish[0], **wish[1]), wishes))
    lab.save(CLOUD)
    projects = {one["name"]: one["project"] for one in made}
    note.write_text(json.dumps(projects))
    return projects


def run(lab: Lab, place: int, projects: dict[str, str]) -> dict[str, Any]:
    """Let one contestant empty these projects on a fresh copy of the cloud; returns what it took and what it left."""
    name, contestant, agent = CONTESTANTS[place]
    lab.load(CLOUD)
    witness = Witness.connect(lab.cloud, lab.clouds_yaml)
    before = witness.everything()
    mark = lab.mark()
    wall, processor, complaint = start(contestant, Job(lab.cloud, lab.clouds_yaml, {i: n for n, i in projects.items()}))
    more, left = witness.await_empty(projects.values(), PATIENCE)
    calls = [call for call in lab.requests_since(mark) if call.agent.startswith(agent)]
    ours = set(projects.values())
    objects = sum(owner in ours for _, _, owner in before)
    return {
        "contestant": name,
        "wall_s": round(wall + more, 2),
        "own_processor_s": round(processor, 2),
        "objects": objects,
        "calls": len(calls),
        "writes": sum(call.writes for call in calls),
        "refused": sum(call.status >= 400 for call in calls),  # noqa: PLR2004 - HTTP's own border
        "calls_per_object": round(len(calls) / objects, 2),
        "left": dict(left),
        "others_touched": len(_foreign(before, ours) ^ _foreign(witness.everything(), ours)),
        "complaint": complaint,
    }


def _foreign(things: set[Thing], ours: set[str]) -> set[Thing]:
    """Keep what belongs to others; ports and the like without an owner go with what they serve."""
    return {thing for thing in things if thing[2] and thing[2] not in ours}


def compare(lab: Lab, scene: str, projects: dict[str, str], times: int, skip: set[str]) -> None:
    """Print each run, then the median of each contestant's wall time against the engine's of the same turn."""
    turns: list[dict[str, dict[str, Any]]] = []
    for _ in range(times):
        turn: dict[str, dict[str, Any]] = {}
        for place, (name, _, _) in enumerate(CONTESTANTS):
            if name not in skip:
                turn[name] = run(lab, place, projects)
                print(json.dumps({"scene": scene} | turn[name]), flush=True)
        turns.append(turn)
    for name in turns[0]:
        if name != "engine" and "engine" in turns[0]:
            ratio = median(turn[name]["wall_s"] / turn["engine"]["wall_s"] for turn in turns)
            calls = median(turn[name]["calls"] / turn["engine"]["calls"] for turn in turns)
            print(f"{scene}: {name} takes {ratio:.1f} times as long as the engine, with {calls:.2f} times its calls")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reclaim_openstack")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--of", action="append", choices=tuple(SCENES), help="a scene; all when none is named")
    parser.add_argument("--skip", action="append", default=[], choices=[name for name, _, _ in CONTESTANTS])
    given = parser.parse_args()
    lab = lab_or_reason()
    if isinstance(lab, str):
        sys.exit(lab)
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds_yaml)
    projects = ready(lab)
    for scene in given.of or SCENES:
        compare(lab, scene, {name: projects[name] for name in SCENES[scene]}, given.times, set(given.skip))


if __name__ == "__main__":
    main()
