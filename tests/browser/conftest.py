"""A stage for browsers, and a browser for each test."""

import os

import pytest

from tests.browser.chromium import MISSING
from tests.browser.stage import open_stage


def pytest_collection_modifyitems(items):
    """Skip what needs a browser where there is none, except in CI."""
    if MISSING is None or os.environ.get("REAPER_REQUIRE_BROWSER"):
        return
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture
def stage(tmp_path):
    with open_stage(tmp_path / "stage") as opened:
        yield opened
