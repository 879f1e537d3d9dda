"""Who asks, as the cloud's Keystone vouches for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """The holder of a token. `roles` are lower-case names on the project or system that the token is for.

    `is_cloud_admin` is whether that is the whole system or a project of the cloud itself: an `admin` of his own trial
    project, or of one that he has named so in his own domain, is no admin of the cloud's tenants.
    """

    cloud: str
    user_id: str
    user: str
    project_id: str | None
    roles: frozenset[str]
    is_cloud_admin: bool
