"""A cloud that can only be looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from reaper.cloud import archives
from reaper.cloud.admin_probe import AdminProbe
from reaper.cloud.callers import caller_of
from reaper.cloud.catalog import everything_in
from reaper.cloud.client import Client
from reaper.cloud.closed_projects import ClosedProjects
from reaper.cloud.dedication import dedicated
from reaper.cloud.dialect.keystone_api import keystone_of
from reaper.cloud.dialect.remarks import remarks_of
from reaper.cloud.explain import explain
from reaper.cloud.foreign_snapshots import without_foreign_snapshots
from reaper.cloud.listing import list_kind
from reaper.cloud.ownership import lent_to, owner_now
from reaper.cloud.protection import Protection, read_protection
from reaper.cloud.rows import BY_KIND
from reaper.errors import Unusable
from reaper.kinds import KINDS
from reaper.model import ArchiveImage, Caller, Census, Listing, Project, Resource, ServerArchive, UninspectableService
from reaper.uninspectable import unseen_among


class Reader:
    """The plan-only client: it has no method that writes, and its wire has none either. See ports.CloudReader."""

    def __init__(self, client: Client, protect: Sequence[str], contacts_properties: Sequence[str]) -> None:
        self._client = client
        self._contacts = tuple(contacts_properties)
        self._protect = tuple(protect)
        self._admin_probe = AdminProbe(client)
        self._closed_projects = ClosedProjects()
        read_protection(self._protect)  # an empty list is told at once, before anything is asked of the cloud
        self.name = client.entry.name

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that clouds.yaml names for the entry, else those of the catalog.

        Raises:
            Temporary: clouds.yaml names none, and Keystone is away.
            Unusable: the same, and the credentials are refused.
        """
        return self._client.entry.regions or self._client.regions_of_catalog()

    def census(self) -> Census:
        """Read all projects and their people. See ports.CloudReader.census."""
        self._client.capabilities.forget()
        self._check_regions()
        read = keystone_of(self._client).take_census(self._client, self._protection, self._contacts)
        remarks, unseen = remarks_of(self._client, self.regions), self._unseen()
        unlisted = tuple(f"what projects have in {one}; so it is told as not verified, and stays" for one in unseen)
        hiding = self._admin_probe.ask(self.regions)
        if hiding:  # whatever they hold would read as gone
            read = replace(read, complete=False, why="; ".join(filter(None, (read.why, *hiding))))
        return replace(read, services=self._services(), remarks=(*remarks, *unlisted), unseen=unseen)

    def dedicated(self) -> Mapping[str, frozenset[str]]:
        """Tell what is set apart for whom. See ports.CloudReader.dedicated."""
        return dedicated(self._client, self.regions)

    def project(self, project_id: str) -> Project:
        """Read one project afresh. See ports.CloudReader.project."""
        return keystone_of(self._client).read_project(self._client, project_id, self._protection)

    def projects(self, project_ids: Collection[str]) -> Mapping[str, Project]:
        """Read several projects afresh. See ports.CloudReader.projects."""
        return self._closed_projects.read(self._client, project_ids, self._protection)

    def seen_again(self, resource: Resource) -> str | None:
        """Ask a thing itself whose it is. See ports.CloudReader.seen_again."""
        return owner_now(self._client, resource)

    def lent_to(self, resource: Resource) -> str | None:
        """Say who else uses it. See ports.CloudReader.lent_to."""
        return lent_to(self._client, resource)

    def resources(self, kind: str, region: str, project_ids: Collection[str] | None) -> Listing:
        """List one kind in one region. See ports.CloudReader.resources."""
        return self._admin_probe.judge(list_kind(self._client, kind, region, project_ids))

    def archive_image(self, archive: ServerArchive) -> ArchiveImage | None:
        """Return the image of an archive as it is now. See ports.ArchiveReader."""
        return archives.image_of(self._client, archive)

    def caller(self, token: str) -> Caller | None:
        """Tell who holds a token. See ports.Callers."""
        return caller_of(self._client, token, self._protection)

    def without_foreign_snapshots(self, region: str, volumes: Sequence[Resource]) -> frozenset[str]:
        """Tell volumes whose snapshots are all their owner's. See ports.CloudReader.without_strangers."""
        return without_foreign_snapshots(self._client, region, volumes)

    def explain(self, resource: Resource) -> str | None:
        """Say what of another project holds a resource. See ports.CloudReader.explain."""
        return explain(self._client, BY_KIND[resource.kind].users, resource)

    @cached_property
    def _protection(self) -> Protection:
        return read_protection(self._protect, self._client.own_project())

    def _services(self) -> frozenset[str]:
        asked = sorted({kind.service for kind in KINDS})
        self._client.capabilities.forget_services()  # from here on whoever takes the census compares
        return frozenset(f"{one} in {region}" for region in self.regions for one in asked if self._named(one, region))

    def _unseen(self) -> tuple[UninspectableService, ...]:
        """Name what the catalog offers in our regions and nothing can be listed of."""
        named = everything_in(self._client.access())
        ours = [(service, region) for service, region in named if region in self.regions]
        return unseen_among(ours, {kind.service for kind in KINDS})

    def _named(self, service: str, region: str) -> bool:
        """Whether the catalog names a service at all; one that cannot be used is told when it is listed."""
        try:
            return self._client.offers(service, region)
        except Unusable:
            return True

    def _check_regions(self) -> None:
        """Refuse a region that the catalog does not have: a slip of the pen must not read as an empty region."""
        for region in self.regions:
            self._client.offers("identity", region)
