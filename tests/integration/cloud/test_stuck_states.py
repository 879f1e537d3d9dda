"""Things that were stuck before Reaper came go all the same; what may be in use elsewhere never does.

The situations are those of public reports: deletes that were lost with a restarted service, volumes that stay reserved
or attaching after a failed boot, snapshots that failed to be deleted and hold their volume, attachments to hosts.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.engine import reclaim
from reaper.cloud import Writer
from reaper.errors import Refused
from reaper.kinds import STUCK, Way
from reaper.simulator import Simulator
from tests.integration.cloud.conftest import PROTECT, file_of

GONE_SERVER = "0e4c1d3e-1111-4222-8333-444455556666"
VOLUMES = [state for row in STUCK if row.kind == "volume" and row.way is Way.FORCE for state in row.states]
SNAPSHOTS = [state for row in STUCK if row.kind == "volume_snapshot" for state in row.states]


@pytest.fixture
def empties(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Reclaim a project with an engine that waits a second only before it tries the ways out."""
    monkeypatch.setattr("reaper.execute.timing.RESET_AFTER", 1.0)
    monkeypatch.setattr("reaper.execute.tenant_reclaim.WARY_PAUSE", 0.3)
    monkeypatch.setattr("reaper.execute.timing.LONGEST", 1.0)
    file = Path(file_of(tmp_path, simulator.clouds_yaml())[0])

    def run(project: str) -> object:
        (outcome,) = reclaim("sim", file, {project: "silly-7"}, protect=PROTECT, patience=25.0).outcomes
        left = {kind: ids for kind, ids in simulator.inventory(project).items() if ids}
        return (outcome.done, outcome.blockers, outcome.findings, left)

    return run


EMPTY = (True, (), (), {})


def a_project(simulator: Simulator) -> str:
    simulator.cloud.page_limit = 1000
    return simulator.seed.project("silly-7")


def set_to(simulator: Simulator, table: str, one: str, **fields: object) -> str:
    simulator.cloud.home[table][one].update(fields)
    return one


@pytest.mark.parametrize("states", [VOLUMES[:10], VOLUMES[10:]], ids=["first", "rest"])
def test_a_volume_in_whatever_state_goes_also_if_it_was_in_it_before(simulator: Simulator, empties, states: list[str]):
    project = a_project(simulator)
    for state in states:
        set_to(simulator, "volumes", simulator.seed.volume(project), status=state)
    assert empties(project) == EMPTY


def test_a_snapshot_in_whatever_state_goes_before_the_volume_that_cinder_refuses_for_it(simulator: Simulator, empties):
    project = a_project(simulator)
    for state in SNAPSHOTS:
        volume = simulator.seed.volume(project)
        set_to(simulator, "snapshots", simulator.seed.snapshot(volume), status=state)
    assert empties(project) == EMPTY


@pytest.mark.parametrize("forced", [True, False])
def test_a_backup_in_whatever_state_goes_also_where_its_driver_cannot_force(simulator: Simulator, empties, forced):
    project = a_project(simulator)
    volume = simulator.seed.volume(project)
    for state in ("creating", "deleting", "error_deleting", "restoring"):
        backup = simulator.seed.backup(volume)
        set_to(simulator, "backups", backup, status=state, _driver_cannot_force=not forced)
    assert empties(project) == EMPTY


def test_a_group_goes_whatever_holds_it(simulator: Simulator, empties):
    seed, project = simulator.seed, a_project(simulator)
    with_snapshot = seed.volume(project)
    seed.volume_group(project, "with a snapshot of a volume", [with_snapshot])
    set_to(simulator, "snapshots", seed.snapshot(with_snapshot), status="error_deleting")
    for state in ("available", "deleting", "creating"):
        group = seed.volume_group(project, f"with a snapshot that is {state}", [seed.volume(project)])
        set_to(simulator, "group_snapshots", seed.group_snapshot(group), status=state)
    set_to(simulator, "volume_groups", seed.volume_group(project, "lost", [seed.volume(project)]), status="deleting")
    ghost = seed.volume(project)
    seed.volume_group(project, "with a volume on a server that is gone", [ghost])
    shown = {"attachment_id": GONE_SERVER.replace("0e", "1e"), "server_id": GONE_SERVER, "host_name": "compute0"}
    set_to(simulator, "volumes", ghost, status="in-use", attachments=[shown | {"id": ghost, "volume_id": ghost}])
    assert empties(project) == EMPTY


