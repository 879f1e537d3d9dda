"""The clock, and the cloud: one that can only be looked at, and one that can be written to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reaper.judge import Permit
from reaper.model import Census, Listing, Project, Resource
from reaper.ports.archives import ArchiveKeeper, ArchiveReader


class Clock(Protocol):
    """The time, and waiting; the only place where either comes from."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring how long something took."""

    def wait(self, seconds: float) -> None:
        """Let so much time pass; returns earlier when the process is asked to stop."""

    @property
    def stopped(self) -> bool:
        """Whether the process was asked to stop: whoever works in a loop ends it then."""


class CloudReader(ArchiveReader, Protocol):
    """A cloud that can only be looked at: it has no way to write."""

    name: str

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the cloud's entry and its catalog name."""

    def census(self) -> Census:
        """Read all projects and their people; O(pages) calls. Never raises for an answer cut short: `complete` says it.

        Raises:
            Temporary: Keystone does not answer.
            Unusable: the credentials are refused, or no such entry in clouds.yaml.
        """

    def dedicated(self) -> Mapping[str, frozenset[str]]:
        """Return by project id the aggregates and regions that are set apart for it, as tags (AGGREGATE, REGION).

        Raises:
            ReaperError: it cannot be told.
        """

    def project(self, project_id: str) -> Project:
        """Read one project afresh.

        Raises:
            Gone: it does not exist.
            Temporary: Keystone does not answer.
        """

    def projects(self, project_ids: Collection[str]) -> Mapping[str, Project]:
        """Read several projects afresh, in as few calls as may be; one that does not exist is not among them.

        Raises:
            Temporary: Keystone does not answer.
        """

    def resources(self, kind: str, region: str, project_ids: Collection[str] | None) -> Listing:
        """List one kind in one region, of these projects or (None) of the whole cloud, every page to the end.

        The outside world never makes it raise: a listing that failed or was cut short comes back incomplete with the
        reason. Resources keep the owner that the service names, which a caller must compare once more.
        """

    def without_foreign_snapshots(self, region: str, volumes: Sequence[Resource]) -> frozenset[str]:
        """Return the ids of volumes of which every snapshot in the cloud was just read to be their owner's.

        Of the rest nothing is known: deleting one with its snapshots has to ask first. Raises where it cannot be told.
        """

    def seen_again(self, resource: Resource) -> str | None:
        """Return whose a resource is now, asked of the thing itself; None: its service does not say."""

    def lent_to(self, resource: Resource) -> str | None:
        """Say what of another project uses what the service would delete all the same; None: nothing does.

        Raises:
            ReaperError: it cannot be told.
        """

    def explain(self, resource: Resource) -> str | None:
        """Say what of another project holds a refused resource, None: nothing known. Raises where it cannot be told."""


class Cloud(CloudReader, ArchiveKeeper, Protocol):
    """A cloud that can be written to. What takes something away needs a permit of the judge for just that.

    A permit for something else is answered with Refused, one that is over with Temporary; nothing was sent then. Every
    call raises Gone when the object does not exist, Refused when the service says no (409, or 400 where it
    means a conflict) with its sentence, Temporary for 5xx, 429, time-outs, and Permanent for 403.
    """

    def close_project(self, permit: Permit) -> None:
        """Disable the project of a permit to close or restrict it; idempotent. Users and roles are not touched."""

    def open_project(self, permit: Permit) -> None:
        """Enable the project of a permit to restore it, or to open it once it is empty; idempotent."""

    def delete_project(self, permit: Permit) -> None:
        """Delete the project of a permit, which deletes no resource: only after everything was verified gone."""

    def lock(self, server: Resource, permit: Permit) -> None:
        """Lock a server so that its users cannot start it; with a reason where the service takes one (2.73)."""

    def unlock(self, server: Resource, project_id: str) -> None:
        """Take the lock off. It gives something back, and needs no permit."""

    def stop(self, server: Resource, permit: Permit) -> None:
        """Ask a server to stop; it is asynchronous."""

    def unrescue(self, server: Resource, permit: Permit) -> None:
        """Ask a server that runs from a rescue disk to run from its own again, from where it can be stopped."""

    def confirm_resize(self, server: Resource, permit: Permit) -> None:
        """Confirm a resize that waits for it: until then Nova stops it on no account. It ends the way back."""

    def rescue(self, server: Resource, project_id: str) -> None:
        """Let a stopped server run from a rescue disk again, as it did. It gives something back: no permit."""

    def start(self, server: Resource, project_id: str) -> None:
        """Ask a server to start; it is asynchronous. It gives something back, and needs no permit."""

    def clear_routes(self, router: Resource, permit: Permit) -> None:
        """Take a router's static routes away, which otherwise hold its interfaces."""

    def delete(self, resource: Resource, permit: Permit) -> None:
        """Ask for one resource to be deleted, after comparing its owner once more.

        Raises:
            Refused: also when the owner is unknown or not the permit's; nothing was sent then.
        """

    def delete_alone(self, resource: Resource, permit: Permit) -> None:
        """Ask for one resource to be deleted without what hangs on it, such as a volume's snapshots.

        Raises:
            Refused: also when something hangs on it, or when the owner is unknown or not the permit's.
        """

    def force_reset(self, resource: Resource, permit: Permit) -> str:
        """Try the way out for a resource whose delete was accepted and that does not go; returns what was done.

        Raises:
            Refused: there is no way out for this kind in this state; nothing was sent.
        """
