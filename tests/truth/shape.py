"""Holds one record against another: the same status, headers, keys, types, and words where words matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_REFUSED = 400
# Where the words themselves decide what a client does.
_WORDS = {
    "status",
    "OS-EXT-STS:task_state",
    "OS-EXT-STS:vm_state",
    "OS-EXT-STS:power_state",
    "device_owner",
    "visibility",
    "enabled",
    "locked",
    "protected",
    "attach_status",
    "rel",
}


def differences(truth: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    """Say where an exchange differs from the truth, each as one line that begins with a path."""
    if truth["status"] != told["status"]:
        yield f"status: {told['status']} and not {truth['status']}: {told['body']} and not {truth['body']}"
        return
    for name, text in truth["headers"].items():
        if name not in told["headers"]:
            yield f"headers.{name}: missing"
        elif name == "Content-Type" and told["headers"][name].lower() != text.lower():
            yield f"headers.{name}: {told['headers'][name]} and not {text}"
    yield from _compare("body", truth["body"], told["body"], exact=truth["status"] >= _REFUSED)


def _compare(path: str, truth: Any, told: Any, *, exact: bool) -> Iterator[str]:
    if type(truth) is not type(told):
        yield f"{path}: {_word(told)} and not {_word(truth)}"
    elif isinstance(truth, dict):
        for key in sorted({*truth, *told}):
            if key not in told:
                yield f"{path}.{key}: missing"
            elif key not in truth:
                yield f"{path}.{key}: not there in truth"
            else:
                yield from _compare(f"{path}.{key}", truth[key], told[key], exact=exact or key in _WORDS)
    elif isinstance(truth, list):
        if len(truth) != len(told):
            yield f"{path}: {len(told)} entries and not {len(truth)}"
        for one, other in zip(truth, told, strict=False):
            yield from _compare(f"{path}[]", one, other, exact=exact)
    elif exact and truth != told:
        yield f"{path}: {told!r} and not {truth!r}"


def _word(value: Any) -> str:
    return "null" if value is None else type(value).__name__
