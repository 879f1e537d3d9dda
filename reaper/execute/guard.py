"""A cloud that deletes no server of which the promised image is not there, whatever the plan says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from reaper.errors import Refused, Temporary
from reaper.execute.archive import has_something
from reaper.kinds import MAKERS
from reaper.model import Resource
from reaper.ports import Cloud


class _Guard:
    """Passes everything on, but for deletes of servers, and of what made them."""

    def __init__(self, cloud: Cloud, covered: Mapping[str, Collection[tuple[str, str]]]) -> None:
        self._cloud, self._covered = cloud, covered

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    def delete(self, resource: Resource, project_id: str) -> None:
        """Ask for one resource to be deleted, unless that would take a server without its image."""
        if project_id in self._covered:
            self._check(resource, project_id)
        self._cloud.delete(resource, project_id)

    def force_reset(self, resource: Resource, project_id: str) -> str:
        """Try the way out of a stuck state, under the same condition: it deletes again."""
        if project_id in self._covered:
            self._check(resource, project_id)
        return self._cloud.force_reset(resource, project_id)

    def _check(self, resource: Resource, project_id: str) -> None:
        if resource.kind == "server":
            self._refuse([resource], project_id)
        elif resource.kind in MAKERS:
            # It may have made servers since the images were asked for, and takes them all.
            listing = self._cloud.resources("server", resource.region, [project_id])
            if not listing.complete:
                raise Temporary(f"{resource} is not touched, its servers cannot be listed: {listing.why}")
            self._refuse([one for one in listing.resources if one.project_id == project_id], project_id)

    def _refuse(self, servers: Collection[Resource], project_id: str) -> None:
        bare = [s for s in servers if has_something(s) and (s.region, s.id) not in self._covered[project_id]]
        if bare:
            raise Refused(f"{', '.join(map(str, bare))} has no image yet, which its policy promises")


def guarded(cloud: Cloud, covered: Mapping[str, Collection[tuple[str, str]]]) -> Cloud:
    """Return the cloud as it is to be used for reclaiming.

    Args:
        cloud: The cloud itself.
        covered: By project that is promised an archive: region and id of the servers that may go.
    """
    return cast("Cloud", _Guard(cloud, covered)) if covered else cloud