def test_a_share_goes_whatever_state_it_or_its_snapshot_is_in(simulator: Simulator, empties):
    seed, project = simulator.seed, a_project(simulator)
    for state in ("deleting", "extending", "shrinking_error", "error_deleting"):
        set_to(simulator, "shares", seed.share(project, f"silly-{state}"), status=state)
    seed.share(project, "silly-with-snapshot", snapshots=1)
    seed.share(project, "silly-with-odd-snapshot", snapshots=1)
    odd = list(simulator.cloud.home["share_snapshots"])[-1]
    set_to(simulator, "share_snapshots", odd, status="deleting")
    assert empties(project) == EMPTY


@pytest.mark.parametrize("status", ["reserved", "attaching", "detaching"])
def test_a_volume_goes_whose_attachment_records_nothing_uses(simulator: Simulator, empties, status: str):
    project = a_project(simulator)
    volume = set_to(simulator, "volumes", simulator.seed.volume(project), status=status)
    simulator.seed.attachment(volume, "attaching", GONE_SERVER, connected=True)
    simulator.seed.attachment(volume, "reserved")
    assert empties(project) == EMPTY


@pytest.mark.parametrize(
    ("shown", "who"),
    [
        ({"server_id": None, "host_name": "metal-01"}, "host metal-01"),
        ({"server_id": "", "host_name": None}, r"host \(not named\)"),
        ({"server_id": "None", "host_name": None}, "server None"),
        ({"server_id": "no-id-of-ours", "host_name": "compute0"}, "server no-id-of-ours"),
    ],
)
def test_a_volume_is_in_use_as_long_as_nobody_can_deny_it(
    simulator: Simulator, at: Callable[..., Writer], shown: dict[str, object], who: str
):
    project = a_project(simulator)
    volume = simulator.seed.volume(project)
    shown |= {"id": volume, "volume_id": volume, "attachment_id": GONE_SERVER}
    set_to(simulator, "volumes", volume, status="in-use", attachments=[shown])
    cloud = at(simulator)
    (found,) = cloud.resources("volume", "RegionOne", [project]).resources
    for way in (cloud.delete, cloud.force_reset):
        with pytest.raises(Refused, match=who):
            way(found, project)
    assert [call for call in simulator.writes() if call.status < 400] == []
    assert (simulator.record("volume", volume) or {})["attachments"]


@pytest.mark.parametrize("status", ["reserved", "attaching", "detaching", "deleting"])
@pytest.mark.parametrize("server", ["living", None])
def test_a_record_that_the_volume_does_not_show_protects_it(
    simulator: Simulator, at: Callable[..., Writer], status: str, server: str | None
):
    stranger = simulator.seed.tenant("silly-8", servers=1, volumes=0)
    project = a_project(simulator)
    volume = set_to(simulator, "volumes", simulator.seed.volume(project), status=status)
    simulator.seed.attachment(volume, "attaching", stranger.servers[0] if server else None, connected=True)
    cloud = at(simulator)
    (found,) = cloud.resources("volume", "RegionOne", [project]).resources
    with pytest.raises(Refused, match="is attached to"):
        cloud.force_reset(found, project)
    assert simulator.writes() == []


@pytest.mark.parametrize("kind", ["volume", "volume_snapshot", "backup"])
def test_what_has_changed_hands_since_it_was_listed_is_not_forced(
    simulator: Simulator, at: Callable[..., Writer], kind: str
):
    project, other = a_project(simulator), simulator.seed.project("silly-8")
    volume = simulator.seed.volume(project)
    table, one = {
        "volume": ("volumes", volume),
        "volume_snapshot": ("snapshots", simulator.seed.snapshot(volume)),
        "backup": ("backups", simulator.seed.backup(volume)),
    }[kind]
    set_to(simulator, table, one, status="deleting")
    cloud = at(simulator)
    (found,) = cloud.resources(kind, "RegionOne", [project]).resources
    set_to(simulator, table, one, project_id=other)
    with pytest.raises(Refused, match="belongs to project"):
        cloud.force_reset(found, project)
    assert simulator.writes() == []


def test_a_volume_that_has_come_to_rest_since_is_not_forced(simulator: Simulator, at: Callable[..., Writer]):
    project = a_project(simulator)
    volume = set_to(simulator, "volumes", simulator.seed.volume(project), status="uploading")
    cloud = at(simulator)
    (found,) = cloud.resources("volume", "RegionOne", [project]).resources
    set_to(simulator, "volumes", volume, status="available")
    with pytest.raises(Refused, match="no state to be brought out of"):
        cloud.force_reset(found, project)
    assert simulator.writes() == []
