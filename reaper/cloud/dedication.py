"""What of a cloud is set apart for some projects: host aggregates and regions, told as tags no project can bear.

A Keystone tag holds no slash (keystone/api/validation: `^[^,/]*$`), so nobody can give a project one of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reaper.cloud.client import Client
from reaper.errors import Gone, Temporary
from reaper.model.cloud import AGGREGATE, REGION

#: The metadata of Nova's AggregateMultiTenancyIsolation filter; several projects stand with commas, or under keys that
#: only begin so (https://docs.openstack.org/nova/latest/admin/scheduling.html).
FILTER = "filter_tenant_id"


def dedicated(client: Client, regions: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return by project id what is set apart for it: one call per region, and one per endpoint group of a region.

    Raises:
        ReaperError: it cannot be told; nobody may then be judged by it.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for region in regions:
        for project, aggregate in _aggregates(client, region) if client.offers("compute", region) else ():
            found[project].add(f"{AGGREGATE}{aggregate}")
    for project, region in _regions(client):
        found[project].add(f"{REGION}{region}")
    return {project: frozenset(tags) for project, tags in found.items()}


def _aggregates(client: Client, region: str) -> Iterator[tuple[str, str]]:
    for one in _listed(client.get("compute", region, "/os-aggregates"), "aggregates"):
        metadata = one.get("metadata")
        for key, value in metadata.items() if isinstance(metadata, Mapping) else ():
            if key.startswith(FILTER):
                for project in map(str.strip, str(value).split(",")):
                    # Keystone writes ids without dashes; those that an older cloud has brought along may have some.
                    yield from ((name, str(one["name"])) for name in {project, project.replace("-", "")})


def _regions(client: Client) -> Iterator[tuple[str, str]]:
    """Give the projects of each endpoint group that is made of a region's endpoints; before Havana there are none."""
    try:
        groups = _listed(client.get("identity", None, "/OS-EP-FILTER/endpoint_groups"), "endpoint_groups")
    except Gone:
        return
    for group in groups:
        filters = group.get("filters")
        region = filters.get("region_id") if isinstance(filters, Mapping) else None
        if region:
            path = f"/OS-EP-FILTER/endpoint_groups/{group['id']}/projects"
            yield from (
                (str(one["id"]), str(region)) for one in _listed(client.get("identity", None, path), "projects")
            )


def _listed(document: Any, key: str) -> list[Mapping[str, Any]]:
    found = document.get(key) if isinstance(document, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Temporary(f"an answer that should list {key} does not")
    return found
