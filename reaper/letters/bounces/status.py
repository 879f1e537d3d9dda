"""The fields of a delivery status (RFC 3464, RFC 6533), also where a program has not kept to their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reaper.letters.bounces.addresses import of_field

_FIELD = re.compile(r"^\s{0,3}([A-Za-z][A-Za-z0-9-]{2,40})\s*:[ \t]*(.*)$")
_RECIPIENT = ("original-recipient", "final-recipient")
_ONCE = (*_RECIPIENT, "action", "status")
_REPLY = re.compile(r"(?<![\d.])([245])\d\d(?![\d.])")
_FAILED = ("fail", "error", "undeliver", "bounce", "reject", "expire", "permanent")
_DELAYED = ("delay", "defer", "retr", "queue", "temp", "transient")
_FINE = ("deliver", "relay", "expand", "success")


class ReportOutcome(StrEnum):
    """What became of the letter for one recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ReportEntry:
    """One recipient in a report: its names, the address as it was sent to first, what became of it, and why."""

    names: tuple[str, ...]
    outcome: ReportOutcome
    words: str


def entries(text: str) -> list[ReportEntry]:
    """Read the recipients of a status text; what it says of the message as a whole is passed over."""
    return [_entry(group) for group in _groups(text) if any(name in group for name in _RECIPIENT)]


def has_fields(text: str) -> bool:
    """Whether a text carries the fields of a status, as of a program that puts them where people read."""
    return re.search(r"^\s{0,3}(?:final|original)-recipient\s*:", text, re.IGNORECASE | re.MULTILINE) is not None


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Yield the groups of fields; a field that comes again begins another one, blank line or not."""
    group: dict[str, str] = {}
    name, blank = "", False
    for line in text.replace("\r\n", "\n").split("\n"):
        found = _FIELD.match(line)
        if not line.strip():
            blank = True
        elif line[0] in " \t" and name and not blank and not (found and found[1].lower() in _ONCE):
            group[name] = f"{group[name]} {line.strip()}".strip()
        elif found:
            name = found[1].lower()
            if _begins_another(group, name, blank=blank):
                yield group
                group = {}
            group.setdefault(name, found[2].strip())
            blank = False
    yield group


def _begins_another(group: dict[str, str], name: str, *, blank: bool) -> bool:
    if name in group and name in _ONCE:
        return True
    complete = "action" in group or not any(one in group for one in _RECIPIENT)
    return blank and complete


def _entry(group: dict[str, str]) -> ReportEntry:
    fields = [name for name in (*_RECIPIENT, "x-actual-recipient", "x-original-recipient") if group.get(name)]
    names = tuple(dict.fromkeys(address for name in fields for address in of_field(group[name])))
    status = re.sub(r"\s*\(.*", "", group.get("status", ""))
    words = " ".join(f"{status} {group.get('diagnostic-code', '')}".split())
    return ReportEntry(names, _outcome(group, status), words or group.get("action", ""))


def _outcome(group: dict[str, str], status: str) -> ReportOutcome:
    action = group.get("action", "").strip().lower()
    # A 4.x.x that has "failed" was given up after days: it will not be tried again either.
    for outcome, stems in (
        (ReportOutcome.FAILED, _FAILED),
        (ReportOutcome.DELAYED, _DELAYED),
        (ReportOutcome.DELIVERED, _FINE),
    ):
        if action.startswith(stems):
            return outcome
    code = status[:1] if re.match(r"[245]\.", status) else ""
    if not code and (reply := _REPLY.search(group.get("diagnostic-code", ""))):
        code = reply[1]
    return {"5": ReportOutcome.FAILED, "4": ReportOutcome.DELAYED, "2": ReportOutcome.DELIVERED}.get(
        code, ReportOutcome.UNKNOWN
    )
