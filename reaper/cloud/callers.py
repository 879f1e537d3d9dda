"""Who holds a token, as Keystone tells it: asked with our own, so that nobody can speak for himself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reaper.cloud.client import Client
from reaper.cloud.protection import Protection
from reaper.errors import Gone, Temporary
from reaper.model import Caller

#: What can be a token at all: printable, and no longer than Keystone's longest. Nothing else is sent on.
TOKEN = re.compile(r"[\x21-\x7e]{8,8192}")


def caller_of(client: Client, token: str, protection: Protection) -> Caller | None:
    """Ask Keystone what a token stands for; None: it has ended, was revoked, or never was one.

    Source: https://docs.openstack.org/api-ref/identity/v3/ "Validate and show information for token".

    Raises:
        Temporary: Keystone does not answer, or not with a token.
    """
    if not TOKEN.fullmatch(token):
        return None
    try:
        told = client.told_of(token)
    except Gone:
        return None
    try:
        return _read(client, told["token"], protection)
    except (KeyError, TypeError) as error:
        raise Temporary(f"cloud {client.entry.name}: Keystone's answer does not say whose token it is") from error


def _read(client: Client, told: Mapping[str, Any], protection: Protection) -> Caller:
    project = told.get("project") or {}
    return Caller(
        cloud=client.entry.name,
        user_id=str(told["user"]["id"]),
        user=str(told["user"]["name"]),
        project_id=str(project["id"]) if project else None,
        roles=frozenset(str(role["name"]).casefold() for role in told.get("roles") or ()),
        is_cloud_admin=bool((told.get("system") or {}).get("all"))
        or (bool(project) and _presides(client, project, protection)),
    )


def _presides(client: Client, project: Mapping[str, Any], protection: Protection) -> bool:
    """Whether a project is the cloud's own: protected by its id, or else in the domain of Reaper's own project.

    Who runs a domain can call a project of it `service`; that keeps it from being taken back, and gives no power.
    """
    if protection.of_id(str(project["id"])) is not None:
        return True
    home = project.get("domain") or {}
    at_home = bool(home.get("id")) and home.get("id") == client.access().project_domain_id
    return at_home and protection.reason(project, home.get("name")) is not None
