"""What holds for every test: a strange time zone, nothing but loopback, an unhurried hypothesis."""

from __future__ import annotations

import ipaddress
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings

# Far from UTC and not by whole hours: a naive or local time shows at once.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()

# Machines that are busy are slow, which proves nothing.
settings.register_profile("unhurried", deadline=None, print_blob=True)
settings.load_profile("unhurried")


# Folders of tests lie in memory where that has room and lets programs run: nothing is learned from waiting for a disk.
MEMORY, ROOM = "/dev/shm", 2 * 2**30  # noqa: S108 - pytest makes a folder of its own in it


def _in_memory() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    there = os.statvfs(MEMORY)
    return there.f_bavail * there.f_frsize >= ROOM and not there.f_flag & os.ST_NOEXEC


if _in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

REAL_CLOUD = Path(__file__).parent / "openstack"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in tests/openstack, so that `-m openstack` finds it beside the marked half of the contract."""
    for item in items:
        if item.path.is_relative_to(REAL_CLOUD):
            item.add_marker(pytest.mark.openstack)


class LeftLoopbackError(AssertionError):
    """A test tried to reach something that is not on this machine."""


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_local(str(address[0])):
        raise LeftLoopbackError(f"a test connects to {address!r}; everything it needs must listen on 127.0.0.1")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_only_loopback)
