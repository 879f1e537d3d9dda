"""The words of the domain as frozen values: tenant, lease, notice, resource, letter."""

from reaper.model.archive import ArchiveImage, ArchiveState, ServerArchive
from reaper.model.caller import Caller
from reaper.model.cloud import Census, Listing, Project, Resource
from reaper.model.idle import Disk, IdleThing
from reaper.model.incident import MailIncident
from reaper.model.record import CensusMark, Event, Letter, Pulse
from reaper.model.tenant import Hold, Lease, Notice, Person, StoppedServer, Tenant, Terms
from reaper.model.unseen import Unseen
from reaper.model.words import Afterwards, Archive, Enforce, LetterKind, LetterState, State, Unfinished

__all__ = [
    "Afterwards",
    "Archive",
    "ArchiveImage",
    "ArchiveState",
    "Caller",
    "Census",
    "CensusMark",
    "Disk",
    "Enforce",
    "Event",
    "Hold",
    "IdleThing",
    "Lease",
    "Letter",
    "LetterKind",
    "LetterState",
    "Listing",
    "MailIncident",
    "Notice",
    "Person",
    "Project",
    "Pulse",
    "Resource",
    "ServerArchive",
    "State",
    "StoppedServer",
    "Tenant",
    "Terms",
    "Unfinished",
    "Unseen",
]
