"""How long a campaign plays: a taste in `bin/test`, a bounded one in CI, a long one with `bin/test --deep`."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")
#: Set by bin/test and .ci/run.
LEVEL = os.environ.get("REAPER_CAMPAIGNS", "taste")


def extent(taste: T, bounded: T, deep: T) -> T:
    """Choose how much is played."""
    return {"taste": taste, "bounded": bounded, "deep": deep}[LEVEL]
