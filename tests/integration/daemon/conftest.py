"""An operator with an empty cloud."""

import pytest

from tests.integration.daemon.operator import Operator


@pytest.fixture
def operator(tmp_path):
    made = Operator(tmp_path)
    yield made
    made.close()
