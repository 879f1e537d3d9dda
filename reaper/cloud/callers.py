"""Who holds a token, as Keystone tells it: asked with our own, so that nobody can speak for himself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reaper.cloud.protection import Protection
from reaper.cloud.wire import Wire
from reaper.errors import Gone, Temporary
from reaper.model import Caller

#: What can be a token at all: printable, and no longer than Keystone's longest. Nothing else is sent on.
TOKEN = re.compile(r"[\x21-\x7e]{8,8192}")


def caller_of(wire: Wire, token: str, protection: Protection) -> Caller | None:
    """Ask Keystone what a token stands for; None: it has ended, was revoked, or never was one.

    Source: https://docs.openstack.org/api-ref/identity/v3/ "Validate and show information for token".

    Raises:
        Temporary: Keystone does not answer, or not with a token.
    """
    if not TOKEN.fullmatch(token):
        return None
    try:
        told = wire.told_of(token)
    except Gone:
        return None
    try:
        return _read(wire.entry.name, told["token"], protection)
    except (KeyError, TypeError) as error:
        raise Temporary(f"cloud {wire.entry.name}: Keystone's answer does not say whose token it is") from error


def _read(cloud: str, told: Mapping[str, Any], protection: Protection) -> Caller:
    project = told.get("project") or {}
    home = project.get("domain") or {}
    guarded = bool(project) and protection.reason(project, home.get("name")) is not None
    return Caller(
        cloud=cloud,
        user_id=str(told["user"]["id"]),
        user=str(told["user"]["name"]),
        project_id=str(project["id"]) if project else None,
        roles=frozenset(str(role["name"]).casefold() for role in told.get("roles") or ()),
        presides=guarded or bool((told.get("system") or {}).get("all")),
    )
