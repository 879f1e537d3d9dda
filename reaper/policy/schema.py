"""What an editor and `reaper policy check` tell about policies beyond errors: the JSON schema and remarks."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from reaper.model import Archive, Enforce
from reaper.policy.drift import KEYS
from reaper.policy.durations import written
from reaper.policy.idle import IDLE_KINDS
from reaper.policy.policy import Policy

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def schema(kinds: Collection[str] = ()) -> dict[str, Any]:
    """Return the JSON schema of a policy file; with the kinds that may be kept, where they are named."""
    made = Policy.model_json_schema(by_alias=True)
    parts = made["$defs"]
    parts["IdleRule"]["properties"]["kind"].update(enum=sorted(IDLE_KINDS))
    if kinds:
        parts["ReclaimRules"]["properties"]["keep"]["items"].update(enum=sorted(kinds))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "A policy of Reaper"}


def schema_text(kinds: Collection[str] = ()) -> str:
    """Return the schema as the text of policies/policy.schema.json."""
    return json.dumps(schema(kinds), indent=2, sort_keys=True) + "\n"


def remarks(policy: Policy) -> tuple[str, ...]:
    """Say what in a right policy its author may not expect, a sentence each."""
    short = ", ".join(f"{key} {written(span)}" for key, span in _spans(policy) if _in_minutes(span))
    said = (
        (bool(short), f"{short}: counted in minutes; a month is written 30d"),
        (
            bool(policy.idle) and policy.enforce is not Enforce.RECLAIM,
            "idle: nobody is told and nothing is given back by it before enforce: reclaim",
        ),
        (
            policy.reclaim.archive is Archive.SERVERS,
            "reclaim.archive: a server that boots from a volume has no image; a person has to consent to its end",
        ),
        (policy.match.is_everything, "match: covers every project that is not protected"),
        (policy.enforce is Enforce.OBSERVE, "enforce: observe sends no letter and takes nothing"),
    )
    return tuple(f"{policy.name}: {sentence}" for holds, sentence in said if holds)


def _in_minutes(span: timedelta) -> bool:
    return span <= _HOUR or (span < _DAY and span % _HOUR != timedelta(0))


def _spans(policy: Policy) -> Iterator[tuple[str, timedelta]]:
    """Return every span that a policy gives its leases, with its key."""
    for name, value in vars(policy.terms()).items():
        for span in value if isinstance(value, tuple) else (value,):
            if isinstance(span, timedelta) and span:
                yield KEYS[name], span
    for rule in policy.idle:
        yield "idle.for", rule.for_
