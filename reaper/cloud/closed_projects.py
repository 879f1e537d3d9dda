"""Several projects read afresh in few calls: by Keystone's list of the closed ones, or one by one."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from reaper.cloud import keystone_v3
from reaper.cloud.client import Client
from reaper.cloud.dialect.keystone_api import PROJECTS, keystone_of
from reaper.cloud.protection import Protection
from reaper.errors import Gone
from reaper.model import Project

#: Fewer are read one by one: the list costs one call and one for each domain.
AT_LEAST = 3
#: A list that held so many for each project that was wanted costs more than it saves.
WORTH_A_CALL = 50


class ClosedProjects:
    """Reads projects that are to be reclaimed, which are closed; remembers how long the list of the closed ones was."""

    def __init__(self) -> None:
        self._listed = 0

    def read(self, client: Client, project_ids: Collection[str], protection: Protection) -> dict[str, Project]:
        """Return those that exist, by id. What the list does not show, open or gone, is asked for by itself.

        Raises:
            ReaperError: Keystone does not answer, or not as it should.
        """
        found: dict[str, Project] = {}
        wanted = set(project_ids)
        one_by_one = keystone_of(client) is not PROJECTS
        if not one_by_one and len(wanted) >= AT_LEAST and self._listed <= WORTH_A_CALL * len(wanted):
            found, self._listed = keystone_v3.read_closed(client, wanted, protection)
        for project_id in sorted(wanted - found.keys()):
            with suppress(Gone):
                found[project_id] = keystone_of(client).read_project(client, project_id, protection)
        return found
