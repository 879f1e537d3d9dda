"""How a Swift container is asked to go: its objects first, a page of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reaper.cloud.client import WritingClient
from reaper.errors import Gone, Refused, Temporary
from reaper.model import Resource

SERVICE = "object-store"
#: Swift's own default for the length of a listing, and for the number of names in one bulk delete.
PAGE = 10_000
#: Without the middleware for bulk deletes each object takes a call.
ONE_BY_ONE = 500


def object_container(client: WritingClient, resource: Resource, _path: str) -> None:
    """DELETE it; one with objects loses a page of them first, and is asked again in a later round if it has more.

    Raises:
        Refused: it still holds objects.
    """
    here, project = f"/{quote(resource.id, safe='')}", str(resource.project_id)
    if not resource.facts.get("objects"):  # the number comes late: nought may be wrong
        try:
            client.delete(SERVICE, resource.region, here, project=project)
        except Refused:
            pass
        else:
            return
    if more := _take_out(client, resource, here, project):
        raise Refused(f"{resource} still holds objects: {more}")
    client.delete(SERVICE, resource.region, here, project=project)


def _take_out(client: WritingClient, resource: Resource, here: str, project: str) -> str:
    """Delete one page of objects; returns why some are left."""
    asked = {"format": "json", "limit": str(PAGE)}
    listed = client.get(SERVICE, resource.region, here, asked, project)
    if not isinstance(listed, list):
        raise Temporary(f"{resource}: its objects are not told as a list")
    names = [str(one["name"]) for one in listed if isinstance(one, Mapping) and one.get("name")]
    lines = "\n".join(f"{here}/{quote(name, safe='')}" for name in names)
    said = client.post_text(SERVICE, resource.region, "/?bulk-delete", lines, project)
    if said is None:
        return _one_by_one(client, resource, [f"{here}/{quote(name, safe='')}" for name in names], project)
    if why := _complaint(said):
        return why
    return f"{len(names)} were removed, more are left" if len(names) >= PAGE else ""


def _complaint(said: Any) -> str:
    """Find what went wrong in the answer of a bulk delete, which is 200 in any case."""
    errors = said.get("Errors") if isinstance(said, Mapping) else None
    if errors:
        return f"{len(errors)} could not be removed, the first of them: {errors[0]}"
    status = str(said.get("Response Status", "")) if isinstance(said, Mapping) else ""
    return "" if status.startswith("200") else f"the bulk delete was answered with {status or 'nothing'}"


def _one_by_one(client: WritingClient, resource: Resource, paths: list[str], project: str) -> str:
    for path in paths[:ONE_BY_ONE]:
        try:
            client.delete(SERVICE, resource.region, path, project=project)
        except Gone:
            continue
    left = len(paths) - ONE_BY_ONE
    return f"{left} or more are left" if left > 0 else ""
