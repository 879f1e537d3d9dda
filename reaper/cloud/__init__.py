"""The OpenStack adapter: keystoneauth1 with raw JSON, credentials from the operator's own clouds.yaml."""

from __future__ import annotations

from collections.abc import Sequence

from reaper.clock import SystemClock
from reaper.cloud.client import Client, WritingClient
from reaper.cloud.entry import read_entry
from reaper.cloud.reader import Reader
from reaper.cloud.writer import Writer
from reaper.ports import Clock, Cloud, CloudReader

__all__ = ["Reader", "Writer", "connect", "look_at"]


def connect(
    entry: str,
    *,
    protect: Sequence[str],
    workers: int = 16,
    timeout: float = 60,
    contacts_properties: Sequence[str] = ("contact_email",),
    config_files: list[str] | None = None,
    clock: Clock | None = None,
) -> Cloud:
    """Make the client of one clouds.yaml entry. Nothing is sent before the first question.

    `workers` is how many requests may run to one host at a time, `timeout` the seconds an answer may take,
    `contacts_properties` the project properties that hold addresses of people to be told. `clock` is the one by which
    permits are given, the system's unless said.

    Raises:
        Unusable: no such entry, a mistake in it, or an empty `protect`.
    """
    client = WritingClient(read_entry(entry, config_files), workers, timeout)
    return Writer(client, protect, contacts_properties, (clock or SystemClock()).now)


def look_at(
    entry: str,
    *,
    protect: Sequence[str],
    workers: int = 16,
    timeout: float = 60,
    contacts_properties: Sequence[str] = ("contact_email",),
    config_files: list[str] | None = None,
) -> CloudReader:
    """Make the plan-only client of one clouds.yaml entry, which has no way to write. Raises as `connect`."""
    return Reader(Client(read_entry(entry, config_files), workers, timeout), protect, contacts_properties)
