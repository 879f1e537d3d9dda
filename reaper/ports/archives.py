"""Servers kept as images: their record, and what is asked of the cloud about them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from reaper.judge import Permit
from reaper.model import ArchiveImage, Resource, ServerArchive


class Archives(Protocol):
    """The rows of archives: written before an image is asked for. Every method is one transaction."""

    def add(self, archive: ServerArchive) -> None:
        """Write down what is about to be asked.

        Raises:
            Overtaken: the same attempt stands there already: somebody else is at it.
        """

    def change(self, archive: ServerArchive) -> None:
        """Write what became of it: state, image, size, why, until when it is kept, and who consented."""

    def of(self, tenant_id: str) -> list[ServerArchive]:
        """Return all of a tenant, oldest first."""

    def over(self, now: datetime, limit: int) -> list[ServerArchive]:
        """Return those whose time is over and whose image may still be there, the longest over first."""


class ArchiveReader(Protocol):
    """What a cloud that is looked at tells about archives."""

    def archive_image(self, archive: ServerArchive) -> ArchiveImage | None:
        """Return its image as it is now; None when there is none.

        One without a known id is searched for by the archive's id among the properties of our own project's images.
        Raises as `Cloud` does.
        """


class ArchiveKeeper(ArchiveReader, Protocol):
    """What a cloud that is written to does about archives. Raises as `Cloud` does."""

    def make_archive(self, server: Resource, archive: ServerArchive, name: str) -> str:
        """Ask for an image of a server, after comparing its owner; returns the image's id. It is asynchronous.

        The image belongs to our own project, so that it outlives the reclaim, and bears the archive's id.
        """

    def prolong_archive(self, archive: ServerArchive) -> None:
        """Write into the image until when it is kept."""

    def delete_archive(self, archive: ServerArchive, permit: Permit) -> None:
        """Delete its image.

        Raises:
            Refused: also when the image is not by id, owner and property this archive's, is protected, is kept longer
                by somebody's hand, or is given to others than the tenant; nothing was sent then.
        """
