"""Those who reclaim on a real OpenStack, each in a process of its own, so that none finds warm caches."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from benchmarks.admin import Admin
from benchmarks.bare_rounds import AGENT as BARE_AGENT
from benchmarks.bare_rounds import BareRounds
from benchmarks.engine import reclaim
from benchmarks.serial import AGENT, Serial
from tests.openstack.lab.seed import PASSWORD

SDK_AGENT = "project-cleanup"
PATIENCE = 120  # seconds; what `openstack project cleanup` gives it


@dataclass(frozen=True)
class Job:
    """What is to be emptied: project names by id, on one entry of a clouds.yaml."""

    entry: str
    clouds_yaml: Path
    projects: Mapping[str, str]


def by_engine(job: Job) -> str:
    """Let Reaper's engine do it; returns what it complains about."""
    taken = reclaim(job.entry, job.clouds_yaml, job.projects, protect=("admin", "service"))
    return "; ".join(blocker for one in taken.outcomes for blocker in (*one.blockers, *one.doubts))


def by_serial(job: Job) -> str:
    """Let the plain serial reclaimer do it, one tenant after the other."""
    serial = Serial(Admin.connect(job.entry, job.clouds_yaml, AGENT))
    for project_id in job.projects:
        serial.reclaim(project_id)
    return ""


def by_bare_rounds(job: Job) -> str:
    """Let rounds without any of the engine's care do it, all tenants at once."""
    BareRounds(Admin.connect(job.entry, job.clouds_yaml, BARE_AGENT)).reclaim(job.projects.keys())
    return ""


def by_project_cleanup(job: Job) -> str:
    """Let openstacksdk do it with each tenant's own member token, one tenant after the other."""
    found = OpenStackConfig(config_files=[str(job.clouds_yaml)]).get_one(cloud=job.entry)
    complaints = []
    for project_id, name in job.projects.items():
        with Connection(
            auth={
                "auth_url": found.config["auth"]["auth_url"],
                "username": f"{name}-u0",
                "password": PASSWORD,
                "user_domain_id": "default",
                "project_id": project_id,
            },
            region_name=found.get_region_name(),
            app_name=SDK_AGENT,
        ) as connection:
            try:
                connection.project_cleanup(dry_run=False, wait_timeout=PATIENCE)
            except Exception as error:  # noqa: BLE001 - it raises what it likes; the witness says what is left
                complaints.append(f"{type(error).__name__}: {error}")
    return "; ".join(complaints)


#: Name, what runs, and how its requests' user agent begins.
CONTESTANTS: tuple[tuple[str, Callable[[Job], str], str], ...] = (
    ("engine", by_engine, "openstack-reaper"),
    ("serial", by_serial, AGENT),
    ("bare rounds", by_bare_rounds, BARE_AGENT),
    ("project_cleanup", by_project_cleanup, SDK_AGENT),
)


def start(contestant: Callable[[Job], str], job: Job) -> tuple[float, float, str]:
    """Run one in a fresh process; returns seconds by the wall and of its processors, and what it complains about."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        result: tuple[float, float, str] = pool.apply(_timed, (contestant, job))
    return result


def _timed(contestant: Callable[[Job], str], job: Job) -> Any:
    wall, processor = time.perf_counter(), time.process_time()
    complaint = contestant(job)
    return time.perf_counter() - wall, time.process_time() - processor, complaint
