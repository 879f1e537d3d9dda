"""What Keystone's catalog says: which regions there are, and which services are in them."""

from __future__ import annotations

from typing import Any

from reaper.cloud.dialect.endpoint import catalog_endpoints, names_of
from reaper.cloud.entry import Entry
from reaper.errors import Unusable


def regions_in(access: Any) -> tuple[str, ...]:
    """List the regions in which the catalog has anything, sorted; `access` is keystoneauth's view of the token."""
    every = access.service_catalog.normalize_catalog()
    return tuple(sorted({end["region_name"] for one in every for end in one["endpoints"] if end["region_name"]}))


def everything_in(access: Any) -> frozenset[tuple[str, str]]:
    """List the types of all services, by the names they stand under, each with the regions it is in."""
    every = access.service_catalog.normalize_catalog()
    return frozenset((str(one["type"]), end["region_name"]) for one in every for end in one["endpoints"])


class Catalog:
    """Answers about the catalog of one token, each worked out once: keystoneauth copies the whole for every one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: tuple[object, dict[tuple[str, str], bool]] = (None, {})

    def names(self, access: Any, entry: Entry, service: str, region: str) -> bool:
        """Answer as `is_named`; another token is asked afresh."""
        known = self._known
        if known[0] is not access:
            known = self._known = (access, {})
        if (service, region) not in known[1]:
            known[1][service, region] = is_named(access, entry, service, region)
        return known[1][service, region]


def is_named(access: Any, entry: Entry, service: str, region: str) -> bool:
    """Tell whether the catalog has the service in the region, or clouds.yaml says where it is.

    Raises:
        Unusable: the catalog is empty or does not know the region or the interface, so that nothing can be said.
    """
    regions = regions_in(access)
    if region not in regions:
        known = ", ".join(regions) or "none"
        raise Unusable(f"cloud {entry.name}: the catalog has no region {region!r}; it has: {known}")
    return bool(entry.override(service)) or any(_has(access, entry, name, region) for name in names_of(service))


def _has(access: Any, entry: Entry, name: str, region: str) -> bool:
    if not catalog_endpoints(access, name, region):
        return False
    if not catalog_endpoints(access, name, region, entry.interface):
        raise Unusable(f"cloud {entry.name}: {name} has no {entry.interface} endpoint in {region}")
    return True
