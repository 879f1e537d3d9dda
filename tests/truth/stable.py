"""Makes exchanges the same on every run: what is drawn by lot or read from a clock gets a name of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.truth.teller import SERVICES, Exchange, Teller

Record = dict[str, Any]

_ID = re.compile(r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{56}|[0-9a-f]{32})\b")
_DIGITS = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?"),
    re.compile(r"\binstance-[0-9a-f]{8}"),
    re.compile(r"\b(?:10|172)\.\d+\.\d+\.\d+(?!/|\d)"),
    re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"),
)
_NAMES = re.compile(r"<[^<>]+>(?:,<[^<>]+>)+")
_LOT = ((re.compile(r"\breq-<[^>]*>"), "req-<id>"), (re.compile(r"\br-[0-9a-z]{8}\b"), "r-00000000"))
# Numbers and texts that are drawn or that count what the cloud did before.
_DRAWN = {
    "adminPass",
    "audit_ids",
    "provider:segmentation_id",
    "revision_number",
    "X-Subject-Token",
    "fingerprint",
    "standard_attr_id",
}
# The stories are told to the first region, and only to services that tenants have something in.
_ELSEWHERE = ({"region": "RegionTwo"}, {"type": "placement"})


def settled(teller: Teller) -> list[Record]:
    """Return a story's exchanges with stable names for ids, times, addresses and URLs, in the order of the story."""
    names = _places(teller) | teller.names
    known = partial(_rename, sorted(names.items(), key=lambda pair: -len(pair[0])))
    seen: dict[str, str] = {}
    return [_number(_settle(exchange, known), seen) for exchange in teller.exchanges]


def _places(teller: Teller) -> dict[str, str]:
    """Name the root of each service."""
    places = {}
    for service in SERVICES:
        endpoint = getattr(teller.target.admin, service).get_endpoint().rstrip("/")
        root = re.sub(r"/v\d[\d.]*(/.*)?$", "", endpoint)
        places |= {root: f"<{service}>"}
    return places


def _settle(exchange: Exchange, known: Callable[[str], str]) -> Record:
    record: Record = {
        "name": exchange.name,
        "asked": _walk(exchange.asked, known),
        "status": exchange.status,
        "headers": _walk(exchange.headers, known),
        "body": _walk(exchange.body, known),
    }
    if not exchange.ordered:
        record["body"] = _in_order(record["body"])
    return record


def _walk(value: Any, known: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {known(key): _drawn(one) if key in _DRAWN else _walk(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [_walk(one, known) for one in value if not _is_elsewhere(one)]
    return known(value) if isinstance(value, str) else value


def _is_elsewhere(value: Any) -> bool:
    return isinstance(value, dict) and any(mark.items() <= value.items() for mark in _ELSEWHERE)


def _drawn(value: Any) -> Any:
    """Keep the type alone."""
    if isinstance(value, list):
        return [_drawn(one) for one in value]
    return {str: "<drawn>", int: 0}.get(type(value), value)


def _rename(names: list[tuple[str, str]], text: str) -> str:
    for name, stable in names:
        text = text.replace(name, stable)
    for pattern in _DIGITS:
        text = pattern.sub(lambda found: re.sub(r"[0-9a-f]", "0", found.group()), text)
    return text


def _in_order(value: Any) -> Any:
    """Sort lists of objects by what they say, ids left out."""
    if isinstance(value, dict):
        return {key: one if key == "links" else _in_order(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((_in_order(one) for one in value), key=lambda one: _ID.sub("", json.dumps(one, sort_keys=True)))
    return value


def _number(value: Any, seen: dict[str, str]) -> Any:
    """Give the ids that no story named numbers, in the order in which they appear."""
    if isinstance(value, dict):
        return {_number(key, seen): _number(value[key], seen) for key in sorted(value)}
    if isinstance(value, list):
        return [_number(one, seen) for one in value]
    if not isinstance(value, str):
        return value
    text = _ID.sub(lambda found: seen.setdefault(found.group(), f"<id {len(seen) + 1}>"), value)
    for pattern, stable in _LOT:
        text = pattern.sub(stable, text)
    return _NAMES.sub(lambda found: ",".join(sorted(found.group().split(","))), text)
