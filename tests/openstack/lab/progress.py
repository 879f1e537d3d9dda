"""Plain lines that say how far the lab is, with the seconds since it began."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

_began = time.monotonic()


def say(text: str) -> None:
    """Print one line of progress at once, so that it is seen also in a pipe."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say that a step begins and how long it took."""
    say(f"{text} ...")
    begun = time.monotonic()
    yield
    say(f"{text}: {time.monotonic() - begun:.1f} s")
