"""How a token is asked of a Keystone that speaks nothing but v2.0."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from keystoneauth1 import discover, exceptions
from keystoneauth1.identity import v2
from keystoneauth1.session import Session

from reaper.cloud.dialect.endpoint import VERSION_AT_END
from reaper.cloud.entry import Entry, asked_once

#: How keystoneauth says, in a failed discovery, that nobody answered at all.
NO_ANSWER = re.compile(r"SSL|Unable to establish connection|timed out")


def token_of(entry: Entry, session: Session) -> tuple[Entry, Any]:
    """Get keystoneauth's view of the token, and the entry by which it was got: another one where v2.0 is all there is.

    Raises as keystoneauth.
    """
    try:
        return entry, entry.auth.get_access(session)
    except exceptions.DiscoveryFailure as error:
        auth = None if NO_ANSWER.search(str(error)) else _tenants_auth(entry, session)
        if auth is None:
            raise
        session.auth = auth
        return replace(entry, auth=auth), auth.get_access(session)


def _tenants_auth(entry: Entry, session: Session) -> Any:
    """Return the way to a token of v2.0, None when Keystone does not show that version, or a newer one as well.

    Folsom's version document calls v2.0 `beta` (keystone 2012.2 service.py), for which keystoneauth passes it over.
    """
    said = dict(entry.settings.config.get("auth") or {}) if entry.settings is not None else {}
    if not {"username", "password"} <= said.keys():
        return None
    try:
        shown = discover.get_version_data(session, entry.auth_url, authenticated=False)
    except exceptions.ClientException:
        return None
    if not shown or not all(map(_is_keystone_of_old, shown)):
        return None
    auth = v2.Password(
        f"{VERSION_AT_END.sub('', entry.auth_url.rstrip('/'))}/v2.0",
        username=said["username"],
        password=said["password"],
        tenant_name=said.get("project_name") or said.get("tenant_name"),
        tenant_id=said.get("project_id") or said.get("tenant_id"),
    )
    return asked_once(auth)


def _is_keystone_of_old(version: Any) -> bool:
    """Tell Keystone's v2.0 from another service's, by the media types that only Keystone names so."""
    return str(version.get("id")).startswith("v2") and "openstack.identity" in str(version.get("media-types"))
