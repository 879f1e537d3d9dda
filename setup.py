"""Copies what people edit, users read and the database runs into the wheel; all else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHARED = ("etc", "policies", "notify", "migrations")


class BuildWithShare(build_py):
    """Adds `reaper/share/` to what is built, so that reaper/paths.py finds the same folders in a wheel."""

    def run(self) -> None:
        """Build the package, then lay the shared folders beside it."""
        super().run()
        if self.editable_mode:
            return
        here = Path(__file__).parent
        for name in SHARED:
            target = Path(self.build_lib) / "reaper" / "share" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(here / name, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))


setup(cmdclass={"build_py": BuildWithShare})
