"""Time zones and folders, wherever the machine keeps them."""

import os
from datetime import UTC
from pathlib import Path


def test_utc_needs_no_files_of_time_zones(configured):
    assert configured("time_zone = UTC\n").time_zone is UTC


def test_a_home_folder_may_be_written_as_a_tilde(configured, monkeypatch):
    monkeypatch.setitem(os.environ, "HOME", "/home/operator")
    assert configured("policies_dir = ~/policies\n").policies_dir == Path("/home/operator/policies")
