"""How the engine goes about many tenants, over the wire to a simulated cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.engine import AllDue, ledger, tenant_of
from reaper.clock import SystemClock
from reaper.cloud import connect
from reaper.execute import Outcome, Pools, Reclaimer
from reaper.model import Event, EventKind, Tenant
from reaper.simulator import Simulator
from reaper.simulator.calls import RecordedCall
from reaper.store import Store

Reclaim = Callable[..., list[Outcome]]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as cloud:
        yield cloud


@pytest.fixture
def store() -> Iterator[Store]:
    with ledger() as opened:
        yield opened


@pytest.fixture
def reclaim(simulator: Simulator, store: Store, tmp_path: Path) -> Reclaim:
    """Reclaim the tenants of these projects together."""
    file = tmp_path / "clouds.yaml"
    file.write_text(yaml.safe_dump(simulator.clouds_yaml()))

    def run(
        *projects: str,
        clock: SystemClock | None = None,
        permit: Callable[[Tenant], str | None] | None = None,
        **more: Any,
    ) -> list[Outcome]:
        cloud = connect("sim", protect=["admin", "service"], config_files=[str(file)])
        tenants = [tenant_of("sim", project, f"trial-{number}") for number, project in enumerate(projects)]
        store.ledger.enrol(tenants, Event(tenants[0].lease.started_at, EventKind.OBSERVED, "for a test"))
        with Pools(8) as pools:
            clock = clock or SystemClock()
            facts = AllDue(cloud, clock, permit or (lambda _tenant: None))
            return Reclaimer(cloud, store.journal, pools, clock, facts, **more).reclaim(tenants)

    return run


def asked(simulator: Simulator, part: str) -> list[RecordedCall]:
    return [call for call in simulator.writes() if part in call.path]


def test_nobody_waits_for_the_answers_to_a_slower_tenant(simulator: Simulator, reclaim: Reclaim):
    slow, quick = (simulator.seed.tenant(f"trial-{number}", servers=1, fips=1).project_id for number in range(2))
    (address,) = simulator.inventory(slow)["floating_ip"]
    routers = {project: simulator.inventory(project)["router"][0] for project in (slow, quick)}
    simulator.faults.add(service="network", method="DELETE", path_regex=f"floatingips/{address}", delay=3.0)
    outcomes = reclaim(slow, quick)
    assert [one.done for one in outcomes] == [True, True]
    order = [next(p for p, router in routers.items() if router in call.path) for call in asked(simulator, "routers/")]
    assert order == [quick, quick, slow, slow]


def test_once_reaper_stops_nothing_more_is_asked(simulator: Simulator, reclaim: Reclaim):
    project = simulator.seed.tenant("trial-0", servers=2).project_id
    clock = SystemClock()
    before = simulator.inventory(project)
    (outcome,) = reclaim(project, clock=clock, permit=lambda _tenant: clock.stop())
    assert not outcome.done
    assert outcome.stopped
    assert simulator.inventory(project) == before


def test_what_is_under_way_when_the_permit_ends_is_heard_and_written_down(
    simulator: Simulator, reclaim: Reclaim, store: Store
):
    project = simulator.seed.tenant("trial-0", servers=2, fips=1).project_id
    (address,) = simulator.inventory(project)["floating_ip"]
    simulator.faults.add(service="network", method="DELETE", path_regex=f"floatingips/{address}", delay=2.0)
    permits = iter([None])
    (outcome,) = reclaim(project, permit=lambda _tenant: next(permits, "an audit"))
    assert outcome.stopped == "paused: an audit"
    (step,) = [s for s in store.journal.steps(outcome.tenant) if s.resource.kind == "floating_ip"]
    assert (step.asked_at is not None, step.answer) == (True, "")
    assert simulator.inventory(project)["network"]


def test_a_long_line_of_calls_ends_when_the_permit_does(
    simulator: Simulator, reclaim: Reclaim, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reaper.execute.judgement.SOON", timedelta(0))
    made = simulator.seed.tenant("trial-0", servers=1)
    ports = [simulator.seed.port(made.project_id, made.network) for _ in range(30)]
    simulator.faults.add(service="network", method="DELETE", path_regex="ports/", delay=0.1)
    begun = []

    def permit(_tenant: Tenant) -> str | None:
        begun.extend(asked(simulator, "ports/")[:1])
        return "an audit" if begun else None

    (outcome,) = reclaim(made.project_id, permit=permit)
    assert outcome.stopped == "paused: an audit"
    assert 0 < len(set(ports) & set(simulator.inventory(made.project_id)["port"])) < len(ports)


def test_a_tenant_whose_calls_wait_behind_those_of_others_is_not_stuck(
    simulator: Simulator, reclaim: Reclaim, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reaper.execute.timing.RESET_AFTER", 1.0)
    made = [simulator.seed.tenant(f"trial-{number}", servers=2) for number in range(12)]
    simulator.faults.add(service="network", method="DELETE", delay=0.4)
    outcomes = reclaim(*(one.project_id for one in made), patience=1.5)
    assert [one.blockers for one in outcomes if not one.done] == []
    looks = sum("/trunks" in call.path for call in simulator.calls)
    assert looks <= len(made)  # everything is not looked at again and again meanwhile


def test_a_run_ends_although_something_makes_resources_anew(
    simulator: Simulator, reclaim: Reclaim, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reaper.execute.reclaim_run.SHARE", 0.0)
    made = simulator.seed.tenant("trial-0")

    def anew(_tenant: Tenant, _left: int, _gone: int) -> None:
        simulator.seed.port(made.project_id, made.network)

    (outcome,) = reclaim(made.project_id, longest=2.0, progress=anew)
    assert not outcome.done
    assert "something makes resources anew" in (outcome.stuck or "")


def test_many_tenants_have_more_time_than_one(simulator: Simulator, reclaim: Reclaim):
    made = [simulator.seed.tenant(f"trial-{number}") for number in range(3)]
    assert all(one.done for one in reclaim(*(one.project_id for one in made), longest=0.0))
