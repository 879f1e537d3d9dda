"""Reclaiming on a real OpenStack control plane, tests/openstack/lab: our engine, openstacksdk, a plain serial loop.

Run from the root of the repository; the lab is booted when it does not run, and its cloud is replaced:

    .venv/bin/python -m benchmarks.reclaim_openstack                       # everything, three times
    .venv/bin/python -m benchmarks.reclaim_openstack --times 1 --of "10 small" --json figures.json

The first run makes 52 tenants through the APIs, some five minutes on two quiet processors, and keeps them; three turns
of everything then take some thirty.
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

from benchmarks.admin import Admin
from benchmarks.contestants import CONTESTANTS, Job, start
from benchmarks.witness import AGENT, Thing, Witness
from tests.openstack.lab import Lab, lab_or_reason
from tests.openstack.lab.seed import make_tenant

CLOUD = "benchmark"  # the saved cloud all contestants begin with
SMALL = {"servers": 2, "fips": 1, "volumes": 1, "users": 1}  # 14 objects
LARGE = {"servers": 12, "fips": 8, "volumes": 10, "users": 1}  # 59 objects
SMALL_ONES = tuple(f"small-{number}" for number in range(50))
SCENES = {
    "1 small": SMALL_ONES[:1],
    "1 large": ("large-0",),
    "10 small": SMALL_ONES[:10],
    "50 small": SMALL_ONES,
}
#: Runs that take minutes and whose figures hardly change: in the first turn only.
ONCE = {("50 small", "project_cleanup")}
PATIENCE = 10.0  # seconds that what a contestant did not wait for may take to go


def ready(lab: Lab) -> dict[str, str]:
    """Make the tenants once, and a neighbour; later runs load them. Returns project ids by tenant name."""
    note = Path(lab.settings.state, f"{CLOUD}.json")
    if note.exists() and Path(lab.settings.copies, CLOUD).is_dir():
        lab.load(CLOUD)
        return dict(json.loads(note.read_text()))
    lab.reset()
    wishes = [*((name, SMALL) for name in SMALL_ONES), ("large-0", LARGE), ("neighbour", SMALL)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda wish: make_tenant(lab.cloud, wish[0], **wish[1]), wishes))
    lab.save(CLOUD)
    projects = {one["name"]: one["project"] for one in made}
    note.write_text(json.dumps(projects))
    return projects


def run(lab: Lab, place: int, projects: dict[str, str]) -> dict[str, Any]:
    """Let one contestant empty these projects on a fresh copy of the cloud; returns what it took and what it left."""
    name, contestant, agent = CONTESTANTS[place]
    lab.load(CLOUD)
    witness = Witness(Admin.connect(lab.cloud, lab.clouds_yaml, AGENT))
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


def compare(lab: Lab, scene: str, projects: dict[str, str], times: int, skip: set[str]) -> list[dict[str, Any]]:
    """Let all contestants take turns, print each run; returns for each the medians, and its ratios to the engine's.

    The ratios are those of the same turn, since a machine is not equally busy all the time.
    """
    turns: list[dict[str, dict[str, Any]]] = []
    for turn in range(times):
        runs: dict[str, dict[str, Any]] = {}
        for place, (name, _, _) in enumerate(CONTESTANTS):
            if name not in skip and not (turn and (scene, name) in ONCE):
                runs[name] = run(lab, place, projects)
                print(json.dumps({"scene": scene} | runs[name]), flush=True)
        turns.append(runs)
    return [_sum_up(scene, name, turns) for name in turns[0]]


def _sum_up(scene: str, name: str, turns: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    runs = [turn[name] for turn in turns if name in turn]
    beside = [(turn[name], turn["engine"]) for turn in turns if name in turn and "engine" in turn]
    return {
        "scene": scene,
        "contestant": name,
        "runs": len(runs),
        "objects": runs[0]["objects"],
        "wall_s": median(one["wall_s"] for one in runs),
        "calls": median(one["calls"] for one in runs),
        "calls_per_object": round(median(one["calls"] for one in runs) / runs[0]["objects"], 2),
        "times_the_engines_wall": round(median(a["wall_s"] / b["wall_s"] for a, b in beside), 2) if beside else None,
        "times_the_engines_calls": round(median(a["calls"] / b["calls"] for a, b in beside), 2) if beside else None,
        "left_at_most": max(sum(one["left"].values()) for one in runs),
        "others_touched_at_most": max(one["others_touched"] for one in runs),
    }


def show(rows: list[dict[str, Any]]) -> None:
    """Print the medians as a table for docs/speed.md."""
    print("\n| tenants | | objects | seconds | of Reaper's | calls | per object | left | others touched |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        ratio = row["times_the_engines_wall"]
        cells = (row["scene"], row["contestant"], row["objects"], row["wall_s"], ratio, row["calls"])
        rest = (row["calls_per_object"], row["left_at_most"], row["others_touched_at_most"])
        print(f"| {' | '.join(str(cell) for cell in (*cells, *rest))} |")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reclaim_openstack")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--of", action="append", choices=tuple(SCENES), help="a scene; all when none is named")
    parser.add_argument("--skip", action="append", default=[], choices=[name for name, _, _ in CONTESTANTS])
    parser.add_argument("--json", type=Path, help="a file for the medians")
    given = parser.parse_args()
    lab = lab_or_reason()
    if isinstance(lab, str):
        sys.exit(lab)
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds_yaml)
    projects = ready(lab)
    rows = []
    for scene in given.of or SCENES:
        rows += compare(lab, scene, {name: projects[name] for name in SCENES[scene]}, given.times, set(given.skip))
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1))
    show(rows)


if __name__ == "__main__":
    main()
