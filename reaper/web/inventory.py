"""What is in a project as a file to take along: JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from reaper.model import Resource, Tenant
from reaper.printable import cell, json_safe

FORMATS = {"json": "application/json", "csv": "text/csv"}
_COLUMNS = ("kind", "region", "id", "name", "status", "details")


def as_json(tenant: Tenant, resources: Sequence[Resource]) -> str:
    """Write the inventory as one JSON document."""
    listed = [
        {"kind": r.kind, "region": r.region, "id": r.id, "name": r.name, "status": r.status, "details": _details(r)}
        for r in _in_order(resources)
    ]
    document = {"cloud": tenant.cloud, "project_id": tenant.project_id, "project": tenant.name, "resources": listed}
    return json_safe(json.dumps(document, ensure_ascii=False, indent=2, default=str)) + "\n"


def as_csv(resources: Sequence[Resource]) -> str:
    """Write the inventory as CSV with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL)  # a spreadsheet that divides by semicolons keeps a cell whole
    rows.writerow(_COLUMNS)
    for r in _in_order(resources):
        details = "; ".join(f"{key}: {_plain(value)}" for key, value in _details(r).items())
        rows.writerow([cell(text) for text in (r.kind, r.region, r.id, r.name, r.status, details)])
    return "\ufeff" + out.getvalue()


def _in_order(resources: Sequence[Resource]) -> list[Resource]:
    return sorted(resources, key=lambda r: (r.kind, r.region, r.name, r.id))


def _details(resource: Resource) -> dict[str, object]:
    """Return what a person may want to know of it: sizes and addresses."""
    wanted = ("addresses", "address", "size")
    return {key: resource.facts[key] for key in wanted if resource.facts.get(key) not in (None, "", ())}


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list, frozenset)) else str(value)
