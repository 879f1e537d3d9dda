"""What an editor and `reaper policy check` tell about policies beyond errors: the JSON schema and remarks."""

from __future__ import annotations

import json
from typing import Any

from reaper.model import Archive, Enforce
from reaper.policy.policy import Policy


def schema() -> dict[str, Any]:
    """Return the JSON schema of a policy file."""
    made = Policy.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "A policy of Reaper"}


def schema_text() -> str:
    """Return the schema as the text of policies/policy.schema.json."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def remarks(policy: Policy) -> tuple[str, ...]:
    """Say what in a right policy its author may not expect, a sentence each."""
    said = (
        (bool(policy.idle), "idle: is read but not carried out yet; nothing is given back while a lease runs"),
        (
            policy.reclaim.archive is not Archive.NONE,
            "reclaim.archive: is not carried out yet, so this policy cannot reclaim",
        ),
        (policy.match.is_everything, "match: covers every project that is not protected"),
        (policy.enforce is Enforce.OBSERVE, "enforce: observe sends no letter and takes nothing"),
    )
    return tuple(sentence for holds, sentence in said if holds)
