"""How a service of a region is reached: under which name of the catalog, in which version, at which address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: What today's releases speak.
TODAY = "today"
#: Keystone before v3 (2013), with tenants in the place of projects and without domains.
TENANTS = "keystone v2.0"
#: Nova without microversions (before 2015): it does not tell of locks and flavors' names, nor in a 404 of the server.
BARE_NOVA = "nova v2"
#: Cinder's first two versions: a filter, or a limit, that it does not know makes the list empty.
CINDER_1, CINDER_2 = "cinder v1", "cinder v2"
#: Glance v1, with `is_public` in the place of visibilities.
GLANCE_1 = "glance v1"

#: The major versions that are spoken today; a catalog may name a service's root, or several versions of it.
MAJOR: Mapping[str, str] = {
    "identity": "3", "network": "2", "image": "2", "block-storage": "3", "load-balancer": "2", "dns": "2",
    "container-infra": "1", "shared-file-system": "2",
}  # fmt: skip
#: What is said with every request: Designate shows and removes the zones of others only then; Manila's action to delete
#: by force has this name since 2.7.
HEADERS: Mapping[str, Mapping[str, str]] = {
    "dns": {"X-Auth-All-Projects": "true"},
    "shared-file-system": {"X-OpenStack-Manila-API-Version": "2.7"},
}
#: Glance's first version that knows community images, and whose lists an admin can ask for in full.
WHOLE_GLANCE = (2, 5)
#: Under which name Neutron stood in catalogs while it was called so.
QUANTUM = "quantum"
VERSION_AT_END = re.compile(r"/v\d+(?:\.\d+)?/?$")

#: Asks where and what a voice leads to; None: there is no such version.
Ends = Callable[["Endpoint"], Any]


@dataclass(frozen=True)
class Endpoint:
    """One way to speak to a service. `address` and `interface` None: those of catalog and clouds.yaml."""

    api_generation: str
    service_type: str
    major: str | None = None
    interface: str | None = None
    address: str | None = None


def endpoint_of(service: str, region: str | None, access: Any, interface: Any, ends: Ends) -> Endpoint:
    """Choose how to speak to a service; `access` is keystoneauth's view of the token."""
    today = Endpoint(TODAY, service, MAJOR.get(service))
    named = catalog_endpoints(access, service, region, interface)
    if service == "identity" and access.version == "v2.0":
        return _tenants(access, region)
    if service == "network" and not named and catalog_endpoints(access, QUANTUM, region, interface):
        return Endpoint(TODAY, QUANTUM, MAJOR["network"])
    if service == "block-storage":
        return _cinder(named) or today
    if service == "image" and named:
        return _glance(today, next(iter(named.values())), ends)
    return today


def names_of(service: str) -> tuple[str, ...]:
    """Return the names under which a catalog may have a service, beside the aliases that keystoneauth knows."""
    return (service, QUANTUM) if service == "network" else (service,)


def catalog_endpoints(access: Any, service: str, region: str | None, interface: Any = None) -> dict[str, str]:
    """Return the catalog's addresses of a service by the name it stands under; `interface` None: of any."""
    try:
        found = access.service_catalog.get_endpoints_data(service_type=service, region_name=region, interface=interface)
    except (
        ValueError
    ):  # so keystoneauth says that a service stands under two names, and under neither with what is asked
        return {}
    return {name: str(some[0].catalog_url) for name, some in found.items() if some}


def _tenants(access: Any, region: str | None) -> Endpoint:
    """Speak to Keystone's admin port: the public one calls those tenants all that the caller belongs to."""
    found = catalog_endpoints(access, "identity", region, "admin") or catalog_endpoints(
        access, "identity", None, "admin"
    )
    url = next(iter(found.values()), "").rstrip("/")
    address = url if url.endswith("/v2.0") else f"{VERSION_AT_END.sub('', url)}/v2.0"
    return Endpoint(TENANTS, "identity", "2", "admin", address if url else None)


def _cinder(named: Mapping[str, str]) -> Endpoint | None:
    """Take the newest that the catalog names; the plain name `volume` was the first version's."""
    if {"block-storage", "volumev3"} & named.keys():
        return None
    if "volumev2" in named:
        return Endpoint(CINDER_2, "volumev2", "2")
    url = named.get("volume", "")
    if re.search(r"/v2(/|$)", url):
        return Endpoint(CINDER_2, "volume", "2", address=url)
    return Endpoint(CINDER_1, "volume", "1", address=url) if re.search(r"/v1(/|$)", url) else None


def _glance(today: Endpoint, url: str, ends: Ends) -> Endpoint:
    """Prefer the first version to a second one that does not show everything yet.

    The address is made from the catalog's: the links in old version documents name the address that Glance listens on.
    """
    found = ends(today)
    if found is not None and (found.api_version is None or tuple(found.api_version) >= WHOLE_GLANCE):
        return today
    first = Endpoint(GLANCE_1, "image", "1")
    if ends(first) is None:
        return today
    return Endpoint(GLANCE_1, "image", "1", address=f"{VERSION_AT_END.sub('', url.rstrip('/'))}/v1")
