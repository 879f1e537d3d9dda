"""The API holds what its own description promises, whatever a generator of questions thinks of."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCHEMATHESIS = shutil.which("st", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed; it is part of the extra `test`")
def test_schemathesis_finds_nothing(api, admin, tmp_path):
    found = subprocess.run(
        [
            *(SCHEMATHESIS, "run", f"{api.url}/openapi.json", "--header", f"X-Auth-Token: {admin}"),
            *("--checks", "all", "--max-examples", "15", "--seed", "17", "--phases", "examples,coverage,fuzzing"),
            *("--generation-database", "none", "--no-color"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stdout + found.stderr
