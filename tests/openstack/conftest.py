"""Fixtures of the tests that talk to a real OpenStack: the lab, a mailbox, and Reaper as an operator runs it."""

from __future__ import annotations

import os
import sys

import pytest

from tests.openstack.lab import Lab, lab_or_reason
from tests.openstack.operator import Mailbox, Operator


@pytest.fixture(scope="session")
def booted():
    """Give the lab, booted; skip with a reason where that is not wanted or not possible, fail where it is required."""
    if os.environ.get("REAPER_REQUIRE_OPENSTACK") != "1":
        pytest.skip("a real OpenStack takes minutes to boot: bin/test --openstack does it")
    lab = lab_or_reason()
    if isinstance(lab, str):
        pytest.fail(f"the real OpenStack is required here, but {lab}")
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds_yaml)
    return lab


@pytest.fixture
def lab(booted: Lab) -> Lab:
    """Give the empty cloud."""
    booted.reset()
    return booted


@pytest.fixture
def mailbox():
    """Give a real SMTP server on loopback."""
    box = Mailbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture
def operator(lab: Lab, mailbox: Mailbox, tmp_path):
    """Give somebody who has a reaper.conf and a terminal."""
    someone = Operator(lab, mailbox, tmp_path, sys.executable)
    yield someone
    someone.stop()
