"""The two ways in which a Keystone tells of projects and people, and is told to close one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reaper.cloud import keystone_v3
from reaper.cloud.client import Client, WritingClient
from reaper.cloud.dialect import keystone_v2
from reaper.cloud.dialect.endpoint import TENANTS
from reaper.cloud.protection import Protection
from reaper.model import Census, Project


class _Census(Protocol):
    def __call__(self, client: Client, protection: Protection, properties: Sequence[str]) -> Census: ...


class _Read(Protocol):
    def __call__(self, client: Client, project_id: str, protection: Protection) -> Project: ...


class _Switch(Protocol):
    def __call__(self, client: WritingClient, project_id: str, *, enabled: bool) -> None: ...


class _Delete(Protocol):
    def __call__(self, client: WritingClient, project_id: str) -> None: ...


@dataclass(frozen=True)
class Keystone:
    """What is asked of Keystone; each raises as the function of `reaper.cloud.keystone_v3`."""

    take_census: _Census
    read_project: _Read
    switch_project: _Switch
    delete_project: _Delete


PROJECTS = Keystone(
    keystone_v3.take_census, keystone_v3.read_project, keystone_v3.switch_project, keystone_v3.delete_project
)
OLD = Keystone(
    keystone_v2.take_census, keystone_v2.read_project, keystone_v2.switch_project, keystone_v2.delete_project
)


def keystone_of(client: Client) -> Keystone:
    """Return the way this cloud's Keystone is spoken to. Raises as Wire.access."""
    return OLD if client.endpoint("identity", None).api_generation == TENANTS else PROJECTS
