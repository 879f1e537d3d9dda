"""A cloud with everything around it."""

import pytest

from tests.acceptance.stage import Stage


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()
