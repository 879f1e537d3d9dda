"""What `reaper tenant show` tells of a tenant's idle things."""

from __future__ import annotations

from reaper.cli.output import shown
from reaper.lifecycle import due_at
from reaper.model import IdleThing


def idle_facts(thing: IdleThing) -> dict[str, object]:
    """Tell everything of one thing, as a program reads it; `goes_from` is known once its letter was accepted."""
    return {
        "kind": thing.resource.kind,
        "id": thing.resource.id,
        "name": str(thing.resource),
        "rule": thing.rule,
        "since": thing.since,
        "seen_at": thing.seen_at,
        "letter": thing.letter_state,
        "accepted_at": thing.accepted_at,
        "goes_from": due_at(thing),
        "along": [disk.id for disk in thing.along],
        "asked_at": thing.asked_at,
        "answer": thing.answer,
        "gone_at": thing.gone_at,
    }


def idle_text(thing: IdleThing) -> str:
    """Say it in one line."""
    said = f"{thing.resource}: {thing.when} since {shown(thing.since)}"
    due = due_at(thing)
    if thing.gone_at is not None:
        return f"{said}; given back, verified gone {shown(thing.gone_at)}"
    if thing.asked_at is not None:
        return f"{said}; asked to go {shown(thing.asked_at)}{f': {thing.answer}' if thing.answer else ''}"
    if due is not None:
        return f"{said}; goes from {shown(due)}"
    return f"{said}; its letter is {thing.letter_state}" if thing.letter_state else f"{said}; not told of yet"
