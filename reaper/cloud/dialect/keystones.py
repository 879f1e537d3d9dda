"""The two ways in which a Keystone tells of projects and people, and is told to close one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reaper.cloud import keystone
from reaper.cloud.dialect import tenants
from reaper.cloud.dialect.voice import TENANTS
from reaper.cloud.protection import Protection
from reaper.cloud.wire import Wire, WritingWire
from reaper.model import Census, Project


class _Census(Protocol):
    def __call__(self, wire: Wire, protection: Protection, properties: Sequence[str]) -> Census: ...


class _Read(Protocol):
    def __call__(self, wire: Wire, project_id: str, protection: Protection) -> Project: ...


class _Switch(Protocol):
    def __call__(self, wire: WritingWire, project_id: str, *, enabled: bool) -> None: ...


class _Delete(Protocol):
    def __call__(self, wire: WritingWire, project_id: str) -> None: ...


@dataclass(frozen=True)
class Keystone:
    """What is asked of Keystone; each raises as the function of `reaper.cloud.keystone`."""

    take_census: _Census
    read_project: _Read
    switch_project: _Switch
    delete_project: _Delete


PROJECTS = Keystone(keystone.take_census, keystone.read_project, keystone.switch_project, keystone.delete_project)
OLD = Keystone(tenants.take_census, tenants.read_project, tenants.switch_project, tenants.delete_project)


def keystone_of(wire: Wire) -> Keystone:
    """Return the way this cloud's Keystone is spoken to. Raises as Wire.access."""
    return OLD if wire.voice("identity", None).tongue == TENANTS else PROJECTS
