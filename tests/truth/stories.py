"""All stories, by name, and where their records are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.truth import stories_compute, stories_identity, stories_network, stories_storage
from tests.truth.teller import Story

RECORDS = Path(__file__).parent / "records"
CHAPTERS = {
    "identity": stories_identity,
    "compute": stories_compute,
    "network": stories_network,
    "storage": stories_storage,
}
STORIES: dict[str, Story] = {
    f"{chapter}-{story.__name__.replace('_', '-')}": story
    for chapter, module in CHAPTERS.items()
    for story in module.STORIES
}


def record_of(release: str, story: str) -> list[dict[str, Any]]:
    """Read what a release answered in a story."""
    record: list[dict[str, Any]] = json.loads(file_of(release, story).read_text(encoding="utf-8"))
    return record


def file_of(release: str, story: str) -> Path:
    """Return where a story's record is kept."""
    return RECORDS / release / f"{story}.json"
