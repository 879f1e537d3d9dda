"""One entry of clouds.yaml, read with openstack.config, its mistakes told in one sentence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from keystoneauth1 import exceptions as keystone_exceptions
from openstack import exceptions as openstack_exceptions
from openstack.config import loader

from reaper.errors import Unusable


@dataclass(frozen=True)
class Entry:
    """How to reach one cloud. `regions` are those the file names; empty means: those of the catalog."""

    name: str
    auth_url: str
    regions: tuple[str, ...]
    auth: Any = field(repr=False)  # a keystoneauth plugin: it knows the password
    verify: Any = True
    cert: Any = field(default=None, repr=False)
    interface: Any = "public"
    settings: Any = field(default=None, repr=False)  # openstack.config's own view, for endpoint overrides

    def override(self, service: str) -> str | None:
        """Return the endpoint that the file sets for a service in place of the catalog's."""
        found = self.settings.get_endpoint(service) if self.settings is not None else None
        return str(found) if found else None


def read_entry(name: str, config_files: Sequence[str] | None = None) -> Entry:
    """Read one entry from these files, or from where OpenStack clients look (OS_CLIENT_CONFIG_FILE first).

    Other OS_* variables are not looked at: an exported password must not change whose cloud this is.

    Raises:
        Unusable: no file, unreadable, no such entry, or something is missing in it.
    """
    files = list(config_files) if config_files is not None else _usual(loader.CONFIG_FILES, "OS_CLIENT_CONFIG_FILE")
    config = _load(files)
    if name not in config.get_cloud_names():
        raise Unusable(_unknown(name, config, files))
    try:
        region = config.get_one(name)
        return _entry(name, region, _regions_named(config, name))
    except (openstack_exceptions.SDKException, keystone_exceptions.ClientException) as error:
        raise Unusable(f"{config.config_filename}, entry {name!r}: {' '.join(str(error).split())}") from error


def _usual(places: Sequence[str], variable: str) -> list[str]:
    override = os.environ.get(variable)
    return [*([override] if override else []), *places]


def _load(files: list[str]) -> Any:
    secure = _usual(loader.SECURE_FILES, "OS_CLIENT_SECURE_FILE")
    try:
        return loader.OpenStackConfig(config_files=files, secure_files=secure, load_envvars=False)
    except yaml.YAMLError as error:
        # The error's own text would quote the line, which may hold a password.
        mark = getattr(error, "problem_mark", None)
        where = f"{mark.name}, line {mark.line + 1}, column {mark.column + 1}" if mark else ", ".join(files)
        raise Unusable(f"{where}: not readable as YAML: {getattr(error, 'problem', None) or 'wrong syntax'}") from None
    except (OSError, ValueError, AttributeError, TypeError, openstack_exceptions.SDKException) as error:
        raise Unusable(f"clouds.yaml cannot be used ({', '.join(files)}): {error}") from error


def _unknown(name: str, config: Any, files: Sequence[str]) -> str:
    found = [path for path in files if os.path.exists(path)]  # noqa: PTH110 - the loader's own list of texts
    if not found:
        return f"no clouds.yaml found for cloud {name!r}: looked for {', '.join(files)}"
    entries = ", ".join(sorted(config.get_cloud_names())) or "none"
    return f"{config.config_filename or found[0]} has no cloud {name!r}; the entries there are: {entries}"


def _entry(name: str, region: Any, regions: tuple[str, ...]) -> Entry:
    verify, cert = region.get_requests_verify_args()
    return Entry(
        name=name,
        auth_url=str(region.config.get("auth", {}).get("auth_url") or ""),
        regions=regions or tuple(filter(None, [region.region_name])),
        auth=region.get_auth(),
        verify=verify,
        cert=cert,
        interface=region.get_interface() or "public",
        settings=region,
    )


def _regions_named(config: Any, name: str) -> tuple[str, ...]:
    """List what the entry's `regions` or `region_name` say, in their order; a region may be a text or a mapping."""
    said = config.cloud_config["clouds"][name]
    named = said.get("regions") or said.get("region_name") or ()
    each = named.split(",") if isinstance(named, str) else named
    names = (one.get("name") if isinstance(one, dict) else one for one in each)
    return tuple(dict.fromkeys(str(one).strip() for one in names if one))
