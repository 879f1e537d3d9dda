"""One thing asked about once more, just before it is deleted: whose it is now, and who else uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reaper.cloud.client import Client
from reaper.cloud.dialect.old_releases import row_of
from reaper.cloud.explain import OWNERS
from reaper.cloud.rows import Row
from reaper.errors import Gone, Temporary
from reaper.kinds import BY_NAME
from reaper.model import Resource


def owner_now(client: Client, resource: Resource) -> str | None:
    """Ask the thing itself whose it is; None: its service does not say.

    Raises:
        Gone: it does not exist.
        Temporary: the answer is not about it.
    """
    row = row_of(client, resource.kind, resource.region)
    path = f"{row.path.removesuffix('/detail')}/{resource.id}"
    record = _record(row, client.get(BY_NAME[resource.kind].service, resource.region, path))
    if record.get(row.identity) != resource.id:
        raise Temporary(f"{resource}: the answer is not about it")
    return next((str(record[name]) for name in row.owners if record.get(name)), None)


def _record(row: Row, answer: Any) -> Mapping[str, Any]:
    """Take a record out of the one key that most services wrap it in."""
    if not isinstance(answer, Mapping):
        return {}
    if row.identity in answer:
        return answer
    inner = next(iter(answer.values()), None) if len(answer) == 1 else None
    return inner if isinstance(inner, Mapping) else {}


def lent_to(client: Client, resource: Resource) -> str | None:
    """Say what of another project hangs on a port or an address that Neutron would delete without a question.

    A port in a server of another project is unplugged from it (neutron db_base_plugin_v2.py delete_port asks only
    about routers and trunks); an address on another project's port is taken from it.

    Raises:
        ReaperError: it cannot be told.
    """
    other = resource.facts.get(BY_NAME[resource.kind].held_by)
    if not other:
        return None
    if resource.kind != "port":
        return _of_another(client, resource, "network", f"/ports/{other}", "port")
    if not str(resource.facts.get("device_owner") or "").startswith("compute:"):
        return None
    return _of_another(client, resource, "compute", f"/servers/{other}", "server")


def _of_another(client: Client, resource: Resource, service: str, path: str, kind: str) -> str | None:
    try:
        answer = client.get(service, resource.region, path)
    except Gone:
        return None
    record = answer.get(kind) if isinstance(answer, Mapping) else None
    if not isinstance(record, Mapping) or record.get("id") != path.rpartition("/")[2]:
        raise Temporary(f"{resource}: what it is on cannot be told")
    owner = next((str(record[name]) for name in OWNERS if record.get(name)), None)
    if owner is None:
        raise Temporary(f"{resource}: whose {kind} it is on cannot be told")
    name = record.get("name") or record["id"]
    return None if owner == resource.project_id else f"{kind} {name} of project {owner} uses it"
