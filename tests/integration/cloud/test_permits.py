"""The writing client sends nothing that takes something away without the judge's permit for just that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reaper.cloud import Writer
from reaper.errors import ReaperError, Refused, Temporary
from reaper.judge import LASTS, Step
from reaper.model import Resource, ServerArchive
from reaper.simulator import Simulator
from tests.permits import Permitted, granted

NOW = datetime(2031, 5, 17, 9, 23, 41, tzinfo=UTC)
SERVER_STEPS = {"lock": Step.LOCK, "stop": Step.STOP, "delete": Step.DELETE, "force_reset": Step.FORCE}
THING_STEPS = {
    **SERVER_STEPS,
    "unrescue": Step.STOP,
    "confirm_resize": Step.STOP,
    "clear_routes": Step.CLEAR_ROUTES,
    "delete_alone": Step.DELETE_IDLE,
}
PROJECT_STEPS = {
    "close_project": Step.CLOSE_PROJECT,
    "open_project": Step.RESTORE,
    "delete_project": Step.DELETE_PROJECT,
}


@pytest.fixture
def mine(simulator: Simulator) -> str:
    return simulator.seed.tenant("trial-permitted", servers=1).project_id


@pytest.fixture
def writer(simulator: Simulator, at: Callable[..., Permitted]) -> Writer:
    made = at(simulator).writer
    made._now = lambda: NOW
    return made


def server_of(writer: Writer, project: str) -> Resource:
    (server,) = writer.resources("server", "RegionOne", [project]).resources
    return server


def refused_without_a_word(simulator: Simulator, error: type[ReaperError], ask: Callable[[], object]) -> None:
    before = len(simulator.writes())
    with pytest.raises(error, match="not touched"):
        ask()
    assert len(simulator.writes()) == before


@pytest.mark.parametrize("verb", THING_STEPS)
def test_a_thing_is_not_touched_without_its_permit(simulator: Simulator, writer: Writer, mine: str, verb: str):
    server, ask = server_of(writer, mine), getattr(writer, verb)
    step = THING_STEPS[verb]
    foreign = replace(server, id="another")
    for permit in (
        None,
        True,
        mine,
        granted(Step.DETACH, "sim", mine, server, NOW),
        granted(step, "sim", mine, foreign, NOW),
        granted(step, "sim", mine, None, NOW),
        granted(step, "another", mine, server, NOW),
        granted(step, "sim", "8" * 32, server, NOW),
        granted(step, "sim", mine, server, NOW + timedelta(seconds=5)),
    ):
        refused_without_a_word(simulator, Refused, lambda permit=permit: ask(server, permit))
    late = granted(step, "sim", mine, server, NOW - LASTS - timedelta(seconds=1))
    refused_without_a_word(simulator, Temporary, lambda: ask(server, late))


@pytest.mark.parametrize("verb", PROJECT_STEPS)
def test_a_project_is_not_touched_without_its_permit(simulator: Simulator, writer: Writer, mine: str, verb: str):
    ask, step = getattr(writer, verb), PROJECT_STEPS[verb]
    server = server_of(writer, mine)
    for permit in (None, mine, granted(Step.RECLAIM, "sim", mine, None, NOW), granted(step, "sim", mine, server, NOW)):
        refused_without_a_word(simulator, Refused, lambda permit=permit: ask(permit))
    late = granted(step, "sim", mine, None, NOW - LASTS - timedelta(seconds=1))
    refused_without_a_word(simulator, Temporary, lambda: ask(late))


def test_an_archive_is_not_deleted_without_its_permit(simulator: Simulator, writer: Writer, mine: str):
    archive = ServerArchive("a-1", "t-1", mine, "l-1", "RegionOne", "s-1", "web", NOW, NOW, NOW, image_id="i-1")
    image = Resource("image", "RegionOne", "i-1", "web", None)
    for permit in (
        None,
        granted(Step.DELETE, "sim", mine, image, NOW),
        granted(Step.DELETE_ARCHIVE, "sim", mine, replace(image, id="i-2"), NOW),
        granted(Step.DELETE_ARCHIVE, "sim", "8" * 32, image, NOW),
    ):
        refused_without_a_word(simulator, Refused, lambda permit=permit: writer.delete_archive(archive, permit))


def test_an_open_project_is_not_deleted_whatever_the_permit_says(simulator: Simulator, writer: Writer, mine: str):
    before = len(simulator.writes())
    with pytest.raises(Refused, match="it is open"):
        writer.delete_project(granted(Step.DELETE_PROJECT, "sim", mine, None, NOW))
    assert len(simulator.writes()) == before


TRANSFERABLE = {"volume": "volumes", "share": "shares", "dns_zone": "zones"}


@pytest.mark.parametrize("kind", TRANSFERABLE)
@pytest.mark.parametrize("verb", ["delete", "force_reset"])
def test_what_its_people_have_handed_to_another_project_since_it_was_listed_stays(
    simulator: Simulator, writer: Writer, mine: str, kind: str, verb: str
):
    other = simulator.seed.project("paying")
    seed = simulator.seed
    {
        "volume": lambda: seed.volume(mine),
        "share": lambda: seed.share(mine, "files"),
        "dns_zone": lambda: seed.dns_zone(mine, "trial.example."),
    }[kind]()
    listed = writer.resources(kind, "RegionOne", [mine]).resources[0]
    with simulator.cloud.lock:
        simulator.cloud.home[TRANSFERABLE[kind]][listed.id]["project_id"] = other
    permit = granted(THING_STEPS[verb], "sim", mine, listed, NOW)
    refused_without_a_word(simulator, Refused, lambda: getattr(writer, verb)(listed, permit))
