"""The command line as a shell sees it: its words, its exit code, and a traceback where there is one."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from reaper.cli import main

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


def run_here(arguments: Sequence[str], environment: Mapping[str, str]) -> Done:
    """Run one in this process, which starts no interpreter and imports nothing anew."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _environment(environment):
        try:
            main([*arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001 - what the interpreter would do with it
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess([*arguments], code, out.getvalue(), err.getvalue())


def run_alone(
    arguments: Sequence[str], environment: Mapping[str, str], before: Callable[[], None] | None = None
) -> Done:
    """Run one in a process of its own; `before` is called in it first."""
    return subprocess.run(
        [sys.executable, "-c", "from reaper.cli import main; main()", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=before,
    )


@contextlib.contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
