"""A server kept as an image before its tenant is reclaimed: what was asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArchiveState(StrEnum):
    """What became of one request for an image; only `kept` lets the server go."""

    ASKED = "asked"
    KEPT = "kept"
    FAILED = "failed"
    IMPOSSIBLE = "impossible"  # nothing was asked: there is no image to be had of this server
    GONE = "gone"  # its time was over, or somebody else removed it


@dataclass(frozen=True)
class ServerArchive:
    """One request for the image of one server.

    `id` is Reaper's own and stands in the image, so that it is found again after a crash. `begun_at` names the reclaim
    it was made for: a later one needs an image of its own. `size` is in bytes. `consented_by` is the person who said
    that the server may go without an image.
    """

    id: str
    tenant_id: str
    project_id: str
    lease_id: str
    region: str
    server_id: str
    server_name: str
    begun_at: datetime
    asked_at: datetime
    kept_until: datetime
    attempt: int = 1
    state: ArchiveState = ArchiveState.ASKED
    image_id: str | None = None
    size: int | None = None
    why: str = ""
    consented_by: str | None = None

    @property
    def server(self) -> tuple[str, str]:
        """Region and id of the server."""
        return (self.region, self.server_id)

    @property
    def covers(self) -> bool:
        """Whether the server may go as far as this is concerned."""
        return self.state is ArchiveState.KEPT or self.consented_by is not None


@dataclass(frozen=True)
class ArchiveImage:
    """An image that was made for an archive, as the service tells it now."""

    id: str
    status: str
    size: int | None = None

    @property
    def ready(self) -> bool:
        """Whether it holds what a server can be made of: active, and of some size."""
        return self.status == "active" and bool(self.size)
