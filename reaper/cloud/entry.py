"""One entry of clouds.yaml, read with openstack.config, its mistakes told in one sentence."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
    secure = _usual(loader.SECURE_FILES, "OS_CLIENT_SECURE_FILE")
    path = _first(files)
    if path is None:
        raise Unusable(f"no clouds.yaml found for cloud {name!r}: looked for {', '.join(dict.fromkeys(files))}")
    entries = _entries(path)
    _entries(_first(secure))
    if not isinstance(entries.get(name), Mapping):
        there = ", ".join(sorted(map(str, entries))) or "none"
        raise Unusable(f"{path} has no usable cloud {name!r}; the entries there are: {there}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries that openstack.config knows and we do not use
            config = loader.OpenStackConfig(config_files=files, secure_files=secure, load_envvars=False)
            return _entry(name, config.get_one(name), _regions_named(config, name))
    except (openstack_exceptions.SDKException, keystone_exceptions.ClientException) as error:
        raise Unusable(f"{path}, entry {name!r}: {' '.join(str(error).split())}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{path}, entry {name!r}: a value has the wrong form or is empty ({error})") from error


def asked_once(auth: Any) -> Any:
    """Keep a keystoneauth plugin from waiting for itself; returns it.

    Its `get_access` holds a lock that is not reentrant while it asks for a token. When Keystone's version document is
    answered with 401 (a proxy's login page), `discover.get_version_data` asks once more with a token, which leads to
    the same lock in the same thread: for ever, and every other thread behind it. Here that inner question is refused
    with the 401 that it was; keystoneauth then goes by the version in the URL, as it does after other failures.
    """
    ask, asking = getattr(auth, "get_access", None), threading.local()
    if ask is None:
        return auth

    def get_access(session: Any, **more: Any) -> Any:
        if getattr(asking, "now", False):
            raise keystone_exceptions.Unauthorized("Keystone wants a token before it gives one")
        asking.now = True
        try:
            return ask(session, **more)
        finally:
            asking.now = False

    auth.get_access = get_access
    return auth


def _usual(places: Sequence[str], variable: str) -> list[str]:
    override = os.environ.get(variable)
    return [*([override] if override else []), *places]


def _first(files: Sequence[str]) -> str | None:
    """Return the file that counts: openstack.config takes the first that exists."""
    return next((path for path in files if Path(path).is_file()), None)


def _entries(path: str | None) -> Mapping[str, object]:
    """Read the names of the entries, and complain about a file that openstack.config would pass over in silence."""
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8")) if path else None
    except yaml.YAMLError as error:
        # The error's own text quotes the line, and its problem may quote a word: either may be a password.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = re.sub(r"'.*'", "...", getattr(error, "problem", None) or "wrong syntax")
        raise Unusable(f"{path}{where}: not YAML: {problem}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {error.__class__.__name__}") from error
    clouds = content.get("clouds") if isinstance(content, Mapping) else None
    return clouds if isinstance(clouds, Mapping) else {}


def _entry(name: str, region: Any, regions: tuple[str, ...]) -> Entry:
    verify, cert = region.get_requests_verify_args()
    for path in filter(lambda one: isinstance(one, str), (verify, *(cert if isinstance(cert, tuple) else (cert,)))):
        if not Path(path).exists():
            raise Unusable(f"entry {name!r} of clouds.yaml names a certificate file that is not there: {path}")
    return Entry(
        name=name,
        auth_url=str(region.config.get("auth", {}).get("auth_url") or ""),
        regions=regions or tuple(filter(None, [region.region_name])),
        auth=asked_once(region.get_auth()),
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
